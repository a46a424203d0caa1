package observed

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	eksv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/functiontest"
)

func observe(fields map[string]map[string]any) Resources { return From(functiontest.Observe(fields)) }

// TestResources reads one resource by all that can be asked of it.
func TestResources(t *testing.T) {
	const name = "it"
	type view struct {
		Names                                []string
		Has                                  bool
		Name, Kind, ExternalName, Label, ARN string
		Deleting, IsReady                    bool
		Created                              time.Time
		Ready                                Condition
	}
	cases := map[string]struct {
		reason string
		obs    Resources
		want   view
	}{
		"Zero": {
			reason: "The zero value has no resources, and no method panics.",
		},
		"NoState": {
			reason: "A request may have no observed state.",
			obs:    From(&fnv1.RunFunctionRequest{}),
		},
		"Other": {
			reason: "The values are those of the named resource only.",
			obs:    observe(map[string]map[string]any{"other": {"kind": "VPC", "metadata": map[string]any{"deletionTimestamp": "2026-11-01T00:00:00Z"}}}),
			want:   view{Names: []string{"other"}},
		},
		"NoBody": {
			reason: "A resource without a body exists and has no values.",
			obs:    From(&fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: map[string]*fnv1.Resource{name: {}}}}),
			want:   view{Names: []string{name}, Has: true},
		},
		"Nil": {
			reason: "A nil resource, which gRPC may make of an empty message, has no values.",
			obs:    From(&fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: map[string]*fnv1.Resource{name: nil}}}),
			want:   view{Names: []string{name}, Has: true},
		},
		"Empty": {
			reason: "An empty resource has no values.",
			obs:    observe(map[string]map[string]any{name: {}}),
			want:   view{Names: []string{name}, Has: true},
		},
		"Ready": {
			reason: "A resource is ready while it is not being deleted.",
			obs:    observe(map[string]map[string]any{name: {"status": map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": "True"}}}}}),
			want:   view{Names: []string{name}, Has: true, IsReady: true, Ready: Condition{Status: "True"}},
		},
		"Whole": {
			reason: "A resource with everything. It is ready by its condition, and on its way out.",
			obs: observe(map[string]map[string]any{"b": {}, "a": {}, name: {
				"kind": "VPC",
				"metadata": map[string]any{
					"name":              "it-1",
					"annotations":       map[string]any{"crossplane.io/external-name": "vpc-1"},
					"labels":            map[string]any{"colour": "red"},
					"creationTimestamp": "2026-11-01T10:20:30Z",
					"deletionTimestamp": "2026-11-02T00:00:00Z",
				},
				"status": map[string]any{"atProvider": map[string]any{"arn": "arn:1"}, "conditions": []any{
					map[string]any{"type": "Synced", "status": "False", "reason": "ReconcileError", "message": "no"},
					map[string]any{"type": "Ready", "status": "True", "reason": "Available", "message": "yes"},
					map[string]any{"type": "Ready", "status": "False", "reason": "Second", "message": "of that type"},
				}},
			}}),
			want: view{
				Names: []string{"a", "b", name}, Has: true, Name: "it-1", Kind: "VPC", ExternalName: "vpc-1", Label: "red", ARN: "arn:1",
				Deleting: true, Created: time.Date(2026, 11, 1, 10, 20, 30, 0, time.UTC), Ready: Condition{"True", "Available", "yes"},
			},
		},
		"WrongTypes": {
			reason: "Values of other types count as missing.",
			obs: observe(map[string]map[string]any{name: {
				"kind": 1.0,
				"metadata": map[string]any{
					"annotations": "text", "labels": []any{"colour"}, "creationTimestamp": true, "deletionTimestamp": map[string]any{},
				},
				"status": map[string]any{"conditions": []any{
					"Ready", nil, []any{}, map[string]any{"type": 1.0}, map[string]any{"type": "Ready", "status": true, "reason": nil, "message": 2.0},
				}},
			}}),
			want: view{Names: []string{name}, Has: true},
		},
		"WrongParents": {
			reason: "Values below parents of other types count as missing.",
			obs:    observe(map[string]map[string]any{name: {"metadata": "text", "status": []any{map[string]any{"conditions": []any{}}}}}),
			want:   view{Names: []string{name}, Has: true},
		},
		"NotATime": {
			reason: "A time that cannot be parsed counts as missing.",
			obs:    observe(map[string]map[string]any{name: {"metadata": map[string]any{"creationTimestamp": "yesterday"}, "status": map[string]any{"conditions": map[string]any{}}}}),
			want:   view{Names: []string{name}, Has: true},
		},
	}
	for n, tc := range cases {
		t.Run(n, func(t *testing.T) {
			got := view{
				Names: tc.obs.Names(), Has: tc.obs.Has(name), Name: tc.obs.Name(name), IsReady: tc.obs.Ready(name), Kind: tc.obs.Kind(name), ExternalName: tc.obs.ExternalName(name), ARN: tc.obs.AtProvider(name, "arn"),
				Label: tc.obs.Label(name, "colour"), Deleting: tc.obs.Deleting(name), Created: tc.obs.Created(name), Ready: tc.obs.Condition(name, "Ready"),
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestReadOlder reads resources in the form that they had in an older version of their API,
// where an object was a list with at most one.
func TestReadOlder(t *testing.T) {
	list := func(v ...any) []any { return v }
	cases := map[string]struct {
		reason string
		spec   map[string]any
		want   eksv1beta2.ClusterParameters
		err    string
	}{
		"Today": {
			reason: "An object is read as it is.",
			spec:   map[string]any{"vpcConfig": map[string]any{"subnetIds": list("a", "b")}},
			want:   eksv1beta2.ClusterParameters{VPCConfig: &eksv1beta2.VPCConfigParameters{SubnetIds: []*string{new("a"), new("b")}}},
		},
		"One": {
			reason: "A list of one is the object in it, at every depth, beside lists that stayed lists.",
			spec: map[string]any{
				"region":           "r",
				"encryptionConfig": list(map[string]any{"provider": list(map[string]any{"keyArn": "k"}), "resources": list("secrets")}),
				"vpcConfig":        list(map[string]any{"subnetIds": list("a", "b")}),
			},
			want: eksv1beta2.ClusterParameters{
				Region: new("r"),
				EncryptionConfig: &eksv1beta2.EncryptionConfigParameters{
					Provider: &eksv1beta2.ProviderParameters{KeyArn: new("k")}, Resources: []*string{new("secrets")},
				},
				VPCConfig: &eksv1beta2.VPCConfigParameters{SubnetIds: []*string{new("a"), new("b")}},
			},
		},
		"None": {
			reason: "An empty list is no object.",
			spec:   map[string]any{"region": "r", "vpcConfig": list()},
			want:   eksv1beta2.ClusterParameters{Region: new("r")},
		},
		"Two": {
			reason: "A list of two is no older form of an object.",
			spec:   map[string]any{"vpcConfig": list(map[string]any{}, map[string]any{})},
			err:    `cannot decode observed resource "it": cannot restore struct from: slice`,
		},
	}
	for n, tc := range cases {
		t.Run(n, func(t *testing.T) {
			r := NewReader(observe(map[string]map[string]any{"it": {"spec": map[string]any{"forProvider": tc.spec}}}))
			got := Read[eksv1beta2.Cluster](r, "it").Spec.ForProvider
			err := ""
			if r.Err() != nil {
				err = r.Err().Error()
			}
			if diff := cmp.Diff([]any{tc.want, tc.err}, []any{got, err}); diff != "" {
				t.Errorf("%s\nRead(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRead(t *testing.T) {
	obs := observe(map[string]map[string]any{
		"good": {"kind": "Network", "metadata": map[string]any{"name": "n"}, "spec": map[string]any{"cidr": "10.0.0.0/16", "unknown": 1.0}},
		"bad":  {"kind": "Network", "spec": map[string]any{"cidr": 10.0}},
	})
	type want struct {
		Network *v1alpha1.Network
		Err     string
	}
	cases := map[string]struct {
		reason string
		name   string
		want   want
	}{
		"Good": {
			reason: "A field that the typed API does not have is no error: the provider may be newer.",
			name:   "good",
			want: want{Network: &v1alpha1.Network{
				TypeMeta: metav1.TypeMeta{Kind: "Network"}, ObjectMeta: metav1.ObjectMeta{Name: "n"},
				Spec: v1alpha1.NetworkSpec{CIDR: "10.0.0.0/16"},
			}},
		},
		"Absent": {
			reason: "A resource that does not exist is read as an empty one.",
			name:   "absent",
			want:   want{Network: &v1alpha1.Network{}},
		},
		"Bad": {
			reason: "A resource that does not decode is an error, and the reader keeps the first one.",
			name:   "bad",
			want: want{
				Network: &v1alpha1.Network{},
				Err:     `cannot decode observed resource "bad": unrecognized type: string`,
			},
		},
	}
	for n, tc := range cases {
		t.Run(n, func(t *testing.T) {
			r := NewReader(obs)
			got := want{Network: Read[v1alpha1.Network](r, tc.name)}
			r.Fail(errors.New("later"))
			if err := r.Err(); err.Error() != "later" {
				got.Err = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nRead(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
