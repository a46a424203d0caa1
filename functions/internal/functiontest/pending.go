package functiontest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A Missing thing that a claim cannot be composed without.
type Missing struct {
	Reason string

	// Claim that misses it.
	Claim func() *ControlPlane

	// Change that takes it away.
	Change Change

	// WaitingFor is the message that names it.
	WaitingFor string

	// NewOnly is for what a claim needs only as long as nothing of it exists.
	NewOnly bool
}

// RunMissing takes each thing away. A claim of which nothing exists yet is pending, and
// has no resource. One that is ready is pending too: every resource stays as it is, and
// so does the status.
func RunMissing(t *testing.T, cases map[string]Missing) {
	t.Helper()
	for name, m := range cases {
		t.Run(name, func(t *testing.T) {
			p := m.Claim()
			m.Change(p)
			got := Status(p.Reconcile(t))
			if diff := cmp.Diff(m.WaitingFor, got["waitingFor"]); diff != "" || len(p.Names()) > 0 {
				t.Errorf("%s\nwaitingFor of a new claim, whose resources are %v: -want, +got:\n%s", m.Reason, p.Names(), diff)
			}
			if m.NewOnly {
				return
			}
			p = m.Claim()
			ready := Status(p.Settle(t))
			before := specs(p)
			m.Change(p)
			got = Status(p.Reconcile(t))
			if diff := cmp.Diff(Merge(ready, map[string]any{"waitingFor": m.WaitingFor}), got); diff != "" {
				t.Errorf("%s\nstatus of a claim that was ready: -want, +got:\n%s", m.Reason, diff)
			}
			if diff := cmp.Diff(before, specs(p)); diff != "" {
				t.Errorf("%s\nspecs of a claim that was ready: -before, +after:\n%s", m.Reason, diff)
			}
		})
	}
}

// specs of the composed resources.
func specs(p *ControlPlane) map[string]any {
	out := map[string]any{}
	for _, name := range p.Names() {
		out[name] = p.Get(name)["spec"]
	}
	return out
}
