package database

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
	cases := map[string]*fnv1.RunFunctionRequest{
		"Unasked":     unasked(t),
		"LaterInPipe": laterInPipe(t),
	}
	for _, claim := range []string{"orders", "checkout"} {
		ready := plane(t, example(t, "au-prod", claim))
		settle(t, ready)
		cases["Ready-"+claim] = request(t, ready)
	}
	cases["Fresh"] = request(t, plane(t, example(t, "au-prod", "cart")))
	conformance.Test(t, New(logging.NewNopLogger()), cases)
}

// request is what Crossplane sends once it has looked for what is required.
func request(t testing.TB, p *simulation.Plane) *fnv1.RunFunctionRequest {
	t.Helper()
	req, err := p.Request()
	if err != nil {
		t.Fatalf("cannot make request: %v", err)
	}
	req.RequiredResources = map[string]*fnv1.Resources{"environment-config": {}}
	if ref, ok := spec(p)["networkRef"].(map[string]any); ok {
		network := ref["name"].(string)
		n, err := structpb.NewStruct(p.Required["XNetwork/"+network])
		if err != nil {
			t.Fatal(err)
		}
		req.RequiredResources["network/"+network] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: n}}}
	}
	return req
}

// unasked is the first request: Crossplane does not know yet what the function
// requires.
func unasked(t *testing.T) *fnv1.RunFunctionRequest {
	t.Helper()
	req := request(t, plane(t, example(t, "au-dev", "orders")))
	req.RequiredResources = nil
	return req
}

// laterInPipe is a request to a function that is not the first of its pipeline.
func laterInPipe(t *testing.T) *fnv1.RunFunctionRequest {
	t.Helper()
	req := request(t, plane(t, example(t, "au-dev", "orders")))
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
