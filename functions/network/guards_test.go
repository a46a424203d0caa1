package network

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestGuards changes a network that is ready, and looks at what stays.
func TestGuards(t *testing.T) {
	explicit := map[string]any{
		"availabilityZones": []any{"a", "b"},
		"subnets": map[string]any{
			"public": map[string]any{"a": "10.0.1.0/24", "b": "10.0.2.0/24"},
			"app":    map[string]any{"a": "10.0.10.0/24", "b": "10.0.11.0/24"},
			"data":   map[string]any{"a": "10.0.20.0/24", "b": "10.0.21.0/24"},
		},
	}
	set := func(field string, value any) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) { p.Set(field, value) }
	}
	team := func(data map[string]any) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) { p.Configure(data) }
	}
	allow := func(names string) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) {
			p.Annotate("platform.ausmart.io/allow-removal", names)
		}
	}
	all := func(changes ...func(*functiontest.ControlPlane)) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) {
			for _, change := range changes {
				change(p)
			}
		}
	}
	const or = "; or annotate the claim with platform.ausmart.io/allow-removal: "

	cases := map[string]struct {
		reason string
		spec   map[string]any
		config map[string]any
		change func(p *functiontest.ControlPlane)
		fatal  string
		gone   []string // of what holds state, once it settles
	}{
		"Region": {
			reason: "A network does not move: everything in it would be made anew.",
			change: set("region", "us-east-1"),
			fatal:  "spec.region: the network is in ap-southeast-2 and cannot move to us-east-1: create a new claim",
		},
		"CIDR": {
			reason: "Another range is another VPC, and the message is about the field that was changed.",
			change: set("cidr", "10.1.0.0/16"),
			fatal:  "spec.cidr: the VPC has 10.0.0.0/16 and would be replaced: create a new claim for another range",
		},
		"CIDRSmaller": {
			reason: "A smaller range is another VPC too, also where all subnets would fit.",
			spec:   explicit,
			change: set("cidr", "10.0.0.0/18"),
			fatal:  "spec.cidr: the VPC has 10.0.0.0/16 and would be replaced: create a new claim for another range",
		},
		"Subnet": {
			reason: "Another range is another subnet, with everything in it.",
			spec:   explicit,
			change: set("subnets.data.b", "10.0.31.0/24"),
			fatal:  "spec.subnets.data.b: the subnet has 10.0.21.0/24 and would be replaced to get 10.0.31.0/24: remove zone b first, or keep its range",
		},
		"SubnetsLeftOut": {
			reason: "To leave the plan to the platform changes every range.",
			spec:   explicit,
			change: func(p *functiontest.ControlPlane) { delete(p.Spec(), "subnets") },
			fatal:  "spec.subnets.public.a: the subnet has 10.0.1.0/24 and would be replaced to get 10.0.20.0/22: remove zone a first, or keep its range",
		},
		"PathByTeam": {
			reason: "AWS cannot move a role, and flow logs are written in its name.",
			spec:   map[string]any{"flowLogs": map[string]any{"enabled": true}},
			change: team(map[string]any{"iamPath": "/team/"}),
			fatal: `spec.iamPath: Role "flow-log-role" is at /, and AWS cannot move it to /team/ as EnvironmentConfig/dev wants: ` +
				"set spec.iamPath: / to keep it, or create a new claim",
		},
		"PathWithoutRole": {
			reason: "A network without flow logs has no role to move.",
			change: team(map[string]any{"iamPath": "/team/"}),
		},
		"Zone": {
			reason: "A zone that the claim no longer lists goes with its subnets and its address.",
			spec:   map[string]any{"natGateways": "PerZone"},
			change: set("availabilityZones", []any{"a", "b"}),
			gone:   []string{"eip-c", "subnet-app-c", "subnet-data-c", "subnet-public-c"},
		},
		"KeyByTeam": {
			reason: "What the platform team switches off for everyone deletes nobody's key.",
			config: map[string]any{"kms": true},
			change: team(map[string]any{"kms": false}),
			fatal:  `refusing to delete Key "key-s3": kms is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim` + or + "key-s3",
		},
		"KeyByNobody": {
			reason: "Nor does an EnvironmentConfig that goes.",
			config: map[string]any{"kms": true},
			change: team(nil),
			fatal:  `refusing to delete Key "key-s3": kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim` + or + "key-s3",
		},
		"KeyAgreed": {
			reason: "The way out that the message names works.",
			config: map[string]any{"kms": true},
			change: all(team(map[string]any{"kms": false}), set("kms", map[string]any{"enabled": false})),
			gone:   []string{"key-s3"},
		},
		"KeyByClaim": {
			reason: "What the claim switches off goes.",
			spec:   map[string]any{"kms": map[string]any{"enabled": true}},
			change: set("kms.enabled", false),
			gone:   []string{"key-s3"},
		},
		"KeyNoLongerByClaim": {
			reason: "What the claim asked for, and asks for no longer, goes.",
			spec:   map[string]any{"kms": map[string]any{"enabled": true}},
			change: func(p *functiontest.ControlPlane) { delete(p.Spec(), "kms") },
			gone:   []string{"key-s3"},
		},
		"KeyWithoutMemory": {
			reason: "A status that got lost, as in a restore from a backup, is not a move to another environment.",
			config: map[string]any{"kms": true},
			change: all(team(nil), func(p *functiontest.ControlPlane) { delete(p.XR, "status") }),
			fatal:  `refusing to delete Key "key-s3": kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim` + or + "key-s3",
		},
		"LogsByTeam": {
			reason: "Logs are data.",
			config: map[string]any{"flowLogs": true},
			change: team(map[string]any{"flowLogs": false}),
			fatal:  `refusing to delete Group "flow-log-group": flowLogs is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.flowLogs.enabled in the claim` + or + "flow-log-group",
		},
		"LogsByClaim": {
			reason: "The claim's own logs are the claim's to delete.",
			config: map[string]any{"flowLogs": true},
			change: set("flowLogs", map[string]any{"enabled": false}),
			gone:   []string{"flow-log-group"},
		},
		"LogsOfOtherField": {
			reason: "To say how long logs are kept is not to ask for their deletion.",
			config: map[string]any{"flowLogs": true},
			change: all(team(nil), set("flowLogs", map[string]any{"retentionDays": 7})),
			fatal:  `refusing to delete Group "flow-log-group": flowLogs is now as the platform has it, and the claim did not ask for that: to agree, set spec.flowLogs.enabled in the claim` + or + "flow-log-group",
		},
		"AddressesByTeam": {
			reason: "An address that others have on their lists is refused before its traffic moves away.",
			config: map[string]any{"natGateways": "PerZone"},
			change: team(map[string]any{"natGateways": "Single"}),
			fatal:  `refusing to delete EIP "eip-b": natGateways is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.natGateways in the claim` + or + "eip-b",
		},
		"AddressByTeam": {
			reason: "The last address is no other.",
			change: team(map[string]any{"natGateways": "None"}),
			fatal:  `refusing to delete EIP "eip-a": natGateways is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.natGateways in the claim` + or + "eip-a",
		},
		"AddressesByClaim": {
			reason: "The claim may have fewer.",
			config: map[string]any{"natGateways": "PerZone"},
			change: set("natGateways", "Single"),
			gone:   []string{"eip-b", "eip-c"},
		},
		"AllowedInPart": {
			reason: "One name allows one.",
			config: map[string]any{"natGateways": "PerZone"},
			change: all(team(nil), allow("eip-b")),
			fatal:  `refusing to delete EIP "eip-c": natGateways is now as the platform has it, and the claim did not ask for that: to agree, set spec.natGateways in the claim` + or + "eip-c",
		},
		"Allowed": {
			reason: "Several names are separated by commas, with or without spaces, in any order.",
			config: map[string]any{"natGateways": "PerZone", "kms": true},
			change: all(team(nil), allow("key-s3, eip-c ,eip-b")),
			gone:   []string{"eip-b", "eip-c", "key-s3"},
		},
		"Environment": {
			reason: "The claim that moves to a smaller environment asks for what that has.",
			spec:   map[string]any{"environment": "prod"},
			change: set("environment", "dev"),
			gone:   []string{"eip-b", "eip-c", "flow-log-group", "key-s3"},
		},
		"EnvironmentThenTeam": {
			reason: "A move of the past releases nothing later.",
			spec:   map[string]any{"environment": "staging"},
			config: map[string]any{"kms": true},
			change: func(p *functiontest.ControlPlane) {
				p.Spec()["environment"] = "dev"
				if _, err := p.TryReconcile(t.Context()); err != nil {
					t.Fatal(err)
				}
				p.Configure(nil)
			},
			fatal: `refusing to delete Key "key-s3": kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim` + or + "key-s3",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "guard", tc.spec)
			p.Configure(tc.config)
			p.Settle(t)
			held := kit().Held(p)
			tc.change(p)

			rsp := p.Reconcile(t)
			if diff := cmp.Diff(tc.fatal, functiontest.Fatal(rsp)); diff != "" {
				t.Fatalf("%s\nfatal result: -want, +got:\n%s", tc.reason, diff)
			}
			if tc.fatal == "" {
				p.MarkReady()
				p.Settle(t)
			}
			var gone []string
			for _, name := range held {
				if !p.Has(name) {
					gone = append(gone, name)
				}
			}
			if diff := cmp.Diff(tc.gone, gone); diff != "" {
				t.Errorf("%s\nwhat held state and is gone: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
