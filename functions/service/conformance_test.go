package service

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/conformance"
	"github.com/ausmart/platform/functions/internal/simulation"
)

// TestConformance holds the function to the functions specification.
func TestConformance(t *testing.T) {
	settled := plane(t, "au-prod", example(t, "au-prod", "orders"))
	settle(t, settled)
	waiting := plane(t, "au-prod", example(t, "au-prod", "checkout"))
	delete(waiting.Required, "XCluster/au-prod")
	conformance.Test(t, New(logging.NewNopLogger()), map[string]*fnv1.RunFunctionRequest{
		"Fresh":       request(t, plane(t, "au-prod", example(t, "au-prod", "orders"))),
		"Ready":       request(t, settled),
		"Waiting":     request(t, waiting),
		"Unasked":     unasked(t),
		"LaterInPipe": laterInPipe(t),
	})
}

// request is what Crossplane sends once it has looked for all that the function
// requires.
func request(t testing.TB, p *simulation.Plane) *fnv1.RunFunctionRequest {
	t.Helper()
	req, err := p.Request()
	if err != nil {
		t.Fatalf("cannot make request: %v", err)
	}
	req.RequiredResources = map[string]*fnv1.Resources{"environment-config": {}}
	for _, key := range []string{"cluster/au-dev", "cluster/au-prod", "database/cart", "database/catalog", "database/checkout", "database/orders"} {
		req.RequiredResources[key] = &fnv1.Resources{}
		kind := map[byte]string{'c': "XCluster", 'd': "XDatabase"}[key[0]]
		if r, ok := p.Required[kind+key[len(kind)-1:]]; ok {
			s, err := structpb.NewStruct(r)
			if err != nil {
				t.Fatal(err)
			}
			req.RequiredResources[key].Items = []*fnv1.Resource{{Resource: s}}
		}
	}
	return req
}

// unasked is the first request: Crossplane does not know yet what the function
// requires.
func unasked(t *testing.T) *fnv1.RunFunctionRequest {
	t.Helper()
	req := request(t, plane(t, "au-dev", example(t, "au-dev", "cart")))
	req.RequiredResources = nil
	return req
}

// laterInPipe is a request to a function that is not the first of its pipeline.
func laterInPipe(t *testing.T) *fnv1.RunFunctionRequest {
	t.Helper()
	req := request(t, plane(t, "au-dev", example(t, "au-dev", "cart")))
	earlier, err := structpb.NewStruct(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{"by": "an earlier step"}})
	if err != nil {
		t.Fatal(err)
	}
	status, err := structpb.NewStruct(map[string]any{"status": map[string]any{"estimatedMonthlyCost": map[string]any{"currency": "USD", "total": "1.00"}}})
	if err != nil {
		t.Fatal(err)
	}
	req.Desired = &fnv1.State{
		Composite: &fnv1.Resource{Resource: status},
		Resources: map[string]*fnv1.Resource{"earlier": {Resource: earlier, Ready: fnv1.Ready_READY_TRUE}},
	}
	req.Context = proto.CloneOf(earlier)
	return req
}
