// Package desired collects the managed resources that a function composes and
// writes them to its response.
//
// It guards two things on the way. A resource is never written twice, nor over
// one that an earlier step of the pipeline wrote. And a resource that holds
// state is never left out, which would delete it, unless its removal was
// released: see Resources.Release.
package desired

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/observed"
)

// ResourceLabel is on every composed resource and holds its name in the
// composition, so that selectors can find it.
const ResourceLabel = "platform.ausmart.io/resource"

// An Object that can be composed.
type Object interface {
	runtime.Object

	GetLabels() map[string]string
	SetLabels(labels map[string]string)
}

// A Managed resource of a provider, cluster-scoped.
type Managed interface {
	Object

	SetProviderConfigReference(r *xpv1.Reference)
}

// Resources are what a function wants to exist.
type Resources struct {
	providerConfig string
	byName         map[string]Object
	released       map[string]bool
	ready          map[string]bool
	kept           map[string]*structpb.Struct
	err            error
}

// New returns an empty collection whose resources belong to the named
// ProviderConfig.
func New(providerConfig string) *Resources {
	return &Resources{
		providerConfig: providerConfig, byName: map[string]Object{},
		released: map[string]bool{}, ready: map[string]bool{}, kept: map[string]*structpb.Struct{},
	}
}

// Add wants a resource of the collection's ProviderConfig to exist. The name is
// the resource's for ever: another name is another resource. Adding a name twice
// is a mistake in the function, which Write reports.
func (r *Resources) Add(name string, gvk schema.GroupVersionKind, m Managed) {
	m.SetProviderConfigReference(&xpv1.Reference{Name: r.providerConfig})
	r.AddObject(name, gvk, m)
}

// AddObject is Add for what belongs to another provider's config, or to none.
func (r *Resources) AddObject(name string, gvk schema.GroupVersionKind, m Object) {
	if _, ok := r.byName[name]; ok && r.err == nil {
		r.err = fmt.Errorf("resource %q is composed twice", name)
	}
	m.GetObjectKind().SetGroupVersionKind(gvk)
	labels := m.GetLabels()
	if labels == nil {
		labels = make(map[string]string, 1)
	}
	labels[ResourceLabel] = label(name)
	m.SetLabels(labels)
	r.byName[name] = m
}

// Release says that the claim asks for a resource to go.
func (r *Resources) Release(name string) {
	r.released[name] = true
}

// Released says whether a resource was released.
func (r *Resources) Released(name string) bool {
	return r.released[name]
}

// MarkReady says that a resource is ready, for one that has no conditions.
func (r *Resources) MarkReady(name string) {
	r.ready[name] = true
}

// Keep wants a resource that exists to stay as it is.
func (r *Resources) Keep(obs observed.Resources, name string) {
	if raw := obs.Raw(name); raw != nil {
		r.kept[name] = ours(raw)
	}
}

// Has says whether a resource is wanted.
func (r *Resources) Has(name string) bool {
	_, ok := r.byName[name]
	return ok || r.kept[name] != nil
}

// Get a wanted resource, or nil.
func (r *Resources) Get(name string) Object {
	return r.byName[name]
}

// kind of a wanted resource, one that is kept included.
func (r *Resources) kind(name string) (gvk schema.GroupVersionKind, wanted bool) {
	if o, ok := r.byName[name]; ok {
		return o.GetObjectKind().GroupVersionKind(), true
	}
	f := r.kept[name].GetFields()
	return schema.FromAPIVersionAndKind(f["apiVersion"].GetStringValue(), f["kind"].GetStringValue()), f != nil
}

// Names of the wanted resources, sorted, without those that are only kept.
func (r *Resources) Names() []string {
	return slices.Sorted(maps.Keys(r.byName))
}

// label is a resource's name as the value of a label, which has 63 characters at
// most. A longer name ends in a digest, so that no two are the same.
func label(name string) string {
	const longest, digits = 63, 10
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:longest-digits-1] + "-" + hex.EncodeToString(sum[:])[:digits]
}

// Selector finds the resource of that name among those of the same composite.
func Selector(name string) *xpv1.Selector {
	matchControllerRef := true
	return &xpv1.Selector{MatchControllerRef: &matchControllerRef, MatchLabels: map[string]string{ResourceLabel: label(name)}}
}

// FollowingSelector is a Selector for a reference whose target can change. A
// provider resolves a reference once and keeps the answer, whatever the
// selector says later, unless it is told to resolve it always.
func FollowingSelector(name string) *xpv1.Selector {
	always := xpv1.ResolvePolicyAlways
	s := Selector(name)
	s.Policy = &xpv1.Policy{Resolve: &always}
	return s
}

// Write adds the resources to what earlier steps of the pipeline want. It
// fails, and writes nothing, where both want a resource of the same name.
func (r *Resources) Write(rsp *fnv1.RunFunctionResponse) error {
	if r.err != nil {
		return r.err
	}
	own := make(map[string]*fnv1.Resource, len(r.byName))
	for _, name := range r.Names() {
		s, err := asStruct(r.byName[name])
		if err != nil {
			return fmt.Errorf("cannot write resource %q: %w", name, err)
		}
		own[name] = &fnv1.Resource{Resource: s}
		if r.ready[name] {
			own[name].Ready = fnv1.Ready_READY_TRUE
		}
	}
	for name, s := range r.kept {
		own[name] = &fnv1.Resource{Resource: s}
	}
	return write(rsp, own)
}

func write(rsp *fnv1.RunFunctionResponse, own map[string]*fnv1.Resource) error {
	earlier := rsp.GetDesired().GetResources()
	all := make(map[string]*fnv1.Resource, len(earlier)+len(own))
	maps.Copy(all, earlier)
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if _, ok := earlier[name]; ok {
			return fmt.Errorf("cannot compose resource %q: an earlier step of the pipeline already did", name)
		}
		all[name] = own[name]
	}
	// The response shares its state with the request, which is not ours to change.
	rsp.Desired = &fnv1.State{Composite: rsp.GetDesired().GetComposite(), Resources: all}
	return nil
}

// asStruct converts a typed resource. What Crossplane applies is taken as this
// function's opinion, so it removes the fields that typed APIs cannot leave
// out: a status, an empty initProvider, a required field that initProvider has.
func asStruct(m Object) (*structpb.Struct, error) {
	u, err := runtime.DefaultUnstructuredConverter.ToUnstructured(m)
	if err != nil {
		return nil, err
	}
	delete(u, "status")
	dropNulls(u)
	if spec, ok := u["spec"].(map[string]any); ok {
		if init, ok := spec["initProvider"].(map[string]any); ok && len(init) == 0 {
			delete(spec, "initProvider")
		}
	}
	return structpb.NewStruct(u)
}

func dropNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e == nil {
				delete(v, k)
				continue
			}
			dropNulls(e)
		}
	case []any:
		for _, e := range v {
			dropNulls(e)
		}
	}
}
