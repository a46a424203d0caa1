package standin

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
)

// wanted is what the object asks AWS for: spec.forProvider over spec.initProvider, without what only matters to Kubernetes.
// On a resource that exists already, what initProvider alone says is left as it is.
func wanted(mg *Managed, existing map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range mg.fields("initProvider") {
		if existing == nil {
			out[name] = v
		} else if was, ok := existing[name]; ok {
			out[name] = was
		}
	}
	maps.Copy(out, mg.fields("forProvider"))
	return plain(out).(map[string]any) //nolint:forcetypeassert // A map stays one.
}

// plain leaves references, selectors and references to secrets out of a value.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			if !strings.HasSuffix(name, "Ref") && !strings.HasSuffix(name, "Refs") && !strings.HasSuffix(name, "Selector") {
				out[name] = plain(value)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	}
	return v
}

// merged is what AWS reports with what it was asked for over it. In lists of objects, such as the VPC configuration of a cluster, the
// elements are merged one by one.
func merged(reported, asked map[string]any) map[string]any {
	out := maps.Clone(reported)
	for name, value := range asked {
		out[name] = mergedValue(out[name], value)
	}
	return out
}

func mergedValue(reported, asked any) any {
	switch asked := asked.(type) {
	case map[string]any:
		if m, ok := reported.(map[string]any); ok {
			return merged(m, asked)
		}
	case []any:
		l, ok := reported.([]any)
		if !ok || len(l) != len(asked) {
			return asked
		}
		out := make([]any, len(asked))
		for i := range asked {
			out[i] = mergedValue(l[i], asked[i])
		}
		return out
	}
	return asked
}

// same compares two values as JSON: one of them may come from a file, where every number is a float.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// tag puts on the object the tags that the provider puts on everything it makes.
func tag(mg *Managed) {
	tags, _ := mg.fields("forProvider")["tags"].(map[string]any)
	if tags == nil {
		tags = map[string]any{}
	}
	for key, value := range resource.GetExternalTags(mg) {
		tags[key] = value
	}
	if name := mg.providerConfig(); name != "" {
		tags[resource.ExternalResourceTagKeyProvider] = name
	}
	if fields := mg.fields("forProvider"); fields != nil {
		fields["tags"] = tags
	}
}
