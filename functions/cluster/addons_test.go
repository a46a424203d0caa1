package cluster

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// TestAddonVersions follows the add-ons through a cluster's versions.
func TestAddonVersions(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   map[string]any
		runs   string // kube-proxy, before the claim is changed
		change functiontest.Change
		want   string
	}{
		"New":          {reason: "A new cluster has the table's.", spec: map[string]any{"version": "1.35"}, want: "v1.35.3-eksbuild.21"},
		"Pinned":       {reason: "The claim's pin wins.", spec: map[string]any{"addons": map[string]any{"kube-proxy": "v1.35.0-eksbuild.2"}}, want: "v1.35.0-eksbuild.2"},
		"NoTable":      {reason: "EKS chooses for a version without a row.", spec: map[string]any{"version": "1.34"}},
		"NewerStays":   {reason: "A newer build is not taken back.", spec: map[string]any{"version": "1.35"}, runs: "v1.35.3-eksbuild.100", want: "v1.35.3-eksbuild.100"},
		"OlderFollows": {reason: "An older build follows.", spec: map[string]any{"version": "1.35"}, runs: "v1.35.3-eksbuild.3", want: "v1.35.3-eksbuild.21"},
		"Upgrade":      {reason: "The add-on follows the control plane.", spec: map[string]any{"version": "1.35"}, runs: "v1.35.3-eksbuild.21", change: functiontest.SetField("version", "1.36"), want: "v1.36.0-eksbuild.21"},
		"Back":         {reason: "It goes back before the control plane.", spec: map[string]any{"version": "1.36"}, runs: "v1.36.0-eksbuild.21", change: functiontest.SetField("version", "1.35"), want: "v1.35.3-eksbuild.21"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "addons", tc.spec)
			p.Settle(t)
			if tc.runs != "" {
				p.AtProvider(addonName(addonProxy))["addonVersion"] = tc.runs
			}
			p.Reconcile(t)
			if tc.change != nil {
				tc.change(p)
				p.Reconcile(t)
				if p.Spec()["version"] == "1.36" {
					p.MarkReady(clusterName)
					p.Reconcile(t)
				}
			}
			got, _ := p.ForProvider(addonName(addonProxy))["addonVersion"].(string)
			if got != tc.want {
				t.Errorf("%s\nkube-proxy: got %q, want %q", tc.reason, got, tc.want)
			}
		})
	}
}

// TestVolumesOfTheCluster holds the driver to the volumes and instances of its cluster.
func TestVolumesOfTheCluster(t *testing.T) {
	p := largest(t)
	text, _ := p.ForProvider(ebsRoleName + "-policy")["policy"].(string)
	var document iampolicy.Document
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	for _, s := range document.Statement {
		limited := slices.ContainsFunc([]string{"aws:ResourceTag/", "aws:RequestTag/"}, func(key string) bool {
			return slices.Equal(s.Condition["StringEquals"][key+"ausmart.io/cluster"], []string{"au-prod"})
		})
		if s.Sid != "Look" && s.Sid != "TagWhatIsMade" && !limited {
			t.Errorf("%s reaches other clusters: %v", s.Sid, s)
		}
	}
	for name, text := range map[string]string{
		addonName(addonEBS): "configurationValues", templateName: "tagSpecifications", "object-node-class": "manifest",
	} {
		values, err := json.Marshal(p.ForProvider(name)[text])
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.ReplaceAll(string(values), `\`, ""), `"ausmart.io/cluster":"au-prod"`) {
			t.Errorf("%s does not set the tag: %s", name, values)
		}
	}
}

// TestAddresses compares limits with the addresses of the network, and what nodes hold of
// them.
func TestAddresses(t *testing.T) {
	small, large := []any{"10.0.10.0/24", "10.0.11.0/24", "10.0.12.0/24"}, []any{"10.0.0.0/20", "10.0.32.0/20", "10.0.64.0/20"}
	limits := func(cpu int) map[string]any { return map[string]any{"cpu": cpu} }
	cases := map[string]struct {
		app       any
		karpenter map[string]any
		want      string
		env       string
	}{
		"Exceeded": {small, map[string]any{"onDemand": limits(64), "spot": limits(128)}, "False LimitsExceedAddresses: the app subnets of Network au-dev have 753 addresses, and 192 cores of spec.karpenter.onDemand and spot can take 2880: pods beyond that stay without an address; limit both to 50 cores in total, or plan larger app subnets in a new Network", `"WARM_IP_TARGET":"4"`},
		"Fits":     {small, map[string]any{"onDemand": limits(30), "spot": limits(20)}, "True Sufficient", `"MINIMUM_IP_TARGET":"12"`},
		"Defaults": {large, nil, "True Sufficient", ""},
		"Off":      {small, map[string]any{"enabled": false}, "True Sufficient", `"WARM_IP_TARGET":"4"`},
		"Unknown":  {nil, nil, "True Sufficient", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "addresses", map[string]any{"karpenter": tc.karpenter})
			status := p.Required("XNetwork/au-dev")["status"].(map[string]any)
			status["appCidrs"] = tc.app
			if tc.app == nil {
				delete(status, "appCidrs")
			}
			if got := functiontest.ConditionText(p.Settle(t), "AddressesSuffice"); got != tc.want {
				t.Errorf("got %s\nwant %s", got, tc.want)
			}
			config, _ := p.ForProvider(addonName(addonCNI))["configurationValues"].(string)
			if !strings.Contains(config, tc.env) || tc.env == "" && strings.Contains(config, "WARM") {
				t.Errorf("vpc-cni has %s, want %s", config, tc.env)
			}
		})
	}
}

// TestEgress has networks without a NAT gateway.
func TestEgress(t *testing.T) {
	const mirror = "charts and images come from public registries, which nodes cannot reach: give nodes a mirror or another way out, or set natGateways: Single in Network au-dev"
	all := []any{"ec2", "eks", "elasticloadbalancing", "ssm"}
	cases := map[string]struct {
		nat, endpoints string
		more           []any
		want           string
	}{
		"NAT":       {"Single", "off", nil, "True NATGateway"},
		"Nothing":   {"None", "off", nil, "False NoNATGateway: Network au-dev has no NAT gateway, and nodes cannot join: add aps-workspaces, ec2, ecr.api, ecr.dkr, eks, eks-auth, elasticloadbalancing, logs, secretsmanager, sqs, ssm, sts, xray to vpcEndpoints.additionalServices in its spec; " + mirror},
		"Standard":  {"None", "on", nil, "False NoNATGateway: Network au-dev has no NAT gateway, and nodes cannot join: add ec2, eks, elasticloadbalancing, ssm to vpcEndpoints.additionalServices in its spec; " + mirror},
		"Endpoints": {"None", "on", all, "False NoNATGateway: Network au-dev has no NAT gateway; " + mirror},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "egress", nil)
			network := p.Required("XNetwork/au-dev")
			set := network["status"].(map[string]any)["settings"].(map[string]any)
			set["natGateways"], set["vpcEndpoints"] = functiontest.Effective(tc.nat, "claim"), functiontest.Effective(tc.endpoints, "claim")
			network["spec"].(map[string]any)["vpcEndpoints"] = map[string]any{"additionalServices": tc.more}
			if diff := cmp.Diff(tc.want, functiontest.ConditionText(p.Reconcile(t), "NodesHaveEgress")); diff != "" {
				t.Errorf("condition: -want, +got:\n%s", diff)
			}
		})
	}
}

// TestArchitectureOfNodes compares Karpenter's nodes with the baseline's.
func TestArchitectureOfNodes(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   map[string]any
		want   string
	}{
		"Default":  {"The baseline's default is amd64.", nil, "amd64"},
		"Baseline": {"Karpenter's nodes follow the baseline.", map[string]any{"nodes": map[string]any{"instanceTypes": []any{"t4g.medium"}}}, "arm64"},
		"Stated":   {"A claim may have both.", map[string]any{"nodes": map[string]any{"instanceTypes": []any{"t4g.medium"}}, "karpenter": map[string]any{"architecture": "amd64"}}, "amd64"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "architecture", tc.spec)
			p.Settle(t)
			for _, pool := range []string{"object-node-pool-on-demand", "object-node-pool-spot"} {
				text, err := json.Marshal(p.ForProvider(pool))
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(text), `{"key":"kubernetes.io/arch","operator":"In","values":["`+tc.want+`"]}`) {
					t.Errorf("%s\n%s is not %s: %s", tc.reason, pool, tc.want, text)
				}
			}
		})
	}
}
