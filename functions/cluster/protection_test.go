package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestDeletionTakesTwoSteps follows a production cluster to where it may be
// deleted. EKS would refuse too, but when all that ran there is gone already.
func TestDeletionTakesTwoSteps(t *testing.T) {
	p := kit().NewExample(t, "au-prod")
	rsp := p.Settle(t)
	expect := func(step string, rsp *fnv1.RunFunctionResponse, protects bool, reason string, holds ...string) {
		t.Helper()
		type state struct {
			AtAWS  bool
			Reason string
			Holds  []string
		}
		atAWS, _ := p.ForProvider(clusterName)["deletionProtection"].(bool)
		if diff := cmp.Diff(state{protects, reason, holds}, state{atAWS, protectionReason(rsp), heldBy(p)}); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", step, diff)
		}
	}
	expect("in prod", rsp, true, "Protected", "hold-cluster", "hold-xcluster")

	p.Spec()["deletionProtection"] = false
	expect("while the protection is taken off", p.Reconcile(t), false, "Releasing")
	p.MarkReady()
	expect("when it may go", p.Settle(t), false, "Unprotected")
}

func heldBy(p *functiontest.ControlPlane) []string {
	var out []string
	for _, name := range p.Names() {
		if spec, _ := p.Get(name)["spec"].(map[string]any); spec["reason"] != nil {
			out = append(out, name)
		}
	}
	return out
}

func protectionReason(rsp *fnv1.RunFunctionResponse) string {
	for _, c := range rsp.GetConditions() {
		if c.GetType() == "DeletionProtected" {
			return c.GetReason()
		}
	}
	return "no such condition"
}
