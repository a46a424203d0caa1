package network

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func effective(value, origin string) map[string]any {
	return map[string]any{"value": value, "origin": origin}
}

// TestStatus follows one small network through what can happen to it.
func TestStatus(t *testing.T) {
	id := func(p *functiontest.ControlPlane, name string) any {
		return p.Get(name)["status"].(map[string]any)["atProvider"].(map[string]any)["id"]
	}
	subnets := func(p *functiontest.ControlPlane) map[string]any {
		tiers := map[string]any{}
		for _, tier := range []string{"public", "app", "data"} {
			tiers[tier] = map[string]any{"a": id(p, "subnet-"+tier+"-a"), "b": id(p, "subnet-"+tier+"-b")}
		}
		return tiers
	}
	settings := func(nat map[string]any) map[string]any {
		return map[string]any{
			"natGateways": nat, "vpcEndpoints": effective("off", "built-in"), "flowLogs": effective("off", "built-in"),
			"retentionDays": effective("14", "built-in"), "kms": effective("off", "built-in"), "deletionProtection": effective("off", "built-in"),
			"iamPath": effective("/", "built-in"), "permissionsBoundary": effective("none", "built-in"),
		}
	}
	both := fnv1.Target_TARGET_COMPOSITE_AND_CLAIM
	no := func(reason, message string) *fnv1.Condition {
		return &fnv1.Condition{Type: "NetworkReady", Status: fnv1.Status_STATUS_CONDITION_FALSE, Reason: reason, Message: &message, Target: &both}
	}
	yes := &fnv1.Condition{Type: "NetworkReady", Status: fnv1.Status_STATUS_CONDITION_TRUE, Reason: "Available", Target: &both}

	p := kit().New(t, "status", map[string]any{"availabilityZones": []any{"a", "b"}})
	steps := []struct {
		reason    string
		do        func()
		status    func() map[string]any
		condition *fnv1.Condition
	}{
		{
			reason: "Nothing exists: the settings are known, and nothing else is made up.",
			do:     func() {},
			status: func() map[string]any {
				return map[string]any{
					"environment": "dev", "settings": settings(effective("Single", "built-in")),
					"waitingFor": "0 of 44 resources ready; waiting for eip-a, endpoint-dynamodb, endpoint-dynamodb-app-a and 41 more",
				}
			},
			condition: no("Creating", "0 of 44 resources ready; waiting for eip-a, endpoint-dynamodb, endpoint-dynamodb-app-a and 41 more"),
		},
		{
			reason: "What exists is listed as soon as it does, and a problem comes before what is awaited.",
			do: func() {
				p.MarkReady("vpc", "subnet-app-b", "security-group-node")
				p.Fail("eip-a", "create failed: operation error EC2: AllocateAddress, api error AddressLimitExceeded: no")
			},
			status: func() map[string]any {
				return map[string]any{
					"environment": "dev", "settings": settings(effective("Single", "built-in")),
					"vpcId": id(p, "vpc"), "cidr": "10.0.0.0/16",
					"subnets":        map[string]any{"app": map[string]any{"b": id(p, "subnet-app-b")}},
					"securityGroups": map[string]any{"node": id(p, "security-group-node")},
					"logBucket":      p.Get("log-bucket")["metadata"].(map[string]any)["annotations"].(map[string]any)["crossplane.io/external-name"],
					"waitingFor":     "eip-a: an AWS quota is used up (AddressLimitExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then",
				}
			},
			condition: no("QuotaExceeded", "eip-a: an AWS quota is used up (AddressLimitExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then"),
		},
		{
			reason: "All is there, and nothing is awaited.",
			do:     func() { p.MarkReady() },
			status: func() map[string]any {
				return map[string]any{
					"environment": "dev", "settings": settings(effective("Single", "built-in")),
					"vpcId": id(p, "vpc"), "cidr": "10.0.0.0/16", "subnets": subnets(p), "publicCidrs": []any{"10.0.20.0/22", "10.0.52.0/22"},
					"natAddresses":   map[string]any{"a": "203.0.113.1"},
					"securityGroups": map[string]any{"node": id(p, "security-group-node")},
					"logBucket":      id(p, "log-bucket"),
				}
			},
			condition: yes,
		},
		{
			reason: "More is asked for: it is awaited, and is in the status when it exists.",
			do: func() {
				p.Spec()["natGateways"] = "PerZone"
				p.Spec()["vpcEndpoints"] = map[string]any{"additionalServices": []any{"kms"}}
				p.Spec()["kms"] = map[string]any{"enabled": true}
				p.Reconcile(t)
				p.MarkReady()
			},
			status: func() map[string]any {
				s := settings(effective("PerZone", "claim"))
				s["kms"] = effective("on", "claim")
				return map[string]any{
					"environment": "dev", "settings": s,
					"vpcId": id(p, "vpc"), "cidr": "10.0.0.0/16", "subnets": subnets(p), "publicCidrs": []any{"10.0.20.0/22", "10.0.52.0/22"},
					"natAddresses":   map[string]any{"a": "203.0.113.1", "b": "203.0.113.2"},
					"securityGroups": map[string]any{"node": id(p, "security-group-node"), "endpoints": id(p, "security-group-endpoints")},
					"kmsKeyArn":      "arn:aws:simulated:::" + id(p, "key-s3").(string),
					"logBucket":      id(p, "log-bucket"),
				}
			},
			condition: yes,
		},
		{
			reason: "While a gateway drains the network is as it was: its address is on its way out, and the setting is not in effect yet.",
			do: func() {
				p.Spec()["natGateways"] = "Single"
				p.Spec()["environment"] = "staging"
				delete(p.Spec(), "vpcEndpoints")
				p.Spec()["kms"] = map[string]any{"enabled": false}
			},
			status: func() map[string]any {
				s := settings(effective("PerZone", "claim"))
				s["kms"] = effective("off", "claim")
				s["retentionDays"] = effective("30", "built-in")
				return map[string]any{
					"environment": "dev", "settings": s,
					"vpcId": id(p, "vpc"), "cidr": "10.0.0.0/16", "subnets": subnets(p), "publicCidrs": []any{"10.0.20.0/22", "10.0.52.0/22"},
					"natAddresses":   map[string]any{"a": "203.0.113.1"},
					"securityGroups": map[string]any{"node": id(p, "security-group-node"), "endpoints": id(p, "security-group-endpoints")},
					"kmsKeyArn":      "arn:aws:simulated:::" + id(p, "key-s3").(string),
					"logBucket":      id(p, "log-bucket"),
				}
			},
			condition: yes,
		},
		{
			reason: "Then it has become what the claim asks for.",
			do:     func() { p.MarkReady() },
			status: func() map[string]any {
				s := settings(effective("Single", "claim"))
				s["kms"] = effective("off", "claim")
				s["retentionDays"] = effective("30", "built-in")
				return map[string]any{
					"environment": "staging", "settings": s,
					"vpcId": id(p, "vpc"), "cidr": "10.0.0.0/16", "subnets": subnets(p), "publicCidrs": []any{"10.0.20.0/22", "10.0.52.0/22"},
					"natAddresses":   map[string]any{"a": "203.0.113.1"},
					"securityGroups": map[string]any{"node": id(p, "security-group-node")},
					"logBucket":      id(p, "log-bucket"),
				}
			},
			condition: yes,
		},
		{
			reason: "Without a gateway there is no address.",
			do: func() {
				p.Spec()["natGateways"] = "None"
				p.Reconcile(t)
			},
			status: func() map[string]any {
				s := settings(effective("None", "claim"))
				s["kms"] = effective("off", "claim")
				s["retentionDays"] = effective("30", "built-in")
				return map[string]any{
					"environment": "staging", "settings": s,
					"vpcId": id(p, "vpc"), "cidr": "10.0.0.0/16", "subnets": subnets(p), "publicCidrs": []any{"10.0.20.0/22", "10.0.52.0/22"},
					"securityGroups": map[string]any{"node": id(p, "security-group-node")},
					"logBucket":      id(p, "log-bucket"),
				}
			},
			condition: yes,
		},
	}
	for _, step := range steps {
		step.do()
		want := step.status() // Before what goes is gone.
		rsp := p.Reconcile(t)
		if diff := cmp.Diff(want, functiontest.Status(rsp)); diff != "" {
			t.Fatalf("%s\nstatus: -want, +got:\n%s", step.reason, diff)
		}
		conditions := rsp.GetConditions()
		if diff := cmp.Diff(step.condition, conditions[len(conditions)-1], protocmp.Transform()); diff != "" {
			t.Fatalf("%s\ncondition: -want, +got:\n%s", step.reason, diff)
		}
	}
}

// TestDrainingWithoutMemory has lost its status while a gateway drains: there is
// nothing to keep, and nothing is made up.
func TestDrainingWithoutMemory(t *testing.T) {
	p := kit().New(t, "lost", map[string]any{"natGateways": "PerZone"})
	p.Settle(t)
	p.Set("natGateways", "Single")
	delete(p.XR, "status")
	got := functiontest.Status(p.Reconcile(t))
	if !p.Has("nat-b") {
		t.Error("the gateway of zone b went while a route still led to it")
	}
	want := map[string]any{"environment": "dev", "natGateways": effective("Single", "claim")}
	if diff := cmp.Diff(want, map[string]any{"environment": got["environment"], "natGateways": got["settings"].(map[string]any)["natGateways"]}); diff != "" {
		t.Errorf("status: -want, +got:\n%s", diff)
	}
}

// TestSettings follows each layer of settings into the status and into what is
// composed.
func TestSettings(t *testing.T) {
	const boundary = "arn:aws:iam::111122223333:policy/boundary"
	cases := map[string]struct {
		reason string
		spec   map[string]any
		config map[string]any
		want   map[string]any // settings other than prod's built-in ones
		has    map[string]bool
		days   float64 // that logs are kept
	}{
		"BuiltIn": {
			reason: "Production as the platform has it.",
			has:    map[string]bool{"key-s3": true, "flow-log": true, "endpoint-sts": true, "nat-c": true, "nat-b": true},
			days:   90,
		},
		"Team": {
			reason: "The platform team's word goes over the platform's.",
			config: map[string]any{"kms": false, "flowLogs": true, "vpcEndpoints": false, "natGateways": "Single", "retentionDays": 60.0, "deletionProtection": false, "iamPath": "/team/", "permissionsBoundary": boundary},
			want: map[string]any{
				"kms": effective("off", "EnvironmentConfig/prod"), "flowLogs": effective("on", "EnvironmentConfig/prod"),
				"vpcEndpoints": effective("off", "EnvironmentConfig/prod"), "natGateways": effective("Single", "EnvironmentConfig/prod"),
				"retentionDays": effective("60", "EnvironmentConfig/prod"), "deletionProtection": effective("off", "EnvironmentConfig/prod"),
				"iamPath": effective("/team/", "EnvironmentConfig/prod"), "permissionsBoundary": effective(boundary, "EnvironmentConfig/prod"),
			},
			has:  map[string]bool{"key-s3": false, "flow-log": true, "endpoint-sts": false, "nat-c": false},
			days: 60,
		},
		"Claim": {
			reason: "The claim's word goes over both.",
			spec: map[string]any{
				"kms": map[string]any{"enabled": true}, "flowLogs": map[string]any{"enabled": true, "retentionDays": 7},
				"vpcEndpoints": map[string]any{"enabled": true}, "natGateways": "PerZone", "iamPath": "/own/", "permissionsBoundary": boundary,
			},
			config: map[string]any{"kms": false, "flowLogs": false, "vpcEndpoints": false, "natGateways": "Single", "retentionDays": 60.0, "iamPath": "/team/"},
			want: map[string]any{
				"kms": effective("on", "claim"), "flowLogs": effective("on", "claim"), "vpcEndpoints": effective("on", "claim"),
				"natGateways": effective("PerZone", "claim"), "retentionDays": effective("7", "claim"),
				"iamPath": effective("/own/", "claim"), "permissionsBoundary": effective(boundary, "claim"),
			},
			has:  map[string]bool{"key-s3": true, "flow-log": true, "endpoint-sts": true, "nat-c": true},
			days: 7,
		},
		"ClaimInPart": {
			reason: "An object of the claim that says nothing of a setting leaves it to the next layer.",
			spec: map[string]any{
				"kms": map[string]any{}, "flowLogs": map[string]any{"retentionDays": 7}, "vpcEndpoints": map[string]any{"additionalServices": []any{"kms"}},
			},
			config: map[string]any{"vpcEndpoints": false},
			want:   map[string]any{"retentionDays": effective("7", "claim"), "vpcEndpoints": effective("off", "EnvironmentConfig/prod")},
			has:    map[string]bool{"key-s3": true, "flow-log": true, "endpoint-sts": false, "endpoint-kms": true},
			days:   7,
		},
		"ClaimOff": {
			reason: "To say no is to say something.",
			spec: map[string]any{
				"kms": map[string]any{"enabled": false}, "flowLogs": map[string]any{"enabled": false}, "vpcEndpoints": map[string]any{"enabled": false}, "natGateways": "None",
			},
			want: map[string]any{
				"kms": effective("off", "claim"), "flowLogs": effective("off", "claim"), "vpcEndpoints": effective("off", "claim"), "natGateways": effective("None", "claim"),
			},
			has:  map[string]bool{"key-s3": false, "flow-log": false, "endpoint-sts": false, "endpoint-s3": true, "nat-a": false, "route-app-a-nat": false},
			days: 90,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().ControlPlane(t, functiontest.With(kit().Composite(t, "settings", tc.spec), "spec.environment", "prod"))
			if tc.config != nil {
				p.Configure(tc.config)
			}
			rsp := p.Reconcile(t)
			want := map[string]any{
				"kms": effective("on", "built-in"), "flowLogs": effective("on", "built-in"), "vpcEndpoints": effective("on", "built-in"),
				"natGateways": effective("PerZone", "built-in"), "retentionDays": effective("90", "built-in"), "deletionProtection": effective("on", "built-in"),
				"iamPath": effective("/", "built-in"), "permissionsBoundary": effective("none", "built-in"),
			}
			maps.Copy(want, tc.want)
			if diff := cmp.Diff(want, functiontest.Status(rsp)["settings"]); diff != "" {
				t.Errorf("%s\nstatus.settings: -want, +got:\n%s", tc.reason, diff)
			}
			has := map[string]bool{}
			for n := range tc.has {
				has[n] = p.Has(n)
			}
			if diff := cmp.Diff(tc.has, has); diff != "" {
				t.Errorf("%s\nresources: -want, +got:\n%s", tc.reason, diff)
			}
			kept := map[string]any{"bucket": tc.days, "group": nil}
			if tc.has["flow-log"] {
				kept["group"] = tc.days
			}
			got := map[string]any{"bucket": p.ForProvider("log-bucket-lifecycle")["rule"].([]any)[0].(map[string]any)["expiration"].([]any)[0].(map[string]any)["days"], "group": p.ForProvider("flow-log-group")["retentionInDays"]}
			if diff := cmp.Diff(kept, got); diff != "" {
				t.Errorf("%s\ndays that logs are kept: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
