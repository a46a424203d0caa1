package network

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// FuzzRunFunction sends requests that no Crossplane would: the function must
// answer each with a response, and the same one twice. What it refuses, it leaves
// as it was.
func FuzzRunFunction(f *testing.F) {
	for _, claim := range []string{"au-dev", "us-prod"} {
		p := plane(example(f, claim))
		for range 3 {
			raw, err := protojson.Marshal(request(f, p))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(raw)
			if _, err := p.Reconcile(f.Context()); err != nil {
				f.Fatal(err)
			}
			p.Provide()
		}
	}
	fn := New(logging.NewNopLogger())
	f.Fuzz(func(t *testing.T, raw []byte) {
		req := &fnv1.RunFunctionRequest{}
		if protojson.Unmarshal(raw, req) != nil {
			t.Skip("not a request")
		}
		first, err := fn.RunFunction(t.Context(), req)
		if err != nil {
			t.Fatalf("a request must not end in an error: %v", err)
		}
		second, err := fn.RunFunction(t.Context(), req)
		if err != nil || !proto.Equal(first, second) {
			t.Fatalf("two answers to the same request differ (error %v)", err)
		}
		if simulation.Fatal(first) != "" && !proto.Equal(first.GetDesired(), req.GetDesired()) && len(first.GetDesired().GetResources()) != len(req.GetDesired().GetResources()) {
			t.Fatalf("a refused request must leave the desired state as it is")
		}
	})
}

// FuzzClaim sends any spec with any observed state of the resources that a real
// network has. A claim that is accepted must get all its subnets, apart from each
// other and inside its range.
func FuzzClaim(f *testing.F) {
	for _, claim := range []string{"au-dev", "au-prod", "us-prod"} {
		raw, err := json.Marshal(example(f, claim)["spec"])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, uint64(0))
		f.Add(raw, uint64(1)<<40-1)
	}
	fn := New(logging.NewNopLogger())
	f.Fuzz(func(t *testing.T, raw []byte, exist uint64) {
		var spec map[string]any
		if json.Unmarshal(raw, &spec) != nil || spec == nil {
			t.Skip("not an object")
		}
		p := plane(xr("fuzz", spec))
		rsp, err := p.Reconcile(t.Context())
		if err != nil {
			t.Skip("not a request") // The spec has a value that protobuf does not know.
		}
		for i, name := range p.Names() {
			if exist>>(i%64)&1 == 1 {
				p.Provide(name)
			}
		}
		again, err := fn.RunFunction(t.Context(), request(t, p))
		if err != nil {
			t.Fatalf("a claim must not end in an error: %v", err)
		}
		if (simulation.Fatal(rsp) == "") != (simulation.Fatal(again) == "") {
			t.Fatalf("what exists of a claim's own resources decides whether it is refused: %q, then %q", simulation.Fatal(rsp), simulation.Fatal(again))
		}
		if simulation.Fatal(rsp) == "" {
			disjoint(t, rsp)
		}
	})
}

// TestFuzzCorpusIsCommitted keeps the corpus that found bugs once from being lost.
func TestFuzzCorpusIsCommitted(t *testing.T) {
	for _, target := range []string{"FuzzRunFunction", "FuzzClaim"} {
		found, err := filepath.Glob(filepath.Join("testdata", "fuzz", target, "*"))
		if err != nil || len(found) == 0 {
			t.Errorf("%s has no committed corpus (%v)", target, err)
		}
		for _, f := range found {
			if info, err := os.Stat(f); err != nil || info.Size() == 0 {
				t.Errorf("%s: empty or unreadable: %v", f, err)
			}
		}
	}
}
