package harness

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// ErrNoComposite is what Composite returns of a claim that Crossplane has not made a composite for yet.
var ErrNoComposite = errors.New("has no composite resource yet")

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

// Title of an object is its kind and name.
func Title(u *unstructured.Unstructured) string { return u.GetKind() + " " + u.GetName() }

// Get an object as it is now.
func Get(ctx context.Context, c client.Client, of *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(of.GroupVersionKind())
	return u, c.Get(ctx, client.ObjectKeyFromObject(of), u)
}

// Composite gets a claim and its composite as they are now. A claim that has none yet is an error.
func Composite(ctx context.Context, c client.Client, claim *unstructured.Unstructured) (now, xr *unstructured.Unstructured, err error) {
	if now, err = Get(ctx, c, claim); err != nil {
		return nil, nil, err
	}
	ref, _, _ := unstructured.NestedStringMap(now.Object, "spec", "resourceRef")
	if ref["name"] == "" {
		return nil, nil, fmt.Errorf("%s %w", Title(claim), ErrNoComposite)
	}
	if xr, err = Get(ctx, c, Reference(ref["apiVersion"], ref["kind"], ref["name"])); err != nil {
		return nil, nil, err
	}
	return now, xr, nil
}
