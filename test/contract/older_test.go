package contract_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/apiserver"
	"github.com/ausmart/platform/test/cloud/conversion"
)

// TestUpgradeKeepsObjects applies composed resources as Crossplane does, in an older version of
// their API, then in the one that is composed, and again in the older one, as an upgrade of the
// functions and the way back do. It is the same object each time, with the name in AWS that its
// provider recorded, and its spec does not change: a provider has nothing to do.
func TestUpgradeKeepsObjects(t *testing.T) {
	t.Parallel()
	newest, older := definitions(t, newestCRDs), definitions(t, typedCRDs)
	t.Run("Newest", func(t *testing.T) { t.Parallel(); upgrade(t, &server, newest, older) })
	// The release of the Go types stores the older versions.
	t.Run("Typed", func(t *testing.T) { t.Parallel(); upgrade(t, &typed, older, older) })
}

// crossplane is who applies composed resources.
const crossplane = client.FieldOwner("apiextensions.crossplane.io/composed/test")

// definitions of the composed kinds, in one release of the provider.
func definitions(t *testing.T, of func() ([]*extv1.CustomResourceDefinition, error)) map[schema.GroupKind]*extv1.CustomResourceDefinition {
	t.Helper()
	all, err := of()
	if err != nil {
		t.Fatal(err)
	}
	out := map[schema.GroupKind]*extv1.CustomResourceDefinition{}
	for _, crd := range all {
		out[schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}] = crd
	}
	return out
}

// upgrade on a server with the given definitions, from the versions that others store.
func upgrade(t *testing.T, s *apiserver.Shared, served, storing map[schema.GroupKind]*extv1.CustomResourceDefinition) {
	t.Helper()
	c := connectTo(t, s)
	moved := map[schema.GroupKind]bool{}
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range settled(responses) {
		resources := responses[path].Desired.Resources
		for j, name := range slices.Sorted(maps.Keys(resources)) {
			u := &unstructured.Unstructured{Object: normal(t, resources[name].Resource)}
			gvk := u.GroupVersionKind()
			if !strings.HasSuffix(gvk.Group, providerAWS) {
				continue
			}
			older := inVersion(t, served[gvk.GroupKind()], u, stored(storing[gvk.GroupKind()]))
			if older == nil {
				continue
			}
			moved[gvk.GroupKind()] = true
			for _, o := range []*unstructured.Unstructured{u, older} {
				o.SetName(fmt.Sprintf("upgrade-%d-%d", i, j))
			}
			if err := keeps(t, c, older, u); err != nil {
				t.Errorf("%s: %s from %s to %s: %v", short(path), name, older.GetAPIVersion(), gvk.Version, err)
			}
		}
	}
	if len(moved) != 15 {
		t.Errorf("want the fifteen kinds that provider-aws 2.6 moved, got %d", len(moved))
	}
}

// normal has whole numbers as the API server returns them.
func normal(t *testing.T, object map[string]any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(raw); err != nil {
		t.Fatal(err)
	}
	return u.Object
}

// stored is the version in which objects are stored.
func stored(crd *extv1.CustomResourceDefinition) string {
	for _, v := range crd.Spec.Versions {
		if v.Storage {
			return v.Name
		}
	}
	return ""
}

// inVersion is an object in another version of its API; nil when it has that version already.
func inVersion(t *testing.T, crd *extv1.CustomResourceDefinition, u *unstructured.Unstructured, version string) *unstructured.Unstructured {
	t.Helper()
	if u.GroupVersionKind().Version == version {
		return nil
	}
	for _, v := range crd.Spec.Versions {
		if v.Name != version {
			continue
		}
		converted, err := conversion.To(*v.Schema.OpenAPIV3Schema, u.Object)
		if err != nil {
			t.Fatal(err)
		}
		out := &unstructured.Unstructured{Object: converted.(map[string]any)}
		out.SetAPIVersion(crd.Spec.Group + "/" + version)
		return out
	}
	t.Fatalf("%s has no version %s", crd.Name, version)
	return nil
}

// keeps reports what is not kept from the older form to the composed one and back.
func keeps(t *testing.T, c client.Client, older, composed *unstructured.Unstructured) error {
	t.Helper()
	first, err := applyAs(t, c, older)
	if err != nil {
		return fmt.Errorf("the older form: %w", err)
	}
	if first, err = recorded(t, c, first); err != nil {
		return fmt.Errorf("the provider: %w", err)
	}
	for _, form := range []*unstructured.Unstructured{composed, older} {
		now, err := applyAs(t, c, form)
		if err != nil {
			return fmt.Errorf("as %s: %w", form.GetAPIVersion(), err)
		}
		// What the schema adds by its defaults is not composed.
		dropDefaults(now.Object["spec"], form.Object["spec"])
		was := []any{first.GetUID(), first.GetGeneration(), first.GetAnnotations(), form.Object["spec"]}
		is := []any{now.GetUID(), now.GetGeneration(), now.GetAnnotations(), now.Object["spec"]}
		if diff := cmp.Diff(was, is); diff != "" {
			return fmt.Errorf("as %s: uid, generation, annotations, spec: -was, +is:\n%s", form.GetAPIVersion(), diff)
		}
	}
	return nil
}

func applyAs(t *testing.T, c client.Client, form *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	t.Helper()
	u := form.DeepCopy()
	return u, c.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(u), crossplane, client.ForceOwnership)
}

// recorded is the object after its provider wrote down its name in AWS.
func recorded(t *testing.T, c client.Client, u *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	t.Helper()
	out := u.DeepCopy()
	annotations := out.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	if annotations["crossplane.io/external-name"] == "" {
		annotations["crossplane.io/external-name"] = "recorded"
	}
	out.SetAnnotations(annotations)
	return out, c.Update(t.Context(), out)
}

// dropDefaults removes what only the stored value has.
func dropDefaults(stored, composed any) {
	switch is := stored.(type) {
	case map[string]any:
		was, _ := composed.(map[string]any)
		for name := range is {
			if _, ok := was[name]; !ok {
				delete(is, name)
				continue
			}
			dropDefaults(is[name], was[name])
		}
	case []any:
		was, _ := composed.([]any)
		for i := range min(len(is), len(was)) {
			dropDefaults(is[i], was[i])
		}
	}
}
