package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

func desiredRules() []Rule {
	const section = "Serving Requests from Crossplane"
	return []Rule{
		{
			Name:    "PassesResourcesThrough",
			Section: section,
			Text:    "Resources that an earlier step desires are in the response as they came.",
			check:   passesResourcesThrough,
		},
		{
			Name:    "PassesCompositeThrough",
			Section: section,
			Text:    "What an earlier step desires of the composite is in the response as it came.",
			check:   passesCompositeThrough,
		},
		{
			Name:    "PassesContextThrough",
			Section: "run_function.proto, RunFunctionResponse.context",
			Text:    "Context that an earlier step left is in the response as it came.",
			check:   passesContextThrough,
		},
		{
			Name:    "AvoidsConflicts",
			Section: section,
			Text:    "A resource of an earlier step that has a name of ours is left alone, or refused with a Fatal result.",
			check:   avoidsConflicts,
		},
		{
			Name:    "WritesCompositeStatusOnly",
			Section: section,
			Text:    "Of the composite only status is desired, never spec or metadata.",
			check:   writesCompositeStatusOnly,
		},
		{
			Name:    "WritesNoComposedStatus",
			Section: section,
			Text:    "Of composed resources no status is desired.",
			check:   writesNoComposedStatus,
		},
		{
			Name:    "NamesNoResources",
			Section: section,
			Text:    "Composed resources get their names from Crossplane, and those of a namespaced composite their namespaces.",
			check:   namesNoResources,
		},
	}
}

// earlier is the name of all that an earlier step left in the desired state. It
// is a field that no typed API has: whoever decodes the state into such a type
// and back loses it.
const earlier = "conformanceEarlierStep"

// withEarlierStep returns the request as it looks after a step that composed a
// resource, wrote a status field and a connection detail, and left context.
func withEarlierStep(req *fnv1.RunFunctionRequest) *fnv1.RunFunctionRequest {
	req = proto.CloneOf(req)
	if req.GetDesired() == nil {
		req.Desired = &fnv1.State{}
	}
	if req.Desired.Resources == nil {
		req.Desired.Resources = map[string]*fnv1.Resource{}
	}
	req.Desired.Resources[earlier] = earlierResource()

	if req.GetDesired().GetComposite() == nil {
		req.Desired.Composite = &fnv1.Resource{}
	}
	cd := req.GetDesired().GetComposite()
	cd.ConnectionDetails = map[string][]byte{earlier: []byte("secret")}
	cd.Resource = merge(cd.GetResource(), object(map[string]any{
		"apiVersion": req.GetObserved().GetComposite().GetResource().GetFields()["apiVersion"].GetStringValue(),
		"kind":       req.GetObserved().GetComposite().GetResource().GetFields()["kind"].GetStringValue(),
		"status":     map[string]any{earlier: "kept"},
	}))

	req.Context = merge(req.GetContext(), object(map[string]any{earlier: map[string]any{"kept": true}}))
	return req
}

func earlierResource() *fnv1.Resource {
	return &fnv1.Resource{
		Ready: fnv1.Ready_READY_TRUE,
		Resource: object(map[string]any{
			"apiVersion": "conformance.example.org/v1",
			"kind":       "EarlierStep",
			"metadata":   map[string]any{"name": "named-by-the-earlier-step"},
			"spec":       map[string]any{"list": []any{"a", 1.0, nil}},
		}),
	}
}

func passesResourcesThrough(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	req = withEarlierStep(req)
	rsp := fn.answer(ctx, req)
	if rsp == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(req.GetDesired().GetResources())) {
		want, got := req.GetDesired().GetResources()[name], rsp.GetDesired().GetResources()[name]
		if diff := difference(want, got); diff != "" {
			return fmt.Errorf("desired resource %q of an earlier step: -want, +got:\n%s", name, diff)
		}
	}
	return nil
}

func passesCompositeThrough(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	req = withEarlierStep(req)
	rsp := fn.answer(ctx, req)
	if rsp == nil {
		return nil
	}
	want, got := req.GetDesired().GetComposite(), rsp.GetDesired().GetComposite()
	if diff := cmp.Diff(want.GetConnectionDetails(), got.GetConnectionDetails()); diff != "" {
		return fmt.Errorf("connection details of an earlier step: -want, +got:\n%s", diff)
	}
	if diff := difference(statusFields(want)[earlier], statusFields(got)[earlier]); diff != "" {
		return fmt.Errorf("status field of an earlier step: -want, +got:\n%s", diff)
	}
	return nil
}

func passesContextThrough(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	req = withEarlierStep(req)
	rsp := fn.answer(ctx, req)
	if rsp == nil {
		return nil
	}
	for key, want := range req.GetContext().GetFields() {
		if diff := difference(want, rsp.GetContext().GetFields()[key]); diff != "" {
			return fmt.Errorf("context key %q of an earlier step: -want, +got:\n%s", key, diff)
		}
	}
	return nil
}

func avoidsConflicts(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	rsp := fn.answer(ctx, req)
	for _, name := range composedNames(req, rsp) {
		taken := withEarlierStep(req)
		taken.Desired.Resources[name] = earlierResource()

		rsp := fn.answer(ctx, taken)
		if rsp == nil || fatal(rsp) {
			continue
		}
		if diff := difference(earlierResource(), rsp.GetDesired().GetResources()[name]); diff != "" {
			return fmt.Errorf("an earlier step's resource %q is overwritten: -want, +got:\n%s", name, diff)
		}
	}
	return nil
}

func writesCompositeStatusOnly(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	for field := range fn.answer(ctx, req).GetDesired().GetComposite().GetResource().GetFields() {
		switch field {
		case "apiVersion", "kind", "status":
		default:
			return fmt.Errorf("the response desires the composite's %s", field)
		}
	}
	return nil
}

func writesNoComposedStatus(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	rsp := fn.answer(ctx, req)
	for _, name := range composedNames(req, rsp) {
		if _, ok := rsp.GetDesired().GetResources()[name].GetResource().GetFields()["status"]; ok {
			return fmt.Errorf("the response desires the status of composed resource %q", name)
		}
	}
	return nil
}

func namesNoResources(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	rsp := fn.answer(ctx, req)
	fields := []string{"name", "generateName"}
	if _, ok := metadata(req.GetObserved().GetComposite())["namespace"]; ok {
		fields = append(fields, "namespace") // A cluster-scoped composite may compose into any.
	}
	for _, name := range composedNames(req, rsp) {
		meta := metadata(rsp.GetDesired().GetResources()[name])
		for _, field := range fields {
			if v, ok := meta[field]; ok {
				return fmt.Errorf("the response sets metadata.%s of composed resource %q to %q", field, name, v.GetStringValue())
			}
		}
	}
	return nil
}

func metadata(r *fnv1.Resource) map[string]*structpb.Value {
	return r.GetResource().GetFields()["metadata"].GetStructValue().GetFields()
}

// composedNames are the resources that the function added, in order.
func composedNames(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) []string {
	var names []string
	for name := range rsp.GetDesired().GetResources() {
		if _, ok := req.GetDesired().GetResources()[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func statusFields(r *fnv1.Resource) map[string]*structpb.Value {
	return r.GetResource().GetFields()["status"].GetStructValue().GetFields()
}
