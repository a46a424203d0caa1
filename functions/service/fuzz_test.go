package service

import (
	"os"
	"path/filepath"
	"strings"
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
	for _, name := range []string{"orders", "ui"} {
		p := plane(f, "au-dev", example(f, "au-dev", name))
		for range 4 {
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

// FuzzClaim sends specs with any values, and observed states in which any of the
// claim's resources exist. What is accepted never drops a queue that the claim
// lists, and never has replicas or a secret's value in its Deployment.
func FuzzClaim(f *testing.F) {
	f.Add("dev", "store", "ghcr.io/ausmart/ui:v1", "orders,cart", "jobs", "endpoint", "100m", "128Mi", int64(8080), uint8(0), uint64(0))
	f.Add("prod", "", "shop@sha256:00", "checkout", "events,mail", "url", "2", "4Gi", int64(9090), uint8(255), ^uint64(0))
	f.Add("staging", "kube-system", "", "catalog,orders,checkout,cart", "", "secretFile", "lots", "", int64(-1), uint8(85), uint64(1)<<20-1)
	f.Fuzz(func(t *testing.T, env, namespace, image, databases, queues, field, cpu, memory string, port int64, flags uint8, exist uint64) {
		p := dev(t, xr("fuzz", fuzzedSpec(env, namespace, image, databases, queues, field, cpu, memory, port, flags)))
		rsp, err := p.Reconcile(t.Context())
		if err != nil {
			t.Skip("not a request") // A string that is not UTF-8, which protobuf refuses.
		}
		for round := range 3 {
			for i, name := range p.Names() {
				if exist>>((i+round)%64)&1 == 1 {
					p.Provide(name)
				}
			}
			before := p.Names()
			if rsp, err = p.Reconcile(t.Context()); err != nil {
				t.Fatalf("a claim must not end in an error: %v", err)
			}
			for _, name := range before {
				if p.Get(name) == nil {
					t.Fatalf("%s went, and nobody asked for that", name)
				}
			}
		}
		if simulation.Fatal(rsp) == "" && p.Get(deploymentName) != nil && deployment(t, p).Spec.Replicas != nil {
			t.Fatal("a Deployment under an autoscaler must not have replicas")
		}
	})
}

func fuzzedSpec(env, namespace, image, databases, queues, field, cpu, memory string, port int64, flags uint8) map[string]any {
	entries := func(names string) []any {
		out, seen := []any{}, map[string]bool{}
		for n := range strings.SplitSeq(names, ",") {
			if n != "" && !seen[n] { // Two of one name are refused by the schema.
				out = append(out, map[string]any{"name": n})
			}
			seen[n] = true
		}
		return out
	}
	spec := map[string]any{"environment": env, "image": image, "port": port, "databases": entries(databases), "queues": entries(queues)}
	first := func(names string) string { n, _, _ := strings.Cut(names, ","); return n }
	optional := []func(){
		func() { spec["namespace"] = namespace },
		func() { spec["resources"] = map[string]any{"cpu": cpu, "memory": memory} },
		func() {
			spec["env"] = []any{map[string]any{"name": "A", "from": map[string]any{"database": first(databases), "field": field}}}
		},
		func() {
			spec["env"] = []any{map[string]any{"name": "A", "from": map[string]any{"queue": first(queues), "field": field}}}
		},
		func() { spec["ingress"] = map[string]any{"host": namespace, "internal": port%2 == 0} },
		func() { spec["allowFrom"] = []any{namespace, field} },
		func() { spec["spot"], spec["repository"] = true, true },
		func() { spec["tags"] = map[string]any{field: image} },
	}
	for i, set := range optional {
		if flags>>i&1 == 1 {
			set()
		}
	}
	return spec
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
