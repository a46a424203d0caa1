package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestGuards changes a cluster that is ready.
func TestGuards(t *testing.T) {
	kms := map[string]any{"kms": map[string]any{"enabled": true}}

	functiontest.RunGuards(t, kit(), map[string]functiontest.Guard{
		"Region": {
			Reason: "A cluster cannot change its region.",
			Change: functiontest.SetField("region", "us-west-2"),
			Fatal:  "spec.region: the cluster is in ap-southeast-2 and cannot move to us-west-2: create a new claim",
		},
		"VersionUp": {
			Reason: "EKS upgrades by one minor version.",
			Spec:   map[string]any{"version": "1.34"},
			Change: functiontest.SetField("version", "1.35"),
		},
		"VersionSkipped": {
			Reason: "EKS cannot upgrade by two.",
			Spec:   map[string]any{"version": "1.33"},
			Change: functiontest.SetField("version", "1.35"),
			Fatal:  "spec.version: the cluster runs 1.33 and goes up one minor version at a time: take 1.34 before 1.35",
		},
		"VersionDown": {
			Reason: "EKS goes back by one minor version, within seven days.",
			Change: functiontest.SetField("version", "1.34"),
		},
		"VersionTwoDown": {
			Reason: "And not by two.",
			Change: functiontest.SetField("version", "1.33"),
			Fatal:  "spec.version: the cluster runs 1.35, and EKS goes back one minor version at a time: set 1.34, or 1.35 to stay",
		},
		"VersionOfNothing": {
			Reason: "A version is a minor version.",
			Change: functiontest.SetField("version", "latest"),
			Fatal:  `spec.version: "latest" is no minor version of Kubernetes, such as 1.35`,
		},
		"PublicInProd": {
			Reason: "The API of production is never open to the internet.",
			Spec:   map[string]any{"environment": "prod"},
			Change: functiontest.SetField("endpoint.publicCIDRs", []any{"0.0.0.0/0"}),
			Fatal:  "spec.endpoint.publicCIDRs: 0.0.0.0/0 opens the Kubernetes API to the internet, and publicAPI is off as the platform has it: list your office or VPN ranges, or leave publicCIDRs out",
		},
		"PublicHalves": {
			Reason: "Two ranges can cover the internet.",
			Spec:   map[string]any{"environment": "staging"},
			Change: functiontest.SetField("endpoint.publicCIDRs", []any{"0.0.0.0/1", "128.0.0.0/1"}),
			Fatal:  "spec.endpoint.publicCIDRs: 0.0.0.0/1 opens the Kubernetes API to the internet, and publicAPI is off as the platform has it: list your office or VPN ranges, or leave publicCIDRs out",
		},
		"PublicByTeam": {
			Reason: "An EnvironmentConfig may close dev too.",
			Spec:   map[string]any{"endpoint": map[string]any{"publicCIDRs": []any{"0.0.0.0/0"}}},
			Change: functiontest.Configure(map[string]any{"publicAPI": false}),
			Fatal:  "spec.endpoint.publicCIDRs: 0.0.0.0/0 opens the Kubernetes API to the internet, and publicAPI is off as EnvironmentConfig/dev has it: list your office or VPN ranges, or leave publicCIDRs out",
		},
		"PublicInDev": {
			Reason: "The API of dev may be open.",
			Change: functiontest.SetField("endpoint.publicCIDRs", []any{"0.0.0.0/0"}),
		},
		"PublicOffice": {
			Reason: "A range with an owner is not the internet.",
			Spec:   map[string]any{"environment": "prod"},
			Change: functiontest.SetField("endpoint.publicCIDRs", []any{"203.0.113.0/24"}),
		},
		"PublicNoRange": {
			Reason: "An address is no range.",
			Change: functiontest.SetField("endpoint.publicCIDRs", []any{"203.0.113.7"}),
			Fatal:  `spec.endpoint.publicCIDRs: "203.0.113.7" is no range of IPv4 addresses, such as 203.0.113.0/24`,
		},
		"PrivateNoRange": {
			Reason: "A range of IPv6 is refused too.",
			Change: functiontest.SetField("endpoint.privateCIDRs", []any{"fd00::/8"}),
			Fatal:  `spec.endpoint.privateCIDRs: "fd00::/8" is no range of IPv4 addresses, such as 203.0.113.0/24`,
		},
		"KMSOff": {
			Reason: "EKS cannot take the encryption back.",
			Spec:   kms,
			Change: functiontest.SetField("kms.enabled", false),
			Fatal:  "spec.kms.enabled: kms is off as the claim has it, and EKS cannot take back the encryption of Secrets: set it to true",
		},
		"KMSOffByTeam": {
			Reason: "An EnvironmentConfig cannot take it back either.",
			Config: map[string]any{"kms": true},
			Change: functiontest.Configure(map[string]any{"kms": false}),
			Fatal:  "spec.kms.enabled: kms is off as EnvironmentConfig/dev has it, and EKS cannot take back the encryption of Secrets: set it to true",
		},
		"KMSOffByEnvironment": {
			Reason: "A change to an environment without keys is refused too: the message says how to keep the key.",
			Spec:   map[string]any{"environment": "prod"},
			Change: functiontest.SetField("environment", "dev"),
			Fatal:  "spec.kms.enabled: kms is off as the platform has it, and EKS cannot take back the encryption of Secrets: set it to true",
		},
		"KMSOn": {
			Reason: "Encryption may come later.",
			Change: functiontest.SetField("kms.enabled", true),
		},
		"PathByTeam": {
			Reason: "AWS cannot move a role to another path.",
			Change: functiontest.Configure(map[string]any{"iamPath": "/team/"}),
			Fatal: `spec.iamPath: InstanceProfile "instance-profile-karpenter" is at /, and AWS cannot move it to /team/ as EnvironmentConfig/dev wants: ` +
				"set spec.iamPath: / to keep it, or create a new claim",
		},
		"PathKept": {
			Reason: "The remedy that the message names works.",
			Change: functiontest.InTurn(functiontest.Configure(map[string]any{"iamPath": "/team/"}), functiontest.SetField("iamPath", "/")),
		},
		"Boundary": {
			Reason: "AWS can change the permissions boundary of a role.",
			Change: functiontest.Configure(map[string]any{"permissionsBoundary": "arn:aws:iam::111122223333:policy/boundary"}),
		},
		"Architectures": {
			Reason: "A node group has one image, and so one architecture.",
			Change: functiontest.SetField("nodes.instanceTypes", []any{"t3.medium", "t4g.medium"}),
			Fatal:  "spec.nodes.instanceTypes: t3.medium is amd64 and t4g.medium is arm64: a node group has one architecture",
		},
		"ReservedTag": {
			Reason: "A tag that Karpenter reserves is refused at once, and not later by its schema.",
			Change: functiontest.SetField("tags", map[string]any{"karpenter.sh/nodepool": "mine"}),
			Fatal:  `spec.tags: Karpenter puts "karpenter.sh/nodepool" on nodes itself: remove it`,
		},
		"ObservabilityOff": {
			Reason: "A claim may delete its observability, with metrics and logs.",
			Change: functiontest.SetField("observability.enabled", false),
			Gone:   []string{grafanaName, "log-group-application", "log-group-platform", prometheusName},
		},
	})
}

// TestKeyByTeam has a key that no cluster uses yet, and an EnvironmentConfig that no longer
// asks for it.
func TestKeyByTeam(t *testing.T) {
	p := kit().New(t, "early", nil)
	p.Configure(map[string]any{"kms": true})
	p.Reconcile(t)
	p.MarkReady(clusterRoleName)
	p.Reconcile(t)
	p.Configure(nil)
	want := `refusing to delete Key "key-eks": kms is now as the platform has it, and the claim did not ask for that: to agree, set spec.kms.enabled in the claim; or annotate the claim with platform.ausmart.io/allow-removal: key-eks`
	if diff := cmp.Diff(want, functiontest.Refusal(p.Reconcile(t))); diff != "" {
		t.Fatalf("refusal: -want, +got:\n%s", diff)
	}
	p.Set("kms.enabled", false)
	if m := functiontest.Refusal(p.Reconcile(t)); m != "" || p.Has(keyName) {
		t.Errorf("the remedy that the message names does not work: %s", m)
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

// TestWaitsForNetwork has networks without the fields that a cluster needs.
func TestWaitsForNetwork(t *testing.T) {
	claim := func() *functiontest.ControlPlane { return kit().New(t, "waits", nil) }
	status := func(change func(status map[string]any)) functiontest.Change {
		return func(p *functiontest.ControlPlane) { change(p.Required("XNetwork/au-dev")["status"].(map[string]any)) }
	}
	const incomplete = `waiting for Network "au-dev" (spec.networkRef): its status has no VPC, app subnets in two zones and node security group yet`
	functiontest.RunMissing(t, map[string]functiontest.Missing{
		"NotReady": {
			Reason: "The message for a network that is not ready does not repeat what the network waits for.",
			Claim:  claim, NewOnly: true,
			Change:     status(func(s map[string]any) { s["conditions"], s["waitingFor"] = []any{}, "0 of 44 resources ready" }),
			WaitingFor: `waiting for Network "au-dev" (spec.networkRef): it is not ready yet`,
		},
		"NoSubnets": {
			Reason: "A cluster needs subnets.",
			Claim:  claim, Change: status(func(s map[string]any) { delete(s, "subnets") }), WaitingFor: incomplete,
		},
		"OneSubnet": {
			Reason: "EKS needs two zones.",
			Claim:  claim, Change: status(func(s map[string]any) { s["subnets"] = map[string]any{"app": map[string]any{"a": "subnet-1"}} }), WaitingFor: incomplete,
		},
		"NoGroup": {
			Reason: "Nodes need their group.",
			Claim:  claim, Change: status(func(s map[string]any) { delete(s, "securityGroups") }), WaitingFor: incomplete,
		},
	})
}

// TestKeyWithoutARN loses the key's ARN, which the EKS cluster is composed with: every
// resource stays, and the cluster as it is.
func TestKeyWithoutARN(t *testing.T) {
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
