package contract_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
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

// goldens are all responses that the functions' golden tests hold, by file.
func goldens() (map[string]response, error) {
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
}

// settled are the goldens of each claim's last reconcile, in order.
func settled(responses map[string]response) []string {
	last := map[string]string{} // by claim
	for path := range responses {
		claim := filepath.Dir(filepath.Dir(path))
		last[claim] = max(last[claim], path)
	}
	return slices.Sorted(maps.Values(last))
}

// composedCRDs returns their makers' own CRDs of every kind in the goldens.
func composedCRDs() ([]*extv1.CustomResourceDefinition, error) {
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
	dirs := map[string]string{} // By group; to ask Go for a module's folder takes a while.
	out := make([]*extv1.CustomResourceDefinition, 0, len(kinds))
	for _, gvk := range kinds {
		if _, ok := dirs[gvk.Group]; !ok {
			if dirs[gvk.Group], err = crdFolder(gvk.Group); err != nil {
				return nil, err
			}
		}
		crd, err := readCRD(dirs[gvk.Group], gvk)
		if err != nil {
			return nil, err
		}
		out = append(out, crd)
	}
	return out, nil
}

// composed are all golden responses, and their makers' own CRDs of what those compose.
func composed(t *testing.T) (map[string]response, []*extv1.CustomResourceDefinition) {
	t.Helper()
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	crds, err := composedCRDs()
	if err != nil {
		t.Fatal(err)
	}
	return responses, crds
}

// crdFolder is where whoever made a group keeps its CRDs: a folder of a Go module,
// or of this repository where the maker is no module.
func crdFolder(group string) (string, error) {
	const tools = "../localplane/tools/"
	switch {
	case group == "protection.crossplane.io":
		return moduleFolder(tools+"crossplane", "github.com/crossplane/crossplane/v2", "cluster/crds")
	case group == "kubernetes.crossplane.io":
		return moduleFolder(tools+"provider-kubernetes", "github.com/crossplane-contrib/provider-kubernetes", "package/crds")
	case group == "helm.crossplane.io":
		return "../localplane/crds/provider-helm", nil
	case strings.HasSuffix(group, ".aws.upbound.io"):
		return moduleFolder(".", "github.com/upbound/provider-aws/v2", "package/crds")
	default:
		return "", fmt.Errorf("cannot find the CRDs of %s: say in crdFolder where its maker keeps them", group)
	}
}

// moduleFolder is a folder of a module that the module in dir requires.
func moduleFolder(dir, module, folder string) (string, error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module)
	cmd.Dir = dir
	said := &bytes.Buffer{}
	cmd.Stderr = said
	root, err := cmd.Output()
	if err == nil && len(bytes.TrimSpace(root)) == 0 {
		err = errors.New("it is not in the module cache: run go mod download in " + dir)
	}
	if err != nil {
		return "", fmt.Errorf("cannot find module %s: %w\n%s", module, err, said)
	}
	return filepath.Join(string(bytes.TrimSpace(root)), folder), nil
}

func readCRD(dir string, gvk schema.GroupVersionKind) (*extv1.CustomResourceDefinition, error) {
	plural, singular := meta.UnsafeGuessKindToResource(gvk)
	for _, resource := range []string{plural.Resource, singular.Resource + "s", singular.Resource} {
		raw, err := os.ReadFile(filepath.Join(dir, gvk.Group+"_"+resource+".yaml"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		crd := &extv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(raw, crd); err != nil {
			return nil, fmt.Errorf("cannot decode CRD of %s: %w", gvk, err)
		}
		crd.Spec.Conversion = nil // Crossplane fills in the provider's webhook when it installs it.
		return crd, nil
	}
	return nil, fmt.Errorf("cannot find a CRD for %s in %s", gvk, dir)
}

// TestComposedResourcesAreValid sends every resource that the functions compose
// for the examples to the API server, which knows the provider's own CRDs and
// refuses any field that those do not have.
func TestComposedResourcesAreValid(t *testing.T) {
	t.Parallel()
	c := connect(t)
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	for path, r := range responses {
		t.Run(short(path), func(t *testing.T) {
			t.Parallel()
			if len(r.Desired.Resources) == 0 {
				t.Error("the response composes nothing")
			}
			for name, resource := range r.Desired.Resources {
				u := &unstructured.Unstructured{Object: resource.Resource}
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

// TestStatusIsValid writes the status that the functions report to a composite
// resource of the example that it is about.
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
			xr.Object["status"] = r.Desired.Composite.Resource["status"]
			if err := c.Status().Update(t.Context(), xr); err != nil {
				t.Errorf("the status is refused: %v", err)
			}
		})
	}
}

// claimOf is the file of the claim that a golden is about: an environment's
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
