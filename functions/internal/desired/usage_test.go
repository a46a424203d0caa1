package desired

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"k8s.io/apimachinery/pkg/runtime/schema"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

func TestAddUsages(t *testing.T) {
	xnetwork := schema.GroupVersionKind{Group: "platform.ausmart.io", Version: "v1alpha1", Kind: "XNetwork"}
	usage := func(name string, of map[string]any, replays bool) map[string]*fnv1.Resource {
		spec := map[string]any{
			"of": of,
			"by": map[string]any{"apiVersion": "cloudwatchlogs.aws.upbound.io/v1beta1", "kind": "Group", "resourceRef": map[string]any{"name": "db-user"}},
		}
		if replays {
			spec["replayDeletion"] = true
		}
		return map[string]*fnv1.Resource{name: functiontest.Resource(map[string]any{
			"apiVersion": "protection.crossplane.io/v1beta1", "kind": "ClusterUsage",
			"metadata": map[string]any{"labels": map[string]any{"platform.ausmart.io/resource": name}},
			"spec":     spec,
		})}
	}
	cases := map[string]struct {
		reason string
		exist  map[string]string // names in Kubernetes
		use    func(r *Resources)
		want   map[string]*fnv1.Resource
	}{
		"Composite": {
			reason: "A network stays while a composed resource uses it, and no deletion is replayed.",
			exist:  map[string]string{"user": "db-user"},
			use:    func(r *Resources) { r.AddCompositeUsage(Composite{Kind: xnetwork, Name: "net-x"}, "user") },
			want: usage("usage-user-of-xnetwork", map[string]any{
				"apiVersion": "platform.ausmart.io/v1alpha1", "kind": "XNetwork", "resourceRef": map[string]any{"name": "net-x"},
			}, false),
		},
		"Own": {
			reason: "A composed resource stays while another one uses it.",
			exist:  map[string]string{"user": "db-user", "used": "db-used"},
			use:    func(r *Resources) { r.AddUsages("user", "used") },
			want: usage("usage-user-of-used", map[string]any{
				"apiVersion": "cloudwatchlogs.aws.upbound.io/v1beta1", "kind": "Group", "resourceRef": map[string]any{"name": "db-used"},
			}, true),
		},
		"UserUnnamed": {
			reason: "A user that does not exist yet has no Usage.",
			exist:  map[string]string{"used": "db-used"},
			use: func(r *Resources) {
				r.AddUsages("user", "used")
				r.AddCompositeUsage(Composite{Kind: xnetwork, Name: "net-x"}, "user")
			},
		},
		"TargetUnnamed": {
			reason: "A resource that does not exist yet needs no Usage.",
			exist:  map[string]string{"user": "db-user"},
			use: func(r *Resources) {
				r.AddUsages("user", "used")
				r.AddCompositeUsage(Composite{Kind: xnetwork, Name: ""}, "user")
			},
		},
		"UserUnwanted": {
			reason: "The Usage is left out with its user. Crossplane keeps the Usage until the user is gone.",
			exist:  map[string]string{"other": "db-other", "used": "db-used"},
			use:    func(r *Resources) { r.AddUsages("other", "used") },
		},
		"TargetUnwanted": {
			reason: "A resource that is no longer desired has no Usage.",
			exist:  map[string]string{"user": "db-user", "other": "db-other"},
			use:    func(r *Resources) { r.AddUsages("user", "other") },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: map[string]*fnv1.Resource{}}}
			for resourceName, is := range tc.exist {
				req.Observed.Resources[resourceName] = functiontest.Resource(map[string]any{"metadata": map[string]any{"name": is}})
			}
			r := New(observed.From(req), "account")
			for _, n := range []string{"user", "used"} {
				r.Add(n, group("r"))
			}
			tc.use(r)

			rsp := &fnv1.RunFunctionResponse{}
			if err := r.Write(rsp); err != nil {
				t.Fatal(err)
			}
			got := rsp.GetDesired().GetResources()
			delete(got, "user")
			delete(got, "used")
			if diff := cmp.Diff(tc.want, got, protocmp.Transform()); diff != "" && len(tc.want)+len(got) > 0 {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestProtect(t *testing.T) {
	kind := func(name string) schema.GroupVersionKind {
		return schema.GroupVersionKind{Group: "platform.ausmart.io", Version: "v1alpha1", Kind: name}
	}
	hold := func(name, usage, namespace, of, ofName string) map[string]*fnv1.Resource {
		meta := map[string]any{"labels": map[string]any{"platform.ausmart.io/resource": name}}
		if namespace != "" {
			meta["namespace"] = namespace
		}
		return map[string]*fnv1.Resource{name: functiontest.Resource(map[string]any{
			"apiVersion": "protection.crossplane.io/v1beta1", "kind": usage, "metadata": meta,
			"spec": map[string]any{
				"of":     map[string]any{"apiVersion": "platform.ausmart.io/v1alpha1", "kind": of, "resourceRef": map[string]any{"name": ofName}},
				"reason": "ask first",
			},
		})}
	}
	composite := hold("hold-xdatabase", "ClusterUsage", "", "XDatabase", "orders-x7k2p")
	both := maps.Clone(composite)
	maps.Copy(both, hold("hold-database", "Usage", "shop", "Database", "orders"))
	is := func(ready string) *fnv1.Resource {
		return functiontest.Resource(map[string]any{"status": map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": ready}}}})
	}
	cases := map[string]struct {
		reason string
		exist  map[string]*fnv1.Resource
		claim  string
		want   map[string]*fnv1.Resource
	}{
		"Composite": {
			reason: "The composite comes first: Crossplane must set the label that protects it there, and not copy it from the claim.",
			claim:  "orders", want: composite,
		},
		"CompositeSoon": {
			reason: "A ClusterUsage that is not Ready has set no label yet.",
			exist:  map[string]*fnv1.Resource{"hold-xdatabase": is("False")}, claim: "orders", want: composite,
		},
		"Claim": {
			reason: "Then the claim is protected, by a Usage in its namespace. No deletion is replayed.",
			exist:  map[string]*fnv1.Resource{"hold-xdatabase": is("True")}, claim: "orders", want: both,
		},
		"Stays": {
			reason: "A claim that is protected stays so.",
			exist:  map[string]*fnv1.Resource{"hold-xdatabase": is("False"), "hold-database": is("True")}, claim: "orders", want: both,
		},
		"WithoutClaim": {
			reason: "A composite may have no claim.",
			exist:  map[string]*fnv1.Resource{"hold-xdatabase": is("True")}, want: composite,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := New(observed.From(&fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: tc.exist}}), "account")
			r.Protect(kind("XDatabase"), kind("Database"), "orders-x7k2p", "shop", tc.claim, "ask first")
			rsp := &fnv1.RunFunctionResponse{}
			if err := r.Write(rsp); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, rsp.GetDesired().GetResources(), protocmp.Transform()); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
