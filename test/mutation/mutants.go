package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// A mutant is one small change. Both the original and the changed code are in the test
// program: mutating is putting text before and after a piece of the source.
type mutant struct {
	id         int
	in         *source
	file       *file
	line       int
	change     string // for people
	start, end int    // of the piece, in bytes
	form       form
	typ        string // of an expression
	mutated    string // text of the changed piece
}

// A form says what a piece of the source is.
type form int

const (
	expression form = iota
	statement
	insertion
)

func (m *mutant) position() string { return fmt.Sprintf("%s:%d", m.file.name, m.line) }

func (m *mutant) String() string { return m.position() + ": " + m.change }

// text before and after the piece.
func (m *mutant) text() (before, after string) {
	switch m.form {
	case expression:
		return fmt.Sprintf("func() %s { if mutantIs(%d) { return %s }; return ", m.typ, m.id, m.mutated), " }()"
	case statement:
		return fmt.Sprintf("if mutantIs(%d) { %s } else { ", m.id, m.mutated), " }"
	default:
		return fmt.Sprintf(" if mutantIs(%d) { %s };", m.id, m.mutated), ""
	}
}

func compare(a, b *mutant) int {
	return cmp.Or(strings.Compare(a.file.name, b.file.name), cmp.Compare(a.start, b.start), -cmp.Compare(a.end, b.end),
		strings.Compare(a.change, b.change))
}

// mutants of a package, in the order of its text.
func (s *source) mutants() []*mutant {
	var all []*mutant
	for _, f := range s.files {
		finder := &finder{source: s, file: f, qualifier: qualifier(f.syntax)}
		ast.Inspect(f.syntax, finder.visit)
		all = append(all, finder.found...)
	}
	slices.SortStableFunc(all, compare)
	return all
}

// qualifier gives packages the names that a file imports them by.
func qualifier(f *ast.File) types.Qualifier {
	named := map[string]string{}
	for _, i := range f.Imports {
		if path, err := strconv.Unquote(i.Path.Value); err == nil && i.Name != nil {
			named[path] = i.Name.Name
		}
	}
	return func(p *types.Package) string {
		if name, ok := named[p.Path()]; ok {
			return name
		}
		return p.Name()
	}
}

// A finder lists the mutants of a file.
type finder struct {
	*source

	file      *file
	qualifier types.Qualifier
	found     []*mutant
}

// visit a node. Constants and types are passed over: they cannot be chosen when a
// program runs.
func (f *finder) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case *ast.ArrayType:
		return false
	case *ast.FuncDecl:
		f.earlyReturn(n)
	case *ast.IfStmt:
		f.negation(n.Cond)
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.BinaryExpr:
		f.operator(n)
	case *ast.CallExpr:
		f.arguments(n)
	case *ast.BasicLit:
		f.number(n)
	case *ast.Ident:
		f.boolean(n)
	}
	return true
}

func (f *finder) offset(p token.Pos) int { return f.fset.PositionFor(p, false).Offset }

func (f *finder) text(n ast.Node) string {
	return string(f.file.text[f.offset(n.Pos()):f.offset(n.End())])
}

func (f *finder) add(n ast.Node, m mutant) {
	m.in, m.file = f.source, f.file
	m.line = f.fset.PositionFor(n.Pos(), false).Line
	if m.form != insertion {
		m.start, m.end = f.offset(n.Pos()), f.offset(n.End())
	}
	f.found = append(f.found, &m)
}

// replace an expression by another of its type.
func (f *finder) replace(n ast.Expr, mutated string) {
	f.add(n, mutant{
		form: expression, typ: f.typeOf(n), mutated: mutated, change: short(f.text(n)) + " -> " + short(mutated),
	})
}

func (f *finder) typeOf(n ast.Expr) string {
	t := f.info.Types[n].Type
	if t == nil {
		return "bool"
	}
	return types.TypeString(types.Default(t), func(p *types.Package) string {
		if p.Path() == f.path {
			return ""
		}
		return f.qualifier(p)
	})
}

// short is a text on one line, cut.
func short(s string) string {
	const most = 90
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// earlyReturn of a function that can fail: it does nothing and succeeds.
func (f *finder) earlyReturn(n *ast.FuncDecl) {
	if n.Body == nil || n.Type.Results == nil {
		return
	}
	var values []string
	var last string
	for _, r := range n.Type.Results.List {
		last = f.text(r.Type)
		for range max(len(r.Names), 1) {
			values = append(values, "*new("+last+")")
		}
	}
	if last != "error" {
		return
	}
	values[len(values)-1] = "nil"
	at := f.offset(n.Body.Lbrace) + 1
	f.add(n, mutant{
		form: insertion, start: at, end: at, mutated: "return " + strings.Join(values, ", "),
		change: n.Name.Name + " returns at once, without an error",
	})
}

// negation of a condition. A comparison is inverted as an operator.
func (f *finder) negation(n ast.Expr) {
	if b, ok := n.(*ast.BinaryExpr); ok && (b.Op == token.EQL || b.Op == token.NEQ) {
		return
	}
	f.replace(n, "!("+f.text(n)+")")
}

// statements that are calls or assignments to a field or an element are dropped.
func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if _, ok := s.X.(*ast.CallExpr); !ok {
				continue
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || slices.ContainsFunc(s.Lhs, func(e ast.Expr) bool { _, ok := e.(*ast.Ident); return ok }) {
				continue
			}
		default:
			continue
		}
		f.add(s, mutant{form: statement, change: "dropped: " + short(f.text(s))})
	}
}

// operator that is near to another.
func (f *finder) operator(n *ast.BinaryExpr) {
	other := map[token.Token]token.Token{
		token.EQL: token.NEQ, token.NEQ: token.EQL,
		token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
		token.LAND: token.LOR, token.LOR: token.LAND,
	}
	if op, ok := other[n.Op]; ok {
		f.replace(n, f.operand(n.X)+" "+op.String()+" "+f.operand(n.Y))
	}
}

// operand of an operator of another precedence.
func (f *finder) operand(n ast.Expr) string {
	if _, ok := n.(*ast.BinaryExpr); ok {
		return "(" + f.text(n) + ")"
	}
	return f.text(n)
}

// arguments that a call need not have are left out, one at a time: options, names,
// elements that are appended. What is formatted into messages is not.
func (f *finder) arguments(n *ast.CallExpr) {
	if n.Ellipsis.IsValid() || len(n.Args) == 0 {
		return
	}
	fixed := 1 // of append
	if signature, ok := f.info.Types[n.Fun].Type.(*types.Signature); ok {
		if !signature.Variadic() {
			return
		}
		fixed = signature.Params().Len() - 1
		rest, ok := signature.Params().At(fixed).Type().(*types.Slice)
		if !ok {
			return
		}
		if of, ok := rest.Elem().Underlying().(*types.Interface); ok && of.Empty() {
			return
		}
	} else if name, ok := n.Fun.(*ast.Ident); !ok || name.Name != "append" {
		return
	}
	for i := fixed; i < len(n.Args); i++ {
		var args []string
		for j, a := range n.Args {
			if j != i {
				args = append(args, f.text(a))
			}
		}
		m := mutant{
			form: expression, typ: f.typeOf(n), mutated: f.text(n.Fun) + "(" + strings.Join(args, ", ") + ")",
			change: "left out: " + short(f.text(n.Args[i])) + " of " + short(f.text(n.Fun)),
		}
		if t, ok := f.info.Types[n]; ok && t.IsVoid() {
			m.form = statement
		}
		f.add(n, m)
		f.found[len(f.found)-1].line = f.fset.PositionFor(n.Args[i].Pos(), false).Line
	}
}

// number is one higher.
func (f *finder) number(n *ast.BasicLit) {
	if n.Kind != token.INT {
		return
	}
	if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
		f.replace(n, strconv.FormatInt(v+1, 10))
	}
}

// boolean constants are inverted.
func (f *finder) boolean(n *ast.Ident) {
	switch t := f.info.Types[n]; {
	case t.Value == nil:
	case n.Name == "true":
		f.replace(n, "false")
	case n.Name == "false":
		f.replace(n, "true")
	}
}

// weave mutants into a text.
func weave(text []byte, mutants []*mutant) []byte {
	sorted := slices.SortedStableFunc(slices.Values(mutants), compare)
	var out []byte
	var open []*mutant // the innermost last
	at := 0
	copyTo := func(end int) {
		out = append(out, text[at:end]...)
		at = end
	}
	closeAll := func(until int) {
		for len(open) > 0 && open[len(open)-1].end <= until {
			m := open[len(open)-1]
			open = open[:len(open)-1]
			copyTo(m.end)
			_, after := m.text()
			out = append(out, after...)
		}
	}
	for _, m := range sorted {
		closeAll(m.start)
		copyTo(m.start)
		before, _ := m.text()
		out = append(out, before...)
		open = append(open, m)
	}
	closeAll(len(text))
	copyTo(len(text))
	return out
}

// activeMutant is a file of the package that knows which mutant is active, and writes
// down which are reached.
func (s *source) activeMutant() []byte {
	return []byte(`package ` + s.name + `

import (
	"fmt"
	"os"
	"strconv"
	"sync"
)

var (
	mutantActive, _ = strconv.Atoi(os.Getenv("MUTANT"))
	mutantTrace     = os.Getenv("MUTANT_TRACE")
	mutantsReached  sync.Map
)

func mutantIs(id int) bool {
	if mutantTrace == "" {
		return id == mutantActive
	}
	if _, ok := mutantsReached.LoadOrStore(id, true); !ok {
		f, err := os.OpenFile(mutantTrace, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		defer f.Close()
		fmt.Fprintln(f, id)
	}
	return false
}
`)
}
