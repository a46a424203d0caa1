// Package desired collects the resources that a composition consists of, decides
// which of them can be applied now, and writes those to the function's response.
//
// A composition adds every resource that it consists of, and names what must be ready
// first: other resources (After), or all earlier stages (AfterEarlierStages). A resource
// that cannot be described yet is Pending. Three rules hold for all resources:
//
//   - A resource that exists stays, also when the resources before it are no longer ready.
//   - A resource is never written twice, and never replaces one of an earlier step of the
//     pipeline.
//   - A resource that holds state is never left out, which would delete it, unless its
//     removal is allowed: see Resources.KeepStateful.
package desired

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/ausmart/platform/functions/internal/observed"
)

// An Object that can be composed.
type Object interface {
	runtime.Object

	GetLabels() map[string]string
	SetLabels(labels map[string]string)
}

// Resources of a composition.
type Resources struct {
	observed       observed.Resources
	providerConfig string
	stages         []Stage

	// planned resources in the order in which they were added; usages are apart,
	// since no one waits for them.
	planned map[string]*planned
	kept    map[string]*structpb.Struct
	usages  map[string]Object

	removable map[string]bool
	removing  []string // that stay until their protection is gone
	err       error

	// readyStages is how many of the first stages are ready; -1 when a resource was
	// added since it was last counted.
	readyStages int
}

// New returns a collection without resources. Managed resources of AWS belong to
// the named ProviderConfig. A composition without stages has one.
func New(obs observed.Resources, providerConfig string, stages ...Stage) *Resources {
	if len(stages) == 0 {
		stages = []Stage{{}}
	}
	return &Resources{
		observed: obs, providerConfig: providerConfig, stages: stages,
		planned: map[string]*planned{}, kept: map[string]*structpb.Struct{}, usages: map[string]Object{},
		removable: map[string]bool{}, readyStages: -1,
	}
}

// Add a resource to the composition. The name is the resource's for ever: another
// name is another resource. Its kind and version follow from its Go type. Adding a
// name twice is a mistake in the function, which Write reports.
func (r *Resources) Add(name string, o Object, order ...Order) {
	if err := setKind(o); err != nil {
		r.fail(fmt.Errorf("cannot compose resource %q: %w", name, err))
	}
	if m, ok := o.(managed); ok {
		m.SetProviderConfigReference(&xpv1.Reference{Name: r.providerConfig})
		r.own(name, m)
	}
	setName(o, name)
	r.plan(name, o, order)
}

// Pending adds a resource that cannot be described yet, since AWS has not answered
// something that it consists of. One that exists is kept as it is.
func (r *Resources) Pending(name string, order ...Order) {
	r.plan(name, nil, order)
	r.Keep(name)
}

// Keep a resource that exists as it is.
func (r *Resources) Keep(name string) {
	if raw := r.observed.Raw(name); raw != nil {
		r.kept[name] = appliedPart(raw)
	}
}

func (r *Resources) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Has reports whether a resource will be applied, or is kept.
func (r *Resources) Has(name string) bool {
	_, ok := r.kind(name)
	return ok
}

// Get a resource that will be applied, or nil.
func (r *Resources) Get(name string) Object {
	if p, ok := r.planned[name]; ok && r.due(p) {
		return p.object
	}
	return r.usages[name]
}

// kind of a resource that will be applied or is kept.
func (r *Resources) kind(name string) (schema.GroupVersionKind, bool) {
	if o := r.Get(name); o != nil {
		return o.GetObjectKind().GroupVersionKind(), true
	}
	f := r.kept[name].GetFields()
	return schema.FromAPIVersionAndKind(f["apiVersion"].GetStringValue(), f["kind"].GetStringValue()), f != nil
}

// OfKinds are the names of the resources of some kinds that will be applied or are kept, sorted.
func (r *Resources) OfKinds(kinds []string) []string {
	names := slices.AppendSeq(r.Names(), maps.Keys(r.kept))
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		gvk, _ := r.kind(name)
		return !slices.Contains(kinds, gvk.Kind)
	})
}

// Names of the resources that will be applied, sorted, without those that are kept.
func (r *Resources) Names() []string {
	names := slices.Collect(maps.Keys(r.usages))
	for name, p := range r.planned {
		if r.due(p) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
