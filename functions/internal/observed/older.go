package observed

import (
	"reflect"
	"strings"
)

// fromOlder is a resource in the form of type t, which has an object where the resource may
// have a list with at most one: provider-aws 2.6 changed that for fifteen of the composed
// kinds. Crossplane observes a resource in the version in which it was last applied, so the
// first reconcile after an upgrade of the functions meets the older one, and so does each
// that keeps the resource as it is.
func fromOlder(v any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case map[string]any:
		if t.Kind() == reflect.Struct {
			return objectFromOlder(v, t)
		}
	case []any:
		switch {
		case t.Kind() == reflect.Struct && len(v) == 1:
			return fromOlder(v[0], t)
		case t.Kind() == reflect.Struct && len(v) == 0:
			return nil
		case t.Kind() == reflect.Slice:
			out := make([]any, len(v))
			for i := range v {
				out[i] = fromOlder(v[i], t.Elem())
			}
			return out
		}
	}
	return v
}

func objectFromOlder(v map[string]any, t reflect.Type) map[string]any {
	out := make(map[string]any, len(v))
	types := fields(t)
	for name, e := range v {
		out[name] = e
		if f, ok := types[name]; ok {
			out[name] = fromOlder(e, f)
		}
	}
	return out
}

// fields of a struct and of those embedded in it: their types by their names in JSON.
func fields(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			out[name] = f.Type
		}
	}
	return out
}
