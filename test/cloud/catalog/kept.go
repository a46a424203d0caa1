package catalog

import (
	"fmt"
	"io"
	"strings"
)

// Kept lists the fields of a kind that Terraform leaves as they are in AWS when a spec leaves them out, since its schema
// calls them optional and computed. A path such as a.b is a field of a block. It is empty for a kind that the platform
// does not compose.
func (c *Catalog) Kept(gk GroupKind) []string { return c.kept[gk] }

// readKept parses the text form: a line "service/Kind field ..." for each kind.
func readKept(r io.Reader) (map[GroupKind][]string, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("cannot read the kept fields: %w", err)
	}
	out := map[GroupKind][]string{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		gk, err := Parse(fields[0])
		if err != nil {
			return nil, fmt.Errorf("cannot read the kept fields: %w", err)
		}
		out[gk] = fields[1:]
	}
	return out, nil
}
