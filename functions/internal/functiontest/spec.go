package functiontest

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Object of JSON as a request has it.
func Object(fields map[string]any) *structpb.Struct {
	s, err := structpb.NewStruct(fields)
	if err != nil {
		panic(fmt.Sprintf("not JSON: %v: this is a bug of the test", err))
	}
	return s
}

// Resource of a request or a response.
func Resource(fields map[string]any) *fnv1.Resource { return &fnv1.Resource{Resource: Object(fields)} }

// Resources by their names in the composition.
func Resources(fields map[string]map[string]any) map[string]*fnv1.Resource {
	out := make(map[string]*fnv1.Resource, len(fields))
	for name, f := range fields {
		out[name] = Resource(f)
	}
	return out
}

// Observe is a request with these composed resources.
func Observe(fields map[string]map[string]any) *fnv1.RunFunctionRequest {
	return &fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: Resources(fields)}}
}

// Message of an error; empty for none.
func Message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Clone is a deep copy of JSON, with the numbers that JSON has.
func Clone(object map[string]any) map[string]any {
	out := make(map[string]any, len(object))
	for k, v := range object {
		out[k] = cloneValue(v)
	}
	return out
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return Clone(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = cloneValue(e)
		}
		return out
	case int:
		return float64(v)
	case int64:
		return float64(v)
	default:
		return v
	}
}

// SetDefault sets a field that a spec does not have.
func SetDefault(spec map[string]any, field string, value any) {
	if spec[field] == nil {
		spec[field] = value
	}
}

// ClaimMetadata is the metadata of the composite that Crossplane makes of a claim.
func ClaimMetadata(name, namespace string) map[string]any {
	if namespace == "" {
		namespace = "ausmart"
	}
	return map[string]any{"name": name + "-x7k2p", "uid": "5f2b7c1e-" + name, "labels": ClaimLabels(name, namespace)}
}

// ClaimLabels are Crossplane's labels of the composite of a claim.
func ClaimLabels(name, namespace string) map[string]any {
	return map[string]any{"crossplane.io/claim-name": name, "crossplane.io/claim-namespace": namespace}
}

// With returns a deep copy of an object with another value in one field, such as
// kms.enabled. Objects on the way are made when they are missing. Lists have their
// elements changed, as in access[].role: the first one that has the field, or else
// the first one.
func With(object map[string]any, path string, value any) map[string]any {
	out := Clone(object)
	set(out, strings.Split(path, "."), cloneValue(value))
	return out
}

func set(m map[string]any, path []string, value any) {
	name, list := strings.CutSuffix(path[0], "[]")
	if len(path) == 1 {
		m[name] = value
		return
	}
	if !list {
		set(child(m, name), path[1:], value)
		return
	}
	elements, _ := m[name].([]any)
	if len(elements) == 0 {
		panic(name + " has no element to change: this is a bug of the test")
	}
	chosen, _ := elements[0].(map[string]any)
	for _, e := range elements {
		if e, _ := e.(map[string]any); has(e, path[1:]) {
			chosen = e
			break
		}
	}
	set(chosen, path[1:], value)
}

func has(m map[string]any, path []string) bool {
	v, ok := m[path[0]]
	if len(path) == 1 {
		return ok
	}
	next, _ := v.(map[string]any)
	return ok && has(next, path[1:])
}
