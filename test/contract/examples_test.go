package contract_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
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

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// TestClaimsOfPages fails when the API server refuses a whole claim that a page shows.
func TestClaimsOfPages(t *testing.T) {
	t.Parallel()
	c := connect(t)

	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, page := range append(pages, "../../README.md") {
		raw, err := os.ReadFile(page)
		if err != nil {
			t.Fatalf("cannot read page: %v", err)
		}
		for _, block := range yamlBlock.FindAllStringSubmatch(string(raw), -1) {
			for document := range strings.SplitSeq(block[1], "\n---\n") {
				u := &unstructured.Unstructured{}
				if err := yaml.Unmarshal([]byte(document), &u.Object); err != nil {
					t.Errorf("cannot decode a block of %s: %v\n%s", page, err, document)
				}
				if u.GroupVersionKind().GroupVersion() != v1alpha1.GroupVersion() {
					continue // A part of a claim, or another kind.
				}
				tried++
				u.SetNamespace(namespace)
				if err := c.Create(t.Context(), u, client.DryRunAll); err != nil {
					t.Errorf("%s: the %s is refused: %v", page, u.GetKind(), err)
				}
			}
		}
	}
	if tried == 0 {
		t.Error("no page shows a claim")
	}
}
