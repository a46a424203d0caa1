package build

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// relocate makes the Configuration depend on our functions as this build
// publishes them. It returns their names in pipelines: Crossplane
// gives a function that it installs for a Configuration the name of its
// repository, so another registry path is another name.
func (b Builder) relocate(meta *unstructured.Unstructured, functions []string) (map[string]string, error) {
	dependencies, _, err := unstructured.NestedSlice(meta.Object, "spec", "dependsOn")
	if err != nil {
		return nil, err
	}

	renamed := map[string]string{}
	for _, d := range dependencies {
		fields, _ := d.(map[string]any)
		from, _ := fields["package"].(string)
		name := path.Base(from)
		if !slices.Contains(functions, name) {
			continue
		}
		to := b.Registry + "/" + name
		fields["package"], fields["version"] = to, b.Version
		renamed[installedName(from)] = installedName(to)
	}
	if len(renamed) != len(functions) {
		return nil, fmt.Errorf("crossplane.yaml: spec.dependsOn names %d of our %d functions (%s): add the others", len(renamed), len(functions), strings.Join(functions, ", "))
	}
	return renamed, unstructured.SetNestedSlice(meta.Object, dependencies, "spec", "dependsOn")
}

// installedName is Crossplane's name for a dependency that it installs: the repository, without the
// registry, as a DNS label.
func installedName(pkg string) string {
	_, repository, _ := strings.Cut(pkg, "/")
	return strings.NewReplacer("/", "-", ".", "-", "_", "").Replace(repository)
}

// rename changes the names of the functions that a Composition calls.
func rename(composition *unstructured.Unstructured, names map[string]string) error {
	steps, _, err := unstructured.NestedSlice(composition.Object, "spec", "pipeline")
	if err != nil {
		return err
	}
	for _, s := range steps {
		step, _ := s.(map[string]any)
		ref, _ := step["functionRef"].(map[string]any)
		if to, ok := names[fmt.Sprint(ref["name"])]; ok {
			ref["name"] = to
		}
	}
	return unstructured.SetNestedSlice(composition.Object, steps, "spec", "pipeline")
}
