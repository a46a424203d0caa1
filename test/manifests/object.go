package manifests

import (
	"context"
	"encoding/json"
	"errors"

	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/ausmart/platform/test/crds"
)

// object checks a Kubernetes object as an API server does with strict validation.
func (c *Checker) object(ctx context.Context, d document) (field.ErrorList, error) {
	u := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(d.object)}
	gvk := u.GroupVersionKind()
	if gvk.Kind == "" || gvk.Version == "" {
		return field.ErrorList{field.Required(field.NewPath("kind"), "this is no Kubernetes object: give it apiVersion and kind")}, nil
	}
	schema, err := c.schemas.of(ctx, gvk)
	if errors.Is(err, crds.ErrUnknown) {
		return field.ErrorList{field.Forbidden(field.NewPath("kind"), err.Error())}, nil
	}
	if err != nil {
		return nil, err
	}
	faults := schema.check(ctx, u.Object)
	if len(faults) == 0 && builtIn(gvk.Group) {
		faults = decode(d.object)
	}
	values, err := c.values(ctx, d.object)
	return append(faults, values...), err
}

// check an object, with its defaults filled in.
func (s *kindSchema) check(ctx context.Context, object map[string]any) field.ErrorList {
	var faults field.ErrorList
	for _, path := range s.unknown(object) {
		faults = append(faults, &field.Error{Type: field.ErrorTypeForbidden, Field: path, Detail: "there is no such field"})
	}
	defaulting.Default(object, s.structural)
	faults = append(faults, validation.ValidateCustomResource(nil, object, s.validator)...)
	faults = append(faults, objectmeta.Validate(nil, object, s.structural, s.kubernetes)...)
	faults = append(faults, listtype.ValidateListSetsAndMaps(nil, s.structural, object)...)
	if len(faults) > 0 || s.rules == nil {
		return faults
	}
	broken, _ := s.rules.Validate(ctx, nil, s.structural, object, nil, celconfig.RuntimeCELCostBudget)
	return broken
}

// unknown lists the fields that the schema does not have, and removes them.
func (s *kindSchema) unknown(object map[string]any) []string {
	opts := structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	paths := pruning.PruneWithOptions(object, s.structural, s.kubernetes, opts)
	_, meta := objectmeta.CoerceWithOptions(nil, object, s.structural, s.kubernetes, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	return append(paths, meta...)
}

// decode a built-in object into its Go type: that checks quantities, durations and addresses, which
// are strings in the schema.
func decode(object map[string]any) field.ErrorList {
	content, err := json.Marshal(object)
	if err != nil {
		return field.ErrorList{field.InternalError(nil, err)}
	}
	codecs := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict)
	if _, _, err := codecs.UniversalDeserializer().Decode(content, nil, nil); err != nil && !runtime.IsNotRegisteredError(err) {
		return field.ErrorList{field.Forbidden(nil, err.Error())}
	}
	return nil
}
