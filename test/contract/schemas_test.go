package contract_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// claimSchemas returns the schema of each definition by its claims' kind.
func claimSchemas(t *testing.T) map[string]extv1.JSONSchemaProps {
	t.Helper()

	paths, err := filepath.Glob("../../apis/*/definition.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("cannot find definitions: %d found, %v", len(paths), err)
	}
	out := map[string]extv1.JSONSchemaProps{}
	for _, path := range paths {
		d, err := readDefinition(path)
		if err != nil {
			t.Fatalf("cannot read %s: %v", path, err)
		}
		out[d.Spec.ClaimNames.Kind] = d.Spec.Versions[0].Schema.OpenAPIV3Schema
	}
	return out
}

// A definition is what these tests read of a CompositeResourceDefinition.
type definition struct {
	Spec struct {
		ClaimNames struct {
			Kind string `json:"kind"`
		} `json:"claimNames"`
		Versions []struct {
			Columns []struct {
				Name     string `json:"name"`
				JSONPath string `json:"jsonPath"`
			} `json:"additionalPrinterColumns"`
			Schema struct {
				OpenAPIV3Schema extv1.JSONSchemaProps `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

func readDefinition(path string) (*definition, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d := &definition{}
	if err := yaml.Unmarshal(raw, d); err != nil {
		return nil, err
	}
	if n := len(d.Spec.Versions); n != 1 {
		return nil, fmt.Errorf("%d versions, and these tests know one", n)
	}
	return d, nil
}

// walk visits a schema and all below it. A list's items are at [], a map's
// values at {}; where those have no description, they get that of their list or map.
func walk(at string, s extv1.JSONSchemaProps, visit func(at string, s extv1.JSONSchemaProps)) {
	visit(at, s)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		walk(strings.TrimPrefix(at+"."+name, "."), s.Properties[name], visit)
	}
	if s.Items != nil {
		walk(at+"[]", describedBy(s, *s.Items.Schema), visit)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		walk(at+"{}", describedBy(s, *s.AdditionalProperties.Schema), visit)
	}
}

func describedBy(parent, s extv1.JSONSchemaProps) extv1.JSONSchemaProps {
	if s.Description == "" {
		s.Description = parent.Description
	}
	return s
}
