package contract_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// estimatedMonthlyCost is the field that nothing fills yet: function-cost is to come.
const estimatedMonthlyCost = "status.estimatedMonthlyCost"

// TestStatusIsFilled fails on a field of a status that no golden response fills. A user waits in vain
// for such a field.
func TestStatusIsFilled(t *testing.T) {
	t.Parallel()
	filled := filledFields(t)
	for kind, schema := range claimSchemas(t) {
		walk("status", schema.Properties["status"], func(at string, _ extv1.JSONSchemaProps) {
			missing := at == estimatedMonthlyCost || strings.HasPrefix(at, estimatedMonthlyCost+".")
			switch {
			case !missing && !filled[kind][at]:
				t.Errorf("%s: no golden response fills %s", kind, at)
			case missing && filled[kind][at]:
				t.Errorf("%s: a golden response fills %s: delete its exception here", kind, at)
			}
		})
	}
}

// TestColumnsAreFilled fails on a printer column that stays empty for every claim.
func TestColumnsAreFilled(t *testing.T) {
	t.Parallel()
	filled := filledFields(t)
	paths, err := filepath.Glob("../../apis/*/definition.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("cannot find definitions: %d found, %v", len(paths), err)
	}
	for _, path := range paths {
		d, err := readDefinition(path)
		if err != nil {
			t.Fatalf("cannot read %s: %v", path, err)
		}
		if len(d.Spec.Versions[0].Columns) == 0 {
			t.Errorf("%s: no printer column found", path)
		}
		for _, c := range d.Spec.Versions[0].Columns {
			field := strings.TrimPrefix(c.JSONPath, ".")
			switch {
			case field == estimatedMonthlyCost+".total":
			case field == fmt.Sprintf("status.conditions[?(@.type=='%sReady')].reason", d.Spec.ClaimNames.Kind): // Every response sets it.
			case strings.HasPrefix(field, "status.") && !filled[d.Spec.ClaimNames.Kind][field]:
				t.Errorf("%s: no golden response fills %s of column %s", path, field, c.Name)
			case !hasField(d.Spec.Versions[0].Schema.OpenAPIV3Schema, field):
				t.Errorf("%s: column %s shows %s, which the schema does not have", path, c.Name, field)
			}
		}
	}
}

// hasField reports whether a schema has the field at a path of names.
func hasField(s extv1.JSONSchemaProps, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		below, found := s.Properties[name]
		if !found {
			return false
		}
		s = below
	}
	return true
}

// filledFields are the paths, as walk names them, of all that the golden responses write into the
// statuses, by the claims' kind.
func filledFields(t *testing.T) map[string]map[string]bool {
	t.Helper()
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	filled := map[string]map[string]bool{}
	for _, r := range responses {
		composite, _ := r.Desired.Composite.Resource["kind"].(string)
		kind := strings.TrimPrefix(composite, "X")
		if filled[kind] == nil {
			filled[kind] = map[string]bool{}
		}
		fill(filled[kind], "status", r.Desired.Composite.Resource["status"])
	}
	return filled
}

// fill notes the path of a value and of all below it. Whether an object is a map is not to be seen, so
// that what is in it counts under its own name and as a map's value.
func fill(filled map[string]bool, at string, value any) {
	filled[at] = true
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			fill(filled, at+"."+key, below)
			fill(filled, at+"{}", below)
		}
	case []any:
		for _, below := range v {
			fill(filled, at+"[]", below)
		}
	}
}
