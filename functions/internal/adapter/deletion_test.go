package adapter

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
)

func TestLeaving(t *testing.T) {
	claim := func(meta map[string]any) *fnv1.Resources {
		return &fnv1.Resources{Items: []*fnv1.Resource{functiontest.Resource(map[string]any{"kind": "Network", "metadata": meta})}}
	}
	labels := map[string]any{"crossplane.io/claim-name": "net", "crossplane.io/claim-namespace": "shop"}
	attempt := map[string]any{"usage.crossplane.io/deletion-attempt-with-policy": "Foreground"}

	type answer struct {
		Asks     bool // for the claim
		Composes bool
		Fatal    string
	}
	cases := map[string]struct {
		reason string
		meta   map[string]any
		found  *fnv1.Resources // nil: Crossplane has not looked
		exist  map[string]*fnv1.Resource
		want   answer
	}{
		"Staying": {
			reason: "No one tried to delete the composite: the function does not require the claim.",
			meta:   map[string]any{"name": "n", "labels": labels},
			want:   answer{Composes: true},
		},
		"NotLooked": {
			reason: "Someone tried: the function composes nothing before it knows the claim.",
			meta:   map[string]any{"name": "n", "labels": labels, "annotations": attempt},
			want:   answer{Asks: true},
		},
		"Leaving": {
			reason: "The claim is being deleted: nothing that was deleted is made again.",
			meta:   map[string]any{"name": "n", "labels": labels, "annotations": attempt},
			found:  claim(map[string]any{"name": "net", "deletionTimestamp": "2026-11-01T00:00:00Z"}),
			want:   answer{Asks: true, Fatal: errClaimDeleted.Error()},
		},
		"Gone": {
			reason: "The same holds when the claim is gone.",
			meta:   map[string]any{"name": "n", "labels": labels, "annotations": attempt},
			found:  &fnv1.Resources{},
			want:   answer{Asks: true, Fatal: errClaimDeleted.Error()},
		},
		"Protected": {
			reason: "The composite cannot be deleted, and so it is composed: a person can switch that off.",
			meta:   map[string]any{"name": "n", "labels": labels, "annotations": attempt},
			found:  claim(map[string]any{"name": "net", "deletionTimestamp": "2026-11-01T00:00:00Z"}),
			exist:  map[string]*fnv1.Resource{"hold-xnetwork": functiontest.Resource(map[string]any{"kind": "ClusterUsage"})},
			want:   answer{Asks: true, Composes: true},
		},
		"Unprotected": {
			reason: "Its protection is being deleted, and the composite will be.",
			meta:   map[string]any{"name": "n", "labels": labels, "annotations": attempt},
			found:  &fnv1.Resources{},
			exist: map[string]*fnv1.Resource{"hold-xnetwork": functiontest.Resource(map[string]any{
				"kind": "ClusterUsage", "metadata": map[string]any{"deletionTimestamp": "2026-11-01T00:00:00Z"},
			})},
			want: answer{Asks: true, Fatal: errClaimDeleted.Error()},
		},
		"Refused": {
			reason: "The annotation of an attempt that was refused stays. The claim exists, so the function composes.",
			meta:   map[string]any{"name": "n", "labels": labels, "annotations": attempt},
			found:  claim(map[string]any{"name": "net"}),
			want:   answer{Asks: true, Composes: true},
		},
		"NoClaim": {
			reason: "A composite without a claim requires no claim.",
			meta:   map[string]any{"name": "n", "annotations": attempt},
			want:   answer{Composes: true},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got answer
			fn := New(Kind[v1alpha1.Network, *v1alpha1.Network]{
				Name: "Network",
				Compose: func(Input[*v1alpha1.Network]) (*Output, error) {
					got.Composes = true
					return &Output{Resources: desired.New(observed.Resources{}, "account"), Status: &v1alpha1.NetworkStatus{}}, nil
				},
			}, logging.NewNopLogger())
			composite := xr(map[string]any{"environment": "dev"})
			composite["metadata"] = tc.meta
			req := &fnv1.RunFunctionRequest{
				Meta:              &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_CAPABILITIES, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
				Observed:          &fnv1.State{Composite: functiontest.Resource(composite), Resources: tc.exist},
				RequiredResources: config(t, nil),
			}
			if tc.found != nil {
				req.RequiredResources["own-claim"] = tc.found
			}
			rsp, err := fn.RunFunction(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			sel, asks := rsp.GetRequirements().GetResources()["own-claim"]
			got.Asks = asks
			if asks && (sel.GetKind() != "Network" || sel.GetNamespace() != "shop" || sel.GetMatchName() != "net") {
				t.Errorf("The function requires the composite's own claim, not %v", sel)
			}
			for _, r := range rsp.GetResults() {
				got.Fatal = r.GetMessage()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
