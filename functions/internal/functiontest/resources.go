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
				message := Fatal(rsp)
				if refuse := slices.Contains(k.Stateful, kind) && allowed == ""; !refuse && message != "" {
					t.Errorf("allowed are %q: unexpected fatal result: %s", allowed, message)
				} else if refuse && (!strings.Contains(message, kind+` "old"`) || !strings.HasSuffix(message, "platform.ausmart.io/allow-removal: old")) {
					t.Errorf("the fatal result names no resource and no way out: %q", message)
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

// longest names that AWS takes, by the kind of resource. The name is the external one,
// or a field.
func longest() map[string]struct {
	field string
	most  int
} {
	return map[string]struct {
		field string
		most  int
	}{
		"Bucket":           {"", 63},
		"Cluster":          {"", 100},
		"Instance":         {"identifier", 63},
		"InstanceProfile":  {"", 128},
		"NodeGroup":        {"", 63},
		"Queue":            {"name", 80},
		"ReplicationGroup": {"", 40},
		"Role":             {"", 64},
		"Rule":             {"", 64},
		"User":             {"", 40},
		"UserGroup":        {"", 40},
	}
}

// testLongNames has a composite with the longest name that Kubernetes gives one: every
// name in AWS still fits.
func testLongNames(t *testing.T, k Kind) {
	checked := 0
	for _, example := range k.Typical {
		p := k.NewExample(t, example)
		child(p.XR, "metadata")["name"] = strings.Repeat("long-", 12) + "end-a1b2c"
		p.Settle(t)
		for _, name := range p.Names() {
			limit, ok := longest()[p.Kind(name)]
			if !ok {
				continue
			}
			checked++
			inAWS, _ := child(child(p.Get(name), "metadata"), "annotations")[externalName].(string)
			if limit.field != "" {
				inAWS, _ = p.ForProvider(name)[limit.field].(string)
			}
			if inAWS == "" || len(inAWS) > limit.most {
				t.Errorf("%s: %q has %d letters, and AWS takes 1 to %d", name, inAWS, len(inAWS), limit.most)
			}
		}
	}
	if checked == 0 {
		t.Error("no name was checked")
	}
}
