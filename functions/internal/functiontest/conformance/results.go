package conformance

import (
	"context"
	"fmt"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

func resultRules() []Rule {
	const section = "Serving Requests from Crossplane"
	return []Rule{
		{
			Name:    "QuietWhenSteady",
			Section: section,
			Text:    "Once its own desired state is observed, the function returns no more Normal or Warning results.",
			check:   quietWhenSteady,
		},
		{
			Name:    "FatalLeavesDesired",
			Section: section,
			Text:    "A response with a Fatal result desires what the request desired, no more and no less.",
			check:   fatalLeavesDesired,
		},
		{
			Name:    "RefusesNonsense",
			Section: section,
			Text:    "A composite that cannot be read gets a Fatal result: nothing after it can be right.",
			check:   refusesNonsense,
		},
	}
}

// settleRounds are how often Crossplane is played before all must be quiet. A
// function may need several: one resource waits for another.
const settleRounds = 3

func quietWhenSteady(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	rsp := fn.answer(ctx, req)
	for range settleRounds {
		if rsp == nil || fatal(rsp) {
			return nil
		}
		req = reconciled(req, rsp)
		rsp = fn.answer(ctx, req)
	}
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() != fnv1.Severity_SEVERITY_FATAL {
			return fmt.Errorf("asked the same for the %dth time, the function still says: %s: %s", settleRounds+1, r.GetSeverity(), r.GetMessage())
		}
	}
	return nil
}

// reconciled is the next request after Crossplane applied the response: what
// was desired is observed, and a new pipeline starts with no desired state.
func reconciled(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) *fnv1.RunFunctionRequest {
	next := proto.CloneOf(req)
	if next.GetObserved() == nil {
		next.Observed = &fnv1.State{}
	}
	next.Observed.Composite = applied(next.GetObserved().GetComposite(), rsp.GetDesired().GetComposite())

	observed := map[string]*fnv1.Resource{}
	for name, desired := range rsp.GetDesired().GetResources() {
		observed[name] = applied(req.GetObserved().GetResources()[name], desired)
	}
	next.Observed.Resources = observed
	return next
}

func applied(observed, desired *fnv1.Resource) *fnv1.Resource {
	out := &fnv1.Resource{}
	if observed != nil {
		out = proto.CloneOf(observed)
	}
	if desired.GetResource() != nil {
		out.Resource = merge(out.GetResource(), desired.GetResource())
	}
	return out
}

func fatalLeavesDesired(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	return fn.withGarbage(ctx, req).left
}

func refusesNonsense(ctx context.Context, fn function, req *fnv1.RunFunctionRequest) error {
	for _, bad := range nonsense(req) {
		if rsp := fn.answer(ctx, bad.req); rsp != nil && !fatal(rsp) {
			return fmt.Errorf("%s: the response has no Fatal result", bad.how)
		}
	}
	return nil
}

// nonsense are requests whose composite makes no sense.
func nonsense(req *fnv1.RunFunctionRequest) []broken {
	spec := func(how string, v *structpb.Value) broken {
		r := proto.CloneOf(req)
		if fields := r.GetObserved().GetComposite().GetResource().GetFields(); fields != nil {
			delete(fields, "spec")
			if v != nil {
				fields["spec"] = v
			}
		}
		return broken{how, r}
	}

	noComposite := proto.CloneOf(req)
	if noComposite.GetObserved() != nil {
		noComposite.Observed.Composite = nil
	}
	emptyComposite := proto.CloneOf(req)
	if emptyComposite.GetObserved() != nil {
		emptyComposite.Observed.Composite = &fnv1.Resource{Resource: &structpb.Struct{}}
	}

	return []broken{
		{"empty request", &fnv1.RunFunctionRequest{}},
		{"no composite", noComposite},
		{"empty composite", emptyComposite},
		spec("composite without spec", nil),
		spec("spec is null", structpb.NewNullValue()),
		spec("spec is text", structpb.NewStringValue("garbage")),
		spec("spec is a number", structpb.NewNumberValue(-1)),
		spec("spec is a list", structpb.NewListValue(&structpb.ListValue{})),
	}
}
