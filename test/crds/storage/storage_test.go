package storage

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/internal/toolchain"
)

// TestMovesOfProviderAWS finds what provider-aws 2.6 moved: between 2.4.0, whose Go types the
// functions use, and 2.7.0, fifteen of the composed kinds.
func TestMovesOfProviderAWS(t *testing.T) {
	names, err := Composed("../../../argocd/platform/activation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	of := func(module string) Versions {
		dir, err := toolchain.Source(t.Context(), module, "github.com/upbound/provider-aws/v2")
		if err != nil {
			t.Fatal(err)
		}
		v, err := Read(dir, names)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	older, newer := of(""), of("provider-aws-crds")
	if len(older) != len(names) || len(newer) != len(names) {
		t.Errorf("of %d composed kinds %d are in the older release, and %d in the newer one", len(names), len(older), len(newer))
	}
	want := []string{
		"bucketownershipcontrols.s3.aws.upbound.io: v1beta1 -> v1beta2",
		"buckets.s3.aws.upbound.io: v1beta1 -> v1beta2",
		"bucketserversideencryptionconfigurations.s3.aws.upbound.io: v1beta1 -> v1beta2",
		"clusters.eks.aws.upbound.io: v1beta1 -> v1beta2",
		"flowlogs.ec2.aws.upbound.io: v1beta1 -> v1beta2",
		"instances.rds.aws.upbound.io: v1beta2 -> v1beta3",
		"launchtemplates.ec2.aws.upbound.io: v1beta1 -> v1beta2",
		"nodegroups.eks.aws.upbound.io: v1beta1 -> v1beta2",
		"repositories.ecr.aws.upbound.io: v1beta1 -> v1beta2",
		"tables.dynamodb.aws.upbound.io: v1beta1 -> v1beta2",
		"targets.cloudwatchevents.aws.upbound.io: v1beta1 -> v1beta2",
		"users.elasticache.aws.upbound.io: v1beta1 -> v1beta2",
		"vpcendpoints.ec2.aws.upbound.io: v1beta1 -> v1beta2",
		"workspaces.amp.aws.upbound.io: v1beta1 -> v1beta2",
		"workspaces.grafana.aws.upbound.io: v1beta1 -> v1beta2",
	}
	if diff := cmp.Diff(want, Moves(older, newer)); diff != "" {
		t.Errorf("Moves(...): -want, +got:\n%s", diff)
	}
}

func TestMoves(t *testing.T) {
	older := Versions{"a": "v1", "b": "v1", "c": "v1"}
	cases := map[string]struct {
		reason string
		newer  Versions
		want   []string
	}{
		"None":  {reason: "The same versions are no move, and a kind that only the newer release has is none.", newer: Versions{"a": "v1", "b": "v1", "c": "v1", "d": "v2"}},
		"Some":  {reason: "A kind that is stored in another version has moved.", newer: Versions{"a": "v1", "b": "v2", "c": "v1"}, want: []string{"b: v1 -> v2"}},
		"Gone":  {reason: "A kind that is no longer there is worse.", newer: Versions{"a": "v1", "c": "v2"}, want: []string{"b: v1 -> gone", "c: v1 -> v2"}},
		"Empty": {reason: "A release without CRDs has lost all.", newer: nil, want: []string{"a: v1 -> gone", "b: v1 -> gone", "c: v1 -> gone"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Moves(older, tc.newer)); diff != "" {
				t.Errorf("%s\nMoves(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
