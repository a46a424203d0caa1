package functiontest

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// An apiServer is the part of one that refuses a claim's spec.
type apiServer struct {
	structural *structuralschema.Structural
	bounds     validation.SchemaValidator
	rules      *cel.Validator
}

// apiServers by kind: to compile rules takes longer than to run them.
var apiServers sync.Map //nolint:gochecknoglobals // A cache of what is in files.

func apiServerOf(t testing.TB, kind string) *apiServer {
	t.Helper()
	if s, ok := apiServers.Load(kind); ok {
		return s.(*apiServer)
	}
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema extv1.CustomResourceValidation `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	read(t, filepath.Join(root, "apis", strings.ToLower(kind)+"s", "definition.yaml"), &definition)
	spec := definition.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	props := &apiextensions.JSONSchemaProps{}
	if err := extv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&spec, props, nil); err != nil {
		t.Fatal(err)
	}
	structural, err := structuralschema.NewStructural(props)
	if err != nil {
		t.Fatal(err)
	}
	bounds, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		t.Fatal(err)
	}
	s := &apiServer{structural, bounds, cel.NewValidator(structural, false, celconfig.PerCallLimit)}
	apiServers.Store(kind, s)
	return s
}

// refuses is why the API server refuses a spec; empty where it takes it. Before is the spec that it
// replaces; nil for a new claim.
func (s *apiServer) refuses(t testing.TB, before, spec map[string]any) string {
	t.Helper()
	path := field.NewPath("spec")
	var old any
	if before != nil {
		old = integers(before)
	}
	spec, _ = integers(spec).(map[string]any)
	errs := validation.ValidateCustomResource(path, spec, s.bounds)
	// A rule that does not compile is reported as one that is broken, and the API server does not take its schema.
	broken, _ := s.rules.Validate(t.Context(), path, s.structural, spec, old, celconfig.RuntimeCELCostBudget)
	if all := append(errs, broken...).ToAggregate(); all != nil {
		if strings.Contains(all.Error(), "compilation failed") {
			t.Fatal(all)
		}
		return all.Error()
	}
	return ""
}

// integers of JSON as the API server reads them: rules compare those, and no floats.
func integers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = integers(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = integers(e)
		}
		return out
	case float64:
		if whole := int64(v); float64(whole) == v {
			return whole
		}
	case int:
		return int64(v)
	}
	return v
}
