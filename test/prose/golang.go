package prose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Go finds, in the source of a file, words that the project does not use, in comments, strings and names, and functions
// and types that have an old name again. The old names map to the new ones.
func Go(source string, old map[string]string) ([]Finding, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	v := &visitor{set: set, old: old}
	for _, group := range file.Comments {
		v.text(group.Pos(), plain(group))
	}
	v.names(file.Name)
	ast.Inspect(file, v.visit)
	slices.SortStableFunc(v.found, func(a, b Finding) int { return a.Line - b.Line })
	return v.found, nil
}

type visitor struct {
	set   *token.FileSet
	old   map[string]string
	found []Finding
}

func (v *visitor) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false // A path is not ours to choose.
	case *ast.BasicLit:
		// nobody alone is the user of that name.
		if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && text != "nobody" {
			if !strings.ContainsAny(text, " \n") {
				text = spoken(text) // A name, such as that of a case.
			}
			v.text(n.Pos(), text)
		}
	case *ast.FuncDecl:
		v.renamed(n.Name)
	case *ast.TypeSpec:
		v.renamed(n.Name)
	case *ast.ValueSpec:
		v.names(n.Names...)
	case *ast.Field:
		v.names(n.Names...)
	case *ast.AssignStmt:
		for _, e := range n.Lhs {
			if name, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
				v.names(name)
			}
		}
	}
	return true
}

func (v *visitor) text(at token.Pos, text string) {
	line := v.set.Position(at).Line
	for _, f := range Words(text) {
		f.Line += line - 1
		v.found = append(v.found, f)
	}
}

// renamed checks the name of a function or type where it is declared.
func (v *visitor) renamed(n *ast.Ident) {
	if instead, is := v.old[n.Name]; is {
		v.found = append(v.found, Finding{Line: v.set.Position(n.Pos()).Line, Text: n.Name, Instead: instead})
		return
	}
	v.names(n)
}

// names checks names where they are declared.
func (v *visitor) names(names ...*ast.Ident) {
	for _, n := range names {
		for _, f := range Words(spoken(n.Name)) {
			v.found = append(v.found, Finding{Line: v.set.Position(n.Pos()).Line, Text: n.Name, Instead: f.Instead})
		}
	}
}

// spoken returns the words of a name: control plane of controlPlane.
func spoken(name string) string {
	var out strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return strings.ReplaceAll(out.String(), "_", " ")
}

// plain returns a comment's text with its lines where they were.
func plain(group *ast.CommentGroup) string {
	lines := make([]string, 0, len(group.List))
	for _, c := range group.List {
		lines = append(lines, strings.TrimPrefix(c.Text, "//"))
	}
	return inlineCode.ReplaceAllStringFunc(strings.Join(lines, "\n"), blank)
}
