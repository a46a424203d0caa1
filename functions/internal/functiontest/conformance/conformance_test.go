package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// A runFunction is a function made of a func.
type runFunction func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error)

// fake serves a func as a function.
type fake struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	run runFunction
}

var _ fnv1.FunctionRunnerServiceServer = fake{}

func (f fake) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return f.run(ctx, req)
}

// good follows every rule. It composes two resources and writes one status
// field, if the composite has a size.
func good(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	rsp := response.To(proto.CloneOf(req), time.Minute)

	spec := req.GetObserved().GetComposite().GetResource().GetFields()["spec"].GetStructValue()
	if _, ok := spec.GetFields()["size"].GetKind().(*structpb.Value_NumberValue); !ok {
		response.Fatal(rsp, errors.New("spec.size: want a number"))
		return rsp, nil
	}
	for _, name := range []string{"a", "b"} {
		if _, ok := rsp.GetDesired().GetResources()[name]; ok {
			response.Fatal(rsp, fmt.Errorf("resource %q is composed by an earlier step", name))
			return rsp, nil
		}
	}
	if rsp.Desired == nil {
		rsp.Desired = &fnv1.State{}
	}
	if rsp.Desired.Resources == nil {
		rsp.Desired.Resources = map[string]*fnv1.Resource{}
	}
	rsp.Desired.Resources["a"] = composed()
	rsp.Desired.Resources["b"] = composed()
	if rsp.Desired.Composite == nil {
		rsp.Desired.Composite = &fnv1.Resource{}
	}
	rsp.Desired.Composite.Resource = merge(rsp.Desired.Composite.Resource, object(map[string]any{"status": map[string]any{"size": 1}}))
	return rsp, nil
}

func composed() *fnv1.Resource {
	return &fnv1.Resource{Resource: object(map[string]any{
		"apiVersion": "example.org/v1",
		"kind":       "Bucket",
		"metadata":   map[string]any{"annotations": map[string]any{"crossplane.io/external-name": "b"}},
		"spec":       map[string]any{"size": 1},
	})}
}

// then changes what good answers, unless that is a refusal.
func then(change func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse)) runFunction {
	return func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		rsp, err := good(ctx, req)
		if err == nil && !fatal(rsp) {
			change(req, rsp)
		}
		return rsp, err
	}
}

func request() *fnv1.RunFunctionRequest {
	return &fnv1.RunFunctionRequest{
		Meta: &fnv1.RequestMeta{Tag: "tag"},
		Observed: &fnv1.State{
			Composite: &fnv1.Resource{Resource: object(map[string]any{
				"apiVersion": "example.org/v1",
				"kind":       "XBucket",
				"metadata":   map[string]any{"name": "bucket"},
				"spec":       map[string]any{"size": 1, "owner": map[string]any{"team": "shop"}},
			})},
			Resources: map[string]*fnv1.Resource{"a": composed()},
		},
		RequiredResources: map[string]*fnv1.Resources{
			"environment": {Items: []*fnv1.Resource{{Resource: object(map[string]any{"data": map[string]any{"zone": "a"}})}}},
		},
	}
}

// TestRules has a broken function for each rule.
func TestRules(t *testing.T) {
	type resources = map[string]*fnv1.Resource

	cases := map[string]struct {
		reason string
		run    runFunction
		want   []string
		chance []string // rules that it may or may not be seen to break
	}{
		"Good": {
			reason: "A function that follows every rule is not accused.",
			run:    good,
		},
		"CopiesTag": {
			reason: "A tag of one's own.",
			run:    then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) { rsp.Meta.Tag = "mine" }),
			want:   []string{"CopiesTag"},
		},
		"DependsOnTag": {
			reason: "The tag decides what is composed.",
			run: then(func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				if req.GetMeta().GetTag() == "another" {
					delete(rsp.Desired.Resources, "a")
				}
			}),
			want: []string{"CopiesTag"},
		},
		"SetsTTL": {
			reason: "No TTL.",
			run:    then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) { rsp.Meta.Ttl = nil }),
			want:   []string{"SetsTTL"},
		},
		"PassesResourcesThrough": {
			reason: "The desired resources are only one's own.",
			run: then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Resources = resources{"a": composed(), "b": composed()}
			}),
			want: []string{"PassesResourcesThrough"},
		},
		"PassesCompositeThrough": {
			reason: "The desired status is only one's own.",
			run: then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Composite.Resource = object(map[string]any{"status": map[string]any{"size": 1}})
			}),
			want: []string{"PassesCompositeThrough"},
		},
		"PassesConnectionDetailsThrough": {
			reason: "Connection details of an earlier step are lost.",
			run: then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Composite.ConnectionDetails = nil
			}),
			want: []string{"PassesCompositeThrough"},
		},
		"PassesContextThrough": {
			reason: "Context of an earlier step is lost.",
			run:    then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) { rsp.Context = nil }),
			want:   []string{"PassesContextThrough"},
		},
		"AvoidsConflicts": {
			reason: "Another step's resource is overwritten.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				req = proto.CloneOf(req)
				delete(req.GetDesired().GetResources(), "a")
				return good(ctx, req)
			},
			want: []string{"AvoidsConflicts"},
		},
		"WritesCompositeStatusOnly": {
			reason: "The composite's labels are desired.",
			run: then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Composite.Resource = merge(rsp.Desired.Composite.Resource, object(map[string]any{"metadata": map[string]any{}}))
			}),
			want: []string{"WritesCompositeStatusOnly"},
		},
		"WritesNoComposedStatus": {
			reason: "A composed resource has a status, though an empty one.",
			run: then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Resources["a"].Resource.Fields["status"] = structpb.NewStructValue(&structpb.Struct{})
			}),
			want: []string{"WritesNoComposedStatus"},
		},
		"NamesNoResources": {
			reason: "A composed resource has a name.",
			run: then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				rsp.Desired.Resources["b"].Resource.Fields["metadata"] = structpb.NewStructValue(object(map[string]any{"name": "b"}))
			}),
			want: []string{"NamesNoResources"},
		},
		"QuietWhenSteady": {
			reason: "Each call says hello.",
			run: then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				response.Normal(rsp, "hello")
			}),
			want: []string{"QuietWhenSteady"},
		},
		"SaysTransitions": {
			reason: "A result that ends when the resource is observed is what results are for.",
			run: then(func(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				if _, ok := req.GetObserved().GetResources()["b"]; !ok {
					response.Normal(rsp, "creating b")
				}
			}),
		},
		"FatalLeavesDesired": {
			reason: "A refusal that composes all the same.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				rsp, err := good(ctx, req)
				if fatal(rsp) && rsp.GetDesired().GetResources() != nil {
					rsp.Desired.Resources["a"] = composed()
				}
				return rsp, err
			},
			want: []string{"FatalLeavesDesired"},
		},
		"FatalDropsDesired": {
			reason: "A refusal without the desired state of earlier steps.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				rsp, err := good(ctx, req)
				if fatal(rsp) {
					rsp.Desired = nil
				}
				return rsp, err
			},
			want: []string{"FatalLeavesDesired"},
		},
		"RefusesNonsense": {
			reason: "A composite without a spec is taken for an empty one.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				if req.GetObserved().GetComposite().GetResource().GetFields()["spec"] == nil {
					return response.To(proto.CloneOf(req), time.Minute), nil
				}
				return good(ctx, req)
			},
			want: []string{"RefusesNonsense"},
		},
		"Deterministic": {
			reason: "The order of a Go map is in the response.",
			run: then(func(_ *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
				order := &structpb.ListValue{}
				for k := range map[string]bool{"a": true, "b": true, "c": true, "d": true, "e": true, "f": true} {
					order.Values = append(order.Values, structpb.NewStringValue(k))
				}
				rsp.Desired.Composite.Resource.Fields["status"].GetStructValue().Fields["order"] = structpb.NewListValue(order)
			}),
			// A response that changes by itself seems to depend on whatever else changed.
			want:   []string{"Deterministic"},
			chance: []string{"CopiesTag", "RespectsCancellation"},
		},
		"LeavesRequestAlone": {
			reason: "The desired state of the request is written to, as response.To makes it easy.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				rsp, err := good(ctx, req)
				if !fatal(rsp) {
					req.Desired = rsp.GetDesired()
				}
				return rsp, err
			},
			want: []string{"LeavesRequestAlone"},
		},
		"AnswersGarbageWithError": {
			reason: "A refusal is a gRPC error.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				rsp, err := good(ctx, req)
				if fatal(rsp) {
					return nil, errors.New(rsp.GetResults()[0].GetMessage())
				}
				return rsp, err
			},
			want: []string{"AnswersGarbage"},
		},
		"AnswersGarbagePanics": {
			reason: "A required resource of another shape is a panic.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				for _, item := range req.GetRequiredResources()["environment"].GetItems() {
					_ = item.GetResource().AsMap()["data"].(map[string]any)["zone"].(string)
				}
				return good(ctx, req)
			},
			want: []string{"AnswersGarbage"},
		},
		"AnswersGarbageObserved": {
			reason: "An observed resource that is empty is a panic.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				if a, ok := req.GetObserved().GetResources()["a"]; ok {
					_ = a.GetResource().AsMap()["kind"].(string)
				}
				return good(ctx, req)
			},
			want: []string{"AnswersGarbage"},
		},
		"AnswersNothing": {
			reason: "No response and no error.",
			run: func(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				return nil, nil
			},
			want: []string{"AnswersGarbage"},
		},
		"RespectsCancellation": {
			reason: "A cancelled call goes on for an hour.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				if ctx.Err() != nil {
					time.Sleep(time.Hour)
				}
				return good(ctx, req)
			},
			want: []string{"RespectsCancellation"},
		},
		"AnswersPartWhenCancelled": {
			reason: "A cancelled call answers with what it had: Crossplane would delete the rest.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				rsp, err := good(ctx, req)
				if ctx.Err() != nil {
					delete(rsp.GetDesired().GetResources(), "b")
				}
				return rsp, err
			},
			want: []string{"RespectsCancellation"},
		},
		"ReturnsCancellation": {
			reason: "A cancelled call may end with its context's error.",
			run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				return good(ctx, req)
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// In this bubble hours pass at once; a call that sleeps ends before it.
				defer time.Sleep(2 * time.Hour)

				var got []string
				for _, rule := range Rules() {
					if slices.Contains(tc.chance, rule.Name) {
						continue
					}
					if err := rule.Check(t.Context(), fake{run: tc.run}, request()); err != nil {
						got = append(got, rule.Name)
					}
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("%s\nBroken rules: -want, +got:\n%s", tc.reason, diff)
				}
			})
		})
	}
	var caught []string
	for _, tc := range cases {
		caught = append(caught, tc.want...)
	}
	for _, rule := range Rules() {
		if !slices.Contains(caught, rule.Name) {
			t.Errorf("No case proves that rule %s catches a function that breaks it", rule.Name)
		}
	}
}

func TestGood(t *testing.T) {
	Test(t, fake{run: good}, map[string]*fnv1.RunFunctionRequest{"Request": request()})
}

func TestComposes(t *testing.T) {
	cases := map[string]struct {
		reason   string
		requests map[string]*fnv1.RunFunctionRequest
		want     bool
	}{
		"Composes": {
			reason:   "One request that makes the function compose is enough.",
			requests: map[string]*fnv1.RunFunctionRequest{"Empty": {}, "Good": request()},
			want:     true,
		},
		"OnlyRefused": {
			reason:   "Requests that are all refused prove nothing.",
			requests: map[string]*fnv1.RunFunctionRequest{"Empty": {}},
		},
		"None": {
			reason: "Nor does no request at all.",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, composes(t.Context(), newFunction(fake{run: good}), tc.requests)); diff != "" {
				t.Errorf("%s\ncomposes(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
