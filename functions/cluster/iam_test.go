package cluster

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// largest is a cluster with everything switched on.
func largest(t *testing.T) *functiontest.ControlPlane {
	t.Helper()
	p := kit().NewExample(t, "au-prod")
	p.Settle(t)
	return p
}

// TestARNsHaveThePath compares the ARNs in Karpenter's policy with those that AWS answers
// for a role and an instance profile at a path.
func TestARNsHaveThePath(t *testing.T) {
	const path = "/ausmart/store/"
	p := kit().New(t, "placed", map[string]any{"iamPath": path})
	p.Settle(t)
	at := func(name string) string {
		arn, _ := p.AtProvider(name)["arn"].(string)
		if !strings.Contains(arn, path) {
			t.Errorf("%s is at %s, and not at %s", name, arn, path)
		}
		return arn
	}
	text, _ := p.ForProvider(karpenterRoleName + "-policy")["policy"].(string)
	var document iampolicy.Document
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, s := range document.Statement {
		if s.Sid == "PassNodeRole" || s.Sid == "ReadProfile" {
			got[s.Sid] = s.Resource
		}
	}
	want := map[string][]string{"PassNodeRole": {at(karpenterNodeRoleName)}, "ReadProfile": {at(profileName)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resources of Karpenter's statements: -want, +got:\n%s", diff)
	}
}
