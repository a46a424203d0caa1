package e2eaws

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ausmart/platform/test/cloud/awsapi"
	"github.com/ausmart/platform/test/cloud/catalog"
)

// A resource is the last state of one composed resource.
type resource struct {
	Group, Kind, Name string

	Synced, Ready bool
	Took          time.Duration // from its creation until it was Ready
	Says          string        // why it is not Synced or not Ready
}

// kind is the name of its kind, such as ec2/VPC; a kind of another provider has the whole group.
func (r resource) kind() string {
	if service, ok := strings.CutSuffix(r.Group, catalog.Suffix); ok {
		return service + "/" + r.Kind
	}
	return r.Kind + "." + r.Group
}

func (r resource) aws() bool { return strings.HasSuffix(r.Group, catalog.Suffix) }

// A row of the table is one kind.
type row struct {
	Kind                    string
	Composed, Synced, Ready int
	Slowest                 time.Duration
	By                      string
	Why                     string // why it is not Ready
	AWS                     bool
}

func (r *row) ready() bool { return r.Composed > 0 && r.Ready == r.Composed && r.Synced == r.Composed }

// rows of the resources' kinds, and of those that should have been composed. A reason in known
// replaces the resource's own message.
func rows(resources []resource, kinds []string, known map[string]string) []row {
	byKind := map[string]*row{}
	for _, k := range kinds {
		byKind[k] = &row{Kind: k, AWS: true}
	}
	for _, r := range resources {
		if byKind[r.kind()] == nil {
			byKind[r.kind()] = &row{Kind: r.kind(), AWS: r.aws()}
		}
		byKind[r.kind()].add(r)
	}
	for k, r := range byKind {
		r.By = by(r)
		if why := known[k]; why != "" {
			r.Why = why
		} else if r.Composed == 0 {
			r.Why = "not composed: what comes before it did not become Ready"
		}
	}
	return slices.SortedFunc(func(yield func(row) bool) {
		for _, r := range byKind {
			if !yield(*r) {
				return
			}
		}
	}, func(a, b row) int { return cmp.Or(-compareBool(a.AWS, b.AWS), cmp.Compare(a.Kind, b.Kind)) })
}

func (r *row) add(state resource) {
	r.Composed++
	if state.Synced {
		r.Synced++
	}
	if state.Ready {
		r.Ready++
		r.Slowest = max(r.Slowest, state.Took)
	}
	if r.Why == "" {
		r.Why = state.Says
	}
}

// by is the program that imitates a kind.
func by(r *row) string {
	if !r.AWS {
		return "not AWS"
	}
	service, found := awsapi.Of(strings.SplitN(r.Kind, "/", 2)[0])
	if !found {
		return awsapi.NotImitated
	}
	return service.By
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// failures lists the claims and the kinds of AWS that are not Ready without a written reason, and
// the reasons that are not needed.
func failures(claims []claim, table []row, known map[string]string) []string {
	var all []string
	unused := maps.Clone(known)
	judge := func(name string, ready bool, says string) {
		_, excepted := known[name]
		delete(unused, name)
		switch {
		case !excepted && !ready:
			all = append(all, name+": "+says)
		case excepted && ready:
			all = append(all, name+": Synced and Ready, though exceptions says that it cannot be: remove that")
		}
	}
	for _, c := range claims {
		judge(c.File, c.Ready, c.Says)
	}
	for _, r := range table {
		if r.AWS { // Other kinds show in the claims.
			judge(r.Kind, r.ready(), fmt.Sprintf("of %d, %d Synced and %d Ready: %s", r.Composed, r.Synced, r.Ready, r.Why))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		all = append(all, name+": there is none, though exceptions has it: remove that")
	}
	return all
}

// A claim is the result of one claim.
type claim struct {
	File, Kind, Name string

	Ready     bool
	Took      time.Duration
	Resources int
	Says      string
}

// A deletion is the result of deleting an environment's claims.
type deletion struct {
	Claims, Resources int
	Took              time.Duration
	Left              []resource
}

// A report is the result of a run.
type report struct {
	Date     string
	Versions []string
	Claims   []claim
	Kinds    []row
	Changes  map[string]int // without a change of a claim
	Deletion *deletion      // nil when it was not tried
}

// writeTo writes the page. The same report gives the same page.
func (r report) writeTo(w io.Writer) {
	fmt.Fprintf(w, `# The real provider, without AWS

<!-- Written by make e2e-aws. Do not edit: run it again. -->

On %s, the unmodified controllers of provider-aws reconciled the resources of the claims in examples, against
programs on loopback that imitate AWS's APIs. This shows that the real provider accepts every field that we set,
resolves our references, finds the resource again, sees no drift in it (except for the table below), and deletes it.
It does not show that AWS would do the same: an imitation accepts some things that AWS refuses, and has no quotas, no
network behind a VPC, and no database behind an endpoint.

Versions: %s.

## Claims

| claim | file | Ready | after | resources | why not |
|---|---|---|---|---|---|
`, r.Date, strings.Join(r.Versions, ", "))
	for _, c := range r.Claims {
		fmt.Fprintf(w, "| %s %s | %s | %s | %s | %d | %s |\n", c.Kind, c.Name, c.File, yes(c.Ready), seconds(c.Took, c.Ready), c.Resources, cell(cmp.Or(exceptions()[c.File], c.Says)))
	}
	fmt.Fprint(w, `
## Kinds

How many of each were composed, and how many of those were Synced and Ready in the end. "slowest" is the longest time
from the object's creation to Ready; the provider polls every 30 seconds. Kinds outside AWS come last: the simulator
reconciles releases and objects, Crossplane makes usages; secrets and provider configs have no conditions.

| kind | composed | Synced | Ready | slowest | imitated by | why not |
|---|---|---|---|---|---|---|
`)
	for _, k := range r.Kinds {
		fmt.Fprintf(w, "| %s | %d | %d | %d | %s | %s | %s |\n", k.Kind, k.Composed, k.Synced, k.Ready, seconds(k.Slowest, k.Ready > 0), k.By, cell(k.Why))
	}
	writeChanges(w, r.Changes)
	r.Deletion.writeTo(w)
}

func writeChanges(w io.Writer, counts map[string]int) {
	fmt.Fprintf(w, "\n## Drift\n\nWhen nothing became Ready any more, every request of the provider was checked for %s. ", watched)
	if len(counts) == 0 {
		fmt.Fprintln(w, "It changed nothing.")
		return
	}
	fmt.Fprint(w, "It read, and changed only this:\n\n| request | times | why |\n|---|---|---|\n")
	for _, change := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "| %s | %d | %s |\n", cell(change), counts[change], cell(cmp.Or(churn()[change], "not known: a bug until it is")))
	}
}

func (d *deletion) writeTo(w io.Writer) {
	fmt.Fprint(w, "\n## Deletion\n\n")
	switch {
	case d == nil:
		fmt.Fprintln(w, "Not tried in this run.")
	case len(d.Left) == 0:
		fmt.Fprintf(w, "The %d claims of au-dev were deleted at once. All %d resources behind them were gone after %s:\nthe provider deleted each, and checked that it no longer exists.\n",
			d.Claims, d.Resources, seconds(d.Took, true))
	default:
		fmt.Fprintf(w, "The %d claims of au-dev were deleted at once. Of %d resources behind them these stayed:\n\n| kind | name | why |\n|---|---|---|\n", d.Claims, d.Resources)
		for _, l := range d.Left {
			fmt.Fprintf(w, "| %s | %s | %s |\n", l.kind(), l.Name, cell(l.Says))
		}
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func seconds(d time.Duration, known bool) string {
	if !known {
		return ""
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// cell makes a text fit a table's cell: one line, of bounded length.
func cell(s string) string {
	const most = 300
	s = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
