package cluster

import (
	"testing"

	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

func reconcile(t *testing.T, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := p.Reconcile(t.Context())
	if err != nil {
		t.Fatalf("cannot reconcile: %v", err)
	}
	return rsp
}

// settle reconciles until everything is ready and nothing changes.
func settle(t *testing.T, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	var last *fnv1.RunFunctionResponse
	for range 20 {
		rsp := reconcile(t, p)
		if m := simulation.Fatal(rsp); m != "" {
			t.Fatalf("unexpected fatal result: %s", m)
		}
		if last != nil && proto.Equal(last, rsp) {
			return rsp
		}
		p.Provide()
		last = rsp
	}
	t.Fatal("the function does not settle: its answer changes with each reconcile")
	return nil
}
