package apis_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// unbounded lists the schemas that may lack a description or bound, each with
// its reason.
func unbounded() map[string]string {
	return map[string]string{}
}

func TestSchemasAreDescribedAndBounded(t *testing.T) {
	t.Parallel()

	got := map[string]string{}
	for plural, schema := range schemas(t) {
		walk(plural, schema, func(path string, s extv1.JSONSchemaProps) {
			if missing := missing(s); missing != "" {
				got[path] = missing
			}
		})
	}
	exceptions := unbounded()
	maps.DeleteFunc(got, func(path, _ string) bool {
		_, ok := exceptions[path]
		delete(exceptions, path)
		return ok
	})

	if diff := cmp.Diff(map[string]string{}, got); diff != "" {
		t.Errorf("schemas without description or bounds (add markers in apis/v1alpha1, then run `make generate`): -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{}, exceptions); diff != "" {
		t.Errorf("exceptions that nothing needs any more: -want, +got:\n%s", diff)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()

	one, two := int64(1), 2.0
	cases := map[string]struct {
		reason string
		schema extv1.JSONSchemaProps
		want   string
	}{
		"NoDescription": {
			reason: "kubectl explain has nothing to say about a field without a description.",
			schema: extv1.JSONSchemaProps{Type: "boolean"},
			want:   "description",
		},
		"StringWithoutLength": {
			reason: "A string needs a length, or CEL rules about it cost too much.",
			schema: extv1.JSONSchemaProps{Type: "string", Description: "A name."},
			want:   "maxLength, enum, pattern or format",
		},
		"EnumNeedsNoLength": {
			reason: "An enum bounds a string.",
			schema: extv1.JSONSchemaProps{Type: "string", Description: "A name.", Enum: []extv1.JSON{{Raw: []byte(`"a"`)}}},
		},
		"IntegerWithoutMinimum": {
			reason: "An integer needs both ends.",
			schema: extv1.JSONSchemaProps{Type: "integer", Description: "A port.", Maximum: &two},
			want:   "minimum and maximum, or enum",
		},
		"ArrayWithoutMaxItems": {
			reason: "A list needs an end.",
			schema: extv1.JSONSchemaProps{Type: "array", Description: "Ports.", MinItems: &one},
			want:   "maxItems",
		},
		"MapWithoutMaxProperties": {
			reason: "A map needs an end.",
			schema: extv1.JSONSchemaProps{Type: "object", Description: "Tags.", AdditionalProperties: &extv1.JSONSchemaPropsOrBool{}},
			want:   "maxProperties",
		},
		"Struct": {
			reason: "An object with fixed properties is bounded by them.",
			schema: extv1.JSONSchemaProps{Type: "object", Description: "A key."},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(tc.want, missing(tc.schema)); diff != "" {
				t.Errorf("\n%s\nmissing(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// missing says what a schema lacks, and is empty when it lacks nothing.
func missing(s extv1.JSONSchemaProps) string {
	switch {
	case s.Description == "":
		return "description"
	case s.Type == "string" && s.MaxLength == nil && s.Enum == nil && s.Pattern == "" && s.Format == "":
		return "maxLength, enum, pattern or format"
	case s.Type == "integer" && s.Enum == nil && (s.Minimum == nil || s.Maximum == nil):
		return "minimum and maximum, or enum"
	case s.Type == "array" && s.MaxItems == nil:
		return "maxItems"
	case s.AdditionalProperties != nil && s.MaxProperties == nil:
		return "maxProperties"
	}
	return ""
}

// walk visits a schema and all below it. Items of lists and values of maps get
// their list's or map's description when they have none: a person reads both
// together.
func walk(path string, s extv1.JSONSchemaProps, visit func(path string, s extv1.JSONSchemaProps)) {
	visit(path, s)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		walk(path+"."+name, s.Properties[name], visit)
	}
	if s.Items != nil {
		walk(path+"[]", describedBy(s, *s.Items.Schema), visit)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil {
		walk(path+"{}", describedBy(s, *s.AdditionalProperties.Schema), visit)
	}
}

func describedBy(parent, s extv1.JSONSchemaProps) extv1.JSONSchemaProps {
	if s.Description == "" {
		s.Description = parent.Description
	}
	return s
}

// schemas returns the schema of each definition by its claims' plural.
func schemas(t *testing.T) map[string]extv1.JSONSchemaProps {
	t.Helper()

	paths, err := filepath.Glob("*/definition.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("cannot find definitions: %d found, %v", len(paths), err)
	}
	out := map[string]extv1.JSONSchemaProps{}
	for _, path := range paths {
		out[filepath.Dir(path)] = schema(t, path)
	}
	return out
}

// A definition is the part of a CompositeResourceDefinition that holds schemas.
type definition struct {
	Spec struct {
		Versions []struct {
			Schema struct {
				OpenAPIV3Schema json.RawMessage `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

func schema(t *testing.T, path string) extv1.JSONSchemaProps {
	t.Helper()

	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("cannot read definition: %v", err)
	}
	d := definition{}
	if err := yaml.Unmarshal(raw, &d); err != nil {
		t.Fatalf("cannot decode %s: %v", path, err)
	}
	if n := len(d.Spec.Versions); n != 1 {
		t.Fatalf("%s has %d versions, and the tests know one", path, n)
	}
	out := extv1.JSONSchemaProps{}
	if err := json.Unmarshal(d.Spec.Versions[0].Schema.OpenAPIV3Schema, &out); err != nil {
		t.Fatalf("cannot decode schema in %s: %v", path, err)
	}
	return out
}
