package functiontest

import (
	"slices"
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// A Variant of a claim.
type Variant struct {
	Name string
	Spec map[string]any

	// Other values, by the path of their field; [] is an element of a list.
	Other map[string]any
}

// testEveryFieldMatters changes each field of the schema, and expects other resources
// at some time between nothing and ready: a field that does nothing is a bug. A field
// that the schema has and no variant fails, and so does a path that the schema has not.
func testEveryFieldMatters(t *testing.T, k Kind) {
	tested := map[string]bool{}
	for _, v := range k.Variants {
		base := responses(t, k.New(t, "field", v.Spec))
		for _, path := range sortedKeys(v.Other) {
			tested[path] = true
			t.Run(v.Name+"/"+path, func(t *testing.T) {
				p := k.New(t, "field", With(v.Spec, path, v.Other[path]))
				for _, before := range base {
					after := p.Reconcile(t)
					if m := Refusal(after); m != "" {
						t.Fatalf("unexpected refusal: %s", m)
					}
					if len(Changes(before, after)) > 0 {
						return
					}
					p.MarkReady()
				}
				t.Errorf("spec.%s does nothing", path)
			})
		}
	}

	leaves := specOf(t, k.Name).leaves()
	for _, leaf := range leaves {
		covered := slices.ContainsFunc(sortedKeys(tested), func(path string) bool { return path == leaf || strings.HasPrefix(path, leaf+".") })
		if _, inert := k.Inert[leaf]; inert == covered {
			t.Errorf("spec.%s is in the schema: it needs a case of a variant, or a reason why it is inert, and not both", leaf)
		}
	}
	for _, path := range append(sortedKeys(tested), sortedKeys(k.Inert)...) {
		if !slices.ContainsFunc(leaves, func(leaf string) bool { return path == leaf || strings.HasPrefix(path, leaf+".") }) {
			t.Errorf("spec.%s is not in the schema", path)
		}
	}
}

// responses to a claim from nothing to ready.
func responses(t *testing.T, p *ControlPlane) []*fnv1.RunFunctionResponse {
	t.Helper()
	var out []*fnv1.RunFunctionResponse
	for range maxReconciles {
		rsp := p.Reconcile(t)
		if m := Refusal(rsp); m != "" {
			t.Fatalf("unexpected refusal: %s", m)
		}
		if len(out) > 0 && same(out[len(out)-1], rsp) {
			return out
		}
		out = append(out, rsp)
		p.MarkReady()
	}
	t.Fatal("the function does not settle: its answer changes with each reconcile")
	return nil
}
