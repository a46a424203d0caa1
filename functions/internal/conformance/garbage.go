package conformance

import (
	"fmt"
	"maps"
	"slices"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// garbage are requests with one value replaced by what does not belong there:
// every value, lists as a whole, of the composite and the required resources,
// and the top-level values of one observed resource of each kind: a function
// reads all of a kind alike, and there may be a hundred.
func garbage(req *fnv1.RunFunctionRequest) []broken {
	var out []broken

	out = append(out, replaced("composite", req, func(r *fnv1.RunFunctionRequest) *structpb.Struct {
		return r.GetObserved().GetComposite().GetResource()
	}, deep)...)

	for _, key := range slices.Sorted(maps.Keys(req.GetRequiredResources())) {
		for i := range req.GetRequiredResources()[key].GetItems() {
			out = append(out, replaced(fmt.Sprintf("required resource %s[%d]", key, i), req, func(r *fnv1.RunFunctionRequest) *structpb.Struct {
				return r.GetRequiredResources()[key].GetItems()[i].GetResource()
			}, deep)...)
		}
	}

	for _, name := range oneOfEachKind(req.GetObserved().GetResources()) {
		out = append(out, replaced("observed resource "+name, req, func(r *fnv1.RunFunctionRequest) *structpb.Struct {
			return r.GetObserved().GetResources()[name].GetResource()
		}, shallow)...)
		out = append(out, emptied(req, name))
	}
	return out
}

func oneOfEachKind(resources map[string]*fnv1.Resource) []string {
	var out []string
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		kind := resources[name].GetResource().GetFields()["kind"].GetStringValue()
		if !seen[kind] {
			seen[kind] = true
			out = append(out, name)
		}
	}
	return out
}

// emptied is the request with an observed resource that says nothing.
func emptied(req *fnv1.RunFunctionRequest, name string) broken {
	r := proto.CloneOf(req)
	r.Observed.Resources[name] = &fnv1.Resource{}
	return broken{"observed resource " + name + " is empty", r}
}

// How far down an object its values are replaced.
const (
	shallow = 1
	deep    = 16
)

// replaced returns one request for each value of the object that pick finds,
// and for each kind of garbage in its place.
func replaced(what string, req *fnv1.RunFunctionRequest, pick func(*fnv1.RunFunctionRequest) *structpb.Struct, depth int) []broken {
	var out []broken
	for _, path := range paths(pick(req), depth) {
		for _, v := range []*structpb.Value{
			structpb.NewNullValue(),
			structpb.NewStringValue("\x00garbage"),
			structpb.NewNumberValue(-1e300),
			structpb.NewBoolValue(true),
			structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewNullValue()}}),
			structpb.NewStructValue(&structpb.Struct{}),
		} {
			r := proto.CloneOf(req)
			set(pick(r), path, v)
			out = append(out, broken{fmt.Sprintf("%s: %v is %v", what, path, v), r})
		}
	}
	return out
}

// paths of every value in the object, parents first.
func paths(s *structpb.Struct, depth int) [][]string {
	if depth == 0 {
		return nil
	}
	var out [][]string
	for _, k := range slices.Sorted(maps.Keys(s.GetFields())) {
		out = append(out, []string{k})
		for _, p := range paths(s.GetFields()[k].GetStructValue(), depth-1) {
			out = append(out, append([]string{k}, p...))
		}
	}
	return out
}

func set(s *structpb.Struct, path []string, v *structpb.Value) {
	for _, k := range path[:len(path)-1] {
		s = s.GetFields()[k].GetStructValue()
	}
	s.Fields[path[len(path)-1]] = v
}
