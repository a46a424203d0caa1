package desired

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Write adds the resources that are applied or kept to those of earlier steps of
// the pipeline. It fails, and writes nothing, where both have a resource of the same
// name, or where a resource would wait for ever.
func (r *Resources) Write(rsp *fnv1.RunFunctionResponse) error {
	if r.err != nil {
		return r.err
	}
	if err := r.checkOrder(); err != nil {
		return err
	}
	names := r.Names()
	own := make(map[string]*fnv1.Resource, len(names)+len(r.kept))
	for name, s := range r.kept {
		own[name] = &fnv1.Resource{Resource: s}
	}
	for _, name := range names {
		s, err := asStruct(r.Get(name))
		if err != nil {
			return fmt.Errorf("cannot write resource %q: %w", name, err)
		}
		own[name] = &fnv1.Resource{Resource: s}
		if p := r.planned[name]; p != nil {
			r.clear(p, s)
			if p.readyOnceObserved && r.observed.Has(name) {
				own[name].Ready = fnv1.Ready_READY_TRUE
			}
		}
	}
	return write(rsp, own)
}

// clear the lists that a resource has and should not.
func (r *Resources) clear(p *planned, s *structpb.Struct) {
	is, wanted := forProvider(r.observed.Raw(p.name)), forProvider(s)
	for _, field := range p.clears {
		if _, ok := wanted[field]; !ok && len(is[field].GetListValue().GetValues()) > 0 {
			wanted[field] = structpb.NewListValue(&structpb.ListValue{})
		}
	}
}

func forProvider(s *structpb.Struct) map[string]*structpb.Value {
	return s.GetFields()["spec"].GetStructValue().GetFields()["forProvider"].GetStructValue().GetFields()
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

// asStruct converts a typed resource. Crossplane applies every field that it gets, so this
// leaves out those that typed APIs cannot leave out: a status, an empty initProvider, a
// required field that initProvider has.
func asStruct(m Object) (*structpb.Struct, error) {
	s, err := structOf(reflect.ValueOf(m).Elem(), "status")
	if err != nil {
		return nil, err
	}
	spec := s.GetFields()["spec"].GetStructValue().GetFields()
	if init := spec["initProvider"].GetStructValue(); init != nil && len(init.GetFields()) == 0 {
		delete(spec, "initProvider")
	}
	return s, nil
}

// DropNulls of an object, which is JSON. Applied, they would take fields away.
func DropNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e == nil {
				delete(v, k)
				continue
			}
			DropNulls(e)
		}
	case []any:
		for _, e := range v {
			DropNulls(e)
		}
	}
}
