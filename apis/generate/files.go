package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-tools/pkg/genall"
	"sigs.k8s.io/controller-tools/pkg/loader"
)

// Files are contents by path from the root of the repository. They take the
// output of the generators.
type Files map[string][]byte

var _ genall.OutputRule = Files{}

// Open implements genall.OutputRule: a file of code belongs to its package.
func (f Files) Open(pkg *loader.Package, name string) (io.WriteCloser, error) {
	if pkg != nil {
		name = path.Join(typesDir, name)
	}
	return &file{in: f, name: name}, nil
}

// A file appears among its Files when it is closed.
type file struct {
	bytes.Buffer
	in   Files
	name string
}

// Close implements io.Closer.
func (f *file) Close() error {
	f.in[f.name] = f.Bytes()
	return nil
}

// Write writes the files below root.
func Write(root string, files Files) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		to := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return fmt.Errorf("cannot create folder of %s: %w", name, err)
		}
		if err := os.WriteFile(to, files[name], 0o644); err != nil {
			return fmt.Errorf("cannot write %s: %w", name, err)
		}
	}
	return nil
}

// Check fails when a file below root differs.
func Check(root string, files Files) error {
	var drift strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		have, err := os.ReadFile(filepath.Join(root, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cannot read %s: %w", name, err)
		}
		if diff := cmp.Diff(lines(have), lines(files[name])); diff != "" {
			fmt.Fprintf(&drift, "\n%s: -in the repository, +generated:\n%s", name, diff)
		}
	}
	if drift.Len() > 0 {
		return fmt.Errorf("generated files differ from the Go types: run `make generate` and commit the result\n%s", drift.String())
	}
	return nil
}

func lines(of []byte) []string { return strings.Split(string(of), "\n") }
