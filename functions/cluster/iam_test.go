package cluster

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/policy"
	"github.com/ausmart/platform/functions/internal/simulation"
)

// everywhere are the statements that may be about every resource, each with the
// reason why AWS cannot say it more narrowly
// (docs.aws.amazon.com/service-authorization/latest/reference, read 2026-11).
func everywhere() map[string]string {
	return map[string]string{
		"key-eks/AccountPoliciesGovern":           "in a key's policy, * is that key",
		"role-ebs-csi-policy/Look":                "EC2's Describe actions know no resources; limited to the region",
		"role-karpenter-policy/Look":              "EC2's Describe actions know no resources; limited to the region",
		"role-karpenter-policy/ReadPrices":        "prices know no resources",
		"role-load-balancers-policy/Look":         "Describe and List actions know no resources; limited to the region",
		"role-external-dns-policy/FindZones":      "ListHostedZones knows no resources",
		"role-telemetry-traces-policy/SendTraces": "X-Ray's Put actions know no resources; limited to the region",
		"role-grafana-policy/ReadAll":             "List and X-Ray's Get actions know no resources; limited to the region",
	}
}

// trusted are the only services that may assume a role of ours.
func trusted() []string {
	return []string{"ec2.amazonaws.com", "eks.amazonaws.com", "grafana.amazonaws.com", "pods.eks.amazonaws.com"}
}

// largest is a cluster with everything switched on.
func largest(t *testing.T) *simulation.Plane {
	t.Helper()
	p := plane(t, example(t, "au-prod"))
	settle(t, p)
	return p
}

// policies of a cluster: identity and resource policies, and trust policies.
func policies(t *testing.T, p *simulation.Plane) (grants, trusts map[string]policy.Document) {
	t.Helper()
	grants, trusts = map[string]policy.Document{}, map[string]policy.Document{}
	for _, name := range p.Names() {
		at := forProvider(p, name)
		for field, into := range map[string]map[string]policy.Document{"policy": grants, "policyDocument": grants, "assumeRolePolicy": trusts} {
			text, ok := at[field].(string)
			if !ok {
				continue
			}
			var d policy.Document
			if err := json.Unmarshal([]byte(text), &d); err != nil {
				t.Fatalf("%s: %s is no policy: %v", name, field, err)
			}
			into[name] = d
		}
	}
	return grants, trusts
}

// TestPolicies reads every policy that the largest cluster has.
func TestPolicies(t *testing.T) {
	grants, _ := policies(t, largest(t))
	wide := map[string]string{}
	for name, d := range grants {
		for _, s := range d.Statement {
			id := name + "/" + s.Sid
			if s.Sid == "" {
				t.Errorf("%s has a statement without a name", name)
			}
			if s.Effect == policy.Deny {
				continue
			}
			for _, a := range s.Action {
				if service, action, _ := strings.Cut(a, ":"); service == "" || action == "" || (strings.Contains(a, "*") && name != keyName) {
					t.Errorf("%s allows %s", id, a)
				}
			}
			if slices.Contains(s.Resource, "*") {
				wide[id] = everywhere()[id]
			}
			if len(s.Resource) == 0 {
				t.Errorf("%s names no resource", id)
			}
			if cmp.Equal(s.Principal, policy.Everyone()) {
				t.Errorf("%s is for everyone", id)
			}
			for _, arn := range s.Resource {
				if strings.Contains(arn, ":snapshot/") && accountOf(arn) != "" {
					t.Errorf("%s is about no snapshot: none has an account in its ARN: %s", id, arn)
				}
				// Zones have no account in their ARNs; images, snapshots and parameters can be AWS's own.
				if accountOf(arn) == "" && arn != "*" && !strings.HasPrefix(arn, "arn:aws:route53:") && !strings.HasPrefix(arn, "arn:aws:ec2:") && !strings.HasPrefix(arn, "arn:aws:ssm:") {
					t.Errorf("%s is about an account that is not known: %s", id, arn)
				}
			}
		}
	}
	if diff := cmp.Diff(everywhere(), wide); diff != "" {
		t.Errorf("statements about every resource, each with its reason: -want, +got:\n%s", diff)
	}
	if len(grants) < 10 {
		t.Errorf("only %d policies were read", len(grants))
	}
}

// TestTrust reads who may assume the roles of the largest cluster.
func TestTrust(t *testing.T) {
	p := largest(t)
	_, trusts := policies(t, p)
	pods := map[string]identity{}
	for _, name := range p.Names() {
		if p.Get(name)["kind"] == "PodIdentityAssociation" {
			at := forProvider(p, name)
			role := strings.Replace(name, "pod-identity-", "role-", 1)
			pods[role] = identity{at["namespace"].(string), at["serviceAccount"].(string)}
		}
	}
	for name, d := range trusts {
		for _, s := range d.Statement {
			if s.Effect != policy.Allow || len(s.Principal) != 1 || len(s.Principal["Service"]) != 1 || !slices.Contains(trusted(), s.Principal["Service"][0]) {
				t.Errorf("%s trusts %v", name, s.Principal)
				continue
			}
			if s.Principal["Service"][0] != servicePodIdentity {
				continue
			}
			want := policy.Conditions{"StringEquals": {
				"aws:RequestTag/eks-cluster-name":           {"au-prod"},
				"aws:RequestTag/kubernetes-namespace":       {pods[name].namespace},
				"aws:RequestTag/kubernetes-service-account": {pods[name].account},
			}}
			if diff := cmp.Diff(want, s.Condition); diff != "" {
				t.Errorf("%s trusts other pods than it is tied to: -want, +got:\n%s", name, diff)
			}
		}
	}
	if len(pods) < 8 {
		t.Errorf("only %d roles are tied to pods: %v", len(pods), slices.Sorted(maps.Keys(pods)))
	}
}

// TestManagedPolicies lists every policy of AWS's own that is attached: only where
// AWS wants that one.
func TestManagedPolicies(t *testing.T) {
	p := largest(t)
	got := map[string]string{}
	for _, name := range p.Names() {
		if p.Get(name)["kind"] == "RolePolicyAttachment" {
			got[name] = forProvider(p, name)["policyArn"].(string)
		}
	}
	node := func(role string) map[string]string {
		return map[string]string{
			role + "-amazoneksworkernodepolicy":          "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
			role + "-amazonec2containerregistrypullonly": "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
			role + "-amazonssmmanagedinstancecore":       "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
		}
	}
	want := map[string]string{
		"role-cluster-amazoneksclusterpolicy": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
		"role-vpc-cni-amazoneks_cni_policy":   "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
	}
	maps.Copy(want, node(nodeRoleName))
	maps.Copy(want, node(karpenterNodeRoleName))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("managed policies: -want, +got:\n%s", diff)
	}
}

// TestPartitions has clusters in AWS's other partitions: an ARN of another one is
// an ARN of nothing.
func TestPartitions(t *testing.T) {
	for region, partition := range map[string]string{"us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"} {
		p := plane(t, xr("partition", map[string]any{"region": region, "kms": map[string]any{"enabled": true}, "dns": map[string]any{"hostedZoneIDs": []any{"Z1"}}}))
		p.Provider = func(kind, name string, at map[string]any, id func(string) string) {
			aws(kind, name, at, id)
			if arn, ok := at["arn"].(string); ok {
				at["arn"] = strings.Replace(arn, "arn:aws:", "arn:"+partition+":", 1)
			}
		}
		settle(t, p)
		for _, name := range p.Names() {
			text, err := json.Marshal(forProvider(p, name))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(text), `arn:aws:`) {
				t.Errorf("%s: %s speaks of another partition: %s", region, name, text)
			}
			if china := partition == "aws-cn"; strings.Contains(string(text), "ec2.amazonaws.com") && strings.Contains(string(text), "ec2.amazonaws.com.cn") != china {
				t.Errorf("%s: %s names another partition's EC2: %s", region, name, text)
			}
		}
	}
}
