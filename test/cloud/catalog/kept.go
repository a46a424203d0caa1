package catalog

import (
	"fmt"
	"io"
	"strings"
)

// readKept parses the text form of the fields that are kept: a line "service/Kind field ..." for each kind.
func (c *Catalog) readKept(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("cannot read the kept fields: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		gk, err := Parse(fields[0])
		if err != nil {
			return fmt.Errorf("cannot read the kept fields: %w", err)
		}
		k, ok := c.kinds[gk]
		if !ok {
			return fmt.Errorf("cannot read the kept fields: the catalog has no kind %s", gk)
		}
		if len(fields) > 1 {
			k.Kept = fields[1:]
		}
		c.kinds[gk] = k
	}
	return nil
}
