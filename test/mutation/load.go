package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A source is a package of Go that is mutated.
type source struct {
	path  string // for imports
	dir   string // from the module's root
	name  string
	tests bool
	files []*file

	fset     *token.FileSet
	info     *types.Info
	importer types.Importer
}

// A file of a package.
type file struct {
	name   string // from the module's root
	text   []byte
	syntax *ast.File
}

// isKind reports whether this is the package of a kind of claim.
func (s *source) isKind() bool { return strings.Count(s.dir, "/") == 1 }

// isShared reports whether all kinds use this package.
func (s *source) isShared() bool { return strings.HasPrefix(s.dir, "functions/internal/") }

// isPartOf reports whether this package is only one kind's.
func (s *source) isPartOf(kind *source) bool { return strings.HasPrefix(s.dir, kind.dir+"/") }

// load the packages that are mutated, with their types.
func load(ctx context.Context, pattern string) ([]*source, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("cannot find the module: %w", err)
	}
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-export",
		"-json=ImportPath,Name,Dir,Export,DepOnly,GoFiles,TestGoFiles,XTestGoFiles", pattern)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot list packages: %w", err)
	}
	exports := map[string]string{}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })

	var sources []*source
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Name, Dir, Export      string
			DepOnly                            bool
			GoFiles, TestGoFiles, XTestGoFiles []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("cannot read the list of packages: %w", err)
		}
		exports[p.ImportPath] = p.Export
		if p.DepOnly || strings.Contains(p.ImportPath, "/functions/cmd") || strings.Contains(p.ImportPath, "/functiontest") {
			continue
		}
		dir, err := filepath.Rel(root, p.Dir)
		if err != nil {
			return nil, fmt.Errorf("cannot locate %s: %w", p.ImportPath, err)
		}
		s := &source{path: p.ImportPath, dir: dir, name: p.Name, fset: fset, importer: imports}
		s.tests = len(p.TestGoFiles)+len(p.XTestGoFiles) > 0
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				return nil, fmt.Errorf("cannot read source: %w", err)
			}
			s.files = append(s.files, &file{name: filepath.Join(dir, name), text: text})
		}
		sources = append(sources, s)
	}
	slices.SortFunc(sources, func(a, b *source) int { return strings.Compare(a.dir, b.dir) })
	for _, s := range sources {
		if err := s.parse(); err != nil {
			return nil, err
		}
	}
	return sources, nil
}

// parse the files, and find the types of their expressions.
func (s *source) parse() error {
	for _, f := range s.files {
		syntax, err := parser.ParseFile(s.fset, f.name, f.text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("cannot parse source: %w", err)
		}
		f.syntax = syntax
	}
	s.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if err := s.check(nil, s.info); err != nil {
		return fmt.Errorf("cannot find the types of %s: %w", s.path, err)
	}
	return nil
}

// check the types of the package, with another syntax for some of its files.
func (s *source) check(instead map[*file]*ast.File, info *types.Info) error {
	var files []*ast.File
	for _, f := range s.files {
		syntax := f.syntax
		if other, ok := instead[f]; ok {
			syntax = other
		}
		files = append(files, syntax)
	}
	if instead != nil {
		declared, err := parser.ParseFile(s.fset, "", "package "+s.name+"; func mutantIs(int) bool { return false }", parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("cannot declare mutantIs: %w", err)
		}
		files = append(files, declared)
	}
	config := types.Config{Importer: s.importer}
	_, err := config.Check(s.path, s.fset, files, info)
	return err //nolint:wrapcheck // It is a compiler's message.
}

// compiles reports whether a mutant does.
func (s *source) compiles(m *mutant) (bool, error) {
	syntax, err := parser.ParseFile(s.fset, m.file.name, weave(m.file.text, []*mutant{m}), parser.SkipObjectResolution)
	if err != nil {
		return false, fmt.Errorf("cannot parse mutant %s: %w", m, err)
	}
	err = s.check(map[*file]*ast.File{m.file: syntax}, nil)
	return err == nil, nil
}
