package desired

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"
	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

// group is a managed resource as a function makes one, with all that a typed
// API carries along.
func group(region string) *logsv1beta1.Group {
	return &logsv1beta1.Group{
		ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"mine": "kept"}},
		Spec:       logsv1beta1.GroupSpec{ForProvider: logsv1beta1.GroupParameters{Region: &region}},
		Status:     logsv1beta1.GroupStatus{AtProvider: logsv1beta1.GroupObservation{Arn: new("arn")}},
	}
}

// written is what group becomes.
func written(t *testing.T, name, region string) *fnv1.Resource {
	t.Helper()
	return functiontest.Resource(map[string]any{
		"apiVersion": "cloudwatchlogs.aws.upbound.io/v1beta1",
		"kind":       "Group",
		"metadata":   map[string]any{"labels": map[string]any{"mine": "kept", "platform.ausmart.io/resource": name}},
		"spec":       map[string]any{"forProvider": map[string]any{"region": region}, "providerConfigRef": map[string]any{"name": "account"}},
	})
}

func TestWrite(t *testing.T) {
	earlier := functiontest.Resource(map[string]any{"kind": "ConfigMap"})
	earlier.Ready = fnv1.Ready_READY_TRUE
	composite := functiontest.Resource(map[string]any{"status": map[string]any{"by": "an earlier step"}})

	type want struct {
		Desired *fnv1.State
		Err     string
	}
	cases := map[string]struct {
		reason string
		given  *fnv1.State
		add    func(r *Resources)
		want   want
	}{
		"First": {
			reason: "The first step of a pipeline has no desired state. Empty fields of typed APIs are left out.",
			add:    func(r *Resources) { r.Add("one", group("r")) },
			want:   want{Desired: &fnv1.State{Resources: map[string]*fnv1.Resource{"one": written(t, "one", "r")}}},
		},
		"None": {
			reason: "A composition without resources is no error.",
			add:    func(*Resources) {},
			want:   want{Desired: &fnv1.State{Resources: map[string]*fnv1.Resource{}}},
		},
		"Later": {
			reason: "The desired resources of earlier steps stay as they are.",
			given:  &fnv1.State{Composite: composite, Resources: map[string]*fnv1.Resource{"earlier": earlier}},
			add:    func(r *Resources) { r.Add("one", group("r")) },
			want: want{Desired: &fnv1.State{Composite: composite, Resources: map[string]*fnv1.Resource{
				"earlier": earlier, "one": written(t, "one", "r"),
			}}},
		},
		"Initial": {
			reason: "Values in initProvider are kept.",
			add: func(r *Resources) {
				g := group("r")
				g.Spec.InitProvider.KMSKeyID = new("key")
				r.Add("one", g)
			},
			want: want{Desired: &fnv1.State{Resources: map[string]*fnv1.Resource{"one": func() *fnv1.Resource {
				w := written(t, "one", "r")
				w.Resource.Fields["spec"].GetStructValue().Fields["initProvider"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{"kmsKeyId": structpb.NewStringValue("key")}})
				return w
			}()}}},
		},
		"Twice": {
			reason: "Two resources of one name are a bug of the function, and an error.",
			given:  &fnv1.State{Composite: composite},
			add: func(r *Resources) {
				r.Add("one", group("r"))
				r.Add("two", group("r"))
				r.Add("one", group("s"))
				r.Add("two", group("s"))
			},
			want: want{Desired: &fnv1.State{Composite: composite}, Err: `resource "one" is composed twice`},
		},
		"Clobber": {
			reason: "A resource of an earlier step is not replaced, and nothing is written.",
			given:  &fnv1.State{Composite: composite, Resources: map[string]*fnv1.Resource{"two": earlier}},
			add: func(r *Resources) {
				r.Add("one", group("r"))
				r.Add("two", group("r"))
			},
			want: want{
				Desired: &fnv1.State{Composite: composite, Resources: map[string]*fnv1.Resource{"two": earlier}},
				Err:     `cannot compose resource "two": an earlier step of the pipeline already did`,
			},
		},
		"NotUTF8": {
			reason: "The error names the resource that protobuf cannot represent.",
			add:    func(r *Resources) { r.Add("one", group("\xff")) },
			want:   want{Err: `cannot write resource "one": spec: forProvider: region: invalid UTF-8 in string: "\xff"`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := &fnv1.RunFunctionRequest{Desired: tc.given}
			kept := proto.CloneOf(req)
			rsp := response.To(req, response.DefaultTTL)

			r := New(observed.Resources{}, "account")
			tc.add(r)
			err := r.Write(rsp)

			if diff := cmp.Diff(tc.want, want{Desired: rsp.GetDesired(), Err: stable(functiontest.Message(err))}, protocmp.Transform()); diff != "" {
				t.Errorf("%s\nWrite(...): -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(kept, req, protocmp.Transform()); diff != "" {
				t.Errorf("%s\nWrite(...) changed the request: -before, +after:\n%s", tc.reason, diff)
			}
		})
	}
}

// stable is a message without the spaces that protobuf varies so that no one
// compares its errors.
func stable(message string) string {
	return strings.ReplaceAll(strings.ReplaceAll(message, "\u00a0", " "), "proto: ", "")
}

func TestResources(t *testing.T) {
	r := New(observed.Resources{}, "account")
	b := group("r")
	r.Add("b", b)
	r.Add("a", &logsv1beta1.Group{})
	if !r.Has("b") || r.Has("c") || r.Get("b") != Object(b) || r.Get("c") != nil {
		t.Errorf("a resource that was added is there, and no other: %v, %v", r.Get("b"), r.Get("c"))
	}
	if diff := cmp.Diff([]string{"a", "b"}, r.Names()); diff != "" {
		t.Errorf("Names are sorted: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{ResourceLabel: "a"}, r.Get("a").GetLabels()); diff != "" {
		t.Errorf("A resource without labels gets the one that selectors look for: -want, +got:\n%s", diff)
	}
}

func TestSelector(t *testing.T) {
	labels := map[string]string{"platform.ausmart.io/resource": "vpc"}
	always := xpv1.ResolvePolicyAlways
	cases := map[string]struct {
		reason string
		got    *xpv1.Selector
		want   *xpv1.Selector
	}{
		"Selector": {
			reason: "The VPC of another network has the same label: the controller must match too.",
			got:    Selector("vpc"),
			want:   &xpv1.Selector{MatchControllerRef: new(true), MatchLabels: labels},
		},
		"Following": {
			reason: "A reference whose target may change is resolved each time.",
			got:    FollowingSelector("vpc"),
			want:   &xpv1.Selector{MatchControllerRef: new(true), MatchLabels: labels, Policy: &xpv1.Policy{Resolve: &always}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
