package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// Reference returns the reference page of a claim: its fields with type, default, bounds, rules and
// description, its status, and the columns of kubectl get.
func Reference(claim extv1.CustomResourceDefinition) []byte {
	names, version := claim.Spec.Names, claim.Spec.Versions[0]
	schema := version.Schema.OpenAPIV3Schema
	spec := fields("", schema.Properties["spec"])
	status := fields("", compositeSchema(schema).Properties["status"])

	out := &bytes.Buffer{}
	fmt.Fprintf(out, "<!-- Generated from the Go types in %s by make generate. Do not edit. -->\n\n", typesDir)
	fmt.Fprintf(out, "# %s\n\n%s\n\n", names.Kind, wrap(schema.Description))
	fmt.Fprintf(out, "`apiVersion: %s/%s`, short name `%s`, category `%s`.\nHow it behaves: [docs/%s.md](../%s.md).\n\n",
		claim.Spec.Group, version.Name, strings.Join(names.ShortNames, "`, `"), strings.Join(names.Categories, "`, `"), names.Plural, names.Plural)
	fmt.Fprint(out, "`[]` is an item of a list, and `KEY` a key of a map. [Settings](settings.md) has the environments' values.\n\n")

	table(out, "Spec", "field", "type", "default", "bounds", "description")
	for _, f := range spec {
		if !f.element {
			line(out, code(f.path), typeName(f.schema), preset(f), bounds(f.schema), text(f.schema.Description))
		}
	}
	table(out, "Rules", "field", "message of the API server", "CEL")
	for _, r := range rules(schema.Properties["spec"], spec) {
		line(out, code(r.path), text(r.Message), code(r.Rule))
	}
	table(out, "Status", "field", "type", "description")
	for _, f := range status {
		if !f.element {
			line(out, code(f.path), typeName(f.schema), text(f.schema.Description))
		}
	}
	table(out, "Columns of kubectl get", "column", "value", "shown")
	for _, c := range version.AdditionalPrinterColumns {
		shown := "always"
		if c.Priority > 0 {
			shown = "with `-o wide`"
		}
		line(out, c.Name, code(strings.TrimPrefix(c.JSONPath, ".")), shown)
	}
	return out.Bytes()
}

// A field of a schema, or an element: what a list or map of the schema holds.
type field struct {
	path     string
	schema   extv1.JSONSchemaProps
	required bool
	element  bool
}

// fields returns what is below a schema at a path, in alphabetical order.
func fields(at string, of extv1.JSONSchemaProps) []field {
	var below []field
	for _, name := range slices.Sorted(maps.Keys(of.Properties)) {
		below = append(below, field{
			path:     strings.TrimPrefix(at+"."+name, "."),
			schema:   of.Properties[name],
			required: slices.Contains(of.Required, name),
		})
	}
	if of.Items != nil {
		below = append(below, field{path: at + "[]", schema: *of.Items.Schema, element: true})
	}
	if of.AdditionalProperties != nil {
		below = append(below, field{path: at + ".KEY", schema: *of.AdditionalProperties.Schema, element: true})
	}

	var out []field
	for _, f := range below {
		out = append(append(out, f), fields(f.path, f.schema)...)
	}
	return out
}

// A rule is a CEL rule and the field that it is about.
type rule struct {
	extv1.ValidationRule
	path string
}

// rules returns the rules of the spec itself and of everything below it.
func rules(spec extv1.JSONSchemaProps, below []field) []rule {
	var out []rule
	for _, f := range append([]field{{schema: spec}}, below...) {
		for _, r := range f.schema.XValidations {
			out = append(out, rule{ValidationRule: r, path: strings.TrimPrefix(f.path+r.FieldPath, ".")})
		}
	}
	slices.SortStableFunc(out, func(a, b rule) int { return strings.Compare(a.path, b.path) })
	return out
}

func preset(f field) string {
	switch {
	case f.schema.Default != nil:
		return code(strings.Trim(string(f.schema.Default.Raw), `"`))
	case f.required:
		return "required"
	default:
		return ""
	}
}

func typeName(s extv1.JSONSchemaProps) string {
	switch {
	case s.Items != nil:
		return "list of " + typeName(*s.Items.Schema)
	case s.AdditionalProperties != nil:
		return "map of " + typeName(*s.AdditionalProperties.Schema)
	default:
		return s.Type
	}
}

// bounds returns what a value is limited to, apart from rules.
func bounds(s extv1.JSONSchemaProps) string {
	var out []string
	add := func(limit string) {
		if limit != "" {
			out = append(out, limit)
		}
	}
	add(choice(s.Enum))
	add(between(s.Minimum, s.Maximum, ""))
	add(between(s.MinLength, s.MaxLength, " characters"))
	add(between(s.MinItems, s.MaxItems, " items"))
	add(between(s.MinProperties, s.MaxProperties, " entries"))
	if s.Pattern != "" {
		add("matches " + code(s.Pattern))
	}
	switch {
	case s.XListType != nil && *s.XListType == "set":
		add("none twice")
	case s.XListType != nil && *s.XListType == "map":
		add("no two with the same " + strings.Join(s.XListMapKeys, ", "))
	}
	if each := element(s); each != nil && bounds(*each) != "" {
		add("each " + bounds(*each))
	}
	return strings.Join(out, "; ")
}

// element returns the schema of what a list or map holds.
func element(s extv1.JSONSchemaProps) *extv1.JSONSchemaProps {
	switch {
	case s.Items != nil:
		return s.Items.Schema
	case s.AdditionalProperties != nil:
		return s.AdditionalProperties.Schema
	default:
		return nil
	}
}

func choice(of []extv1.JSON) string {
	values := make([]string, 0, len(of))
	for _, v := range of {
		values = append(values, code(strings.Trim(string(v.Raw), `"`)))
	}
	if len(values) == 0 {
		return ""
	}
	return "one of " + strings.Join(values, ", ")
}

func between[N int64 | float64](lowest, highest *N, unit string) string {
	switch {
	case lowest != nil && highest != nil:
		return fmt.Sprintf("%.0f to %.0f%s", float64(*lowest), float64(*highest), unit)
	case lowest != nil:
		return fmt.Sprintf("%.0f or more%s", float64(*lowest), unit)
	case highest != nil:
		return fmt.Sprintf("up to %.0f%s", float64(*highest), unit)
	default:
		return ""
	}
}

// table starts a section with a table.
func table(out *bytes.Buffer, title string, columns ...string) {
	if !bytes.HasSuffix(out.Bytes(), []byte("\n\n")) {
		out.WriteByte('\n')
	}
	fmt.Fprintf(out, "## %s\n\n", title)
	line(out, columns...)
	fmt.Fprintf(out, "|%s\n", strings.Repeat("---|", len(columns)))
}

func line(out *bytes.Buffer, cells ...string) {
	out.WriteByte('|')
	for _, c := range cells {
		fmt.Fprintf(out, " %s |", c)
	}
	out.WriteByte('\n')
}

// wrap returns a text in lines of a width that pages have.
func wrap(s string) string {
	const width = 120
	var out strings.Builder
	column := 0
	for _, word := range strings.Fields(s) {
		switch {
		case column == 0:
		case column+1+len(word) > width:
			out.WriteByte('\n')
			column = 0
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += len(word)
	}
	return out.String()
}

// code and text are a cell's content. A bar would end the cell, also in code.
func code(s string) string { return "`" + strings.ReplaceAll(s, "|", `\|`) + "`" }

func text(s string) string {
	return strings.NewReplacer("\n", " ", "|", `\|`, "*", `\*`, "_", `\_`, "<", `\<`).Replace(s)
}
