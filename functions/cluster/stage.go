package cluster

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/runner"
)

// A stage of a cluster's making. What belongs to a stage is needed by the next
// one; what a stage does not need to wait for is asked for from the start.
type stage int

const (
	foundation stage = iota
	controlPlane
	nodes
	addons
	controllers
)

// title of the stage in messages, such as "stage 3 of 5: node group".
func (s stage) title() string {
	return [...]string{"foundation", "control plane", "node group", "add-ons", "controllers"}[s]
}

func stages() []stage { return []stage{foundation, controlPlane, nodes, addons, controllers} }

// A part of a cluster.
type part struct {
	name  string
	stage stage
	gvk   schema.GroupVersionKind

	// object is nil while something that it is made of is not known yet.
	object desired.Object

	// gated parts wait until all earlier stages are ready, and after for more.
	gated bool
	after []string

	// instant parts have no conditions: they are ready once they exist.
	instant bool
}

// parts of a cluster, in the order in which they were planned.
type parts struct{ all []part }

// add a part that is asked for from the start.
func (p *parts) add(s stage, name string, gvk schema.GroupVersionKind, o desired.Object) {
	p.all = append(p.all, part{name: name, stage: s, gvk: gvk, object: o})
}

// gate adds a part that waits for all earlier stages, and for the parts named.
func (p *parts) gate(s stage, name string, gvk schema.GroupVersionKind, o desired.Object, after ...string) {
	p.all = append(p.all, part{name: name, stage: s, gvk: gvk, object: o, gated: true, after: after})
}

// later plans a part that cannot be made yet, since something is not known.
func (p *parts) later(s stage, names ...string) {
	for _, name := range names {
		p.all = append(p.all, part{name: name, stage: s})
	}
}

// of returns the names of a stage's parts.
func (p *parts) of(s stage) []string {
	var names []string
	for _, x := range p.all {
		if x.stage == s {
			names = append(names, x.name)
		}
	}
	return names
}

// compose wants every part whose time has come. A part that exists already is
// wanted whatever has become of the parts before it.
func (p *parts) compose(obs observed.Resources, want *desired.Resources) error {
	ready := map[string]bool{}
	reached := foundation
	for _, x := range p.all {
		ready[x.name] = isReady(obs, x)
	}
	for _, s := range stages() {
		reached = s
		if slices.ContainsFunc(p.of(s), func(name string) bool { return !ready[name] }) {
			break
		}
	}
	for _, x := range p.all {
		exists := obs.Has(x.name)
		if x.object == nil {
			if exists {
				return runner.Wait("waiting for AWS to say again what %s is made of", x.name)
			}
			continue
		}
		due := !x.gated || x.stage <= reached && !slices.ContainsFunc(x.after, func(name string) bool { return !ready[name] })
		if exists || due {
			x.addTo(want)
		}
		if exists && x.instant {
			want.MarkReady(x.name)
		}
	}
	return nil
}

func (x part) addTo(want *desired.Resources) {
	if m, ok := x.object.(desired.Managed); ok {
		want.Add(x.name, x.gvk, m)
		return
	}
	want.AddObject(x.name, x.gvk, x.object)
}

func isReady(obs observed.Resources, x part) bool {
	if x.instant {
		return obs.Has(x.name)
	}
	return obs.Condition(x.name, "Ready").Status == "True" && !obs.Deleting(x.name)
}

// progress of each stage.
func (p *parts) progress(obs observed.Resources) map[stage]progress.Summary {
	out := make(map[stage]progress.Summary, len(stages()))
	for _, s := range stages() {
		var names []string
		for _, x := range p.all {
			if x.stage == s && (!x.instant || !obs.Has(x.name)) {
				names = append(names, x.name)
			}
		}
		out[s] = progress.Of(obs, names)
	}
	return out
}
