package desired

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/internal/progress"
)

// reasonRemoving is that of a claim that no longer asks for something that is still there.
const reasonRemoving = "Removing"

// A Stage of a composition: resources that the next stages need.
type Stage struct {
	// Title of the stage in messages, such as "control plane".
	Title string

	// Condition of the claim that shows the stage, such as ControlPlaneReady; empty
	// for a stage that is not shown.
	Condition string
}

// An Order says when a resource is applied.
type Order func(p *planned)

// In a stage, which is ready when its resources are. The resource itself is applied
// at once. Without it a resource belongs to the first stage.
func In(stage int) Order { return func(p *planned) { p.stage = stage } }

// AfterEarlierStages applies the resource once all stages before its own are ready.
func AfterEarlierStages() Order { return func(p *planned) { p.afterStages = true } }

// After applies the resource once the named ones are ready.
func After(names ...string) Order { return func(p *planned) { p.after = append(p.after, names...) } }

// ReadyOnceObserved is for a resource that has no conditions.
func ReadyOnceObserved() Order { return func(p *planned) { p.readyOnceObserved = true } }

// Clears writes an empty list over one of spec.forProvider that exists and that the composition
// leaves out. One that late initialization wrote is the provider's, and would stay.
func Clears(field string) Order { return func(p *planned) { p.clears = append(p.clears, field) } }

// planned is a resource of the composition, whether it is applied now or later.
type planned struct {
	name              string
	object            Object // nil for a pending one
	stage             int
	afterStages       bool
	after             []string
	readyOnceObserved bool
	clears            []string
}

func (r *Resources) plan(name string, o Object, order []Order) {
	if _, ok := r.planned[name]; ok {
		r.fail(fmt.Errorf("resource %q is composed twice", name))
	}
	p := &planned{name: name, object: o}
	for _, option := range order {
		option(p)
	}
	r.planned[name] = p
	r.readyStages = -1
}

// due reports whether a resource is applied now. One that exists always is.
func (r *Resources) due(p *planned) bool {
	switch {
	case p.object == nil:
		return false
	case r.observed.Has(p.name):
		return true
	case p.afterStages && p.stage > r.countReadyStages():
		return false
	default:
		return !slices.ContainsFunc(p.after, func(name string) bool { return !r.isReady(name) })
	}
}

// isReady reports whether a resource of the composition is ready.
func (r *Resources) isReady(name string) bool {
	p, ok := r.planned[name]
	if !ok {
		return false
	}
	if p.readyOnceObserved {
		return r.observed.Has(name)
	}
	return r.observed.Ready(name)
}

// countReadyStages counts the first stages that are ready without a gap.
func (r *Resources) countReadyStages() int {
	if r.readyStages >= 0 {
		return r.readyStages
	}
	r.readyStages = len(r.stages)
	for name, p := range r.planned {
		if p.stage < r.readyStages && !r.isReady(name) {
			r.readyStages = p.stage
		}
	}
	return r.readyStages
}

// checkOrder fails on a resource that would wait for ever.
func (r *Resources) checkOrder() error {
	for _, name := range slices.Sorted(maps.Keys(r.planned)) {
		p := r.planned[name]
		if p.stage < 0 || p.stage >= len(r.stages) {
			return fmt.Errorf("resource %q is in stage %d, of %d", name, p.stage+1, len(r.stages))
		}
		for _, before := range p.after {
			if _, ok := r.planned[before]; !ok {
				return fmt.Errorf("resource %q comes after %q, which is not composed", name, before)
			}
		}
	}
	return nil
}

// Progress of the composition: of each stage, in their order. Usages do not count:
// no one waits for them.
func (r *Resources) Progress() []progress.Summary {
	names := make([][]string, len(r.stages))
	for name, p := range r.planned {
		if p.stage >= 0 && p.stage < len(names) && (!p.readyOnceObserved || !r.observed.Has(name)) {
			names[p.stage] = append(names[p.stage], name)
		}
	}
	out := make([]progress.Summary, len(names))
	for stage := range names {
		out[stage] = progress.Of(r.observed, names[stage])
	}
	return out
}

// Conditions of a claim of a kind: one for each stage that is shown, and the kind's
// own, such as ClusterReady, last.
func (r *Resources) Conditions(kind string) []progress.Condition {
	var out []progress.Condition
	overall := progress.Condition{Type: kind + "Ready", True: true, Reason: progress.ReasonAvailable}
	for i, s := range r.Progress() {
		if typ := r.stages[i].Condition; typ != "" {
			out = append(out, s.Condition(typ))
		}
		switch {
		case !s.Ready() && overall.True: // The first one. What passes in an earlier stage does not hold it up.
			overall.True, overall.Reason, overall.Message = false, s.Reason(), r.describe(i, s)
		case s.Trouble() != "" && overall.Message == "":
			overall.Message = r.describe(i, s)
		}
	}
	if r.Removing() && overall.True {
		overall.True, overall.Reason = false, reasonRemoving
		overall.Message = "removing " + strings.Join(r.removing, ", ")
	}
	return append(out, overall)
}

// describe what is pending in a stage: "stage 2 of 5: control plane: ...".
func (r *Resources) describe(stage int, s progress.Summary) string {
	if len(r.stages) == 1 {
		return s.Pending()
	}
	return fmt.Sprintf("stage %d of %d: %s: %s", stage+1, len(r.stages), r.stages[stage].Title, s.Pending())
}
