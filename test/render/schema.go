package render

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// validate refuses what an API server would refuse: unknown fields, values out of bounds, broken
// rules. The command line only applies the defaults.
func (a api) validate(ctx context.Context, claim *unstructured.Unstructured) error {
	props, err := specSchema(a.definition, claim.GroupVersionKind().Version)
	if err != nil {
		return err
	}
	structural, err := schema.NewStructural(props)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", a.definition, err)
	}

	spec, _ := runtime.DeepCopyJSONValue(claim.Object["spec"]).(map[string]any)
	for _, f := range crossplaneFields() {
		delete(spec, f)
	}
	options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	if unknown := pruning.PruneWithOptions(spec, structural, false, options); len(unknown) > 0 {
		return fmt.Errorf("spec.%s: there is no such field", strings.Join(unknown, ", spec."))
	}
	defaulting.Default(spec, structural)

	path := field.NewPath("spec")
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", a.definition, err)
	}
	if errs := validation.ValidateCustomResource(path, spec, validator); len(errs) > 0 {
		return joined(errs)
	}
	rules := cel.NewValidator(structural, false, celconfig.PerCallLimit)
	errs, _ := rules.Validate(ctx, path, structural, spec, nil, celconfig.RuntimeCELCostBudget)
	return joined(errs)
}

// joined is all errors in one line, each with its field.
func joined(errs field.ErrorList) error {
	if len(errs) == 0 {
		return nil
	}
	texts := make([]string, 0, len(errs))
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	return errors.New(strings.Join(texts, "; "))
}

// crossplaneFields are those that Crossplane adds to the spec of every claim.
func crossplaneFields() []string {
	return append(claimFields(), "compositionRef", "compositionRevisionRef", "compositionRevisionSelector", "compositionSelector", "compositionUpdatePolicy")
}

// specSchema is the schema of the spec in one version of an XRD.
func specSchema(definition, version string) (*apiextensions.JSONSchemaProps, error) {
	o, err := readOne(definition)
	if err != nil {
		return nil, err
	}
	// Only the fields of an XRD's versions that a CRD also has are read.
	xrd := struct {
		Spec struct {
			Versions []struct {
				Name   string                         `json:"name"`
				Schema extv1.CustomResourceValidation `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &xrd); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", definition, err)
	}
	for _, v := range xrd.Spec.Versions {
		if v.Name != version || v.Schema.OpenAPIV3Schema == nil {
			continue
		}
		spec := v.Schema.OpenAPIV3Schema.Properties["spec"]
		props := &apiextensions.JSONSchemaProps{}
		return props, extv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&spec, props, nil)
	}
	return nil, fmt.Errorf("apiVersion: %s has no version %q", definition, version)
}
