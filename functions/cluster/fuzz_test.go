package cluster

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
	for _, claim := range []string{"au-dev", "us-prod"} {
		p := plane(f, example(f, claim))
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
// claim's resources are ready: none that exists is ever left out, unless the
// claim is refused.
func FuzzClaim(f *testing.F) {
	f.Add("dev", "ap-southeast-2", "1.34", "0.0.0.0/0", "t3.medium", "arn:aws:iam::111122223333:role/a", "shop", "Z1", int32(3), uint8(0), uint64(0))
	f.Add("prod", "us-gov-west-1", "1.33", "203.0.113.0/24", "m7g.large,t4g.large", "", "", "", int32(0), uint8(255), uint64(1)<<40-1)
	f.Add("staging", "cn-north-1", "", "10.0.0.0/7", "", "a", "a,b,,a", "Z1,Z1", int32(-1), uint8(85), ^uint64(0))
	f.Fuzz(func(t *testing.T, env, region, version, cidr, types, principal, namespaces, zones string, n int32, flags uint8, exist uint64) {
		p := plane(t, xr("fuzz", fuzzedSpec(env, region, version, cidr, types, principal, namespaces, zones, n, flags)))
		for round := range 4 {
			before := p.Names()
			rsp, err := p.Reconcile(t.Context())
			if err != nil {
				t.Skip("not a request") // A string that is not UTF-8, which protobuf refuses.
			}
			for _, name := range before {
				if p.Get(name) == nil {
					t.Fatalf("round %d: %s is left out (fatal %q)", round, name, simulation.Fatal(rsp))
				}
			}
			for i, name := range p.Names() {
				if exist>>((i+round)%64)&1 == 1 {
					p.Provide(name)
				}
			}
		}
	})
}

func fuzzedSpec(env, region, version, cidr, types, principal, namespaces, zones string, n int32, flags uint8) map[string]any {
	list := func(text string) []any {
		out := []any{}
		for s := range strings.SplitSeq(text, ",") {
			out = append(out, s)
		}
		return out
	}
	on := n%2 == 0
	number := int64(n)
	spec := map[string]any{"environment": env, "region": region, "version": version}
	optional := []func(){
		func() { spec["endpoint"] = map[string]any{"publicCIDRs": list(cidr)} },
		func() {
			spec["nodes"] = map[string]any{"instanceTypes": list(types), "min": number, "max": number, "desired": number, "diskGiB": number}
		},
		func() {
			spec["karpenter"] = map[string]any{"enabled": on, "onDemand": map[string]any{"cpu": number}, "spot": map[string]any{"memoryGiB": number}}
		},
		func() {
			spec["access"] = []any{map[string]any{"principalArn": principal, "role": "edit", "namespaces": list(namespaces)}}
		},
		func() { spec["observability"] = map[string]any{"enabled": on, "retentionDays": number} },
		func() { spec["waf"] = map[string]any{"enabled": on, "rateLimit": number} },
		func() { spec["kms"] = map[string]any{"enabled": on} },
		func() { spec["dns"] = map[string]any{"hostedZoneIDs": list(zones)} },
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
