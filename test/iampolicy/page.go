package iampolicy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Page lists the actions of every kind, with their sources.
func Page(rows []Row, run Recording) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, `# What the provider's role is allowed, and why

<!-- Written by go test ./test/iampolicy -update. Do not edit. -->

The policies beside this page allow exactly the actions of this table.

- **Recorded** actions are those that the real provider-aws called in `+"`make e2e-aws`"+`, translated from its requests.
  The recording is of: %s.
- **Not recorded** are calls in the provider's code that did not happen there, such as an update that no example makes.
  Their names are from AWS's
  [Service Authorization Reference](%s),
  read %s.
- **Checked by AWS** are actions that the provider does not call: AWS checks them when it calls another one, on the page
  that is linked.

| kind | recorded | not recorded | checked by AWS |
|---|---|---|---|
`, run.From, "https://docs.aws.amazon.com/service-authorization/latest/reference/", PageRead)
	byKind := map[string][]Row{}
	for _, r := range rows {
		byKind[r.Kind] = append(byKind[r.Kind], r)
	}
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		var recorded, not, others []string
		for _, r := range byKind[kind] {
			if r.Why != "" {
				others = append(others, fmt.Sprintf("[%s](%s): %s", strings.Join(r.Actions, " "), r.Page, r.Why))
				continue
			}
			for _, a := range r.Actions {
				if run.Has(a) {
					recorded = append(recorded, a)
				} else {
					not = append(not, a)
				}
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", kind, strings.Join(recorded, " "), strings.Join(not, " "), strings.Join(others, "; "))
	}
	return b.String()
}
