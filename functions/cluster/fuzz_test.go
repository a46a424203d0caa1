package cluster

import (
	"strings"
	"testing"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// FuzzClaim sends specs with any values, and observed states in which any of the
// claim's resources are ready: none that exists is ever left out.
func FuzzClaim(f *testing.F) {
	f.Add("dev", "ap-southeast-2", "1.34", "0.0.0.0/0", "t3.medium", "arn:aws:iam::111122223333:role/a", "shop", "Z1", int32(3), uint8(0), uint64(0))
	f.Add("prod", "us-gov-west-1", "1.33", "203.0.113.0/24", "m7g.large,t4g.large", "", "", "", int32(0), uint8(255), uint64(1)<<40-1)
	f.Add("staging", "cn-north-1", "", "10.0.0.0/7", "", "a", "a,b,,a", "Z1,Z1", int32(-1), uint8(85), ^uint64(0))
	f.Fuzz(func(t *testing.T, env, region, version, cidr, types, principal, namespaces, zones string, n int32, flags uint8, exist uint64) {
		p := kit().New(t, "fuzz", fuzzedSpec(env, region, version, cidr, types, principal, namespaces, zones, n, flags))
		p.Required("XNetwork/au-dev")["status"].(map[string]any)["region"] = region
		functiontest.FuzzedSteps(t, p, exist)
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
	functiontest.Optional(flags,
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
		func() {
			groups := []any{map[string]any{"name": "AWSManagedRulesCommonRuleSet", "count": on, "countRules": list(types)}}
			spec["waf"] = map[string]any{"enabled": on, "rateLimit": number, "ruleGroups": groups}
		},
		func() { spec["kms"] = map[string]any{"enabled": on} },
		func() { spec["dns"] = map[string]any{"hostedZoneIDs": list(zones)} },
	)
	return spec
}
