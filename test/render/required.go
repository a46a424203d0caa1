package render

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// required are the resources that functions may ask for, other than claims.
func required(req Request) ([]*unstructured.Unstructured, error) {
	sources, err := requiredFiles(req)
	if err != nil {
		return nil, fmt.Errorf("cannot read required resources: %w", err)
	}

	var objects []*unstructured.Unstructured
	for _, source := range sources {
		found, err := readYAML(source)
		if err != nil {
			return nil, fmt.Errorf("cannot read required resources: %w", err)
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

// requiredFiles are the files of the request, or else the EnvironmentConfigs beside the claim: a
// cluster would have them too.
func requiredFiles(req Request) ([]string, error) {
	if req.Required == "" {
		return filepath.Glob(filepath.Join(filepath.Dir(req.Claim), "environmentconfig*.yaml"))
	}
	return filesIn(req.Required)
}

// filesIn a folder, with those in its folders, or the file itself.
func filesIn(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}

	var found []string
	err = filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !entry.IsDir() && (ext == ".yaml" || ext == ".yml") {
			found = append(found, path)
		}
		return err
	})
	return found, err
}
