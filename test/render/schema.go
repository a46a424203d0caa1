package render

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/common"
)

// A Validator refuses what an API server refuses of the claims of one kind: unknown fields, values
// out of bounds, duplicates, broken rules. The command line only applies the defaults.
//
// It follows the decoder and the strategy of custom resources in k8s.io/apiextensions-apiserver
// v0.35 (pkg/apiserver/customresource_handler.go, pkg/registry/customresource/strategy.go), whose
// own package would add etcd's client to this program.
type Validator struct {
	structural *schema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator
}

// NewValidator of the claims of a kind, by the definition in a checkout.
func NewValidator(root string, claim *unstructured.Unstructured) (*Validator, error) {
	a, err := findAPI(root, claim)
	if err != nil {
		return nil, err
	}
	return a.validator(claim.GroupVersionKind().Version)
}

func (a api) validator(version string) (*Validator, error) {
	props, err := claimSchema(a.definition, version)
	if err != nil {
		return nil, err
	}
	structural, err := schema.NewStructural(props)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", a.definition, err)
	}
	v, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", a.definition, err)
	}
	return &Validator{structural, v, cel.NewValidator(structural, false, celconfig.PerCallLimit)}, nil
}

// Validate a claim, and give its spec the defaults. Old is the spec that exists, or nil for a new
// claim: rules about changes, and the leniency towards what does not change, need it.
func (v *Validator) Validate(ctx context.Context, claim *unstructured.Unstructured, old map[string]any) (field.ErrorList, error) {
	spec, ok := claim.Object["spec"].(map[string]any)
	if !ok {
		return nil, errors.New("spec: must be an object")
	}
	if unknown := v.decode(spec); len(unknown) > 0 {
		return nil, fmt.Errorf("%s: there is no such field", strings.Join(unknown, ", "))
	}
	v.decode(old)
	errs := apivalidation.ValidateObjectMetaAccessor(claim, true, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	return append(errs, v.check(ctx, spec, old)...), nil
}

// decode makes of a spec what the API server does before it validates: defaults, and nothing where
// a field is null without being nullable. It returns the fields that the schema has not. Crossplane's
// own fields are in none of our schemas, and stay as they are.
func (v *Validator) decode(spec map[string]any) (unknown []string) {
	if spec == nil {
		return nil
	}
	ours := own(spec)
	defaulting.Default(ours, v.structural)
	unknown = pruning.PruneWithOptions(ours, v.structural, false, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	defaulting.PruneNonNullableNullsWithoutDefaults(ours, v.structural)
	maps.DeleteFunc(spec, func(f string, _ any) bool { return !slices.Contains(crossplaneFields(), f) })
	if object, ok := ours["spec"].(map[string]any); ok {
		maps.Copy(spec, object)
	}
	return unknown
}

// check the spec of a claim that is created, or where there is an old one, updated.
func (v *Validator) check(ctx context.Context, spec, old map[string]any) field.ErrorList {
	is, was, options := own(spec), any(nil), []cel.Option(nil)
	duplicates := listtype.ValidateListSetsAndMaps(nil, v.structural, is)
	var errs field.ErrorList
	if old == nil {
		errs = validation.ValidateCustomResource(nil, is, v.schema)
	} else {
		before := own(old)
		was = before
		both := common.NewCorrelatedObject(is, before, &model.Structural{Structural: v.structural})
		errs = validation.ValidateCustomResourceUpdate(nil, is, before, v.schema, validation.WithRatcheting(both))
		options = append(options, cel.WithRatcheting(both))
		if len(listtype.ValidateListSetsAndMaps(nil, v.structural, before)) > 0 {
			duplicates = nil // What is so already may stay.
		}
	}
	errs = append(errs, duplicates...)
	if slices.ContainsFunc(errs, blocks) {
		return append(errs, field.Invalid(nil, nil, "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"))
	}
	broken, _ := v.rules.Validate(ctx, nil, v.structural, is, was, celconfig.RuntimeCELCostBudget, options...)
	return append(errs, broken...)
}

// own is a claim with those fields of a spec that are not Crossplane's.
func own(spec map[string]any) map[string]any {
	spec = maps.Clone(spec)
	maps.DeleteFunc(spec, func(f string, _ any) bool { return slices.Contains(crossplaneFields(), f) })
	return map[string]any{"spec": spec}
}

// blocks reports whether an error keeps the API server from reading the rules.
func blocks(err *field.Error) bool {
	return slices.Contains([]field.ErrorType{
		field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid,
	}, err.Type)
}

// validate the claim, in words of one line.
func (a api) validate(ctx context.Context, claim *unstructured.Unstructured, old map[string]any) error {
	v, err := a.validator(claim.GroupVersionKind().Version)
	if err != nil {
		return err
	}
	errs, err := v.Validate(ctx, claim, old)
	if err != nil {
		return err
	}
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

// crossplaneFields are those that Crossplane adds to the spec of every claim and composite.
func crossplaneFields() []string {
	return append(claimFields(), "compositionRef", "compositionRevisionRef", "compositionRevisionSelector", "compositionSelector", "compositionUpdatePolicy",
		"claimRef", "resourceRefs", "crossplane")
}

// claimSchema is the schema of a claim in one version of an XRD, with nothing but its spec.
func claimSchema(definition, version string) (*apiextensions.JSONSchemaProps, error) {
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
		claim := &extv1.JSONSchemaProps{Type: "object", Properties: map[string]extv1.JSONSchemaProps{"spec": v.Schema.OpenAPIV3Schema.Properties["spec"]}}
		props := &apiextensions.JSONSchemaProps{}
		return props, extv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(claim, props, nil)
	}
	return nil, fmt.Errorf("apiVersion: %s has no version %q", definition, version)
}
