package manifests

import (
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// listed checks that a kustomization lists exactly the files of its folder: a file that is not
// listed is never applied, without an error.
func (c *Checker) listed(file string, d document) field.ErrorList {
	folder := filepath.Join(c.root, filepath.Dir(file))
	resources, _, _ := unstructured.NestedStringSlice(d.object, "resources")
	named := append(patchFiles(d.object), filepath.Base(file))

	var faults field.ErrorList
	for i, resource := range resources {
		if _, err := os.Stat(filepath.Join(folder, resource)); err != nil {
			faults = append(faults, field.NotFound(field.NewPath("resources").Index(i), resource))
		}
		named = append(named, filepath.Clean(resource))
	}
	beside, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return append(faults, field.InternalError(nil, err))
	}
	for _, path := range beside {
		if name := filepath.Base(path); !slices.Contains(named, name) {
			faults = append(faults, field.Forbidden(field.NewPath("resources"), name+" is not in the list, and would not be applied"))
		}
	}
	return faults
}

func patchFiles(object map[string]any) []string {
	var files []string
	patches, _, _ := unstructured.NestedSlice(object, "patches")
	for _, p := range patches {
		patch, _ := p.(map[string]any)
		if path, ok := patch["path"].(string); ok {
			files = append(files, filepath.Clean(path))
		}
	}
	return files
}
