package functiontest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// FuzzRunFunction sends requests that no Crossplane would: the function must answer
// each with a response, and the same one twice. What it refuses, it leaves as it was.
func FuzzRunFunction(f *testing.F, k Kind) {
	for _, name := range k.Seeds {
		p := k.NewExample(f, name)
		for range 4 {
			raw, err := protojson.Marshal(p.Request(f))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(raw)
			p.Reconcile(f)
			p.MarkReady()
		}
	}
	refused := laterInPipeline(f, k)
	refused.GetObserved().GetComposite().GetResource().Fields["kind"] = structpb.NewStringValue("XOther")
	raw, err := protojson.Marshal(refused)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		req := &fnv1.RunFunctionRequest{}
		if protojson.Unmarshal(raw, req) != nil {
			t.Skip("not a request")
		}
		desired := proto.CloneOf(req.GetDesired()) // The SDK's response has that of the request itself.
		first, err := k.Function.RunFunction(t.Context(), req)
		if err != nil {
			t.Fatalf("a request must not end in an error: %v", err)
		}
		second, err := k.Function.RunFunction(t.Context(), req)
		if err != nil || !same(first, second) {
			t.Fatalf("two answers to the same request differ (error %v)", err)
		}
		if Fatal(first) != "" && !same(&fnv1.RunFunctionResponse{Desired: state(first.GetDesired())}, &fnv1.RunFunctionResponse{Desired: state(desired)}) {
			t.Fatalf("a refused request must leave the desired state as it is: %v, and was %v", first.GetDesired(), desired)
		}
	})
}

// state is an empty one where there is none: to Crossplane they are the same.
func state(s *fnv1.State) *fnv1.State {
	out := &fnv1.State{Composite: s.GetComposite(), Resources: s.GetResources()}
	if out.GetComposite() == nil {
		out.Composite = &fnv1.Resource{}
	}
	return out
}

// FuzzedSteps reconciles a fuzzed claim some times, and makes some of its resources
// ready each time, as the bits of ready say. What exists is never left out, but for
// some kinds of resources.
func FuzzedSteps(t *testing.T, p *ControlPlane, ready uint64, but ...string) *fnv1.RunFunctionResponse {
	t.Helper()
	var rsp *fnv1.RunFunctionResponse
	for round := range 4 {
		before := slices.DeleteFunc(p.Names(), func(name string) bool { return slices.Contains(but, p.Kind(name)) })
		var err error
		if rsp, err = p.TryReconcile(t.Context()); err != nil {
			t.Skip("not a request") // A string that is not UTF-8, which protobuf refuses.
		}
		for _, name := range before {
			if !p.Has(name) {
				t.Fatalf("round %d: %s is left out", round, name)
			}
		}
		for i, name := range p.Names() {
			if ready>>((i+round)%64)&1 == 1 {
				p.MarkReady(name)
			}
		}
	}
	return rsp
}

// Optional fields of a fuzzed claim: those are set whose bit is.
func Optional(bits uint8, set ...func()) {
	for i, f := range set {
		if bits>>i&1 == 1 {
			f()
		}
	}
}

// testCorpus fails when a corpus that found bugs once is lost.
func testCorpus(t *testing.T, k Kind) {
	for _, target := range k.Corpora {
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

// Benchmark composes the typical examples, from nothing and when everything is ready:
// the second is what a function does all day.
func Benchmark(b *testing.B, k Kind) {
	for _, name := range k.Typical {
		for state, settle := range map[string]bool{"Fresh": false, "Settled": true} {
			b.Run(example(name).claim()+"/"+state, func(b *testing.B) {
				p := k.NewExample(b, name)
				if settle {
					p.Settle(b)
				}
				req := p.Request(b)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := k.Function.RunFunction(b.Context(), req); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
