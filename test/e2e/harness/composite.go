package harness

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Reference returns an empty object with this kind and name, to read the object into.
func Reference(apiVersion, kind, name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(schema.FromAPIVersionAndKind(apiVersion, kind))
	u.SetName(name)
	return u
}

// ComposedBy returns references to a composite's resources.
func ComposedBy(xr *unstructured.Unstructured) []*unstructured.Unstructured {
	refs, _, _ := unstructured.NestedSlice(xr.Object, "spec", "resourceRefs")
	all := make([]*unstructured.Unstructured, 0, len(refs))
	for _, r := range refs {
		m, _ := r.(map[string]any)
		u := Reference(fmt.Sprint(m["apiVersion"]), fmt.Sprint(m["kind"]), fmt.Sprint(m["name"]))
		namespace, _ := m["namespace"].(string) // Only the Usage of a claim has one.
		u.SetNamespace(namespace)
		all = append(all, u)
	}
	return all
}
