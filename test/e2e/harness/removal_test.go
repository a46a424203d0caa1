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
		"Kept": {reason: "Objects of one tick may have been deleted in either order.", order: kept},
		"NotKept": {
			reason: "An object that was deleted too early is named, with the one that had to be first.",
			order:  append([]Removal{{"Network n", "Subnet", "a", 4}}, kept...),
			want:   []string{"cluster and databases are deleted before the Network: Subnet a of Network n was deleted before Cluster c of Cluster c"},
		},
		"Nothing": {
			reason: "An order of nothing proves nothing.",
			order:  kept[:len(kept)-1],
			want:   []string{"cluster and databases are deleted before the Network: nothing of one of them was deleted"},
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
