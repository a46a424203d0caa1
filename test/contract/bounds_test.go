package contract_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// TestSchemasAreDescribedAndBounded fails when a field has no description for kubectl explain, or
// has no bounds.
func TestSchemasAreDescribedAndBounded(t *testing.T) {
	t.Parallel()

	got := map[string]string{}
	for kind, schema := range claimSchemas(t) {
		walk("", schema, func(at string, s extv1.JSONSchemaProps) {
			if missing := missing(s); missing != "" {
				got[kind+" "+at] = missing
			}
		})
	}
	if diff := cmp.Diff(map[string]string{}, got); diff != "" {
		t.Errorf("add markers in apis/v1alpha1, then run `make generate`: -want, +got:\n%s", diff)
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
			reason: "kubectl explain shows the description.",
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

// missing returns what a schema lacks; it is empty when nothing is missing.
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
