package functiontest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// testMessages reads the texts of the kind's own package, and those of the packages that all kinds
// share: a field that a message names is in the schema, or no one could do what the message says.
func testMessages(t *testing.T, k Kind) {
	named := 0
	for _, text := range texts(t, ".") {
		for _, field := range fieldsIn(text) {
			named++
			if !specOf(t, k.Name).has(field) {
				t.Errorf("%q names spec.%s, which a %s does not have", text, field, k.Name)
			}
		}
	}
	for _, shared := range []string{"composition", "settings", "progress"} {
		for _, text := range texts(t, filepath.Join("..", "internal", shared)) {
			for _, field := range fieldsIn(text) {
				if !slices.ContainsFunc([]string{"Network", "Cluster", "Database", "Service"}, func(kind string) bool { return specOf(t, kind).has(field) }) {
					t.Errorf("%q names spec.%s, which no claim has", text, field)
				}
			}
		}
	}
	if named == 0 {
		t.Error("no message names a field: the test looks for the wrong thing")
	}
}

// fieldsIn a text, such as kms.enabled in "set spec.kms.enabled: false". The spec of an object in a
// cluster is no claim's.
func fieldsIn(text string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`(object\.|^|[^a-zA-Z.])(?:app\.)?spec\.([a-zA-Z]+(?:(?:\[\])?\.[a-zA-Z]+)*)`).FindAllStringSubmatch(text, -1) {
		if m[1] != "object." && !strings.HasPrefix(m[2], "forProvider") {
			out = append(out, strings.ReplaceAll(m[2], "[]", ""))
		}
	}
	return out
}

// has reports whether a path of names is in the schema; elements of a list need no brackets.
func (s schema) has(path string) bool {
	first, rest, more := strings.Cut(path, ".")
	field, ok := s.Properties[first]
	if !ok || !more {
		return ok
	}
	if field.Items != nil {
		field = *field.Items
	}
	return field.has(rest)
}

// texts of a package, but for its tests and its imports.
func texts(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("cannot find the files of %s: %v", folder, err)
	}
	var out []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("cannot parse: %v", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, err := strconv.Unquote(l.Value); err == nil {
					out = append(out, text)
				}
			}
			return true
		})
	}
	return out
}
