package functiontest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A Change of a claim, or of what is around it.
type Change func(p *ControlPlane)

// SetField of the claim's spec, such as kms.enabled.
func SetField(path string, value any) Change { return func(p *ControlPlane) { p.Set(path, value) } }

// RemoveField of the claim's spec.
func RemoveField(field string) Change { return func(p *ControlPlane) { delete(p.Spec(), field) } }

// Configure every environment's EnvironmentConfig, as the platform team does; nil
// removes them.
func Configure(data map[string]any) Change { return func(p *ControlPlane) { p.Configure(data) } }

// AllowRemoval of the named resources by the claim's annotation.
func AllowRemoval(names string) Change {
	return func(p *ControlPlane) { p.Annotate("platform.ausmart.io/allow-removal", names) }
}

// InTurn makes the changes in their order.
func InTurn(changes ...Change) Change {
	return func(p *ControlPlane) {
		for _, change := range changes {
			change(p)
		}
	}
}

// A Guard is a change of a claim that is ready, and what it may delete.
type Guard struct {
	Reason string

	// Spec and Config of the claim before the change.
	Spec   map[string]any
	Config map[string]any

	Change Change

	// Fatal result that refuses the change; empty for a change that is allowed.
	Fatal string

	// Gone are the resources that hold state and that the change deletes.
	Gone []string
}

// RunGuards makes each change. One that is refused changes no resource.
func RunGuards(t *testing.T, k Kind, guards map[string]Guard) {
	t.Helper()
	for name, g := range guards {
		t.Run(name, func(t *testing.T) {
			p := k.New(t, "guard", g.Spec)
			p.Configure(g.Config)
			p.Settle(t)
			before, held := p.Names(), k.Held(p)
			g.Change(p)

			if diff := cmp.Diff(g.Fatal, Fatal(p.Reconcile(t))); diff != "" {
				t.Fatalf("%s\nfatal result: -want, +got:\n%s", g.Reason, diff)
			}
			if g.Fatal != "" {
				if diff := cmp.Diff(before, p.Names()); diff != "" {
					t.Errorf("%s\nresources after a refusal: -before, +after:\n%s", g.Reason, diff)
				}
				return
			}
			p.MarkReady()
			p.Settle(t)
			if diff := cmp.Diff(g.Gone, slices.DeleteFunc(held, p.Has), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\ndeleted resources that hold state: -want, +got:\n%s", g.Reason, diff)
			}
		})
	}
}
