// Package omitted imitates what becomes of the fields that the spec of a managed resource leaves out: Terraform unsets
// some and keeps others as they are in AWS, and late initialization writes AWS's values back into the spec.
//
// It knows one resource at a time. It changes no map that it is given, but for LateInitialize, which fills the spec.
package omitted

import (
	"maps"
	"strings"
)

// Keep returns what AWS holds after a call that asks for some fields: these, and of the kept ones those that it held and
// that the call leaves out. A path such as a.b is a field of a block: an object, or a list of one.
func Keep(kept []string, held, asked map[string]any) map[string]any {
	out := maps.Clone(asked)
	if out == nil {
		out = map[string]any{}
	}
	for _, path := range kept {
		keep(strings.Split(path, "."), held, out)
	}
	return out
}

// keep a field in out, whose blocks it copies before it changes them.
func keep(path []string, held, out map[string]any) {
	was, ok := held[path[0]]
	if !ok {
		return
	}
	is, asked := out[path[0]]
	switch {
	case len(path) == 1 && !asked:
		out[path[0]] = was
	case len(path) == 1 || !asked:
		return
	default:
		from, to := block(was), maps.Clone(block(is))
		if from == nil || to == nil {
			return
		}
		keep(path[1:], from, to)
		out[path[0]] = to
		if _, list := is.([]any); list {
			out[path[0]] = []any{to}
		}
	}
}

// block is an object or the object of a list of one; nil for anything else.
func block(v any) map[string]any {
	if l, ok := v.([]any); ok && len(l) == 1 {
		v = l[0]
	}
	m, _ := v.(map[string]any)
	return m
}

// LateInitialize writes what AWS holds into the fields that a spec leaves out, and returns their names. It looks at
// whole fields, as upjet does: nothing is added to an object or a list that the spec has.
func LateInitialize(spec, held map[string]any) []string {
	var written []string
	for name, v := range held {
		if _, ok := spec[name]; !ok && v != nil {
			spec[name] = v
			written = append(written, name)
		}
	}
	return written
}
