package network

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

// FuzzClaim sends specs with any values, and observed states in which any of the
// claim's resources exist. What is accepted must have all its subnets, apart from
// each other and inside the VPC; what exists must not decide that.
func FuzzClaim(f *testing.F) {
	f.Add("dev", "ap-southeast-2", "10.0.0.0/16", "abc", "", "", "", int64(0), uint8(0), uint64(0))
	f.Add("prod", "us-west-2", "10.1.0.0/16", "dcab", "Single", "kms,ssm", "", int64(365), uint8(255), uint64(1)<<40-1)
	f.Add("staging", "us-east-1", "10.0.0.0/24", "fa", "None", "", "10.0.0.0/27,10.0.0.32/27,10.0.0.64/28,10.0.0.80/28,10.0.0.96/28,10.0.0.112/28", int64(14), uint8(85), ^uint64(0))
	fn := New(logging.NewNopLogger())
	f.Fuzz(func(t *testing.T, env, region, cidr, zones, nat, services, ranges string, days int64, flags uint8, exist uint64) {
		p := plane(xr("fuzz", fuzzedSpec(env, region, cidr, zones, nat, services, ranges, days, flags)))
		rsp, err := p.Reconcile(t.Context())
		if err != nil {
			t.Skip("not a request") // A string that is not UTF-8, which protobuf refuses.
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

func fuzzedSpec(env, region, cidr, zones, nat, services, ranges string, days int64, flags uint8) map[string]any {
	letters := []any{}
	for _, z := range zones {
		letters = append(letters, string(z))
	}
	list := []any{}
	for s := range strings.SplitSeq(services, ",") {
		list = append(list, s)
	}
	spec := map[string]any{"environment": env, "region": region, "cidr": cidr, "availabilityZones": letters}
	optional := []func(){
		func() { spec["natGateways"] = nat },
		func() { spec["vpcEndpoints"] = map[string]any{"enabled": days%2 == 0, "additionalServices": list} },
		func() { spec["flowLogs"] = map[string]any{"enabled": days%3 == 0, "retentionDays": days} },
		func() { spec["kms"] = map[string]any{"enabled": days%5 == 0} },
		func() { spec["tags"] = map[string]any{services: ranges} },
		func() { spec["subnets"] = fuzzedSubnets(letters, strings.Split(ranges, ",")) },
	}
	for i, set := range optional {
		if flags>>i&1 == 1 {
			set()
		}
	}
	return spec
}

// fuzzedSubnets deals the ranges out to the zones of each tier in turn.
func fuzzedSubnets(zones []any, ranges []string) map[string]any {
	subnets := map[string]any{}
	for i, t := range tiers() {
		given := map[string]any{}
		for j, z := range zones {
			given[z.(string)] = ranges[(i*len(zones)+j)%len(ranges)]
		}
		subnets[string(t)] = given
	}
	return subnets
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
