package contract_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TestNoReferenceInAnAtomicList fails on a reference or selector within a list that is applied as a
// whole. Crossplane applies the list without the values that the provider resolved. The provider
// then resolves them again, and that change makes Crossplane compose again: the two never stop, and
// in each round the field is empty at first. So the function has to copy the observed values.
func TestNoReferenceInAnAtomicList(t *testing.T) {
	t.Parallel()
	responses, crds := composed(t)
	schemas := map[schema.GroupVersionKind]extv1.JSONSchemaProps{}
	for _, crd := range crds {
		for _, v := range crd.Spec.Versions {
			gvk := schema.GroupVersionKind{Group: crd.Spec.Group, Version: v.Name, Kind: crd.Spec.Names.Kind}
			schemas[gvk] = *v.Schema.OpenAPIV3Schema
		}
	}
	for path, r := range responses {
		for name, resource := range r.Desired.Resources {
			u := &unstructured.Unstructured{Object: resource.Resource}
			for _, at := range wipedReferences("", u.Object, schemas[u.GroupVersionKind()], false) {
				t.Errorf("%s: %s refers to another resource at %s, in a list that is applied as a whole", short(path), name, at)
			}
		}
	}
}

// TestWipedReferences plants references where they are found, and where they are not.
func TestWipedReferences(t *testing.T) {
	t.Parallel()
	atomic, byName := "atomic", "map"
	reference := extv1.JSONSchemaProps{Type: "object", Properties: map[string]extv1.JSONSchemaProps{
		"name":   {Type: "string"},
		"policy": {Type: "object", Properties: map[string]extv1.JSONSchemaProps{"resolve": {Type: "string"}}},
	}}
	item := extv1.JSONSchemaProps{Type: "object", Properties: map[string]extv1.JSONSchemaProps{
		"subnetId":         {Type: "string"},
		"subnetIdRef":      reference,
		"subnetIdSelector": reference,
		"subnetIdRefs":     {Type: "array", Items: &extv1.JSONSchemaPropsOrArray{Schema: &reference}},
		"nodeRef":          {Type: "object"}, // Has no policy: the provider does not resolve it.
	}}
	list := func(kind *string) extv1.JSONSchemaProps {
		return extv1.JSONSchemaProps{Type: "array", XListType: kind, Items: &extv1.JSONSchemaPropsOrArray{Schema: &item}}
	}
	planted := []any{
		map[string]any{"subnetId": "subnet-1"},
		map[string]any{
			"subnetIdRef": map[string]any{"name": "a"}, "subnetIdRefs": []any{map[string]any{"name": "a"}},
			"subnetIdSelector": map[string]any{}, "nodeRef": map[string]any{"name": "a"},
		},
	}
	found := []string{".spec.list[1].subnetIdRef", ".spec.list[1].subnetIdRefs", ".spec.list[1].subnetIdSelector"}
	cases := map[string]struct {
		reason string
		schema extv1.JSONSchemaProps
		spec   any
		want   []string
	}{
		"Atomic":  {reason: "An atomic list loses what the provider resolves.", schema: list(&atomic), spec: map[string]any{"list": planted}, want: found},
		"Default": {reason: "A list is atomic unless its schema says otherwise.", schema: list(nil), spec: map[string]any{"list": planted}, want: found},
		"ByName":  {reason: "The items of a list with keys are merged.", schema: list(&byName), spec: map[string]any{"list": planted}},
		"NoList":  {reason: "A reference outside of a list is merged.", schema: item, spec: map[string]any{"list": planted[1]}},
		"Empty":   {reason: "Without a reference nothing is lost.", schema: list(&atomic), spec: map[string]any{"list": planted[:1]}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object := extv1.JSONSchemaProps{Properties: map[string]extv1.JSONSchemaProps{
				"spec": {Properties: map[string]extv1.JSONSchemaProps{"list": tc.schema}},
			}}
			got := wipedReferences("", map[string]any{"spec": tc.spec}, object, false)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// wipedReferences are the paths of the provider's references and selectors within atomic lists.
func wipedReferences(at string, value any, s extv1.JSONSchemaProps, atomic bool) []string {
	var out []string
	switch v := value.(type) {
	case map[string]any:
		for _, field := range slices.Sorted(maps.Keys(v)) {
			if atomic && isReference(field, s) {
				out = append(out, at+"."+field)
				continue
			}
			out = append(out, wipedReferences(at+"."+field, v[field], s.Properties[field], atomic)...)
		}
	case []any:
		if s.Items == nil {
			return nil // The value of a field without a schema, such as Helm's values.
		}
		atomic = atomic || s.XListType == nil || *s.XListType == "atomic"
		for i, item := range v {
			out = append(out, wipedReferences(fmt.Sprintf("%s[%d]", at, i), item, *s.Items.Schema, atomic)...)
		}
	}
	return out
}

// isReference reports whether the provider resolves this field of an object.
func isReference(field string, object extv1.JSONSchemaProps) bool {
	of := object.Properties[field]
	if of.Items != nil {
		of = *of.Items.Schema
	}
	_, resolves := of.Properties["policy"].Properties["resolve"]
	return resolves && (strings.HasSuffix(field, "Ref") || strings.HasSuffix(field, "Refs") || strings.HasSuffix(field, "Selector"))
}
