package prices

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// YAML is the table as prices.yaml has it: sorted, and one line for each price.
func (t *Table) YAML() string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "date: %q\nsources:\n", t.Date)
	for _, name := range slices.Sorted(maps.Keys(t.Sources)) {
		s := t.Sources[name]
		fmt.Fprintf(b, "  %s:\n    address: %s\n    date: %q\n", name, s.Address, s.Date)
		if s.Read != "" {
			fmt.Fprintf(b, "    read: %q\n", s.Read)
		}
	}
	b.WriteString("prices:\n")
	for _, key := range slices.Sorted(maps.Keys(t.Prices)) {
		item := t.Prices[key]
		fmt.Fprintf(b, "  %s:\n    unit: %q\n    regions:\n", key, item.Unit)
		for _, region := range slices.Sorted(maps.Keys(item.Regions)) {
			fmt.Fprintf(b, "      %s: {usd: %q%s}\n", region, item.Regions[region].USD, sources(item.Regions[region].Sources))
		}
	}
	return b.String()
}

func sources(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ", sources: [" + strings.Join(names, ", ") + "]"
}
