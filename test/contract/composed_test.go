package contract_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/test/crds"
)

// A response of a function, as the golden tests of functions/ write it.
type response struct {
	Desired struct {
		Composite struct {
			Resource map[string]any `json:"resource"`
		} `json:"composite"`
		Resources map[string]struct {
			Resource map[string]any `json:"resource"`
		} `json:"resources"`
	} `json:"desired"`
}

// goldens are all responses that the functions' golden tests hold, by file. They take seconds to parse, so
// that tests share them, and none may change them.
var goldens = sync.OnceValues(func() (map[string]response, error) {
	paths, err := filepath.Glob("../../functions/*/testdata/*/*/response.yaml")
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, errors.New("cannot find golden responses in functions/*/testdata")
	}
	out := make(map[string]response, len(paths))
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var r response
		if err := yaml.Unmarshal(raw, &r); err != nil {
			return nil, fmt.Errorf("cannot decode %s: %w", path, err)
		}
		out[path] = r
	}
	return out, nil
})

// settled are the goldens of each claim's last reconcile, in order.
func settled(responses map[string]response) []string {
	last := map[string]string{} // by claim
	for path := range responses {
		claim := filepath.Dir(filepath.Dir(path))
		last[claim] = max(last[claim], path)
	}
	return slices.Sorted(maps.Values(last))
}

// newestCRDs and typedCRDs are shared as the goldens are.
var (
	newestCRDs = sync.OnceValues(func() ([]*extv1.CustomResourceDefinition, error) { return composedCRDs(&crds.Finder{Root: "../.."}) })
	typedCRDs  = sync.OnceValues(func() ([]*extv1.CustomResourceDefinition, error) {
		return composedCRDs(&crds.Finder{Root: "../..", Typed: true})
	})
)

// composedCRDs returns the original CRD of every kind in the goldens.
func composedCRDs(finder *crds.Finder) ([]*extv1.CustomResourceDefinition, error) {
	responses, err := goldens()
	if err != nil {
		return nil, err
	}
	kinds := map[schema.GroupKind]schema.GroupVersionKind{}
	for _, r := range responses {
		for _, resource := range r.Desired.Resources {
			gvk := (&unstructured.Unstructured{Object: resource.Resource}).GroupVersionKind()
			kinds[gvk.GroupKind()] = gvk
		}
	}
	out := make([]*extv1.CustomResourceDefinition, 0, len(kinds))
	for _, gvk := range kinds {
		crd, err := finder.Of(context.Background(), gvk) // A test's context ends before the others want it.
		if err != nil {
			return nil, err
		}
		out = append(out, crd)
	}
	return out, nil
}

// composed are all golden responses, and the original CRDs of their resources.
func composed(t *testing.T) (map[string]response, []*extv1.CustomResourceDefinition) {
	t.Helper()
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	crds, err := newestCRDs()
	if err != nil {
		t.Fatal(err)
	}
	return responses, crds
}

// TestComposedResourcesAreValid sends every resource that the functions compose
// for the examples to an API server that knows the provider's own CRDs and
// refuses any field that those do not have.
func TestComposedResourcesAreValid(t *testing.T) {
	t.Parallel()
	t.Run("Newest", func(t *testing.T) { t.Parallel(); dryRun(t, connect(t), "") })
	// The release of the Go types serves each version too, and does not store it.
	t.Run("Typed", func(t *testing.T) { t.Parallel(); dryRun(t, connectTo(t, &typed), providerAWS) })
}

// dryRun creates, without a trace, all composed resources of the groups that end so. Those that are the same
// in several responses are created once.
func dryRun(t *testing.T, c client.Client, groups string) {
	t.Helper()
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	created := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(responses)) {
		resources := responses[path].Desired.Resources
		if len(resources) == 0 {
			t.Errorf("%s composes nothing", short(path))
		}
		var fresh []string
		for _, name := range slices.Sorted(maps.Keys(resources)) {
			text, err := json.Marshal(resources[name].Resource)
			if err != nil {
				t.Fatal(err)
			}
			u := unstructured.Unstructured{Object: resources[name].Resource}
			if strings.HasSuffix(u.GroupVersionKind().Group, groups) && !created[string(text)] {
				created[string(text)] = true
				fresh = append(fresh, name)
			}
		}
		t.Run(short(path), func(t *testing.T) {
			t.Parallel()
			for _, name := range fresh {
				u := (&unstructured.Unstructured{Object: resources[name].Resource}).DeepCopy()
				u.SetName("dry-run")
				if u.GetNamespace() != "" {
					u.SetNamespace(namespace)
				}
				if err := c.Create(t.Context(), u, client.DryRunAll); err != nil {
					t.Errorf("%s is refused: %v", name, err)
				}
			}
		})
	}
}

// TestComposedResourcesUseStorageVersions fails on any version but the one that
// the API server stores: the provider's conversions run in the provider, and a
// resource of another version loses fields where that cannot be reached.
func TestComposedResourcesUseStorageVersions(t *testing.T) {
	t.Parallel()
	responses, crds := composed(t)
	stored := map[schema.GroupKind]string{}
	for _, crd := range crds {
		for _, v := range crd.Spec.Versions {
			if v.Storage {
				stored[schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}] = v.Name
			}
		}
	}
	for path, r := range responses {
		for name, resource := range r.Desired.Resources {
			gvk := (&unstructured.Unstructured{Object: resource.Resource}).GroupVersionKind()
			if want := stored[gvk.GroupKind()]; gvk.Version != want {
				t.Errorf("%s: %s is %s, whose storage version is %s", short(path), name, gvk, want)
			}
		}
	}
}

// TestStatusIsValid writes the status that the functions report to a composite resource of the example.
func TestStatusIsValid(t *testing.T) {
	t.Parallel()
	c := connect(t)
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	for path, r := range responses {
		t.Run(short(path), func(t *testing.T) {
			t.Parallel()
			example := filepath.Base(filepath.Dir(filepath.Dir(path)))
			kind := strings.TrimPrefix(r.Desired.Composite.Resource["kind"].(string), "X")
			raw, err := os.ReadFile(claimOf(kind, example))
			if err != nil {
				t.Fatalf("cannot read the claim: %v", err)
			}
			xr := &unstructured.Unstructured{}
			if err := yaml.Unmarshal(raw, &xr.Object); err != nil {
				t.Fatalf("cannot decode the claim: %v", err)
			}
			xr.SetKind("X" + kind)
			xr.SetNamespace("")
			xr.SetName("status-" + strings.ReplaceAll(short(path), "/", "-"))
			if err := c.Create(t.Context(), xr); err != nil {
				t.Fatalf("cannot create composite: %v", err)
			}
			xr.Object["status"] = runtime.DeepCopyJSONValue(r.Desired.Composite.Resource["status"])
			if err := c.Status().Update(t.Context(), xr); err != nil {
				t.Errorf("the status is refused: %v", err)
			}
		})
	}
}

// claimOf is the file of a golden's claim: an environment's
// Network and Cluster have the environment's name, and a Database or Service is
// named after it and its own name, such as au-dev-orders.
func claimOf(kind, example string) string {
	if kind == "Network" || kind == "Cluster" {
		return filepath.Join("../../examples", example, strings.ToLower(kind)+".yaml")
	}
	i := strings.LastIndex(example, "-")
	return filepath.Join("../../examples", example[:i], strings.ToLower(kind)+"s", example[i+1:]+".yaml")
}

// short is a golden's function, example and reconcile.
func short(path string) string {
	path = strings.TrimPrefix(filepath.Dir(path), filepath.Join("..", "..", "functions")+"/")
	return strings.Replace(path, "/testdata", "", 1)
}
