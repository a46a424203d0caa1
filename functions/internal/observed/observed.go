// Package observed reads the composed resources that exist. It decodes only those that a
// function asks for: a network has a hundred resources, and its function needs a few of
// them. It writes nothing.
package observed

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// ExternalNameAnnotation holds the name that a resource has in AWS.
const ExternalNameAnnotation = "crossplane.io/external-name"

// Resources are the observed composed resources by their name in the composition.
// The zero value has none.
type Resources struct {
	byName map[string]*structpb.Struct
}

// From returns the composed resources that a request observed.
func From(req *fnv1.RunFunctionRequest) Resources {
	byName := make(map[string]*structpb.Struct, len(req.GetObserved().GetResources()))
	for name, r := range req.GetObserved().GetResources() {
		byName[name] = r.GetResource()
	}
	return Resources{byName: byName}
}

// Names of all observed resources, sorted.
func (r Resources) Names() []string {
	return slices.Sorted(maps.Keys(r.byName))
}

// Has reports whether a resource is observed.
func (r Resources) Has(name string) bool {
	_, ok := r.byName[name]
	return ok
}

// Raw is the named resource as it was observed, or nil. It is not the caller's to
// change.
func (r Resources) Raw(name string) *structpb.Struct {
	return r.byName[name]
}

// Name of the named resource in Kubernetes; empty when it is not observed.
func (r Resources) Name(name string) string {
	return text(r.byName[name], "metadata", "name")
}

// UID of the named resource in Kubernetes: one that is made anew has another.
func (r Resources) UID(name string) string {
	return text(r.byName[name], "metadata", "uid")
}

// Used is the name of the object that the named resource, a Usage, protects.
func (r Resources) Used(name string) string {
	return text(r.byName[name], "spec", "of", "resourceRef", "name")
}

// Kind of the named resource; empty when it is not observed.
func (r Resources) Kind(name string) string {
	return text(r.byName[name], "kind")
}

// ExternalName of the named resource; empty when it has none yet.
func (r Resources) ExternalName(name string) string {
	return text(r.byName[name], "metadata", "annotations", ExternalNameAnnotation)
}

// Paused reports whether a person stopped all changes of the named resource
// (crossplane-runtime, pkg/meta).
func (r Resources) Paused(name string) bool {
	return text(r.byName[name], "metadata", "annotations", "crossplane.io/paused") == "true"
}

// Updates reports whether the provider of the named resource may change it: the resource names no
// management policies, or one for that.
func (r Resources) Updates(name string) bool {
	policies := field(r.byName[name], "spec", "managementPolicies").GetListValue().GetValues()
	return len(policies) == 0 || slices.ContainsFunc(policies, func(v *structpb.Value) bool {
		return v.GetStringValue() == "*" || v.GetStringValue() == "Update"
	})
}

// ForProvider is a text in the spec of the named resource, such as its region; empty when it
// has none.
func (r Resources) ForProvider(name, field string) string {
	return text(r.byName[name], "spec", "forProvider", field)
}

// ProviderConfig of the named resource; empty when it names none.
func (r Resources) ProviderConfig(name string) string {
	return text(r.byName[name], "spec", "providerConfigRef", "name")
}

// AtProvider is a text that AWS answered about the named resource, such as its arn;
// empty while it has not.
func (r Resources) AtProvider(name, field string) string {
	return text(r.byName[name], "status", "atProvider", field)
}

// A Manifest is an object as provider-kubernetes saw it in its cluster. The zero value has
// nothing.
type Manifest struct{ object *structpb.Struct }

// Manifest of the named Object.
func (r Resources) Manifest(name string) Manifest {
	return Manifest{field(r.byName[name], "status", "atProvider", "manifest").GetStructValue()}
}

// Text of a field of the object.
func (m Manifest) Text(path ...string) string { return text(m.object, path...) }

// Texts of a field of the object that is a map.
func (m Manifest) Texts(path ...string) map[string]string {
	out := map[string]string{}
	for k, v := range field(m.object, path...).GetStructValue().GetFields() {
		out[k] = v.GetStringValue()
	}
	return out
}

// Condition of the object by type, such as Progressing.
func (m Manifest) Condition(typ string) Condition { return condition(m.object, typ) }

// Usage of what by whom: the names in Kubernetes that the named Usage has; empty for what is no
// Usage. A Usage that has no user has a reason.
func (r Resources) Usage(name string) (of, by string) {
	if kind := r.Kind(name); kind != "Usage" && kind != "ClusterUsage" {
		return "", ""
	}
	return text(r.byName[name], "spec", "of", "resourceRef", "name"), text(r.byName[name], "spec", "by", "resourceRef", "name")
}

// Selects are the values of a label by which the named resource selects others.
func (r Resources) Selects(name, label string) []string {
	return selects(r.byName[name].GetFields()["spec"], label)
}

func selects(v *structpb.Value, label string) []string {
	var out []string
	for key, e := range v.GetStructValue().GetFields() {
		if key == "matchLabels" {
			out = append(out, e.GetStructValue().GetFields()[label].GetStringValue())
			continue
		}
		out = append(out, selects(e, label)...)
	}
	for _, e := range v.GetListValue().GetValues() {
		out = append(out, selects(e, label)...)
	}
	return out
}

// Label of the named resource; empty when it has no such label.
func (r Resources) Label(name, key string) string {
	return text(r.byName[name], "metadata", "labels", key)
}

// Ready reports whether the named resource is ready and stays.
func (r Resources) Ready(name string) bool {
	return r.Condition(name, "Ready").Status == "True" && !r.Deleting(name)
}

// Deleting reports whether the named resource is being deleted.
func (r Resources) Deleting(name string) bool {
	return text(r.byName[name], "metadata", "deletionTimestamp") != ""
}

// Created is when the named resource was made in Kubernetes, with a resolution
// of one second; the zero time when that is not known.
func (r Resources) Created(name string) time.Time {
	t, err := time.Parse(time.RFC3339, text(r.byName[name], "metadata", "creationTimestamp"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// A Condition of a managed resource.
type Condition struct {
	// Status is True, False or Unknown; empty when the resource has no such condition.
	Status string

	// Reason in one word.
	Reason string

	// Message for people.
	Message string
}

// Condition of the named resource by type, such as Ready or Synced.
func (r Resources) Condition(name, typ string) Condition { return condition(r.byName[name], typ) }

func condition(of *structpb.Struct, typ string) Condition {
	for _, v := range field(of, "status", "conditions").GetListValue().GetValues() {
		c := v.GetStructValue()
		if text(c, "type") == typ {
			return Condition{Status: text(c, "status"), Reason: text(c, "reason"), Message: text(c, "message")}
		}
	}
	return Condition{}
}

func text(s *structpb.Struct, path ...string) string {
	return field(s, path...).GetStringValue()
}

func field(s *structpb.Struct, path ...string) *structpb.Value {
	for _, p := range path[:len(path)-1] {
		s = s.GetFields()[p].GetStructValue()
	}
	return s.GetFields()[path[len(path)-1]]
}

// A Reader decodes composed resources into their typed APIs. It carries its first
// error, so that a caller asks once, after all that it read.
type Reader struct {
	from Resources
	err  error
}

// NewReader of the resources.
func NewReader(from Resources) *Reader { return &Reader{from: from} }

// Err is the first error that the reader met.
func (r *Reader) Err() error { return r.err }

// Fail has the reader carry an error of its caller, unless it has one already.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Read decodes the named resource. It returns an empty object, whose fields are all
// nil, when the resource is not observed. One that does not decode is an error: it is not
// what the composition made.
func Read[T any, P interface {
	*T
	runtime.Object
}](r *Reader, name string) P {
	obj := P(new(T))
	if s, ok := r.from.byName[name]; ok {
		if err := decode(s.AsMap(), obj); err != nil {
			r.Fail(fmt.Errorf("cannot decode observed resource %q: %w", name, err))
			return P(new(T))
		}
	}
	return obj
}

// decode a resource, also where it was applied in an older version of its API.
func decode[T any, P interface {
	*T
	runtime.Object
}](from map[string]any, into P) error {
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(from, into)
	if err == nil {
		return nil
	}
	*into = *new(T)
	older, ok := fromOlder(from, reflect.TypeFor[T]()).(map[string]any)
	if !ok || runtime.DefaultUnstructuredConverter.FromUnstructured(older, into) != nil {
		return err
	}
	return nil
}
