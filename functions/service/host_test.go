package service

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestHost has two services with a host: which of them has it does not depend on who asks first.
func TestHost(t *testing.T) {
	const older, newer = "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"
	cases := map[string]struct {
		reason         string
		created, other string
		name           string
		spec           map[string]any
		want           string
	}{
		"Newer": {
			reason: "The older service has the host.", created: newer, other: older, name: "b",
			want: `spec.ingress.host: shop.example.com is the host of Service "a", which is older: choose another host, or remove it there first`,
		},
		"Older": {reason: "The older service has the host.", created: older, other: newer, name: "b"},
		"Same":  {reason: "In the same second the first by name has it.", created: older, other: older, name: "0a"},
		"SameSecond": {
			reason: "In the same second the first by name has it.", created: older, other: older, name: "b",
			want: `spec.ingress.host: shop.example.com is the host of Service "a", which is older: choose another host, or remove it there first`,
		},
		"OtherHost":    {reason: "Hosts share a load balancer.", created: newer, other: older, name: "b", spec: map[string]any{"ingress": map[string]any{"host": "b.example.com"}}},
		"OtherCluster": {reason: "Another cluster has other load balancers.", created: newer, other: older, name: "b", spec: map[string]any{"clusterRef": map[string]any{"name": "au-prod"}}},
		"NoHost":       {reason: "A service without a host has a load balancer to itself.", created: newer, other: older, name: "b", spec: map[string]any{"ingress": map[string]any{}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			host := map[string]any{"ingress": map[string]any{"host": "shop.example.com"}}
			made := func(name, at string, spec map[string]any) map[string]any {
				xr := kit().Composite(t, name, functiontest.Merge(host, spec))
				xr["metadata"].(map[string]any)["creationTimestamp"] = at
				return xr
			}
			xr := made(tc.name, tc.created, tc.spec)
			p := kit().ControlPlane(t, xr)
			p.Require("XService/a", made("a", tc.other, nil))
			p.Require("XService/"+tc.name, xr)
			if tc.name == "0a" {
				xr["metadata"].(map[string]any)["labels"] = functiontest.ClaimLabels("aa", "ausmart")
			}
			if diff := cmp.Diff(tc.want, functiontest.Refusal(p.Reconcile(t))); diff != "" {
				t.Errorf("%s\nrefusal: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
