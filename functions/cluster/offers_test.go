package cluster

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestServicesInRegion has regions that lack a service: the rest comes up, and the
// condition says what is missing.
func TestServicesInRegion(t *testing.T) {
	metrics := []string{"object-deployment-adot-metrics", "object-deployment-kube-state-metrics", prometheusName, "role-telemetry-metrics"}
	cases := map[string]struct {
		region string
		gone   []string
		want   string
	}{
		"All":         {"ap-southeast-2", nil, "True Complete"},
		"NoGrafana":   {"ca-central-1", []string{grafanaName, grafanaRoleName}, "False LeftOut: ca-central-1 has no Amazon Managed Grafana, so no dashboards (2026-11); the rest comes up without them"},
		"NoMetrics":   {"ap-southeast-6", append(metrics, grafanaName, grafanaRoleName), "False LeftOut: ap-southeast-6 has no Amazon Managed Grafana, so no dashboards, and no Amazon Managed Service for Prometheus, so no metrics and alerts (2026-11); the rest comes up without them"},
		"NewerThanUs": {"xx-new-1", append(metrics, grafanaName, grafanaRoleName), "False LeftOut: xx-new-1 has no Amazon Managed Grafana, so no dashboards, and no Amazon Managed Service for Prometheus, so no metrics and alerts (2026-11); the rest comes up without them"},
	}
	full := kit().New(t, "offers", map[string]any{"environment": "prod"})
	full.Settle(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := functiontest.Elsewhere(kit().New(t, "offers", map[string]any{"environment": "prod"}), tc.region)
			rsp := p.Settle(t)
			if got := functiontest.ConditionText(rsp, "ServicesInRegion"); got != tc.want {
				t.Errorf("ServicesInRegion: got %s, want %s", got, tc.want)
			}
			if got := functiontest.ConditionText(rsp, "ClusterReady"); got != "True Available" {
				t.Errorf("ClusterReady: %s", got)
			}
			var gone []string
			for _, n := range full.Names() {
				if !p.Has(n) && (slices.Contains(tc.gone, n) || len(tc.gone) == 0) {
					gone = append(gone, n)
				}
			}
			slices.Sort(tc.gone)
			if diff := cmp.Diff(tc.gone, gone); diff != "" {
				t.Errorf("left out: -want, +got:\n%s", diff)
			}
			for _, n := range p.Names() {
				if slices.ContainsFunc(tc.gone, func(g string) bool { return strings.Contains(n, "-"+g) }) && p.Kind(n) != "ClusterUsage" {
					t.Errorf("%s is of no use", n)
				}
			}
		})
	}
}

// TestGrafanaThatExistsStays has a workspace in a region that the table says has none, and
// one that AWS never made.
func TestGrafanaThatExistsStays(t *testing.T) {
	for name, made := range map[string]bool{"Made": true, "NeverMade": false} {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "stays", nil)
			p.Settle(t)
			functiontest.Elsewhere(p, "ca-central-1")
			if !made {
				delete(p.Get(grafanaName), "status")
				delete(p.Get(grafanaName)["metadata"].(map[string]any)["annotations"].(map[string]any), "crossplane.io/external-name")
			}
			if m := functiontest.Refusal(p.Reconcile(t)); m != "" {
				t.Fatal(m)
			}
			if p.Has(grafanaName) != made {
				t.Errorf("the workspace is there: %v, want %v", p.Has(grafanaName), made)
			}
		})
	}
}

// TestNoPodIdentity has a region in which no pod gets its rights.
func TestNoPodIdentity(t *testing.T) {
	p := functiontest.Elsewhere(kit().New(t, "secret", nil), "us-iso-east-1")
	want := "spec.region: us-iso-east-1 has no EKS Pod Identity (2026-11), by which the controllers and services get their rights: choose another region"
	if diff := cmp.Diff(want, functiontest.Refusal(p.Reconcile(t))); diff != "" {
		t.Errorf("refusal: -want, +got:\n%s", diff)
	}
}
