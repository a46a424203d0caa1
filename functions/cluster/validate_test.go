package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestRefusals changes a cluster that is ready, or asks for one that cannot be.
func TestRefusals(t *testing.T) {
	set := func(field string, value any) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) { p.Set(field, value) }
	}
	team := func(data map[string]any) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) { p.Configure(data) }
	}
	kms := map[string]any{"kms": map[string]any{"enabled": true}}

	cases := map[string]struct {
		reason string
		spec   map[string]any
		config map[string]any
		change func(p *functiontest.ControlPlane)
		fatal  string
	}{
		"Region": {
			reason: "A cluster does not move.",
			change: set("region", "us-west-2"),
			fatal:  "spec.region: the cluster is in ap-southeast-2 and cannot move to us-west-2: create a new claim",
		},
		"VersionUp": {
			reason: "One minor version up is what EKS can do.",
			spec:   map[string]any{"version": "1.34"},
			change: set("version", "1.35"),
		},
		"VersionSkipped": {
			reason: "Two are not.",
			spec:   map[string]any{"version": "1.33"},
			change: set("version", "1.35"),
			fatal:  "spec.version: the cluster runs 1.33 and goes up one minor version at a time: take 1.34 before 1.35",
		},
		"VersionDown": {
			reason: "EKS cannot go back.",
			change: set("version", "1.34"),
			fatal:  "spec.version: the cluster runs 1.35 and cannot go back to 1.34: set 1.35 or newer",
		},
		"VersionOfNothing": {
			reason: "A version is a minor version.",
			change: set("version", "latest"),
			fatal:  `spec.version: "latest" is no minor version of Kubernetes, such as 1.35`,
		},
		"PublicInProd": {
			reason: "Production is never open to everybody.",
			spec:   map[string]any{"environment": "prod"},
			change: set("endpoint.publicCIDRs", []any{"0.0.0.0/0"}),
			fatal:  "spec.endpoint.publicCIDRs: 0.0.0.0/0 opens the Kubernetes API to the internet, and publicAPI is off as the platform has it: list your office or VPN ranges, or leave publicCIDRs out",
		},
		"PublicHalves": {
			reason: "Two halves of the internet are the internet.",
			spec:   map[string]any{"environment": "staging"},
			change: set("endpoint.publicCIDRs", []any{"0.0.0.0/1", "128.0.0.0/1"}),
			fatal:  "spec.endpoint.publicCIDRs: 0.0.0.0/1 opens the Kubernetes API to the internet, and publicAPI is off as the platform has it: list your office or VPN ranges, or leave publicCIDRs out",
		},
		"PublicByTeam": {
			reason: "A platform team may close dev too.",
			spec:   map[string]any{"endpoint": map[string]any{"publicCIDRs": []any{"0.0.0.0/0"}}},
			change: team(map[string]any{"publicAPI": false}),
			fatal:  "spec.endpoint.publicCIDRs: 0.0.0.0/0 opens the Kubernetes API to the internet, and publicAPI is off as EnvironmentConfig/dev has it: list your office or VPN ranges, or leave publicCIDRs out",
		},
		"PublicInDev": {
			reason: "Dev may be open.",
			change: set("endpoint.publicCIDRs", []any{"0.0.0.0/0"}),
		},
		"PublicOffice": {
			reason: "Somebody's range is no internet.",
			spec:   map[string]any{"environment": "prod"},
			change: set("endpoint.publicCIDRs", []any{"203.0.113.0/24"}),
		},
		"PublicNoRange": {
			reason: "An address is no range.",
			change: set("endpoint.publicCIDRs", []any{"203.0.113.7"}),
			fatal:  `spec.endpoint.publicCIDRs: "203.0.113.7" is no range of IPv4 addresses, such as 203.0.113.0/24`,
		},
		"PrivateNoRange": {
			reason: "Neither is it one of the VPC's.",
			change: set("endpoint.privateCIDRs", []any{"fd00::/8"}),
			fatal:  `spec.endpoint.privateCIDRs: "fd00::/8" is no range of IPv4 addresses, such as 203.0.113.0/24`,
		},
		"KMSOff": {
			reason: "EKS cannot take encryption back.",
			spec:   kms,
			change: set("kms.enabled", false),
			fatal:  "spec.kms.enabled: kms is off as the claim has it, and EKS cannot take back the encryption of Secrets: set it to true",
		},
		"KMSOffByTeam": {
			reason: "Nor when the platform team says so.",
			config: map[string]any{"kms": true},
			change: team(map[string]any{"kms": false}),
			fatal:  "spec.kms.enabled: kms is off as EnvironmentConfig/dev has it, and EKS cannot take back the encryption of Secrets: set it to true",
		},
		"KMSOffByEnvironment": {
			reason: "Nor when the claim moves to an environment without keys: it says that it keeps its own.",
			spec:   map[string]any{"environment": "prod"},
			change: set("environment", "dev"),
			fatal:  "spec.kms.enabled: kms is off as the platform has it, and EKS cannot take back the encryption of Secrets: set it to true",
		},
		"KMSOn": {
			reason: "Encryption may come later.",
			change: set("kms.enabled", true),
		},
		"PathByTeam": {
			reason: "AWS cannot move a role, and what runs in its name stays as it is.",
			change: team(map[string]any{"iamPath": "/team/"}),
			fatal: `spec.iamPath: InstanceProfile "instance-profile-karpenter" is at /, and AWS cannot move it to /team/ as EnvironmentConfig/dev wants: ` +
				"set spec.iamPath: / to keep it, or create a new claim",
		},
		"PathKept": {
			reason: "The way out that the message names works.",
			change: func(p *functiontest.ControlPlane) {
				team(map[string]any{"iamPath": "/team/"})(p)
				p.Spec()["iamPath"] = "/"
			},
		},
		"Boundary": {
			reason: "AWS bounds a role in place.",
			change: team(map[string]any{"permissionsBoundary": "arn:aws:iam::111122223333:policy/boundary"}),
		},
		"Architectures": {
			reason: "A node group has one image, and an image one architecture.",
			change: set("nodes.instanceTypes", []any{"t3.medium", "t4g.medium"}),
			fatal:  "spec.nodes.instanceTypes: t3.medium is amd64 and t4g.medium is arm64: a node group has one architecture",
		},
		"MetricsByTag": {
			reason: "What Karpenter keeps for itself is refused here, and not by its webhook later.",
			change: set("tags", map[string]any{"karpenter.sh/nodepool": "mine"}),
			fatal:  `spec.tags: Karpenter puts "karpenter.sh/nodepool" on nodes itself: remove it`,
		},
		"ObservabilityOff": {
			reason: "What the claim switches off goes, metrics and logs included.",
			change: set("observability.enabled", false),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "rule", tc.spec)
			p.Configure(tc.config)
			p.Settle(t)
			before := p.Names()
			tc.change(p)
			rsp := p.Reconcile(t)
			if diff := cmp.Diff(tc.fatal, functiontest.Fatal(rsp)); diff != "" {
				t.Fatalf("%s\nfatal result: -want, +got:\n%s", tc.reason, diff)
			}
			if tc.fatal != "" {
				if diff := cmp.Diff(before, p.Names()); diff != "" {
					t.Errorf("%s\nwhat exists after a refusal: -before, +after:\n%s", tc.reason, diff)
				}
				return
			}
			p.MarkReady()
			p.Settle(t)
		})
	}
}

// TestKeyByTeam has a key that no cluster uses yet, and a platform team that
// switches it off again.
func TestKeyByTeam(t *testing.T) {
	p := kit().New(t, "early", nil)
	p.Configure(map[string]any{"kms": true})
	p.Reconcile(t)
	p.MarkReady(clusterRoleName)
	p.Reconcile(t)
	p.Configure(nil)
	want := `refusing to delete Key "key-eks": kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim; or annotate the claim with platform.ausmart.io/allow-removal: key-eks`
	if diff := cmp.Diff(want, functiontest.Fatal(p.Reconcile(t))); diff != "" {
		t.Fatalf("fatal result: -want, +got:\n%s", diff)
	}
	p.Set("kms.enabled", false)
	if m := functiontest.Fatal(p.Reconcile(t)); m != "" || p.Has(keyName) {
		t.Errorf("the way out that the message names does not work: %s", m)
	}
}

func TestArchitecture(t *testing.T) {
	cases := map[string]string{
		"t3.medium": "amd64", "m7i-flex.large": "amd64", "u-6tb1.metal": "amd64", "g5.xlarge": "amd64", "g4dn.xlarge": "amd64", "p5.48xlarge": "amd64",
		"t4g.medium": "arm64", "m7g.large": "arm64", "c7gn.large": "arm64", "im4gn.large": "arm64", "is4gen.large": "arm64", "g5g.xlarge": "arm64", "hpc7g.4xlarge": "arm64",
	}
	for instance, want := range cases {
		if got, err := architecture([]string{instance}); err != nil || got != want {
			t.Errorf("architecture(%s) = %s, %v; want %s", instance, got, err, want)
		}
	}
}

// TestWaitsForNetwork has networks that do not say enough yet.
func TestWaitsForNetwork(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(status map[string]any)
		want   string
	}{
		"NotReady": {
			reason: "A network that is not ready is waited for, in the same words whatever it waits for.",
			change: func(s map[string]any) {
				s["conditions"], s["waitingFor"] = []any{}, "0 of 44 resources ready"
			},
			want: `waiting for Network "au-dev" (spec.networkRef): it is not ready yet`,
		},
		"NoSubnets": {
			reason: "Without subnets there is nowhere to be.",
			change: func(s map[string]any) { delete(s, "subnets") },
			want:   `waiting for Network "au-dev" (spec.networkRef): its status has no VPC, app subnets in two zones and node security group yet`,
		},
		"OneSubnet": {
			reason: "EKS wants two zones.",
			change: func(s map[string]any) { s["subnets"] = map[string]any{"app": map[string]any{"a": "subnet-1"}} },
			want:   `waiting for Network "au-dev" (spec.networkRef): its status has no VPC, app subnets in two zones and node security group yet`,
		},
		"NoGroup": {
			reason: "Nodes need their group.",
			change: func(s map[string]any) { delete(s, "securityGroups") },
			want:   `waiting for Network "au-dev" (spec.networkRef): its status has no VPC, app subnets in two zones and node security group yet`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "waits", nil)
			tc.change(p.Required("XNetwork/au-dev")["status"].(map[string]any))
			rsp := p.Reconcile(t)
			if diff := cmp.Diff(tc.want, functiontest.Status(rsp)["waitingFor"]); diff != "" || len(rsp.GetDesired().GetResources()) > 0 {
				t.Errorf("%s\nwaitingFor, with %d resources: -want, +got:\n%s", tc.reason, len(rsp.GetDesired().GetResources()), diff)
			}
		})
	}
}

// TestForgetfulAWS loses the key's ARN, which the EKS cluster is composed with: everything
// stays, the cluster as it is.
func TestForgetfulAWS(t *testing.T) {
	p := kit().New(t, "forgetful", map[string]any{"kms": map[string]any{"enabled": true}})
	p.Settle(t)
	names, cluster := p.Names(), functiontest.Clone(p.Get(clusterName))
	delete(p.Get(keyName), "status")
	rsp := p.Reconcile(t)
	want := "stage 1 of 5: foundation: 8 of 9 resources ready; waiting for key-eks"
	if diff := cmp.Diff(want, functiontest.Status(rsp)["waitingFor"]); diff != "" {
		t.Errorf("waitingFor: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(names, p.Names()); diff != "" {
		t.Errorf("resources: -before, +after:\n%s", diff)
	}
	if diff := cmp.Diff(cluster["spec"], p.Get(clusterName)["spec"]); diff != "" {
		t.Errorf("the EKS cluster: -before, +after:\n%s", diff)
	}
}
