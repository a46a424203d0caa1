package desired

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	xpmanaged "github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

// TestPolicies of a managed resource, and what crossplane-runtime makes of them.
func TestPolicies(t *testing.T) {
	type does struct{ LateInitialize, Delete bool }
	recorded := func(name, id string) map[string]any {
		return map[string]any{
			"metadata": map[string]any{"annotations": map[string]any{observed.ExternalNameAnnotation: name}},
			"status":   map[string]any{"atProvider": map[string]any{"id": id}},
		}
	}
	chosen := metav1.ObjectMeta{Annotations: map[string]string{observed.ExternalNameAnnotation: "mine"}}
	orphan := xpv1.ResourceSpec{DeletionPolicy: xpv1.DeletionOrphan}
	observe := xpv1.ResourceSpec{ManagementPolicies: xpv1.ManagementPolicies{xpv1.ManagementActionObserve}}
	cases := map[string]struct {
		reason   string
		observed map[string]any
		given    managed
		want     does
	}{
		"ChosenName": {
			reason: "Nothing is written back into a resource whose name the composition chooses.",
			given:  &kmsv1beta1.Alias{ObjectMeta: chosen},
			want:   does{Delete: true},
		},
		"NoNameYet": {
			reason: "AWS's name is recorded by late initialization: until then it is on.",
			given:  &kmsv1beta1.Key{},
			want:   does{LateInitialize: true, Delete: true},
		},
		"Recorded": {
			reason:   "Once the name is recorded, nothing is written back any more.",
			observed: recorded("key-1", "key-1"),
			given:    &kmsv1beta1.Key{},
			want:     does{Delete: true},
		},
		"NoAnswerYet": {
			reason:   "A recorded name counts while AWS has not answered.",
			observed: recorded("key-1", ""),
			given:    &kmsv1beta1.Key{},
			want:     does{Delete: true},
		},
		"MadeAnew": {
			reason:   "A resource that the provider had to make again has another id until its name is recorded.",
			observed: recorded("key-1", "key-2"),
			given:    &kmsv1beta1.Key{},
			want:     does{LateInitialize: true, Delete: true},
		},
		"Orphan": {
			reason:   "An orphan stays in AWS: explicit policies would prevail over its deletion policy.",
			observed: recorded("key-1", "key-1"),
			given:    &kmsv1beta1.Key{Spec: kmsv1beta1.KeySpec{ResourceSpec: orphan}},
			want:     does{},
		},
		"OrphanWithoutName": {
			reason: "So does one whose name is not recorded.",
			given:  &kmsv1beta1.Key{Spec: kmsv1beta1.KeySpec{ResourceSpec: orphan}},
			want:   does{LateInitialize: true},
		},
		"Own": {
			reason:   "Policies that the composition sets are kept.",
			observed: recorded("key-1", "key-1"),
			given:    &kmsv1beta1.Key{Spec: kmsv1beta1.KeySpec{ResourceSpec: observe}},
			want:     does{},
		},
		"ClusterAuth": {
			reason: "The controller of ClusterAuth refuses policies.",
			given:  &eksv1beta1.ClusterAuth{ObjectMeta: chosen},
			want:   does{LateInitialize: true, Delete: true},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := New(observed.From(functiontest.Observe(map[string]map[string]any{"it": tc.observed})), "account")
			r.Add("it", tc.given)
			policies, deletion := tc.given.GetManagementPolicies(), tc.given.GetDeletionPolicy()
			if len(policies) == 0 { // The CRD's defaults.
				policies = xpv1.ManagementPolicies{xpv1.ManagementActionAll}
			}
			if deletion == "" {
				deletion = xpv1.DeletionDelete
			}
			checker := xpmanaged.NewLegacyManagementPoliciesResolver(true, policies, deletion) //nolint:staticcheck // Cluster-scoped resources have a deletion policy.
			if err := checker.Validate(); err != nil {
				t.Fatalf("%s\n%v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, does{checker.ShouldLateInitialize(), checker.ShouldDelete()}); diff != "" {
				t.Errorf("%s\n%v with %q: -want, +got:\n%s", tc.reason, policies, deletion, diff)
			}
			if !slices.IsSorted(tc.given.GetManagementPolicies()) {
				t.Errorf("%v are not sorted", tc.given.GetManagementPolicies())
			}
		})
	}
}
