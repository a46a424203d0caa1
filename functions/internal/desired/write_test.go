package desired

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	eksv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta2"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

// TestWriteMore checks resources that are ready once observed, kept or pending.
func TestWriteMore(t *testing.T) {
	is := functiontest.Resource(map[string]any{
		"apiVersion": "v1", "kind": "Old", "metadata": map[string]any{"name": "old-1", "labels": map[string]any{"a": "b"}}, "spec": map[string]any{"x": "y"},
	})
	obs := observed.From(&fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: map[string]*fnv1.Resource{"old": is, "one": {}}}})
	ready := written(t, "one", "r")
	ready.Ready = fnv1.Ready_READY_TRUE

	cases := map[string]struct {
		reason string
		do     func(r *Resources)
		want   map[string]*fnv1.Resource
	}{
		"Ready": {
			reason: "A resource without conditions is ready once it exists.",
			do:     func(r *Resources) { r.Add("one", group("r"), ReadyOnceObserved()) },
			want:   map[string]*fnv1.Resource{"one": ready},
		},
		"NotReady": {
			reason: "Crossplane finds out whether a resource with conditions is ready, and none is ready before it exists.",
			do: func(r *Resources) {
				r.Add("one", group("r"))
				r.Add("two", group("r"), ReadyOnceObserved())
			},
			want: map[string]*fnv1.Resource{"one": written(t, "one", "r"), "two": written(t, "two", "r")},
		},
		"Kept": {
			reason: "A resource that is kept has its spec and labels, and no name, which is Crossplane's.",
			do:     func(r *Resources) { r.Keep("old") },
			want: map[string]*fnv1.Resource{"old": functiontest.Resource(map[string]any{
				"apiVersion": "v1", "kind": "Old", "metadata": map[string]any{"labels": map[string]any{"a": "b"}}, "spec": map[string]any{"x": "y"},
			})},
		},
		"Pending": {
			reason: "A pending resource that exists stays as it is.",
			do:     func(r *Resources) { r.Pending("old") },
			want: map[string]*fnv1.Resource{"old": functiontest.Resource(map[string]any{
				"apiVersion": "v1", "kind": "Old", "metadata": map[string]any{"labels": map[string]any{"a": "b"}}, "spec": map[string]any{"x": "y"},
			})},
		},
		"KeptOfNothing": {
			reason: "A resource that does not exist is not kept.",
			do:     func(r *Resources) { r.Keep("other") },
			want:   map[string]*fnv1.Resource{},
		},
		"Nulls": {
			reason: "A field that is required only where initProvider lacks it has no value, not a null.",
			do: func(r *Resources) {
				r.Add("nodes", &eksv1beta2.NodeGroup{Spec: eksv1beta2.NodeGroupSpec{ForProvider: eksv1beta2.NodeGroupParameters{
					Region: new("r"), ScalingConfig: &eksv1beta2.ScalingConfigParameters{MinSize: new(float64(1))},
				}}})
			},
			want: map[string]*fnv1.Resource{"nodes": functiontest.Resource(map[string]any{
				"apiVersion": "eks.aws.upbound.io/v1beta2", "kind": "NodeGroup",
				"metadata": map[string]any{"labels": map[string]any{ResourceLabel: "nodes"}},
				"spec": map[string]any{
					"forProvider":       map[string]any{"region": "r", "scalingConfig": map[string]any{"minSize": 1}},
					"providerConfigRef": map[string]any{"name": "account"},
				},
			})},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := New(obs, "account")
			tc.do(r)
			rsp := &fnv1.RunFunctionResponse{}
			if err := r.Write(rsp); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, rsp.GetDesired().GetResources(), protocmp.Transform()); diff != "" {
				t.Errorf("%s\nWrite(...): -want, +got:\n%s", tc.reason, diff)
			}
			for name := range tc.want {
				if !r.Has(name) {
					t.Errorf("%s\nHas(%q) is false", tc.reason, name)
				}
			}
		})
	}
}

// TestLabel has names that are longer than a label's value may be.
func TestLabel(t *testing.T) {
	long := strings.Repeat("x", 63)
	cases := map[string]struct {
		reason string
		name   string
		want   string
	}{
		"Short": {"A name that fits is the value.", "vpc", "vpc"},
		"Fits":  {"So is the longest that does.", long, long},
		"Long":  {"A longer one is cut, and stays apart from others.", long + "y", strings.Repeat("x", 52) + "-d00194072c"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := New(observed.Resources{}, "account")
			r.Add(tc.name, group("r"))
			got := []string{r.Get(tc.name).GetLabels()[ResourceLabel], Selector(tc.name).MatchLabels[ResourceLabel]}
			if diff := cmp.Diff([]string{tc.want, tc.want}, got); diff != "" {
				t.Errorf("%s\nlabel and selector of %q: -want, +got:\n%s", tc.reason, tc.name, diff)
			}
		})
	}
}

// TestClears has a list that late initialization wrote.
func TestClears(t *testing.T) {
	list := func(elements ...any) map[string]any {
		return map[string]any{"apiVersion": "v1", "kind": "Group", "spec": map[string]any{"forProvider": map[string]any{"list": elements}}}
	}
	cases := map[string]struct {
		reason   string
		observed map[string]any
		clears   string
		want     []any
	}{
		"Written":  {"The list of the provider is emptied.", list("a"), "list", []any{}},
		"Empty":    {"One that is empty is left out again.", list(), "list", nil},
		"Nothing":  {"So is one that does not exist.", map[string]any{}, "list", nil},
		"NotAsked": {"Other lists are the provider's.", list("a"), "other", nil},
		"Wanted":   {"A field that the composition has is the composition's.", map[string]any{"spec": map[string]any{"forProvider": map[string]any{"region": []any{"a"}}}}, "region", nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := New(observed.From(functiontest.Observe(map[string]map[string]any{"one": tc.observed})), "account")
			r.Add("one", group("r"), Clears(tc.clears))
			rsp := &fnv1.RunFunctionResponse{}
			if err := r.Write(rsp); err != nil {
				t.Fatal(err)
			}
			fields := forProvider(rsp.GetDesired().GetResources()["one"].GetResource())
			var got []any
			if l := fields["list"]; l != nil {
				got = l.GetListValue().AsSlice()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" || fields["region"].GetStringValue() != "r" {
				t.Errorf("%s\nfields %v: -want, +got:\n%s", tc.reason, fields, diff)
			}
		})
	}
}
