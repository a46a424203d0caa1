package manifests

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	celconfig "k8s.io/apiserver/pkg/apis/cel"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/crds"
)

// A kindSchema has an API server's checks for one kind.
type kindSchema struct {
	kubernetes bool // It has apiVersion, kind and metadata.
	structural *structural.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator // Nil when the kind has none.
}

// schemas by kind, each made on first use.
type schemas struct {
	finder  *crds.Finder
	made    map[schema.GroupVersionKind]*kindSchema
	derived map[schema.GroupKind]*extv1.CustomResourceDefinition // of the platform's own kinds
	openAPI string                                               // Kubernetes' folder of OpenAPI documents
}

func newSchemas(root string) schemas {
	return schemas{finder: &crds.Finder{Root: root}, made: map[schema.GroupVersionKind]*kindSchema{}}
}

// platform is the group of our own kinds.
const platform = "platform.ausmart.io"

// of a kind.
func (s *schemas) of(ctx context.Context, gvk schema.GroupVersionKind) (*kindSchema, error) {
	if made, ok := s.made[gvk]; ok {
		return made, nil
	}
	props, err := s.properties(ctx, gvk)
	if err != nil {
		return nil, err
	}
	made, err := newKindSchema(props)
	if err != nil {
		return nil, fmt.Errorf("cannot use the schema of %s: %w", gvk, err)
	}
	made.kubernetes = true
	s.made[gvk] = made
	return made, nil
}

func newKindSchema(props *extv1.JSONSchemaProps) (*kindSchema, error) {
	internal := &apiextensions.JSONSchemaProps{}
	if err := extv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(props, internal, nil); err != nil {
		return nil, err
	}
	s, err := structural.NewStructural(internal)
	if err != nil {
		return nil, err
	}
	v, _, err := validation.NewSchemaValidator(internal)
	if err != nil {
		return nil, err
	}
	return &kindSchema{structural: s, validator: v, rules: cel.NewValidator(s, true, celconfig.PerCallLimit)}, nil
}

func (s *schemas) properties(ctx context.Context, gvk schema.GroupVersionKind) (*extv1.JSONSchemaProps, error) {
	if builtIn(gvk.Group) {
		return s.kubernetes(ctx, gvk)
	}
	crd, err := s.definition(ctx, gvk)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(crd.Spec.Versions, func(v extv1.CustomResourceDefinitionVersion) bool { return v.Served && v.Name == gvk.Version })
	if i < 0 {
		return nil, fmt.Errorf("%w: %s has no version %s", crds.ErrUnknown, gvk.GroupKind(), gvk.Version)
	}
	return crd.Spec.Versions[i].Schema.OpenAPIV3Schema, nil
}

func (s *schemas) definition(ctx context.Context, gvk schema.GroupVersionKind) (*extv1.CustomResourceDefinition, error) {
	if gvk.Group != platform {
		return s.finder.Of(ctx, gvk)
	}
	if s.derived == nil {
		all, err := s.finder.Derived(ctx)
		if err != nil {
			return nil, err
		}
		s.derived = map[schema.GroupKind]*extv1.CustomResourceDefinition{}
		for _, crd := range all {
			s.derived[schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}] = crd
		}
	}
	crd, ok := s.derived[gvk.GroupKind()]
	if !ok {
		return nil, fmt.Errorf("%w: apis/ does not define %s", crds.ErrUnknown, gvk.Kind)
	}
	return crd, nil
}

// builtIn tells Kubernetes' own groups from those of custom resources.
func builtIn(group string) bool {
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io")
}

// kubernetes returns the schema of a built-in kind, from the OpenAPI document in Kubernetes' source.
func (s *schemas) kubernetes(ctx context.Context, gvk schema.GroupVersionKind) (*extv1.JSONSchemaProps, error) {
	if s.openAPI == "" {
		dir, err := toolchain.Source(ctx, "kubernetes", "k8s.io/kubernetes")
		if err != nil {
			return nil, err
		}
		s.openAPI = filepath.Join(dir, "api/openapi-spec/v3")
	}
	name := "apis__" + gvk.Group + "__" + gvk.Version
	if gvk.Group == "" {
		name = "api__" + gvk.Version
	}
	content, err := os.ReadFile(filepath.Join(s.openAPI, name+"_openapi.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: Kubernetes has no API %s", crds.ErrUnknown, gvk.GroupVersion())
	}
	if err != nil {
		return nil, err
	}
	return openAPISchema(content, gvk)
}

// An openAPI document, with its schemas only.
type openAPI struct {
	Components struct {
		Schemas map[string]map[string]any `json:"schemas"`
	} `json:"components"`
}

func openAPISchema(content []byte, gvk schema.GroupVersionKind) (*extv1.JSONSchemaProps, error) {
	doc := openAPI{}
	if err := json.Unmarshal(content, &doc); err != nil {
		return nil, err
	}
	for name, s := range doc.Components.Schemas {
		if !isKind(s, gvk) {
			continue
		}
		whole, err := json.Marshal(doc.inline(s, name))
		if err != nil {
			return nil, err
		}
		props := &extv1.JSONSchemaProps{}
		return props, json.Unmarshal(whole, props)
	}
	return nil, fmt.Errorf("%w: Kubernetes has no %s in %s", crds.ErrUnknown, gvk.Kind, gvk.GroupVersion())
}

func isKind(s map[string]any, gvk schema.GroupVersionKind) bool {
	list, _ := s["x-kubernetes-group-version-kind"].([]any)
	return slices.ContainsFunc(list, func(item any) bool {
		m, _ := item.(map[string]any)
		return m["group"] == gvk.Group && m["version"] == gvk.Version && m["kind"] == gvk.Kind
	})
}

// Names of the schemas with a special meaning: any object of any kind, and a number or a string.
const (
	rawExtension = "io.k8s.apimachinery.pkg.runtime.RawExtension"
	quantity     = "io.k8s.apimachinery.pkg.api.resource.Quantity"
	intOrString  = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
)

// inline returns a schema with its references resolved, as in a custom resource definition. Inside
// are the names of the schemas around this one: a schema that contains itself, as a CRD's does,
// accepts anything from there on.
func (d openAPI) inline(s map[string]any, inside ...string) map[string]any {
	if name := reference(s); name != "" {
		switch {
		case name == quantity, name == intOrString:
			return map[string]any{"x-kubernetes-int-or-string": true}
		case name == rawExtension, slices.Contains(inside, name):
			return map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}
		}
		return d.inline(d.Components.Schemas[name], append(slices.Clone(inside), name)...)
	}
	out := map[string]any{}
	for _, key := range []string{"type", "required", "enum", "nullable"} {
		if v, ok := s[key]; ok {
			out[key] = v
		}
	}
	if props, ok := s["properties"].(map[string]any); ok {
		inlined := map[string]any{}
		for name, p := range props {
			inlined[name] = d.inline(p.(map[string]any), inside...) //nolint:forcetypeassert // A property is a schema.
		}
		out["properties"] = inlined
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if part, ok := s[key].(map[string]any); ok {
			out[key] = d.inline(part, inside...)
		}
	}
	if s["type"] == nil || s["type"] == "object" && out["properties"] == nil && out["additionalProperties"] == nil {
		out["x-kubernetes-preserve-unknown-fields"] = true
	}
	return out
}

// reference is the name of the schema that this one refers to, with or without a default.
func reference(s map[string]any) string {
	if all, ok := s["allOf"].([]any); ok && len(all) == 1 {
		s, _ = all[0].(map[string]any)
	}
	ref, _ := s["$ref"].(string)
	return strings.TrimPrefix(ref, "#/components/schemas/")
}
