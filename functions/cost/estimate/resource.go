package estimate

import (
	"slices"
	"strconv"
	"strings"
)

// A resource that is read.
type resource struct {
	name   string
	object map[string]any
}

func (r resource) kind() string { return Kind(r.object) }

// Kind of a resource with its service, such as ec2/NATGateway, whether it is of the cluster or of a
// namespace.
func Kind(object map[string]any) string {
	version, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	group, _, _ := strings.Cut(version, "/")
	service := group
	for _, suffix := range []string{".aws.upbound.io", ".aws.m.upbound.io"} {
		if s, ok := strings.CutSuffix(group, suffix); ok {
			service = s
		}
	}
	return strings.ReplaceAll(service, ".m.crossplane.io", ".crossplane.io") + "/" + kind
}

// observedOnly reports whether the resource is another owner's: it is looked at, and not made.
func (r resource) observedOnly() bool {
	policies, _ := at(r.object, "spec", "managementPolicies").([]any)
	return len(policies) == 1 && policies[0] == "Observe"
}

// externalName is the name in AWS; empty where AWS gives it.
func (r resource) externalName() string {
	name, _ := at(r.object, "metadata", "annotations", "crossplane.io/external-name").(string)
	return name
}

// value of a field of the resource: what it is always, or else what it is made with.
func (r resource) value(path ...string) any {
	for _, from := range []string{"forProvider", "initProvider"} {
		if v := at(r.object, append([]string{"spec", from}, path...)...); v != nil {
			return v
		}
	}
	return nil
}

func (r resource) str(path ...string) string {
	s, _ := r.value(path...).(string)
	return s
}

func (r resource) on(path ...string) bool {
	b, _ := r.value(path...).(bool)
	return b
}

func (r resource) number(path ...string) float64 { return number(r.value(path...)) }

func (r resource) list(path ...string) []any {
	l, _ := r.value(path...).([]any)
	return l
}

// manifest of a Kubernetes object; nil for other resources.
func (r resource) manifest() map[string]any {
	m, _ := at(r.object, "spec", "forProvider", "manifest").(map[string]any)
	return m
}

// at is the value at a path of fields; nil where there is none. A list is looked into at its first
// element: older versions of the provider's kinds have a list of one where newer ones have an object.
func at(v any, path ...string) any {
	for _, field := range path {
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[field]
	}
	return v
}

// number of a value, which is an integer or a float depending on who decoded it; also of a quantity
// of Kubernetes in whole units or Gi.
func number(v any) float64 {
	switch x := v.(type) {
	case float64:
		return x
	case int64:
		return float64(x)
	case int:
		return float64(x)
	case string:
		f, _ := strconv.ParseFloat(strings.TrimSuffix(x, "Gi"), 64)
		return f
	}
	return 0
}

// find resources of a kind.
func (m *month) find(kind string) []resource {
	var out []resource
	for _, r := range m.Resources {
		if o := (resource{name: r.Name, object: r.Object}); o.kind() == kind {
			out = append(out, o)
		}
	}
	return out
}

// findManifests of a kind among the Kubernetes objects.
func (m *month) findManifests(kind string) []map[string]any {
	var out []map[string]any
	for _, r := range m.find(objectKind) {
		if manifest := r.manifest(); manifest["kind"] == kind {
			out = append(out, manifest)
		}
	}
	return out
}

// has reports whether a list of a resource has a value.
func has(list []any, value string) bool { return slices.Contains(list, any(value)) }
