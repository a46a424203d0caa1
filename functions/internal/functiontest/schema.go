package functiontest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"
)

// A schema is what an XRD says of a field.
type schema struct {
	Default              any               `json:"default"`
	MaxItems             int               `json:"maxItems"`
	Required             []string          `json:"required"`
	Properties           map[string]schema `json:"properties"`
	Items                *schema           `json:"items"`
	AdditionalProperties *schema           `json:"additionalProperties"`
}

// definitions that were read, by kind: they are long.
var definitions sync.Map //nolint:gochecknoglobals // A cache of files.

// specOf is the schema of a kind's spec, as its XRD has it.
func specOf(t testing.TB, kind string) schema {
	t.Helper()
	if s, ok := definitions.Load(kind); ok {
		return s.(schema)
	}
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema schema `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	read(t, filepath.Join(root, "apis", strings.ToLower(kind)+"s", "definition.yaml"), &definition)
	s := definition.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	definitions.Store(kind, s)
	return s
}

// MaxItems of a list in a kind's spec.
func MaxItems(t testing.TB, kind, list string) int {
	t.Helper()
	n := specOf(t, kind).Properties[list].MaxItems
	if n == 0 {
		t.Fatalf("spec.%s of a %s is no list, or has no bound", list, kind)
	}
	return n
}

// leaves are the paths of the fields that hold a value: those of a list's elements
// have [] behind the list, and a map is one field.
func (s schema) leaves() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		field := s.Properties[name]
		if field.Items != nil && len(field.Items.Properties) > 0 {
			name, field = name+"[]", *field.Items
		}
		if len(field.Properties) == 0 {
			out = append(out, name)
		}
		for _, leaf := range field.leaves() {
			out = append(out, name+"."+leaf)
		}
	}
	return out
}

// setDefaults in a spec, as the API server does.
func (s schema) setDefaults(spec map[string]any) {
	for name, field := range s.Properties {
		if _, ok := spec[name]; !ok && field.Default != nil {
			spec[name] = field.Default
		}
		switch v := spec[name].(type) {
		case map[string]any:
			field.setDefaults(v)
		case []any:
			for _, e := range v {
				if e, ok := e.(map[string]any); ok && field.Items != nil {
					field.Items.setDefaults(e)
				}
			}
		}
	}
}

func read(t testing.TB, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("cannot read: %v", err)
	}
	if err := yaml.Unmarshal(raw, into); err != nil {
		t.Fatalf("cannot parse %s: %v", file, err)
	}
}
