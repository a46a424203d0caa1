package database

import (
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
	for _, claim := range []string{"orders", "checkout", "cart"} {
		p := plane(f, example(f, "au-prod", claim))
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
		if simulation.Fatal(first) != "" && len(first.GetDesired().GetResources()) != len(req.GetDesired().GetResources()) {
			t.Fatalf("a refused request must leave the desired state as it is")
		}
	})
}

// FuzzClaim sends specs with any values, and observed states in which any of the
// claim's resources exist and any version runs. What exists is never dropped.
func FuzzClaim(f *testing.F) {
	f.Add("dev", "mysql", "8.4", "8.4.6", "", "db.t3.micro", int64(20), int64(1), uint8(0), uint64(0))
	f.Add("prod", "postgres", "17", "16.9", "large", "", int64(65536), int64(35), uint8(255), ^uint64(0))
	f.Add("prod", "redis", "7.1", "7.1.0", "small", "", int64(0), int64(30), uint8(85), uint64(1)<<20-1)
	f.Add("staging", "dynamodb", "", "", "", "", int64(0), int64(0), uint8(170), uint64(3))
	f.Fuzz(func(t *testing.T, env, engine, version, runs, size, class string, storage, days int64, flags uint8, exist uint64) {
		p := plane(t, xr("fuzz", fuzzedSpec(env, engine, version, size, class, storage, days, flags)))
		p.Provider = func(kind, name string, at map[string]any, id func(string) string) {
			aws(kind, name, at, id)
			if kind == "Instance" || kind == "ReplicationGroup" {
				at["engineVersionActual"] = runs
			}
		}
		for round := range 4 {
			before := holding(p)
			rsp, err := p.Reconcile(t.Context())
			if err != nil {
				t.Skip("not a request") // A string that is not UTF-8, which protobuf refuses.
			}
			for _, name := range before {
				if p.Get(name) == nil {
					t.Fatalf("%s is gone", name)
				}
			}
			if simulation.Fatal(rsp) != "" {
				return
			}
			for i, name := range p.Names() {
				if exist>>((i+round)%64)&1 == 1 {
					p.Provide(name)
				}
			}
		}
	})
}

func fuzzedSpec(env, engine, version, size, class string, storage, days int64, flags uint8) map[string]any {
	spec := map[string]any{"environment": env, "engine": engine, "backupRetentionDays": days % 36}
	optional := []func(){
		func() { spec["version"] = version },
		func() { spec["size"] = size },
		func() { spec["instanceClass"] = class },
		func() { spec["storageGiB"] = storage },
		func() { spec["kms"] = map[string]any{"enabled": days%2 == 0} },
		func() { spec["deletionProtection"] = days%3 == 0 },
		func() { spec["multiAZ"] = days%5 == 0 },
		func() { spec["maxStorageGiB"] = storage + days },
	}
	for i, set := range optional {
		if flags>>i&1 == 1 {
			set()
		}
	}
	if engine == "dynamodb" {
		spec["table"] = map[string]any{"partitionKey": map[string]any{"name": size, "type": class}}
	}
	return spec
}

// TestFuzzCorpusIsCommitted keeps the corpus from being lost.
func TestFuzzCorpusIsCommitted(t *testing.T) {
	for _, target := range []string{"FuzzClaim", "FuzzNamesInAWS"} {
		found, err := filepath.Glob(filepath.Join("testdata", "fuzz", target, "*"))
		if err != nil || len(found) == 0 {
			t.Errorf("%s has no committed corpus (%v)", target, err)
		}
	}
}
