package network

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

func TestPlanNAT(t *testing.T) {
	type zones = []v1alpha1.Zone
	abc := zones{"a", "b", "c"}
	day := func(d string) map[string]any {
		return map[string]any{"creationTimestamp": "2026-11-" + d + "T00:00:00Z"}
	}
	deleted := func(d string) map[string]any {
		m := day(d)
		m["deletionTimestamp"] = "2026-11-30T00:00:00Z"
		return m
	}

	cases := map[string]struct {
		reason  string
		mode    v1alpha1.NATGatewayMode
		zones   zones
		nats    map[v1alpha1.Zone]map[string]any // metadata of those that exist
		routes  map[v1alpha1.Zone]v1alpha1.Zone  // whose gateway a zone's traffic takes
		want    natPlan
		served  map[v1alpha1.Zone]v1alpha1.Zone // by whose gateway, by the plan
		without bool                            // no zone has a way out
	}{
		"FreshSingle": {
			reason: "A new network has its NAT gateway in its first zone.",
			mode:   v1alpha1.NATGatewaySingle, zones: abc,
			want:   natPlan{zones: zones{"a"}, home: "a"},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a", "b": "a", "c": "a"},
		},
		"FreshPerZone": {
			reason: "Each zone has its own gateway.",
			mode:   v1alpha1.NATGatewayPerZone, zones: abc,
			want:   natPlan{zones: abc, home: "a"},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a", "b": "b", "c": "c"},
		},
		"None": {
			reason: "No gateway is planned, and none drains: the claim asks for none.",
			mode:   v1alpha1.NATGatewayNone, zones: abc,
			nats:   map[v1alpha1.Zone]map[string]any{"a": day("01")},
			routes: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a"},
			want:   natPlan{home: "a"}, without: true,
		},
		"OldestStays": {
			reason: "The oldest gateway stays, whatever the letter of its zone.",
			mode:   v1alpha1.NATGatewaySingle, zones: abc,
			nats:   map[v1alpha1.Zone]map[string]any{"a": day("03"), "b": day("02"), "c": day("01")},
			want:   natPlan{zones: zones{"c"}, home: "c"},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "c", "b": "c", "c": "c"},
		},
		"OnlyOneStays": {
			reason: "The only gateway stays, also when it is not in the first zone.",
			mode:   v1alpha1.NATGatewaySingle, zones: abc,
			nats:   map[v1alpha1.Zone]map[string]any{"b": day("02")},
			want:   natPlan{zones: zones{"b"}, home: "b"},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "b", "b": "b", "c": "b"},
		},
		"SameAge": {
			reason: "Of two gateways of the same second, that of the first letter stays.",
			mode:   v1alpha1.NATGatewaySingle, zones: abc,
			nats:   map[v1alpha1.Zone]map[string]any{"c": day("01"), "b": day("01")},
			want:   natPlan{zones: zones{"b"}, home: "b"},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "b", "b": "b", "c": "b"},
		},
		"OldestIsDeleted": {
			reason: "A gateway that is being deleted serves no zone.",
			mode:   v1alpha1.NATGatewaySingle, zones: abc,
			nats:   map[v1alpha1.Zone]map[string]any{"a": deleted("01"), "b": day("02")},
			routes: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a", "b": "a"},
			want:   natPlan{zones: zones{"b"}, home: "b"},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "b", "b": "b", "c": "b"},
		},
		"OldestLeft": {
			reason: "The gateway of a zone that the claim no longer lists serves no zone.",
			mode:   v1alpha1.NATGatewaySingle, zones: zones{"b", "c"},
			nats:   map[v1alpha1.Zone]map[string]any{"a": day("01"), "c": day("02")},
			want:   natPlan{zones: zones{"c"}, home: "c"},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"b": "c", "c": "c"},
		},
		"Drains": {
			reason: "A gateway drains while a route leads to it, from its own zone or another.",
			mode:   v1alpha1.NATGatewaySingle, zones: abc,
			nats:   map[v1alpha1.Zone]map[string]any{"a": day("01"), "b": day("02"), "c": day("02")},
			routes: map[v1alpha1.Zone]v1alpha1.Zone{"a": "b", "b": "a", "c": "c"},
			want:   natPlan{zones: zones{"a"}, home: "a", draining: zones{"b", "c"}},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a", "b": "a", "c": "a"},
		},
		"Drained": {
			reason: "A gateway is deleted once no route leads to it.",
			mode:   v1alpha1.NATGatewaySingle, zones: abc,
			nats:   map[v1alpha1.Zone]map[string]any{"a": day("01"), "b": day("02"), "c": day("02")},
			routes: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a", "b": "a", "c": "c"},
			want:   natPlan{zones: zones{"a"}, home: "a", draining: zones{"c"}},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a", "b": "a", "c": "a"},
		},
		"PerZoneDrainsNone": {
			reason: "Where each zone has its own gateway none drains, wherever the routes still lead.",
			mode:   v1alpha1.NATGatewayPerZone, zones: abc,
			nats:   map[v1alpha1.Zone]map[string]any{"a": day("01")},
			routes: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a", "b": "a", "c": "a"},
			want:   natPlan{zones: abc, home: "a"},
			served: map[v1alpha1.Zone]v1alpha1.Zone{"a": "a", "b": "b", "c": "c"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			exist := map[string]map[string]any{}
			s := state{natID: map[v1alpha1.Zone]string{}, routedTo: map[v1alpha1.Zone]string{}}
			for z, meta := range tc.nats {
				exist[natName(z)] = map[string]any{"kind": "NATGateway", "metadata": meta}
				s.natID[z] = "id-" + string(z)
			}
			for z, via := range tc.routes {
				s.routedTo[z] = "id-" + string(via)
			}
			got := planNAT(tc.mode, tc.zones, observed.From(functiontest.Observe(exist)), s)
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(natPlan{})); diff != "" {
				t.Errorf("%s\nplanNAT(...): -want, +got:\n%s", tc.reason, diff)
			}
			for _, z := range tc.zones {
				via, ok := got.of(z)
				if ok == tc.without || ok && via != tc.served[z] {
					t.Errorf("%s\nzone %s is served by %q, %t; want %q", tc.reason, z, via, ok, tc.served[z])
				}
			}
		})
	}
}
