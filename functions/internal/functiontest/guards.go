package functiontest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
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

	// Fatal are the refusals of the change, each on its line; empty for a change that is allowed.
	Fatal string

	// Gone are the resources that hold state and that the change deletes.
	Gone []string
}

// RunGuards makes each change. One that is refused deletes nothing that holds state, now or later;
// the claim is not ready, and says why in its status and, once, in an event.
func RunGuards(t *testing.T, k Kind, guards map[string]Guard) {
	t.Helper()
	for name, g := range guards {
		t.Run(name, func(t *testing.T) {
			p := k.New(t, "guard", g.Spec)
			p.Configure(g.Config)
			p.Settle(t)
			held := k.Held(p)
			g.Change(p)

			rsp := p.Reconcile(t)
			if diff := cmp.Diff(g.Fatal, Refusal(rsp)); diff != "" {
				t.Fatalf("%s\nrefusal: -want, +got:\n%s", g.Reason, diff)
			}
			if g.Fatal != "" {
				checkRefused(t, g.Reason, rsp, 1)
			}
			p.MarkReady()
			rsp = p.Settle(t)
			if diff := cmp.Diff(g.Gone, slices.DeleteFunc(held, p.Has), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\ndeleted resources that hold state: -want, +got:\n%s", g.Reason, diff)
			}
			if diff := cmp.Diff(g.Fatal, Refusal(rsp)); diff != "" {
				t.Errorf("%s\nrefusal when all has settled: -want, +got:\n%s", g.Reason, diff)
			}
			if g.Fatal != "" {
				checkRefused(t, g.Reason, rsp, 0)
			}
		})
	}
}

// checkRefused checks what a person sees of a refusal, beside the condition, and how many events
// say so.
func checkRefused(t *testing.T, reason string, rsp *fnv1.RunFunctionResponse, events int) {
	t.Helper()
	if rsp.GetDesired().GetComposite().GetReady() != fnv1.Ready_READY_FALSE {
		t.Errorf("%s\na refused claim is ready", reason)
	}
	if w, _ := Status(rsp)["waitingFor"].(string); !strings.Contains(w, Refusals(rsp)[0]) {
		t.Errorf("%s\nthe status of a refused claim waits for %q", reason, w)
	}
	told := 0
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_WARNING && r.GetTarget() == fnv1.Target_TARGET_COMPOSITE_AND_CLAIM {
			told++
		}
	}
	if told != events {
		t.Errorf("%s\n%d events on the claim, want %d", reason, told, events)
	}
}
