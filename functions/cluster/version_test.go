package cluster

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func TestVersionPlan(t *testing.T) {
	const (
		raised = "the cluster runs 1.36 and the claim says 1.35: EKS raises a cluster when the standard support of its version ends; set spec.version: 1.36"
		back   = "going back from 1.36 to 1.35, nodes first: EKS allows that within seven days of the upgrade; where it refuses, set spec.version: 1.36 to stay"
	)
	// A plan is control plane, nodes, annotation, message or error.
	cases := map[string]struct {
		reason string
		given  versions
		want   [4]string
	}{
		"New":       {"A new cluster has the claim's version.", versions{claimed: "1.35"}, [4]string{"1.35", "1.35"}},
		"Same":      {"Nothing to do.", versions{"1.35", "1.35", "1.35", "1.35", ""}, [4]string{"1.35", "1.35"}},
		"Up":        {"The control plane goes first.", versions{"1.36", "1.35", "1.35", "1.35", ""}, [4]string{"1.36", "1.35"}},
		"NodesUp":   {"Nodes follow.", versions{"1.36", "1.36", "1.36", "1.35", ""}, [4]string{"1.36", "1.36"}},
		"Skipped":   {"EKS takes no two steps.", versions{"1.37", "1.35", "1.35", "1.35", ""}, [4]string{3: "spec.version: the cluster runs 1.35 and goes up one minor version at a time: take 1.36 before 1.37"}},
		"Raised":    {"EKS did it.", versions{"1.35", "1.35", "1.36", "1.35", ""}, [4]string{"1.36", "1.36", "raised", raised}},
		"StayedUp":  {"The same a reconcile later.", versions{"1.35", "1.36", "1.36", "1.35", "raised"}, [4]string{"1.36", "1.36", "raised", raised}},
		"Unknown":   {"Where no request is known, nothing goes back.", versions{"1.35", "", "1.36", "1.36", ""}, [4]string{"1.36", "1.36", "raised", raised}},
		"Agreed":    {"The claim follows.", versions{"1.36", "1.36", "1.36", "1.36", "raised"}, [4]string{"1.36", "1.36"}},
		"Twice":     {"EKS raised it twice: the claim follows in two steps, as its schema wants.", versions{"1.34", "1.35", "1.36", "1.36", "raised"}, [4]string{"1.36", "1.36", "raised", "the cluster runs 1.36 and the claim says 1.34: EKS raises a cluster when the standard support of its version ends; set spec.version: 1.35, and then 1.36"}},
		"Back":      {"The claim goes back: nodes first.", versions{"1.35", "1.36", "1.36", "1.36", ""}, [4]string{"1.36", "1.35", "going-back", back}},
		"NodesWait": {"Until nodes are back, the control plane stays.", versions{"1.35", "1.36", "1.36", "1.36", "going-back"}, [4]string{"1.36", "1.35", "going-back", back}},
		"NodesBack": {"Then the control plane goes.", versions{"1.35", "1.36", "1.36", "1.35", "going-back"}, [4]string{"1.35", "1.35", "going-back", back}},
		"Pending":   {"While EKS is at it, the request stays.", versions{"1.35", "1.35", "1.36", "1.35", "going-back"}, [4]string{"1.35", "1.35", "going-back", back}},
		"NoNodes":   {"A cluster whose nodes were never made can go at once.", versions{"1.35", "1.36", "1.36", "", ""}, [4]string{"1.35", "1.35", "going-back", back}},
		"WasBack":   {"It arrived.", versions{"1.35", "1.35", "1.35", "1.35", "going-back"}, [4]string{"1.35", "1.35"}},
		"BackTwice": {"EKS goes back by one.", versions{"1.34", "1.36", "1.36", "1.36", ""}, [4]string{3: "spec.version: the cluster runs 1.36, and EKS goes back one minor version at a time: set 1.35, or 1.36 to stay"}},
		"NoVersion": {"A version is a minor version.", versions{claimed: "latest"}, [4]string{3: `spec.version: "latest" is no minor version of Kubernetes, such as 1.35`}},
		"Unread":    {"EKS answers versions only.", versions{"1.35", "1.35", "x", "1.35", ""}, [4]string{3: `cannot read the current version: "x" is no minor version of Kubernetes, such as 1.35`}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := tc.given.plan()
			got := [4]string{p.controlPlane, p.nodes, p.ahead, p.condition.Message + functiontest.Message(err)}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nplan: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestRaisedByEKS has EKS raise a cluster: the rest goes on, and stays so.
func TestRaisedByEKS(t *testing.T) {
	p := kit().New(t, "raised", map[string]any{"version": "1.35"})
	p.Settle(t)
	p.AtProvider(clusterName)["version"] = "1.36"
	for range 3 {
		rsp := p.Reconcile(t)
		if m := functiontest.Refusal(rsp); m != "" {
			t.Fatalf("the composition stops: %s", m)
		}
		got := []any{p.ForProvider(clusterName)["version"], p.ForProvider(nodeGroup(t, p))["version"], functiontest.ConditionText(rsp, conditionVersion)}
		want := []any{"1.36", "1.36", "False RaisedByEKS: the cluster runs 1.36 and the claim says 1.35: EKS raises a cluster when the standard support of its version ends; set spec.version: 1.36"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("control plane, nodes, condition: -want, +got:\n%s", diff)
		}
	}
}

// TestGoBack has a claim that takes back an upgrade: each step waits for the one before.
func TestGoBack(t *testing.T) {
	p := kit().New(t, "back", map[string]any{"version": "1.34"})
	p.Settle(t)
	p.Set("version", "1.35")
	p.Settle(t)
	p.Set("version", "1.34")
	group := nodeGroup(t, p)
	for _, step := range []struct{ controlPlane, nodes string }{{"1.35", "1.34"}, {"1.35", "1.34"}} {
		p.Reconcile(t)
		if got := []any{p.ForProvider(clusterName)["version"], p.ForProvider(group)["version"]}; !cmp.Equal(got, []any{step.controlPlane, step.nodes}) {
			t.Fatalf("control plane and nodes are asked for %v, not for %v", got, step)
		}
	}
	p.MarkReady(group)
	p.Reconcile(t)
	if got := p.ForProvider(clusterName)["version"]; got != "1.34" {
		t.Fatalf("nodes are back, and the control plane is asked for %v", got)
	}
	p.MarkReady(clusterName)
	rsp := p.Settle(t)
	if got := functiontest.ConditionText(rsp, conditionVersion); got != "True AsClaimed" {
		t.Errorf("after the way back %s is %v", conditionVersion, got)
	}
}

func nodeGroup(t *testing.T, p *functiontest.ControlPlane) string {
	t.Helper()
	i := slices.IndexFunc(p.Names(), func(name string) bool { return strings.HasPrefix(name, nodeGroupPrefix) })
	if i < 0 {
		t.Fatal("there is no node group")
	}
	return p.Names()[i]
}
