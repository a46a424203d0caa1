package harness

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOutOfOrder(t *testing.T) {
	kept := []Removal{
		{"Service ui", "Object Deployment", "ui", 1},
		{"Cluster c", "Object NodePool", "spot", 2},
		{"Cluster c", "Release karpenter", "karpenter", 3},
		{"Cluster c", "ProviderConfig helm", "c", 4},
		{"Cluster c", "ProviderConfig kubernetes", "c", 4},
		{"Cluster c", "ClusterAuth", "c", 5},
		{"Cluster c", "NodeGroup", "c", 5},
		{"Cluster c", "Cluster", "c", 6},
		{"Network n", "VPC", "n", 7},
	}
	cases := map[string]struct {
		reason string
		order  []Removal
		want   []string
	}{
		"Kept": {reason: "What goes in one tick may have gone in either order.", order: kept},
		"NotKept": {
			reason: "What went too early is named, with what it had to wait for.",
			order:  append([]Removal{{"Network n", "Subnet", "a", 4}}, kept...),
			want:   []string{"cluster and databases go before the Network: Subnet a of Network n went before Cluster c of Cluster c"},
		},
		"Nothing": {
			reason: "An order of nothing proves nothing.",
			order:  kept[:len(kept)-1],
			want:   []string{"cluster and databases go before the Network: nothing of one of them went"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, OutOfOrder(tc.order)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
