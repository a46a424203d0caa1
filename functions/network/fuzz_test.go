package network

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// FuzzClaim sends specs with any values, and observed states in which any of the
// claim's resources exist. What is accepted must have all its subnets, apart from
// each other and inside the VPC; what exists must not decide that.
func FuzzClaim(f *testing.F) {
	f.Add("dev", "ap-southeast-2", "10.0.0.0/16", "abc", "", "", "", int64(0), uint8(0), uint64(0))
	f.Add("prod", "us-west-2", "10.1.0.0/16", "dcab", "Single", "kms,ssm", "", int64(365), uint8(255), uint64(1)<<40-1)
	f.Add("staging", "us-east-1", "10.0.0.0/24", "fa", "None", "", "10.0.0.0/27,10.0.0.32/27,10.0.0.64/28,10.0.0.80/28,10.0.0.96/28,10.0.0.112/28", int64(14), uint8(85), ^uint64(0))
	f.Fuzz(func(t *testing.T, env, region, cidr, zones, nat, services, ranges string, days int64, flags uint8, exist uint64) {
		if !utf8.ValidString(env + region + cidr + zones + nat + services + ranges) {
			t.Skip("not a request: protobuf refuses a string that is not UTF-8")
		}
		p := kit().New(t, "fuzz", fuzzedSpec(env, region, cidr, zones, nat, services, ranges, days, flags))
		rsp, err := p.TryReconcile(t.Context())
		if err != nil {
			t.Fatalf("a claim must not end in an error: %v", err)
		}
		for i, name := range p.Names() {
			if exist>>(i%64)&1 == 1 {
				p.MarkReady(name)
			}
		}
		again, err := p.Run(t.Context())
		if err != nil {
			t.Fatalf("a claim must not end in an error: %v", err)
		}
		if (functiontest.Refusal(rsp) == "") != (functiontest.Refusal(again) == "") {
			t.Fatalf("what exists of a claim's own resources decides whether it is refused: %q, then %q", functiontest.Refusal(rsp), functiontest.Refusal(again))
		}
		if functiontest.Refusal(rsp) == "" {
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
	functiontest.Optional(flags,
		func() { spec["natGateways"] = nat },
		func() { spec["vpcEndpoints"] = map[string]any{"enabled": days%2 == 0, "additionalServices": list} },
		func() { spec["flowLogs"] = map[string]any{"enabled": days%3 == 0, "retentionDays": days} },
		func() { spec["kms"] = map[string]any{"enabled": days%5 == 0} },
		func() { spec["tags"] = map[string]any{services: ranges} },
		func() { spec["subnets"] = fuzzedSubnets(letters, strings.Split(ranges, ",")) },
	)
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
