package network

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestStatus follows one small network through what can happen to it.
func TestStatus(t *testing.T) {
	p := kit().New(t, "status", map[string]any{"availabilityZones": []any{"a", "b"}, "accessLogs": map[string]any{"enabled": false}})
	id := func(name string) any { return p.AtProvider(name)["id"] }
	settings := func(environment string, claim map[string]string) map[string]any {
		given := map[string]any{"accessLogs": functiontest.Effective("off", "claim")}
		for name, value := range claim {
			given[name] = functiontest.Effective(value, "claim")
		}
		return kit().BuiltIn(t, environment, given)
	}
	// complete status of a network that is ready.
	complete := func(environment string, settings, more map[string]any) map[string]any {
		subnets := map[string]any{}
		for _, tier := range []string{"public", "app", "data"} {
			subnets[tier] = map[string]any{"a": id("subnet-" + tier + "-a"), "b": id("subnet-" + tier + "-b")}
		}
		return functiontest.Merge(map[string]any{
			"environment": environment, "region": "ap-southeast-2", "providerConfigName": "default", "settings": settings,
			"vpcId": id("vpc"), "cidr": "10.0.0.0/16", "subnets": subnets, "publicCidrs": []any{"10.0.20.0/22", "10.0.52.0/22"}, "appCidrs": []any{"10.0.0.0/20", "10.0.32.0/20"},
			"natAddresses":   map[string]any{"a": "203.0.113.1"},
			"securityGroups": map[string]any{"node": id("security-group-node")},
		}, more)
	}
	withKey := func(more map[string]any) map[string]any {
		return functiontest.Merge(map[string]any{
			"securityGroups": map[string]any{"node": id("security-group-node"), "endpoints": id("security-group-endpoints")},
			"kmsKeyArn":      "arn:aws:simulated:::" + id("key-s3").(string),
		}, more)
	}
	const (
		pending = "0 of 38 resources ready; waiting for eip-a, endpoint-dynamodb, endpoint-dynamodb-app-a and 35 more"
		quota   = "eip-a: an AWS quota is used up (AddressLimitExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then. AWS says: no"
	)
	ready := map[string]string{"NetworkReady": "True Available"}
	functiontest.FollowStatus(t, p, []functiontest.Moment{
		{
			Reason: "Nothing exists: the status has the settings, and no other field has a value.",
			Status: func() map[string]any {
				return map[string]any{"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "default", "settings": settings("dev", nil), "waitingFor": pending}
			},
			Conditions: map[string]string{"NetworkReady": "False Creating: " + pending},
		},
		{
			Reason: "The status lists what exists as soon as it does, and a problem comes before what is pending.",
			Do: func() {
				p.MarkReady("vpc", "subnet-app-b", "security-group-node")
				p.Fail("eip-a", "create failed: operation error EC2: AllocateAddress, api error AddressLimitExceeded: no")
			},
			Status: func() map[string]any {
				return map[string]any{
					"appCidrs":    []any{"10.0.32.0/20"},
					"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "default", "settings": settings("dev", nil),
					"vpcId": id("vpc"), "cidr": "10.0.0.0/16",
					"subnets":        map[string]any{"app": map[string]any{"b": id("subnet-app-b")}},
					"securityGroups": map[string]any{"node": id("security-group-node")},
					"waitingFor":     quota,
				}
			},
			Conditions: map[string]string{"NetworkReady": "False QuotaExceeded: " + quota},
		},
		{
			Reason:     "Everything exists, and nothing is pending.",
			Do:         func() { p.MarkReady() },
			Status:     func() map[string]any { return complete("dev", settings("dev", nil), nil) },
			Conditions: ready,
		},
		{
			Reason: "What the claim asks for later is in the status once it exists.",
			Do: func() {
				p.Spec()["natGateways"] = "PerZone"
				p.Spec()["vpcEndpoints"] = map[string]any{"additionalServices": []any{"kms"}}
				p.Spec()["kms"] = map[string]any{"enabled": true}
				p.Reconcile(t)
				p.MarkReady()
			},
			Status: func() map[string]any {
				return complete("dev", settings("dev", map[string]string{"natGateways": "PerZone", "kms": "on"}),
					withKey(map[string]any{"natAddresses": map[string]any{"a": "203.0.113.1", "b": "203.0.113.2"}}))
			},
			Conditions: ready,
		},
		{
			Reason: "While a NAT gateway drains, the status has the environment and the setting that it had before, but no longer the address.",
			Do: func() {
				p.Spec()["natGateways"] = "Single"
				p.Spec()["environment"] = "staging"
				delete(p.Spec(), "vpcEndpoints")
				p.Spec()["kms"] = map[string]any{"enabled": false}
			},
			Status: func() map[string]any {
				return complete("dev", settings("staging", map[string]string{"natGateways": "PerZone", "kms": "off"}), withKey(nil))
			},
			Conditions: ready,
		},
		{
			Reason: "Then the network is what the claim asks for.",
			Do:     func() { p.MarkReady() },
			Status: func() map[string]any {
				return complete("staging", settings("staging", map[string]string{"natGateways": "Single", "kms": "off"}), nil)
			},
			Conditions: ready,
		},
		{
			Reason: "Without a NAT gateway there is no address.",
			Do: func() {
				p.Spec()["natGateways"] = "None"
				p.Reconcile(t)
			},
			Status: func() map[string]any {
				s := complete("staging", settings("staging", map[string]string{"natGateways": "None", "kms": "off"}), nil)
				delete(s, "natAddresses")
				return s
			},
			Conditions: ready,
		},
	})
}

// TestDrainingWithoutMemory loses the status while a NAT gateway drains: the new status
// shows the setting of the claim.
func TestDrainingWithoutMemory(t *testing.T) {
	p := kit().New(t, "lost", map[string]any{"natGateways": "PerZone"})
	p.Settle(t)
	p.Set("natGateways", "Single")
	delete(p.XR, "status")
	got := functiontest.Status(p.Reconcile(t))
	if !p.Has("nat-b") {
		t.Error("the NAT gateway of zone b is deleted while a route still leads to it")
	}
	want := map[string]any{"environment": "dev", "natGateways": functiontest.Effective("Single", "claim")}
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
			reason: "The built-in values of prod.",
			has:    map[string]bool{"key-s3": true, "flow-log-s3": true, "endpoint-sts": true, "nat-c": true, "nat-b": true},
			days:   90,
		},
		"Team": {
			reason: "The EnvironmentConfig overrides the built-in values.",
			config: map[string]any{"kms": false, "flowLogs": true, "vpcEndpoints": false, "natGateways": "Single", "retentionDays": 60.0, "deletionProtection": false, "iamPath": "/team/", "permissionsBoundary": boundary},
			want: map[string]any{
				"kms": functiontest.Effective("off", "EnvironmentConfig/prod"), "flowLogs": functiontest.Effective("on", "EnvironmentConfig/prod"),
				"vpcEndpoints": functiontest.Effective("off", "EnvironmentConfig/prod"), "natGateways": functiontest.Effective("Single", "EnvironmentConfig/prod"),
				"retentionDays": functiontest.Effective("60", "EnvironmentConfig/prod"), "deletionProtection": functiontest.Effective("off", "EnvironmentConfig/prod"),
				"iamPath": functiontest.Effective("/team/", "EnvironmentConfig/prod"), "permissionsBoundary": functiontest.Effective(boundary, "EnvironmentConfig/prod"),
			},
			has:  map[string]bool{"key-s3": false, "flow-log-s3": true, "endpoint-sts": false, "nat-c": false},
			days: 60,
		},
		"Claim": {
			reason: "The claim overrides both.",
			spec: map[string]any{
				"kms": map[string]any{"enabled": true}, "flowLogs": map[string]any{"enabled": true, "retentionDays": 7},
				"vpcEndpoints": map[string]any{"enabled": true}, "natGateways": "PerZone", "iamPath": "/own/", "permissionsBoundary": boundary,
			},
			config: map[string]any{"kms": false, "flowLogs": false, "vpcEndpoints": false, "natGateways": "Single", "retentionDays": 60.0, "iamPath": "/team/"},
			want: map[string]any{
				"kms": functiontest.Effective("on", "claim"), "flowLogs": functiontest.Effective("on", "claim"), "vpcEndpoints": functiontest.Effective("on", "claim"),
				"natGateways": functiontest.Effective("PerZone", "claim"), "retentionDays": functiontest.Effective("7", "claim"),
				"iamPath": functiontest.Effective("/own/", "claim"), "permissionsBoundary": functiontest.Effective(boundary, "claim"),
			},
			has:  map[string]bool{"key-s3": true, "flow-log-s3": true, "endpoint-sts": true, "nat-c": true},
			days: 7,
		},
		"ClaimInPart": {
			reason: "An object of the claim without the field of a setting leaves that setting to the next layer.",
			spec: map[string]any{
				"kms": map[string]any{}, "flowLogs": map[string]any{"retentionDays": 7}, "vpcEndpoints": map[string]any{"additionalServices": []any{"kms"}},
			},
			config: map[string]any{"vpcEndpoints": false},
			want:   map[string]any{"retentionDays": functiontest.Effective("7", "claim"), "vpcEndpoints": functiontest.Effective("off", "EnvironmentConfig/prod")},
			has:    map[string]bool{"key-s3": true, "flow-log-s3": true, "endpoint-sts": false, "endpoint-kms": true},
			days:   7,
		},
		"ClaimOff": {
			reason: "False and None in the claim override the other layers too.",
			spec: map[string]any{
				"kms": map[string]any{"enabled": false}, "flowLogs": map[string]any{"enabled": false}, "vpcEndpoints": map[string]any{"enabled": false}, "natGateways": "None",
			},
			want: map[string]any{
				"kms": functiontest.Effective("off", "claim"), "flowLogs": functiontest.Effective("off", "claim"), "vpcEndpoints": functiontest.Effective("off", "claim"), "natGateways": functiontest.Effective("None", "claim"),
			},
			has:  map[string]bool{"key-s3": false, "flow-log-s3": false, "endpoint-sts": false, "endpoint-s3": true, "nat-a": false, "route-app-a-nat": false},
			days: 90,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().ControlPlane(t, functiontest.With(kit().Composite(t, "settings", tc.spec), "spec.environment", "prod"))
			if tc.config != nil {
				p.Configure(tc.config)
			}
			rsp := p.Settle(t)
			want := kit().BuiltIn(t, "prod", tc.want)
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
			kept, got := 0.0, 0.0
			if tc.has["flow-log-s3"] {
				kept, got = tc.days, p.ForProvider("log-bucket-lifecycle")["rule"].([]any)[0].(map[string]any)["expiration"].([]any)[0].(map[string]any)["days"].(float64)
			}
			if diff := cmp.Diff(kept, got); diff != "" {
				t.Errorf("%s\ndays that logs are kept: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
