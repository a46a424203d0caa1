package cluster

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func TestCluster(t *testing.T) { functiontest.Run(t, kit()) }

func FuzzRunFunction(f *testing.F) { functiontest.FuzzRunFunction(f, kit()) }

func BenchmarkRunFunction(b *testing.B) { functiontest.Benchmark(b, kit()) }

// kit is what the test kit must know of clusters.
func kit() functiontest.Kind {
	off := map[string]any{"enabled": false}
	return functiontest.Kind{
		Name: "Cluster", Function: New(logging.NewNopLogger()),
		Metadata: func(name, namespace string) map[string]any {
			out := map[string]any{"name": name, "uid": "7c1e5f2b-" + name}
			if namespace != "" {
				out["labels"] = functiontest.ClaimLabels(name, namespace)
			}
			return out
		},
		Complete: func(_ string, spec map[string]any) {
			functiontest.SetDefault(spec, "environment", "dev")
			functiontest.SetDefault(spec, "networkRef", map[string]any{"name": "au-dev"})
		},
		References: []string{"Network"},
		Placed:     []string{"au-prod"}, Protected: []string{"au-prod"},
		Sensitive: []map[string]any{{"environment": "prod"}, {"endpoint": map[string]any{"publicCIDRs": []any{"0.0.0.0/0"}}}},
		Typical:   []string{"au-prod"}, Small: []map[string]any{{"observability": off, "karpenter": off}}, Seeds: []string{"au-dev", "us-prod"},
		Corpora: []string{"FuzzRunFunction", "FuzzClaim"},
		Goldens: []functiontest.Step{
			{Folder: "00-fresh", Reason: "Nothing exists yet: what a cluster stands on is desired."},
			{Folder: "01-control-plane", Reason: "What the control plane stands on is ready: it is desired.", Until: []string{"cluster"}},
			{Folder: "02-networking", Reason: "The API is there: what nodes need is desired.", Until: []string{"addon-vpc-cni"}},
			{Folder: "03-nodes", Reason: "Nodes would have a network and credentials: they are desired.", Until: []string{"node-group-"}},
			{Folder: "04-add-ons", Reason: "Nodes are ready: what runs on them is desired.", Until: []string{"addon-coredns"}},
			{Folder: "05-controllers", Reason: "The platform reaches the cluster: what it puts there is desired.", Until: []string{helmConfigName}},
			{Folder: "06-all-ready", Reason: "Everything is ready: the status is complete and nothing is pending."},
		},
		Configured: true,
		Variants:   variants(),
		Inert:      functiontest.Compared("region", "providerConfigName", "allowCrossEnvironment"),
		Lasting:    map[string]string{"addons": "an add-on stays at the version that EKS runs: a pin that goes is no downgrade and no upgrade"},
		Random:     randomSpec, Rounds: 24, Orders: 3,
		Change: func(r functiontest.Random, before map[string]any) map[string]any {
			return r.Mix(before, randomSpec, 3, "environment", "kms", "waf", "observability", "karpenter")
		},
		Removes: func(name string, before, after map[string]any) bool {
			if name == "log-group-waf" {
				return !cmp.Equal(before["waf"], after["waf"]) || before["environment"] != after["environment"] || after["waf"] != nil
			}
			observability, _ := after["observability"].(map[string]any)
			return observability["enabled"] == false && !slices.Contains([]string{"cluster", "key-eks", "log-group-control-plane"}, name)
		},
		Settings: map[string][]any{
			"kms": {true, false}, "waf": {true, false}, "multiAZ": {true, false}, "deletionProtection": {true, false}, "publicAPI": {true, false}, "pinnedImages": {true, false},
			"retentionDays": {7, 400},
		},
		Stateful: []string{"Cluster", "Group", "Key", "Workspace"},
		Stateless: []string{
			"AccessEntry", "AccessPolicyAssociation", "Addon", "Alias", "ClusterAuth", "ClusterUsage", "InstanceProfile", "LaunchTemplate", "NodeGroup", "Object",
			"PodIdentityAssociation", "ProviderConfig", "Queue", "QueuePolicy", "Release", "ResourcePolicy", "Role", "RolePolicy", "RolePolicyAttachment",
			"Rule", "RuleGroupNamespace", "SecurityGroup", "SecurityGroupIngressRule", "Target", "Usage", "WebACL",
			"WebACLLoggingConfiguration",
		},
	}
}

func variants() []functiontest.Variant {
	limits := func() map[string]any { return map[string]any{"cpu": 8, "memoryGiB": 32} }
	return []functiontest.Variant{{
		Name: "full",
		Spec: map[string]any{
			"environment": "dev", "version": "1.34",
			"networkRef":    map[string]any{"name": "au-dev"},
			"endpoint":      map[string]any{"publicCIDRs": []any{"203.0.113.0/24"}, "privateCIDRs": []any{"172.16.0.0/16"}},
			"nodes":         map[string]any{"instanceTypes": []any{"t3.large"}, "min": 2, "max": 5, "desired": 3, "diskGiB": 30},
			"karpenter":     map[string]any{"enabled": true, "onDemand": limits(), "spot": limits(), "architecture": "amd64", "pinnedImages": false},
			"addons":        map[string]any{"vpc-cni": "v1.20.1-eksbuild.1", "kube-proxy": "v1.33.1-eksbuild.1", "coredns": "v1.12.1-eksbuild.1", "eks-pod-identity-agent": "v1.3.8-eksbuild.1", "aws-ebs-csi-driver": "v1.48.0-eksbuild.1"},
			"access":        []any{map[string]any{"principalArn": "arn:aws:iam::111122223333:role/shop", "role": "edit", "namespaces": []any{"shop"}}},
			"observability": map[string]any{"enabled": true, "retentionDays": 7},
			"waf": map[string]any{"enabled": true, "rateLimit": 500, "ruleGroups": []any{
				map[string]any{"name": "AWSManagedRulesCommonRuleSet", "count": false, "countRules": []any{"SizeRestrictions_BODY"}},
			}},
			"kms":                map[string]any{"enabled": false},
			"deletionProtection": false,
			"dns":                map[string]any{"hostedZoneIDs": []any{"Z1"}},
			"tags":               map[string]any{"team": "store"},
			"iamPath":            "/one/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/one",
		},
		Other: map[string]any{
			"environment": "prod", "version": "1.35", "networkRef.name": "au-prod",
			"endpoint.publicCIDRs": []any{"198.51.100.0/24"}, "endpoint.privateCIDRs": []any{"172.17.0.0/16"},
			"nodes.instanceTypes": []any{"t3.xlarge"}, "nodes.min": 1, "nodes.max": 6, "nodes.desired": 2, "nodes.diskGiB": 40,
			"karpenter.enabled": false, "karpenter.onDemand.cpu": 16, "karpenter.onDemand.memoryGiB": 64, "karpenter.spot.cpu": 16, "karpenter.spot.memoryGiB": 64,
			"karpenter.architecture": "arm64", "karpenter.pinnedImages": true,
			"addons.vpc-cni": "v1.20.2-eksbuild.1", "addons.kube-proxy": "v1.33.2-eksbuild.1", "addons.coredns": "v1.12.2-eksbuild.1",
			"addons.eks-pod-identity-agent": "v1.3.9-eksbuild.1", "addons.aws-ebs-csi-driver": "v1.49.0-eksbuild.1",
			"access[].principalArn": "arn:aws:iam::111122223333:role/other", "access[].role": "view", "access[].namespaces": []any{"other"},
			"observability.enabled": false, "observability.retentionDays": 14, "waf.enabled": false, "waf.rateLimit": 600,
			"waf.ruleGroups[].name": "AWSManagedRulesKnownBadInputsRuleSet", "waf.ruleGroups[].count": true, "waf.ruleGroups[].countRules": []any{"NoUserAgent_HEADER"},
			"kms.enabled": true, "deletionProtection": true, "dns.hostedZoneIDs": []any{"Z2"}, "tags.team": "search",
			"iamPath": "/two/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/two",
		},
	}}
}

func randomSpec(r functiontest.Random) map[string]any {
	s := map[string]any{
		"environment": r.One("dev", "staging", "prod"),
		"version":     r.One("1.34", "1.35"),
	}
	r.Sometimes(s, "endpoint", map[string]any{"publicCIDRs": []any{"203.0.113.0/24"}, "privateCIDRs": []any{"172.16.0.0/16"}})
	r.Sometimes(s, "nodes", map[string]any{"instanceTypes": r.One([]any{"t3.large"}, []any{"m7g.large", "t4g.large"}), "min": 2, "max": 4, "desired": 2})
	r.Sometimes(s, "karpenter", map[string]any{"enabled": r.One(true, false), "spot": map[string]any{"cpu": 8}})
	r.Sometimes(s, "access", []any{map[string]any{"principalArn": "arn:aws:iam::111122223333:role/shop", "role": "edit", "namespaces": []any{"shop"}}})
	r.Sometimes(s, "observability", map[string]any{"enabled": r.One(true, false), "retentionDays": 7})
	r.Sometimes(s, "waf", map[string]any{
		"enabled": r.One(true, false), "rateLimit": 500,
		"ruleGroups": []any{map[string]any{"name": "AWSManagedRulesCommonRuleSet", "count": r.One(true, false)}},
	})
	r.Sometimes(s, "kms", map[string]any{"enabled": r.One(true, false)})
	r.Sometimes(s, "deletionProtection", r.One(true, false))
	r.Sometimes(s, "dns", map[string]any{"hostedZoneIDs": []any{"Z1"}})
	r.Sometimes(s, "tags", map[string]any{"team": r.One("store", "search")})
	r.Sometimes(s, "permissionsBoundary", r.One("arn:aws:iam::111122223333:policy/one", "arn:aws:iam::111122223333:policy/two"))
	return s
}
