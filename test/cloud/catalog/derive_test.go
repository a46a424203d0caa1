package catalog

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// derive writes the text form of the catalog from the source of provider-aws in dir.
func derive(dir string, services []string) (string, error) {
	naming, err := namings(filepath.Join(dir, "config", "externalname.go"))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, service := range services {
		versions, err := filepath.Glob(filepath.Join(dir, "apis", "cluster", service, "v*"))
		if err != nil || len(versions) == 0 {
			return "", fmt.Errorf("no API of service %q", service)
		}
		var kinds []string
		for _, v := range versions {
			a, err := parseAPI(v, service)
			if err != nil {
				return "", err
			}
			for kind := range a.stored {
				text, err := a.kind(kind, naming)
				if err != nil {
					return "", fmt.Errorf("%s %s: %w", service, kind, err)
				}
				kinds = append(kinds, text)
			}
		}
		sort.Slice(kinds, func(i, j int) bool { return strings.Fields(kinds[i])[2] < strings.Fields(kinds[j])[2] })
		out.WriteString(strings.Join(kinds, ""))
	}
	return out.String(), nil
}

// namings reads how each Terraform resource is identified. An identifier that is neither chosen by
// the user nor a template over the name counts as assigned by AWS.
func namings(path string) (map[string]Naming, error) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	out := map[string]Naming{}
	ast.Inspect(f, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, ok := kv.Key.(*ast.BasicLit)
		if !ok || !strings.HasPrefix(key.Value, `"aws_`) {
			return true
		}
		name, _ := strconv.Unquote(key.Value)
		out[name] = namingOf(kv.Value)
		return true
	})
	return out, nil
}

func namingOf(e ast.Expr) Naming {
	switch v := e.(type) {
	case *ast.SelectorExpr:
		if v.Sel.Name == "NameAsIdentifier" {
			return ByName
		}
	case *ast.CallExpr:
		switch f := v.Fun.(type) {
		case *ast.SelectorExpr:
			byParameter := f.Sel.Name == "ParameterAsIdentifier"
			byTemplate := f.Sel.Name == "TemplatedStringAsIdentifier" && v.Args[0].(*ast.BasicLit).Value != `""`
			if byParameter || byTemplate {
				return ByName
			}
		case *ast.Ident:
			// Two kinds of a Network have functions of their own, which start from NameAsIdentifier.
			if f.Name == "iamPolicy" || f.Name == "kmsAlias" || strings.Contains(f.Name, "UserDefinedName") {
				return ByName
			}
		}
	}
	return ByProvider
}

type goField struct{ json, elem string }

// An api is one version of one service's API.
type api struct {
	service, version string

	stored    map[string]bool
	terraform map[string]string
	structs   map[string]map[string]goField
	resolvers map[string]*ast.FuncDecl
}

func parseAPI(dir, service string) (*api, error) {
	a := &api{
		service: service, version: filepath.Base(dir),
		stored: map[string]bool{}, terraform: map[string]string{},
		structs: map[string]map[string]goField{}, resolvers: map[string]*ast.FuncDecl{},
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range files {
		written := strings.HasSuffix(path, "_types.go") && !strings.HasPrefix(filepath.Base(path), "zz_")
		if !written && !strings.HasPrefix(filepath.Base(path), "zz_") {
			continue
		}
		if strings.HasSuffix(path, "deepcopy.go") || strings.HasSuffix(path, "managed.go") || strings.HasSuffix(path, "managedlist.go") {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		// A kind that is written by hand, such as ClusterAuth, has one version.
		a.add(f, written || storage(f))
	}
	return a, nil
}

func (a *api) add(f *ast.File, stored bool) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			a.addFunc(d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				t, ok := s.(*ast.TypeSpec)
				if !ok {
					continue
				}
				st, ok := t.Type.(*ast.StructType)
				if !ok {
					continue
				}
				fields := goFields(st)
				a.structs[t.Name.Name] = fields
				if fields["Status"].elem == t.Name.Name+"Status" && fields["Spec"].elem != "" && stored {
					a.stored[t.Name.Name] = true
				}
			}
		}
	}
}

// storage reports whether the file declares a kind at its storage version: each file holds one kind.
func storage(f *ast.File) bool {
	for _, c := range f.Comments {
		for _, l := range c.List {
			if strings.Contains(l.Text, "+kubebuilder:storageversion") {
				return true
			}
		}
	}
	return false
}

func goFields(st *ast.StructType) map[string]goField {
	out := map[string]goField{}
	for _, f := range st.Fields.List {
		if len(f.Names) != 1 || f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		_, rest, _ := strings.Cut(tag, `json:"`)
		name, _, _ := strings.Cut(rest, `"`)
		name, _, _ = strings.Cut(name, ",")
		out[f.Names[0].Name] = goField{json: name, elem: elem(f.Type)}
	}
	return out
}

func elem(e ast.Expr) string {
	switch t := e.(type) {
	case *ast.StarExpr:
		return elem(t.X)
	case *ast.ArrayType:
		return elem(t.Elt)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

func (a *api) addFunc(d *ast.FuncDecl) {
	if d.Recv == nil || len(d.Recv.List) != 1 {
		return
	}
	kind := elem(d.Recv.List[0].Type)
	switch d.Name.Name {
	case "GetTerraformResourceType":
		ret := d.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.BasicLit)
		a.terraform[kind], _ = strconv.Unquote(ret.Value)
	case "ResolveReferences":
		a.resolvers[kind] = d
	}
}

func (a *api) kind(kind string, naming map[string]Naming) (string, error) {
	n, ok := naming[a.terraform[kind]]
	switch {
	case a.terraform[kind] == "":
		n = ByName // Crossplane-runtime's default.
	case !ok:
		return "", fmt.Errorf("no external name configuration of %q", a.terraform[kind])
	}
	lines := []string{fmt.Sprintf("%s %s %s %s\n", a.service, a.version, kind, n)}
	if d := a.resolvers[kind]; d != nil {
		refs, err := a.references(kind, d)
		if err != nil {
			return "", err
		}
		lines = append(lines, refs...)
	}
	return strings.Join(lines, ""), nil
}

// references reads the generated resolver: GetManagedResource has the target of the Resolve call after it.
func (a *api) references(kind string, d *ast.FuncDecl) ([]string, error) {
	var out []string
	var failed error
	var target []string
	ast.Inspect(d, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch sel.Sel.Name {
		case "GetManagedResource":
			target = nil
			for _, arg := range call.Args[:3] {
				s, _ := strconv.Unquote(arg.(*ast.BasicLit).Value)
				target = append(target, s)
			}
		case "Resolve", "ResolveMultiple":
			line, err := a.reference(kind, call.Args[1].(*ast.CompositeLit), target, sel.Sel.Name == "ResolveMultiple")
			if err != nil {
				failed = err
			}
			if line != "" {
				out = append(out, line)
			}
		}
		return true
	})
	return out, failed
}

func (a *api) reference(kind string, req *ast.CompositeLit, target []string, many bool) (string, error) {
	parts := map[string]ast.Expr{}
	for _, e := range req.Elts {
		kv := e.(*ast.KeyValueExpr)
		parts[kv.Key.(*ast.Ident).Name] = kv.Value
	}
	current, ref := parts["CurrentValue"], parts["Reference"]
	if many {
		current, ref = parts["CurrentValues"], parts["References"]
	}
	if call, ok := current.(*ast.CallExpr); ok { // Of a pointer.
		current = call.Args[0]
	}
	goPath := selectors(current)
	if goPath[0] != "ForProvider" { // The same fields again, in initProvider.
		return "", nil
	}
	field, err := a.path(a.structs[kind+"Spec"]["ForProvider"].elem, goPath[1:])
	if err != nil {
		return "", err
	}
	refField, err := a.path(a.structs[kind+"Spec"]["ForProvider"].elem, selectors(ref)[1:])
	if err != nil {
		return "", err
	}
	selField, err := a.path(a.structs[kind+"Spec"]["ForProvider"].elem, selectors(parts["Selector"])[1:])
	if err != nil {
		return "", err
	}
	extract, err := extractor(parts["Extract"])
	if err != nil {
		return "", err
	}
	if many {
		field += "[]"
	}
	return fmt.Sprintf("\t%s %s %s %s/%s %s %s\n", field, last(refField), last(selField),
		strings.TrimSuffix(target[0], Suffix), target[2], extract,
		regexp.MustCompile(`\[i\d+\]`).ReplaceAllString("mg.Spec."+strings.Join(goPath, "."), "[*]")), nil
}

func last(path string) string { return path[strings.LastIndex(path, ".")+1:] }

// selectors lists the field names after mg.Spec; an indexed one ends in "[*]".
func selectors(e ast.Expr) []string {
	switch t := e.(type) {
	case *ast.SelectorExpr:
		if x, ok := t.X.(*ast.Ident); ok && x.Name == "mg" {
			return nil
		}
		return append(selectors(t.X), t.Sel.Name)
	case *ast.IndexExpr:
		s := selectors(t.X)
		s[len(s)-1] += "[*]"
		return s
	}
	return nil
}

func (a *api) path(structName string, goPath []string) (string, error) {
	var out []string
	for _, p := range goPath {
		name, indexed := strings.CutSuffix(p, "[*]")
		f, ok := a.structs[structName][name]
		if !ok {
			return "", fmt.Errorf("no field %q in %s", name, structName)
		}
		json := f.json
		if indexed {
			json += "[*]"
		}
		out = append(out, json)
		structName = f.elem
	}
	return strings.Join(out, "."), nil
}

// extractor names the value that a generated resolver takes from the resource it refers to.
func extractor(e ast.Expr) (string, error) {
	call := e.(*ast.CallExpr)
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	switch name {
	case "ExternalName":
		return "external-name", nil
	case "ExternalNameIfClusterActive":
		return "external-name-if-active", nil
	case "ExtractResourceID", "TerraformID":
		return "status.atProvider.id", nil
	case "ARNExtractor":
		return "status.atProvider.arn", nil
	case "FunctionInvokeARN":
		return "status.atProvider.invokeArn", nil
	case "IntegrationIDPrefixed":
		return "status.atProvider.id", nil
	case "ExtractParamPath":
		param, _ := strconv.Unquote(call.Args[0].(*ast.BasicLit).Value)
		if call.Args[1].(*ast.Ident).Name == "true" {
			return "status.atProvider." + lowerCamel(param), nil
		}
		return "spec.forProvider." + lowerCamel(param), nil
	}
	return "", fmt.Errorf("unknown extractor %q", name)
}

func lowerCamel(snake string) string {
	words := strings.Split(snake, "_")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}
