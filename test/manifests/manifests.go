package manifests

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A Fault is one mistake in a file.
type Fault struct {
	File    string // below the root of the checkout
	Line    int    // the line of the field, or of the object that lacks it
	Field   string
	Problem string
}

func (f Fault) String() string {
	at := fmt.Sprintf("%s:%d: ", f.File, f.Line)
	if f.Field != "" {
		at += f.Field + ": "
	}
	return at + f.Problem
}

// A Checker checks the files of one checkout.
type Checker struct {
	root    string
	schemas schemas
	charts  charts
	files   files
	targets []string // of make
}

// NewChecker of the checkout with that root.
func NewChecker(root string) *Checker {
	return &Checker{root: root, schemas: newSchemas(root)}
}

// Check every YAML and JSON file in the folders, which are below the root.
func (c *Checker) Check(ctx context.Context, folders ...string) ([]Fault, error) {
	var all []Fault
	for _, folder := range folders {
		files, err := yamlFiles(c.root, folder)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			found, err := c.file(ctx, file)
			if err != nil {
				return nil, fmt.Errorf("cannot check %s: %w", file, err)
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

// yamlFiles in a folder and below, as paths from the root.
func yamlFiles(root, folder string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json", ".json5"}, filepath.Ext(path)) {
			return err
		}
		file, err := filepath.Rel(root, path)
		files = append(files, filepath.ToSlash(file))
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("cannot find YAML in %s", folder)
	}
	return files, err
}

func (c *Checker) file(ctx context.Context, file string) ([]Fault, error) {
	content, err := os.ReadFile(filepath.Join(c.root, file))
	if err != nil {
		return nil, err
	}
	documents, err := parse(content)
	if err != nil {
		return []Fault{syntax(file, err)}, nil
	}
	var all []Fault
	for _, d := range documents {
		faults, err := c.document(ctx, file, d)
		if err != nil {
			return nil, err
		}
		for _, e := range faults {
			all = append(all, Fault{File: file, Line: d.line(e.Field), Field: strings.TrimPrefix(e.Field, root), Problem: problem(e)})
		}
	}
	return all, nil
}

// document checks a document by its file's path, or else by its kind.
func (c *Checker) document(ctx context.Context, file string, d document) (field.ErrorList, error) {
	name, known := format(file)
	if !known && !strings.HasPrefix(file, ".github/") {
		return c.object(ctx, d)
	}
	if name == workflow {
		return c.workflow(d), nil
	}
	faults, err := c.files.check(ctx, name, d)
	if name == kustomization && err == nil {
		faults = append(faults, c.listed(file, d)...)
	}
	return faults, err
}

// problem is the message of a mistake. Where the detail says all, the kind of the mistake is left out.
func problem(e *field.Error) string {
	if e.Type == field.ErrorTypeForbidden {
		return e.Detail
	}
	return e.ErrorBody()
}
