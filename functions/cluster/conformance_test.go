package cluster

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
		"Fresh":       request(t, plane(t, example(t, "us-prod"))),
		"Ready":       request(t, small(t)),
		"NoNetwork":   request(t, alone(t)),
		"Unasked":     unasked(t),
		"LaterInPipe": laterInPipe(t),
	})
}

// request is what Crossplane sends once it has looked for what the function
// requires.
func request(t testing.TB, p *simulation.Plane) *fnv1.RunFunctionRequest {
	t.Helper()
	req, err := p.Request()
	if err != nil {
		t.Fatalf("cannot make request: %v", err)
	}
	req.RequiredResources = map[string]*fnv1.Resources{"environment-config": {}}
	spec, _ := p.XR["spec"].(map[string]any)
	ref, _ := spec["networkRef"].(map[string]any)
	name, _ := ref["name"].(string)
	found := &fnv1.Resources{}
	if n, ok := p.Required["XNetwork/"+name]; ok {
		s, err := structpb.NewStruct(n)
		if err != nil {
			t.Fatalf("cannot convert network: %v", err)
		}
		found.Items = []*fnv1.Resource{{Resource: s}}
	}
	req.RequiredResources["network/"+name] = found
	return req
}

// small is a cluster that is ready, without what only adds more of the same: the
// rules break each of its resources in turn.
func small(t *testing.T) *simulation.Plane {
	t.Helper()
	off := map[string]any{"enabled": false}
	p := plane(t, xr("small", map[string]any{"observability": off, "karpenter": off}))
	settle(t, p)
	return p
}

// alone is a cluster without its network.
func alone(t *testing.T) *simulation.Plane {
	t.Helper()
	p := plane(t, example(t, "au-dev"))
	p.Required = nil
	return p
}

// unasked is the first request: Crossplane does not know yet what the function
// requires.
func unasked(t *testing.T) *fnv1.RunFunctionRequest {
	t.Helper()
	req := request(t, plane(t, example(t, "au-dev")))
	req.RequiredResources = nil
	return req
}

// laterInPipe is a request to a function that is not the first of its pipeline.
func laterInPipe(t *testing.T) *fnv1.RunFunctionRequest {
	t.Helper()
	req := request(t, plane(t, example(t, "au-dev")))
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
