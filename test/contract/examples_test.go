package contract_test

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// TestExamples fails when the API server refuses an example.
func TestExamples(t *testing.T) {
	t.Parallel()
	c := connect(t)

	paths, err := filepath.Glob("../../examples/*/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("cannot find examples: %d found, %v", len(paths), err)
	}
	folders, err := filepath.Glob("../../examples/*/*/*.yaml") // databases/, services/
	if err != nil {
		t.Fatal(err)
	}
	paths = append(paths, folders...)
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("cannot read example: %v", err)
		}
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(raw, &u.Object); err != nil {
			t.Fatalf("cannot decode %s: %v", path, err)
		}
		if u.GroupVersionKind().GroupVersion() != v1alpha1.GroupVersion() {
			continue // Settings of environments, which are not claims.
		}
		t.Run(path, func(t *testing.T) {
			t.Parallel()

			u.SetNamespace(namespace)
			if err := c.Create(t.Context(), u, client.DryRunAll); err != nil {
				t.Errorf("%s is refused: %v", path, err)
			}
		})
	}
}
