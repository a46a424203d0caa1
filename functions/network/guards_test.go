package network

import (
	"testing"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestGuards changes a network that is ready.
func TestGuards(t *testing.T) {
	explicit := map[string]any{
		"availabilityZones": []any{"a", "b"},
		"subnets": map[string]any{
			"public": map[string]any{"a": "10.0.1.0/24", "b": "10.0.2.0/24"},
			"app":    map[string]any{"a": "10.0.10.0/24", "b": "10.0.11.0/24"},
			"data":   map[string]any{"a": "10.0.20.0/24", "b": "10.0.21.0/24"},
		},
	}
	group := map[string]any{"flowLogs": map[string]any{"destination": "CloudWatchLogs"}}
	const or = "; or annotate the claim with platform.ausmart.io/allow-removal: "

	functiontest.RunGuards(t, kit(), map[string]functiontest.Guard{
		"Region": {
			Reason: "A network cannot change its region: AWS would replace everything in it.",
			Change: functiontest.SetField("region", "us-east-1"),
			Fatal:  "spec.region: the network is in ap-southeast-2 and cannot move to us-east-1: create a new claim",
		},
		"CIDR": {
			Reason: "Another range would replace the VPC, and the message names the field that was changed.",
			Change: functiontest.SetField("cidr", "10.1.0.0/16"),
			Fatal:  "spec.cidr: the VPC has 10.0.0.0/16 and would be replaced: create a new claim for another range",
		},
		"CIDRSmaller": {
			Reason: "A smaller range would replace the VPC too, also where all subnets fit into it.",
			Spec:   explicit,
			Change: functiontest.SetField("cidr", "10.0.0.0/18"),
			Fatal:  "spec.cidr: the VPC has 10.0.0.0/16 and would be replaced: create a new claim for another range",
		},
		"Subnet": {
			Reason: "Another range would replace the subnet and everything in it.",
			Spec:   explicit,
			Change: functiontest.SetField("subnets.data.b", "10.0.31.0/24"),
			Fatal:  "spec.subnets.data.b: the subnet has 10.0.21.0/24 and would be replaced to get 10.0.31.0/24: remove zone b first, or keep its range",
		},
		"SubnetsLeftOut": {
			Reason: "The default plan has other ranges than the claim had.",
			Spec:   explicit,
			Change: functiontest.RemoveField("subnets"),
			Fatal: "spec.subnets.public.a: the subnet has 10.0.1.0/24 and would be replaced to get 10.0.20.0/22: remove zone a first, or keep its range\n" +
				"spec.subnets.public.b: the subnet has 10.0.2.0/24 and would be replaced to get 10.0.52.0/22: remove zone b first, or keep its range\n" +
				"spec.subnets.app.a: the subnet has 10.0.10.0/24 and would be replaced to get 10.0.0.0/20: remove zone a first, or keep its range\n" +
				"spec.subnets.app.b: the subnet has 10.0.11.0/24 and would be replaced to get 10.0.32.0/20: remove zone b first, or keep its range\n" +
				"spec.subnets.data.a: the subnet has 10.0.20.0/24 and would be replaced to get 10.0.16.0/22: remove zone a first, or keep its range\n" +
				"spec.subnets.data.b: the subnet has 10.0.21.0/24 and would be replaced to get 10.0.48.0/22: remove zone b first, or keep its range",
		},
		"PathByTeam": {
			Reason: "AWS cannot move a role to another path.",
			Spec:   map[string]any{"flowLogs": map[string]any{"enabled": true, "destination": "CloudWatchLogs"}},
			Change: functiontest.Configure(map[string]any{"iamPath": "/team/"}),
			Fatal: `spec.iamPath: Role "flow-log-role" is at /, and AWS cannot move it to /team/ as EnvironmentConfig/dev wants: ` +
				"set spec.iamPath: / to keep it, or create a new claim",
		},
		"PathWithoutRole": {
			Reason: "A network without flow logs in CloudWatch has no role.",
			Change: functiontest.Configure(map[string]any{"iamPath": "/team/"}),
		},
		"Zone": {
			Reason: "A zone that the claim no longer lists is deleted with its subnets and its address.",
			Spec:   map[string]any{"natGateways": "PerZone"},
			Change: functiontest.SetField("availabilityZones", []any{"a", "b"}),
			Gone:   []string{"eip-c", "subnet-app-c", "subnet-data-c", "subnet-public-c"},
		},
		"KeyByTeam": {
			Reason: "An EnvironmentConfig that switches keys off deletes no key.",
			Config: map[string]any{"kms": true},
			Change: functiontest.Configure(map[string]any{"kms": false}),
			Fatal:  `refusing to delete Key "key-s3": kms is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim` + or + "key-s3",
		},
		"KeyByDefault": {
			Reason: "An EnvironmentConfig that is deleted deletes no key.",
			Config: map[string]any{"kms": true},
			Change: functiontest.Configure(nil),
			Fatal:  `refusing to delete Key "key-s3": kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim` + or + "key-s3",
		},
		"KeyAgreed": {
			Reason: "The remedy that the message names works.",
			Config: map[string]any{"kms": true},
			Change: functiontest.InTurn(functiontest.Configure(map[string]any{"kms": false}), functiontest.SetField("kms", map[string]any{"enabled": false})),
			Gone:   []string{"key-s3"},
		},
		"KeyByClaim": {
			Reason: "A claim may delete the key that it switches off.",
			Spec:   map[string]any{"kms": map[string]any{"enabled": true}},
			Change: functiontest.SetField("kms.enabled", false),
			Gone:   []string{"key-s3"},
		},
		"KeyNoLongerByClaim": {
			Reason: "A claim that no longer asks for its key may delete it.",
			Spec:   map[string]any{"kms": map[string]any{"enabled": true}},
			Change: functiontest.RemoveField("kms"),
			Gone:   []string{"key-s3"},
		},
		"KeyWithoutMemory": {
			Reason: "A status that is lost, as in a restore from a backup, is no change of the environment.",
			Config: map[string]any{"kms": true},
			Change: functiontest.InTurn(functiontest.Configure(nil), func(p *functiontest.ControlPlane) { delete(p.XR, "status") }),
			Fatal:  `refusing to delete Key "key-s3": kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim` + or + "key-s3",
		},
		"LogsByTeam": {
			Reason: "An EnvironmentConfig that switches flow logs off deletes no logs.",
			Spec:   group,
			Config: map[string]any{"flowLogs": true},
			Change: functiontest.Configure(map[string]any{"flowLogs": false}),
			Fatal:  `refusing to delete Group "flow-log-group": flowLogs is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.flowLogs.enabled in the claim` + or + "flow-log-group",
		},
		"LogsByClaim": {
			Reason: "A claim may delete its logs.",
			Spec:   group,
			Config: map[string]any{"flowLogs": true},
			Change: functiontest.SetField("flowLogs", map[string]any{"enabled": false}),
			Gone:   []string{"flow-log-group"},
		},
		"LogsOfOtherField": {
			Reason: "A claim that sets the retention of its logs does not ask for their deletion.",
			Spec:   group,
			Config: map[string]any{"flowLogs": true},
			Change: functiontest.InTurn(functiontest.Configure(nil), functiontest.SetField("flowLogs", map[string]any{"retentionDays": 7})),
			Fatal:  `refusing to delete Group "flow-log-group": flowLogs is now as the platform has it, and the claim did not ask for that: to agree, set spec.flowLogs.enabled in the claim` + or + "flow-log-group",
		},
		"LogsMove": {
			Reason: "A log group stays when the flow logs move to the bucket: the logs in it get old by themselves.",
			Spec:   group,
			Config: map[string]any{"flowLogs": true},
			Change: functiontest.SetField("flowLogs.destination", "S3"),
		},
		"LogsMoveAllowed": {
			Reason: "Then it goes when the claim's annotation says so.",
			Spec:   group,
			Config: map[string]any{"flowLogs": true},
			Change: functiontest.InTurn(functiontest.SetField("flowLogs.destination", "S3"), functiontest.AllowRemoval("flow-log-group")),
			Gone:   []string{"flow-log-group"},
		},
		"BucketWithoutLogs": {
			Reason: "A bucket stays when nothing is written to it any more, whoever switched that off.",
			Config: map[string]any{"flowLogs": true},
			Change: functiontest.SetField("flowLogs", map[string]any{"enabled": false}),
		},
		"BucketAllowed": {
			Reason: "It goes when the claim's annotation says so.",
			Config: map[string]any{"flowLogs": true},
			Change: functiontest.InTurn(functiontest.SetField("flowLogs", map[string]any{"enabled": false}), functiontest.AllowRemoval("log-bucket")),
			Gone:   []string{"log-bucket"},
		},
		"AddressesByTeam": {
			Reason: "The removal of an address is refused before its traffic moves to another one.",
			Config: map[string]any{"natGateways": "PerZone"},
			Change: functiontest.Configure(map[string]any{"natGateways": "Single"}),
			Fatal:  `refusing to delete EIP "eip-b" and EIP "eip-c": natGateways is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.natGateways in the claim` + or + "eip-b,eip-c",
		},
		"ZoneBesideARefusal": {
			Reason: "A zone goes as a whole or not at all: its tables are not deleted while its subnets stay.",
			Change: functiontest.InTurn(functiontest.Configure(map[string]any{"natGateways": "None"}), functiontest.SetField("availabilityZones", []any{"a", "b"})),
			Fatal: `refusing to delete EIP "eip-a": natGateways is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.natGateways in the claim` + or + "eip-a\n" +
				`spec.availabilityZones: zone "c" goes when nothing else of the claim is refused: correct that first, or list the zone again`,
		},
		"AddressByTeam": {
			Reason: "The same holds for the last address.",
			Change: functiontest.Configure(map[string]any{"natGateways": "None"}),
			Fatal:  `refusing to delete EIP "eip-a": natGateways is now as EnvironmentConfig/dev has it, and the claim did not ask for that: to agree, set spec.natGateways in the claim` + or + "eip-a",
		},
		"AddressesByClaim": {
			Reason: "A claim may delete its own addresses.",
			Config: map[string]any{"natGateways": "PerZone"},
			Change: functiontest.SetField("natGateways", "Single"),
			Gone:   []string{"eip-b", "eip-c"},
		},
		"AllowedInPart": {
			Reason: "One name in the annotation allows one removal.",
			Config: map[string]any{"natGateways": "PerZone"},
			Change: functiontest.InTurn(functiontest.Configure(nil), functiontest.AllowRemoval("eip-b")),
			Fatal:  `refusing to delete EIP "eip-c": natGateways is now as the platform has it, and the claim did not ask for that: to agree, set spec.natGateways in the claim` + or + "eip-c",
			Gone:   []string{"eip-b"},
		},
		"Allowed": {
			Reason: "Several names are separated by commas, with or without spaces, in any order.",
			Config: map[string]any{"natGateways": "PerZone", "kms": true},
			Change: functiontest.InTurn(functiontest.Configure(nil), functiontest.AllowRemoval("key-s3, eip-c ,eip-b")),
			Gone:   []string{"eip-b", "eip-c", "key-s3"},
		},
		"Environment": {
			Reason: "A claim that changes its environment asks for the settings of the new one.",
			Spec:   map[string]any{"environment": "prod"},
			Change: functiontest.SetField("environment", "dev"),
			Gone:   []string{"eip-b", "eip-c", "key-s3"},
		},
		"EnvironmentThenTeam": {
			Reason: "A change of the environment allows removals in its own reconcile only.",
			Spec:   map[string]any{"environment": "staging"},
			Config: map[string]any{"kms": true},
			Change: func(p *functiontest.ControlPlane) {
				p.Spec()["environment"] = "dev"
				if _, err := p.TryReconcile(t.Context()); err != nil {
					t.Fatal(err)
				}
				p.Configure(nil)
			},
			Fatal: `refusing to delete Key "key-s3": kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim` + or + "key-s3",
		},
	})
}
