package conformance

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// A broken request, and how it was broken.
type broken struct {
	how string
	req *fnv1.RunFunctionRequest
}

// every broken version of the request, and the request itself. One is valid
// until the next is asked for.
func every(req *fnv1.RunFunctionRequest) iter.Seq[broken] {
	return func(yield func(broken) bool) {
		if !yield(broken{"the request itself", req}) {
			return
		}
		for _, b := range append(nonsense(req), emptied(req)...) {
			if !yield(b) {
				return
			}
		}
		for b := range garbage(req) {
			if !yield(b) {
				return
			}
		}
	}
}

// An outcome of the broken versions of a request: the first of each fault.
type outcome struct {
	answered error // The call failed.
	left     error // Its Fatal result has other desired state than the request.
}

// withGarbage calls the function with every broken version of the request, as it looks after an earlier step. Two rules
// are about that, and the calls are thousands: the outcome is kept.
func (f function) withGarbage(ctx context.Context, req *fnv1.RunFunctionRequest) outcome {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
	if err != nil {
		return outcome{answered: err, left: err}
	}
	out, ok := f.outcomes[string(raw)]
	if ok {
		return out
	}
	for bad := range every(withEarlierStep(req)) {
		// The SDK's response has the desired state of the request itself, so it is copied
		// first. To copy all of the request would cost more than the call, and
		// LeavesRequestAlone checks that the function does not change it.
		want := proto.CloneOf(bad.req.GetDesired())
		rsp, err := f.run(ctx, bad.req)
		switch {
		case err != nil && out.answered == nil:
			out.answered = fmt.Errorf("%s: %w", bad.how, err)
		case err == nil && fatal(rsp) && out.left == nil:
			if diff := difference(want, rsp.GetDesired()); diff != "" {
				out.left = fmt.Errorf("%s: desired state beside a Fatal result: -want, +got:\n%s", bad.how, diff)
			}
		}
	}
	f.outcomes[string(raw)] = out
	return out
}

// oneOfEachKind names the observed resources to break: a function reads all of a
// kind alike, and there may be a hundred.
func oneOfEachKind(req *fnv1.RunFunctionRequest) []string {
	var names []string
	seen := map[string]bool{}
	resources := req.GetObserved().GetResources()
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		if kind := resources[name].GetResource().GetFields()["kind"].GetStringValue(); !seen[kind] {
			seen[kind] = true
			names = append(names, name)
		}
	}
	return names
}

// emptied are requests with an observed resource that says nothing.
func emptied(req *fnv1.RunFunctionRequest) []broken {
	var out []broken
	for _, name := range oneOfEachKind(req) {
		r := proto.CloneOf(req)
		r.Observed.Resources[name] = &fnv1.Resource{}
		out = append(out, broken{"observed resource " + name + " is empty", r})
	}
	return out
}

// How far down an object its values are replaced.
const (
	shallow = 1
	deep    = 16
)

// garbage are requests with one value replaced by what does not belong there:
// every value, lists as a whole, of the composite and the required resources,
// and the top-level values of one observed resource of each kind.
func garbage(req *fnv1.RunFunctionRequest) iter.Seq[broken] {
	// A request may be large and there are thousands of these: each is made in
	// place, on one copy, and put right again.
	req = proto.CloneOf(req)

	return func(yield func(broken) bool) {
		for what, object := range objects(req) {
			depth := deep
			if what.observed {
				depth = shallow
			}
			for _, path := range paths(object, depth) {
				if !replaced(object, path, func(v *structpb.Value) bool {
					return yield(broken{fmt.Sprintf("%s: %v is %v", what.name, path, v), req})
				}) {
					return
				}
			}
		}
	}
}

// A part of a request that holds an object.
type part struct {
	name     string
	observed bool // one of the composed resources
}

// objects in the request, in order.
func objects(req *fnv1.RunFunctionRequest) iter.Seq2[part, *structpb.Struct] {
	return func(yield func(part, *structpb.Struct) bool) {
		if !yield(part{name: "composite"}, req.GetObserved().GetComposite().GetResource()) {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(req.GetRequiredResources())) {
			for i, item := range req.GetRequiredResources()[key].GetItems() {
				if !yield(part{name: fmt.Sprintf("required resource %s[%d]", key, i)}, item.GetResource()) {
					return
				}
			}
		}
		for _, name := range oneOfEachKind(req) {
			if !yield(part{name: "observed resource " + name, observed: true}, req.GetObserved().GetResources()[name].GetResource()) {
				return
			}
		}
	}
}

// replaced calls try with each kind of garbage in the place of a value, and with
// none, and puts the value back.
func replaced(object *structpb.Struct, path []string, try func(*structpb.Value) bool) bool {
	for _, k := range path[:len(path)-1] {
		object = object.GetFields()[k].GetStructValue()
	}
	last := path[len(path)-1]
	good := object.GetFields()[last]
	defer func() { object.Fields[last] = good }()

	for _, v := range []*structpb.Value{
		structpb.NewNullValue(),
		structpb.NewStringValue("\x00garbage"),
		structpb.NewNumberValue(-1e300),
		structpb.NewBoolValue(true),
		structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewNullValue()}}),
		structpb.NewStructValue(&structpb.Struct{}),
	} {
		object.Fields[last] = v
		if !try(v) {
			return false
		}
	}
	delete(object.GetFields(), last)
	return try(nil)
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
