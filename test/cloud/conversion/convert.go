// Package conversion converts managed resources of provider-aws between the versions of their CRD,
// as the provider's own webhook does: where one version has a list with at most one, another has an
// object.
//
// It follows the schema of the wanted version and knows no kind. It does not rename a field or
// change the type of a value: between the versions of the composed kinds nothing else differs.
package conversion

import (
	"fmt"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// To the form of a schema. The value is not changed.
func To(s extv1.JSONSchemaProps, value any) (any, error) { return to(s, value, "") }

func to(s extv1.JSONSchemaProps, value any, at string) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		if s.Type == "array" {
			one, err := to(items(s), v, at)
			return []any{one}, err
		}
		return fields(s, v, at)
	case []any:
		if s.Type == "object" {
			return onlyOne(s, v, at)
		}
		return each(items(s), v, at)
	default:
		return value, nil
	}
}

func fields(s extv1.JSONSchemaProps, v map[string]any, at string) (any, error) {
	out := make(map[string]any, len(v))
	for name, field := range v {
		converted, err := to(s.Properties[name], field, at+"."+name)
		if err != nil {
			return nil, err
		}
		if converted != nil || field == nil {
			out[name] = converted
		}
	}
	return out, nil
}

// onlyOne is the object in a list of one. An empty list has none.
func onlyOne(s extv1.JSONSchemaProps, v []any, at string) (any, error) {
	switch len(v) {
	case 0:
		return nil, nil //nolint:nilnil // A field without a value is left out.
	case 1:
		return to(s, v[0], at)
	default:
		return nil, fmt.Errorf("%s is an object in the wanted version, and a list of %d here", at, len(v))
	}
}

func each(s extv1.JSONSchemaProps, v []any, at string) (any, error) {
	out := make([]any, len(v))
	for i := range v {
		converted, err := to(s, v[i], fmt.Sprintf("%s[%d]", at, i))
		if err != nil {
			return nil, err
		}
		out[i] = converted
	}
	return out, nil
}

// items of a list; those of a list without a schema have none either.
func items(s extv1.JSONSchemaProps) extv1.JSONSchemaProps {
	if s.Items == nil || s.Items.Schema == nil {
		return extv1.JSONSchemaProps{}
	}
	return *s.Items.Schema
}
