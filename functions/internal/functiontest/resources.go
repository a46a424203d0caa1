package functiontest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// settled are control planes in which everything is ready: the typical examples and the
// variants, which have every kind of resource between them.
func (k Kind) settled(t *testing.T) []*ControlPlane {
	t.Helper()
	var out []*ControlPlane
	for _, name := range k.Typical {
		out = append(out, k.NewExample(t, name))
	}
	for _, v := range k.Variants {
		out = append(out, k.New(t, "variant", v.Spec))
	}
	for _, p := range out {
		p.Settle(t)
	}
	return out
}

// testForgotten has a resource of each kind that exists and that this version of the
// function no longer composes. One that holds state is deleted only where the claim
// names it. No kind of resource is without an answer to whether it holds state.
func testForgotten(t *testing.T, k Kind) {
	apiVersions := map[string]any{}
	for _, p := range k.settled(t) {
		for _, name := range p.Names() {
			apiVersions[p.Kind(name)] = p.Get(name)["apiVersion"]
		}
	}
	known := slices.Sorted(slices.Values(slices.Concat(k.Stateful, k.Stateless)))
	if diff := cmp.Diff(known, sortedKeys(apiVersions)); diff != "" {
		t.Errorf("kinds of resources: -stateful and stateless, +composed:\n%s", diff)
	}
	for kind, apiVersion := range apiVersions {
		t.Run(kind, func(t *testing.T) {
			for _, allowed := range []string{"", "old", "some, old"} {
				p := k.New(t, "forgotten", k.Variants[0].Spec)
				p.Annotate("platform.ausmart.io/allow-removal", allowed)
				req := p.Request(t)
				old, err := structpb.NewStruct(map[string]any{"apiVersion": apiVersion, "kind": kind})
				if err != nil {
					t.Fatal(err)
				}
				req.Observed.Resources["old"] = &fnv1.Resource{Resource: old}
				rsp, err := p.Function.RunFunction(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				message := Refusal(rsp)
				if refuse := slices.Contains(k.Stateful, kind) && allowed == ""; !refuse && message != "" {
					t.Errorf("allowed are %q: unexpected refusal: %s", allowed, message)
				} else if refuse && (!strings.Contains(message, kind+` "old"`) || !strings.HasSuffix(message, "platform.ausmart.io/allow-removal: old")) {
					t.Errorf("the refusal names no resource and no way out: %q", message)
				}
			}
		})
	}
}

// testTags has a claim with tags of its own. The platform finds its resources by its
// tags, which win.
func testTags(t *testing.T, k Kind) {
	for _, v := range k.Variants {
		p := k.New(t, "tags", With(v.Spec, "tags", map[string]any{
			"team": "store", "Name": "mine", "ausmart.io/environment": "mine", "ausmart.io/" + strings.ToLower(k.Name): "mine",
		}))
		p.Settle(t)
		tagged := 0
		for _, name := range p.Names() {
			tags, ok := p.ForProvider(name)["tags"].(map[string]any)
			if !ok {
				continue
			}
			tagged++
			// AWS takes 50: 40 of the claim, and crossplane-kind, -name and -providerconfig of the provider.
			if ours := len(tags) - 1; ours > 50-40-3 {
				t.Errorf("%s: %s: the platform sets %d tags, and a claim may have 40", v.Name, name, ours)
			}
			own, _ := tags["Name"].(string)
			got := []any{tags["team"], tags["ausmart.io/environment"], tags["ausmart.io/"+strings.ToLower(k.Name)], own != "" && own != "mine"}
			want := []any{"store", p.Spec()["environment"], child(p.XR, "metadata")["name"], true}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s: team, environment, claim, and whether it has a name: -want, +got:\n%s", v.Name, name, diff)
			}
		}
		if tagged == 0 {
			t.Errorf("%s: no resource has tags", v.Name)
		}
	}
}
