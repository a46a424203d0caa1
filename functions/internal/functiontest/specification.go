package functiontest

import (
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest/conformance"
)

// testSpecification holds the function to the functions specification, with the
// requests of a claim's life.
func testSpecification(t *testing.T, k Kind) {
	fresh := k.NewExample(t, k.Typical[0])
	requests := map[string]*fnv1.RunFunctionRequest{
		"Fresh":           fresh.Request(t),
		"LaterInPipeline": laterInPipeline(t, k),
	}
	first, err := fresh.FirstRequest() // Crossplane does not know yet what the function requires.
	if err != nil {
		t.Fatalf("cannot make request: %v", err)
	}
	requests["First"] = first
	for i, spec := range k.Small {
		p := k.New(t, "small", spec)
		p.Settle(t)
		requests["Ready"+string(rune('A'+i))] = p.Request(t)
	}
	if len(k.References) > 0 {
		alone := NewControlPlane(k.Function, k.Example(t, k.Typical[0]), nil)
		requests["Alone"] = alone.Request(t)
	}
	conformance.Test(t, k.Function, requests)
}

// laterInPipeline is a request to a function that is not the first of its pipeline.
func laterInPipeline(t testing.TB, k Kind) *fnv1.RunFunctionRequest {
	t.Helper()
	object := func(fields map[string]any) *structpb.Struct {
		s, err := structpb.NewStruct(fields)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	config := map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": map[string]any{"by": "an earlier step"}}
	cost := map[string]any{"currency": "USD", "total": "1.00"}
	req := k.New(t, "later", k.Small[0]).Request(t)
	req.Desired = &fnv1.State{
		Composite: &fnv1.Resource{Resource: object(map[string]any{"status": map[string]any{"estimatedMonthlyCost": cost}})},
		Resources: map[string]*fnv1.Resource{"earlier": {Resource: object(config), Ready: fnv1.Ready_READY_TRUE}},
	}
	req.Context = object(config)
	return req
}
