package simulator

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
)

// wanted returns what the object asks of AWS: spec.forProvider over spec.initProvider, without
// fields for Kubernetes only. For an existing resource, fields that only initProvider sets are
// ignored.
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

// plain removes references, selectors and references to secrets from a value.
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

// merged returns what AWS reports, with the requested values on top. In lists of objects, such as
// the VPC configuration of a cluster, the elements are merged one by one.
func merged(reported, requested map[string]any) map[string]any {
	out := maps.Clone(reported)
	for name, value := range requested {
		out[name] = mergedValue(out[name], value)
	}
	return out
}

func mergedValue(reported, requested any) any {
	switch requested := requested.(type) {
	case map[string]any:
		if m, ok := reported.(map[string]any); ok {
			return merged(m, requested)
		}
	case []any:
		l, ok := reported.([]any)
		if !ok || len(l) != len(requested) {
			return requested
		}
		out := make([]any, len(requested))
		for i := range requested {
			out[i] = mergedValue(l[i], requested[i])
		}
		return out
	}
	return requested
}

// same compares two values as JSON: one of them may come from a file, where every number is a float.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// tag sets the tags that the provider sets on every resource.
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
