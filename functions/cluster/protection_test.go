package cluster

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestDeletionTakesTwoSteps removes the protection of a production cluster. EKS refuses the
// deletion too, but only when everything that ran there is deleted.
func TestDeletionTakesTwoSteps(t *testing.T) {
	p := kit().NewExample(t, "au-prod")
	rsp := p.Settle(t)
	expect := func(step string, rsp *fnv1.RunFunctionResponse, protects bool, condition string, usages ...string) {
		t.Helper()
		atAWS, _ := p.ForProvider(clusterName)["deletionProtection"].(bool)
		text, _, _ := strings.Cut(functiontest.ConditionText(rsp, "DeletionProtected"), ":")
		got := []any{atAWS, text, slices.Sorted(maps.Keys(p.Protections()))}
		if diff := cmp.Diff([]any{protects, condition, usages}, got); diff != "" {
			t.Errorf("%s: protection at AWS, condition and Usages: -want, +got:\n%s", step, diff)
		}
	}
	expect("in prod", rsp, true, "True Protected", "hold-cluster", "hold-xcluster")

	p.Spec()["deletionProtection"] = false
	expect("while the protection is taken off at AWS", p.Reconcile(t), false, "True Releasing", "hold-cluster", "hold-xcluster")
	p.MarkReady()
	expect("when the claim may be deleted", p.Settle(t), false, "False Unprotected")
}
