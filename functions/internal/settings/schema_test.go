package settings

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// A schema of a claim's field, as a definition has it.
type schema struct {
	Type        string            `json:"type"`
	Enum        []any             `json:"enum"`
	Minimum     *float64          `json:"minimum"`
	Maximum     *float64          `json:"maximum"`
	MaxLength   int               `json:"maxLength"`
	Properties  map[string]schema `json:"properties"`
	Validations []struct {
		Rule string `json:"rule"`
	} `json:"x-kubernetes-validations"`
}

// field of a schema by its path.
func (s schema) field(path string) (schema, bool) {
	ok := true
	for key := range strings.SplitSeq(path, ".") {
		if s, ok = s.Properties[key]; !ok {
			break
		}
	}
	return s, ok
}

// TestSchemas compares each setting with the schemas of the claims: the fields exist, and
// have the setting's type and bounds.
func TestSchemas(t *testing.T) {
	specs := map[string]schema{}
	for _, kind := range kinds() {
		specs[kind] = specOf(t, kind)
	}
	for _, r := range table {
		meaning, _ := r.description()
		acted := 0
		for _, kind := range kinds() {
			path, acts := r.field(kind)
			if acts {
				acted++
			}
			if path == noField {
				continue
			}
			t.Run(kind+"/"+string(r.Name()), func(t *testing.T) {
				s, ok := specs[kind].field(path)
				if !ok {
					t.Fatalf("a %s has no spec.%s", kind, path)
				}
				compare(t, r, s)
			})
		}
		if acted == 0 || meaning == "" {
			t.Errorf("%s: %q: %d kinds act on it", r.Name(), meaning, acted)
		}
	}
}

func specOf(t *testing.T, kind string) schema {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "apis", strings.ToLower(kind)+"s", "definition.yaml"))
	if err != nil {
		t.Fatal(err)
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
	if err := yaml.Unmarshal(b, &definition); err != nil {
		t.Fatal(err)
	}
	if len(definition.Spec.Versions) != 1 {
		t.Fatalf("the definition of %s has %d versions: this test reads one", kind, len(definition.Spec.Versions))
	}
	return definition.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
}

// compare what a setting and a schema accept.
func compare(t *testing.T, r row, s schema) {
	t.Helper()
	switch s.Type {
	case "boolean":
		if _, err := r.read(true); err != nil {
			t.Errorf("the schema takes true: %v", err)
		}
	case "integer":
		compareNumbers(t, r, s)
	case "string":
		compareTexts(t, r, s)
	default:
		t.Errorf("this test cannot compare the type %q", s.Type)
	}
}

func compareNumbers(t *testing.T, r row, s schema) {
	t.Helper()
	within := func(n float64) bool { return slices.Contains(s.Enum, any(n)) }
	if s.Minimum != nil && s.Maximum != nil {
		within = func(n float64) bool { return *s.Minimum <= n && n <= *s.Maximum }
	} else if len(s.Enum) == 0 {
		t.Fatal("the schema has no bounds")
	}
	const furthest = 10000
	for n := -1.0; n < furthest; n++ {
		if _, err := r.read(n); (err == nil) != within(n) {
			t.Fatalf("%v: the schema takes it: %t; the setting: %v", n, within(n), err)
		}
	}
	if _, err := r.read(float64(math.MaxInt32)); err == nil {
		t.Error("the setting takes any number")
	}
}

func compareTexts(t *testing.T, r row, s schema) {
	t.Helper()
	for _, absurd := range []any{"", "absurd"} {
		if _, err := r.read(absurd); err == nil {
			t.Errorf("the setting takes %q", absurd)
		}
	}
	if len(s.Enum) > 0 {
		for _, v := range s.Enum {
			if _, err := r.read(v); err != nil {
				t.Errorf("the schema takes %q: %v", v, err)
			}
		}
		_, words := r.description()
		var named []any
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(words, -1) {
			named = append(named, m[1])
		}
		if diff := cmp.Diff(s.Enum, named); diff != "" {
			t.Errorf("values: -schema, +documentation:\n%s", diff)
		}
		return
	}
	type bounds struct {
		MaxLength int
		Rule      string
	}
	known := map[Name]bounds{
		IAMPath:             {iamPathMax, iamPath.String()},
		PermissionsBoundary: {policyARNMax, policyARN.String()},
	}
	if len(s.Validations) != 1 {
		t.Fatalf("this test compares one rule: the schema has %d", len(s.Validations))
	}
	rule := strings.TrimSuffix(strings.TrimPrefix(s.Validations[0].Rule, "self.matches('"), "')")
	if diff := cmp.Diff(bounds{s.MaxLength, rule}, known[r.Name()]); diff != "" {
		t.Errorf("bounds: -schema, +setting:\n%s", diff)
	}
}
