package network

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
	conformance.Test(t, New(logging.NewNopLogger()), map[string]*fnv1.RunFunctionRequest{
		"Fresh":       request(t, plane(example(t, "au-prod"))),
		"Ready":       request(t, settled(t, "au-dev")),
		"Unasked":     unasked(t),
		"LaterInPipe": laterInPipe(t),
	})
}

// request is what Crossplane sends once it has looked for the EnvironmentConfig.
func request(t testing.TB, p *simulation.Plane) *fnv1.RunFunctionRequest {
	t.Helper()
	req, err := p.Request()
	if err != nil {
		t.Fatalf("cannot make request: %v", err)
	}
	req.RequiredResources = map[string]*fnv1.Resources{"environment-config": {}}
	return req
}

func settled(t *testing.T, name string) *simulation.Plane {
	t.Helper()
	p := plane(example(t, name))
	settle(t, p)
	return p
}

// unasked is the first request: Crossplane does not know yet what the function
// requires.
func unasked(t *testing.T) *fnv1.RunFunctionRequest {
	t.Helper()
	req := request(t, plane(example(t, "au-dev")))
	req.RequiredResources = nil
	return req
}

// laterInPipe is a request to a function that is not the first of its pipeline.
func laterInPipe(t *testing.T) *fnv1.RunFunctionRequest {
	t.Helper()
	req := request(t, plane(example(t, "au-dev")))
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
