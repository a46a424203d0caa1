package main

import (
	"encoding/json"
	"fmt"
	"slices"

	xpv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// definitionKind is the version of CompositeResourceDefinition that can offer
// claims: v2 cannot.
var definitionKind = schema.GroupVersionKind{Group: "apiextensions.crossplane.io", Version: "v1", Kind: "CompositeResourceDefinition"}

// Definition returns the CompositeResourceDefinition that offers claims of the
// supplied definition's kind.
func Definition(claim extv1.CustomResourceDefinition) (map[string]any, error) {
	names := claim.Spec.Names
	versions, err := versions(claim.Spec.Versions)
	if err != nil {
		return nil, err
	}
	// Foreground deletes a claim only after its composed resources, so that GitOps can wait for the
	// end of a deletion.
	foreground := xpv2.CompositeDeleteForeground
	automatic := xpv2.UpdateAutomatic
	scope := xpv1.CompositeResourceScopeLegacyCluster

	xrd := &xpv1.CompositeResourceDefinition{
		Spec: xpv1.CompositeResourceDefinitionSpec{
			Group: claim.Spec.Group,
			Scope: &scope,
			Names: extv1.CustomResourceDefinitionNames{
				Kind:       "X" + names.Kind,
				Plural:     "x" + names.Plural,
				Categories: names.Categories,
			},
			ClaimNames: &extv1.CustomResourceDefinitionNames{
				Kind:       names.Kind,
				Plural:     names.Plural,
				ShortNames: names.ShortNames,
				Categories: names.Categories,
			},
			DefaultCompositeDeletePolicy:   &foreground,
			DefaultCompositionUpdatePolicy: &automatic,
			Versions:                       versions,
		},
	}
	xrd.SetGroupVersionKind(definitionKind)
	xrd.SetName(xrd.Spec.Names.Plural + "." + xrd.Spec.Group)
	return manifest(xrd)
}

func versions(of []extv1.CustomResourceDefinitionVersion) ([]xpv1.CompositeResourceDefinitionVersion, error) {
	out := make([]xpv1.CompositeResourceDefinitionVersion, 0, len(of))
	for _, v := range of {
		raw, err := json.Marshal(compositeSchema(v.Schema.OpenAPIV3Schema))
		if err != nil {
			return nil, fmt.Errorf("cannot encode schema of %s: %w", v.Name, err)
		}
		out = append(out, xpv1.CompositeResourceDefinitionVersion{
			Name:                     v.Name,
			Served:                   v.Served,
			Referenceable:            v.Storage,
			AdditionalPrinterColumns: v.AdditionalPrinterColumns,
			Schema:                   &xpv1.CompositeResourceValidation{OpenAPIV3Schema: runtime.RawExtension{Raw: raw}},
		})
	}
	return out, nil
}

// compositeSchema returns the schema without what Crossplane itself adds:
// apiVersion, kind, metadata and the status' conditions.
func compositeSchema(of *extv1.JSONSchemaProps) *extv1.JSONSchemaProps {
	out := of.DeepCopy()
	for _, name := range []string{"apiVersion", "kind", "metadata"} {
		delete(out.Properties, name)
	}
	status := out.Properties["status"]
	delete(status.Properties, "conditions")
	status.Required = slices.DeleteFunc(status.Required, func(name string) bool { return name == "conditions" })
	out.Properties["status"] = status
	return out
}

// manifest returns the definition as a person would write it: without status
// and creation time.
func manifest(xrd *xpv1.CompositeResourceDefinition) (map[string]any, error) {
	out, err := runtime.DefaultUnstructuredConverter.ToUnstructured(xrd)
	if err != nil {
		return nil, fmt.Errorf("cannot convert %s: %w", xrd.GetName(), err)
	}
	delete(out, "status")
	out["metadata"] = map[string]any{"name": xrd.GetName()}
	return out, nil
}
