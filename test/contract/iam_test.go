package contract_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	// owner is the account of the goldens.
	owner = "arn:aws:iam::123456789012:root"

	// podIdentity gives roles to pods; an association names the pods.
	podIdentity = "pods.eks.amazonaws.com"
)

// reasons lists everything in policies that could be narrower, each with the reason why it is not:
// an action or a resource with *, a policy of AWS's own, and every principal other than pods. The
// facts about AWS are from docs.aws.amazon.com/service-authorization/latest/reference and
// docs.aws.amazon.com/eks/latest/userguide, read 2026-11.
func reasons() map[string]string {
	const (
		ourKey   = "the account's own policies govern its key, as AWS's default has it: without that no one could change it any more"
		sameKey  = "in a key's policy, * is that key"
		describe = "EC2's Describe actions know no resources; limited to the region"
		ofNodes  = "EKS wants it of nodes"
		shell    = "a shell on a node is by Session Manager, and not by SSH"
		elb      = "load balancers' access logs are delivered by it; only below the own account's path"
		flowLogs = "flow logs are delivered in its name; only those of the own account"
	)
	return map[string]string{
		"cluster/key-eks/AccountPoliciesGovern allows kms:*":         ourKey,
		"cluster/key-eks/AccountPoliciesGovern is about *":           sameKey,
		"cluster/role-ebs-csi-policy/Look is about *":                describe,
		"cluster/role-external-dns-policy/FindZones is about *":      "ListHostedZones knows no resources",
		"cluster/role-grafana-policy/ReadAll is about *":             "List and X-Ray's Get actions know no resources; limited to the region",
		"cluster/role-karpenter-policy/FollowZonalShift is about *":  "GetManagedResource knows other services' resources by a condition only",
		"cluster/role-karpenter-policy/Look is about *":              describe,
		"cluster/role-karpenter-policy/ReadPrices is about *":        "prices know no resources",
		"cluster/role-load-balancers-policy/Look is about *":         "Describe and List actions know no resources; limited to the region",
		"cluster/role-telemetry-traces-policy/SendTraces is about *": "X-Ray's Put actions know no resources; limited to the region",
		"database/key-database/AccountPoliciesGovern allows kms:*":   ourKey,
		"database/key-database/AccountPoliciesGovern is about *":     sameKey,
		"network/key-s3/AccountPoliciesGovern allows kms:*":          ourKey,
		"network/key-s3/AccountPoliciesGovern is about *":            sameKey,
		"network/key-s3/LogDeliveryEncrypts is about *":              sameKey,

		"cluster/role-cluster-amazoneksclusterpolicy has AmazonEKSClusterPolicy":                                "EKS wants it of a cluster",
		"cluster/role-karpenter-node-amazonec2containerregistrypullonly has AmazonEC2ContainerRegistryPullOnly": ofNodes,
		"cluster/role-karpenter-node-amazoneksworkernodepolicy has AmazonEKSWorkerNodePolicy":                   ofNodes,
		"cluster/role-karpenter-node-amazonssmmanagedinstancecore has AmazonSSMManagedInstanceCore":             shell,
		"cluster/role-node-amazonec2containerregistrypullonly has AmazonEC2ContainerRegistryPullOnly":           ofNodes,
		"cluster/role-node-amazoneksworkernodepolicy has AmazonEKSWorkerNodePolicy":                             ofNodes,
		"cluster/role-node-amazonssmmanagedinstancecore has AmazonSSMManagedInstanceCore":                       shell,
		"cluster/role-vpc-cni-amazoneks_cni_policy has AmazonEKS_CNI_Policy":                                    "the CNI wants it",

		"cluster/key-eks lets in " + owner:                                ourKey,
		"cluster/log-policy-spans lets in xray.amazonaws.com":             "Transaction Search writes spans; only those of the own account",
		"cluster/queue-interruptions-policy lets in events.amazonaws.com": "EventBridge sends interruptions; only by the cluster's own rules",
		"cluster/role-cluster lets in eks.amazonaws.com":                  "EKS runs the control plane",
		"cluster/role-grafana lets in grafana.amazonaws.com":              "the workspace reads what it shows",
		"cluster/role-karpenter-node lets in ec2.amazonaws.com":           "nodes are instances",
		"cluster/role-node lets in ec2.amazonaws.com":                     "nodes are instances",
		"database/key-database lets in " + owner:                          ourKey,
		"network/flow-log-role lets in vpc-flow-logs.amazonaws.com":       "flow logs are written by it",
		"network/key-s3 lets in " + owner:                                 ourKey,
		"network/key-s3 lets in delivery.logs.amazonaws.com":              flowLogs,
		"network/log-bucket-policy lets in delivery.logs.amazonaws.com":   flowLogs,

		"network/access-log-bucket-policy lets in arn:aws:iam::783225319266:root":                 elb + " in Sydney, as its page asks of older regions",
		"network/access-log-bucket-policy lets in arn:aws:iam::797873946194:root":                 elb + " in Oregon",
		"network/access-log-bucket-policy lets in logdelivery.elasticloadbalancing.amazonaws.com": elb,
	}
}

// TestIAM reads every policy that the functions compose for the examples, at every stage: which
// principals a role trusts, what it allows, and who may use a key, a queue, a bucket or a log
// group. Everything wide has a written reason, and every reason is needed.
func TestIAM(t *testing.T) {
	t.Parallel()
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	got, kinds := map[string]string{}, map[string]bool{}
	for path, r := range responses {
		function, _, _ := strings.Cut(short(path), "/")
		for name, composed := range r.Desired.Resources {
			kind, _ := composed.Resource["kind"].(string)
			if kind == "VPCEndpoint" {
				continue // Its policy only limits what the policies of principals and resources allow.
			}
			for _, text := range texts(composed.Resource["spec"]) {
				if _, policy, ok := strings.Cut(text, ":iam::aws:policy/"); ok {
					got[function+"/"+name+" has "+policy] = ""
				}
				for i, s := range statements(t, text) {
					kinds[kind] = true
					for _, wide := range s.wide(i) {
						got[function+"/"+name+wide] = ""
					}
					if s.pods() && kind == "Role" {
						delete(got, function+"/"+name+" lets in "+podIdentity) // TestPodIdentity says which.
					}
				}
			}
		}
	}
	for wide := range got {
		got[wide] = reasons()[wide]
	}
	if diff := gocmp.Diff(reasons(), got); diff != "" {
		t.Errorf("what is wide, each with its reason: -want, +got:\n%s", diff)
	}
	want := map[string]bool{"BucketPolicy": true, "Key": true, "QueuePolicy": true, "ResourcePolicy": true, "Role": true, "RolePolicy": true}
	if diff := gocmp.Diff(want, kinds); diff != "" {
		t.Errorf("kinds with policies: -want, +got:\n%s", diff)
	}
}

// TestEveryRoleIsPlaced checks that every resource whose schema has an IAM path or a permissions
// boundary has the values of the claim's status. A kind without such resources shows no such
// setting.
func TestEveryRoleIsPlaced(t *testing.T) {
	t.Parallel()
	responses, crds := composed(t)
	fields := map[string][]string{} // by kind
	for _, crd := range crds {
		if crd.Spec.Group != "iam.aws.upbound.io" {
			continue
		}
		for _, version := range crd.Spec.Versions {
			can := version.Schema.OpenAPIV3Schema.Properties["spec"].Properties["forProvider"].Properties
			for _, field := range []string{"path", "permissionsBoundary"} {
				if _, ok := can[field]; ok && version.Storage {
					fields[crd.Spec.Names.Kind] = append(fields[crd.Spec.Names.Kind], field)
				}
			}
		}
	}
	placed := map[string]bool{}
	for path, r := range responses {
		function, _, _ := strings.Cut(short(path), "/")
		set := map[string]string{"path": effective(r, "iamPath"), "permissionsBoundary": effective(r, "permissionsBoundary")}
		for name, composed := range r.Desired.Resources {
			u := unstructured.Unstructured{Object: composed.Resource}
			if u.GroupVersionKind().Group != "iam.aws.upbound.io" {
				continue
			}
			for _, field := range fields[u.GetKind()] {
				got := cmp.Or(forProvider(composed.Resource, field), map[string]string{"path": "/", "permissionsBoundary": "none"}[field])
				if got != set[field] {
					t.Errorf("%s: %s %s: %s is %s, and the claim says %s", short(path), u.GetKind(), name, field, got, set[field])
				}
				if got != "/" && got != "none" {
					placed[function+" "+u.GetKind()+" "+field] = true
				}
			}
		}
	}
	want := map[string]bool{
		"cluster InstanceProfile path": true,
		"cluster Role path":            true, "cluster Role permissionsBoundary": true,
		"network Role path": true, "network Role permissionsBoundary": true,
		"service Role path": true, "service Role permissionsBoundary": true,
	}
	if diff := gocmp.Diff(want, placed); diff != "" {
		t.Errorf("fields that have the settings: -want, +got:\n%s", diff)
	}
}

// effective value of a setting in a composite's status; empty where it shows none.
func effective(r response, setting string) string {
	value, _, _ := unstructured.NestedString(r.Desired.Composite.Resource, "status", "settings", setting, "value")
	return value
}

// TestPodIdentity compares the trust policies of pods' roles with their associations: a role that
// Pod Identity may assume has an association, and trusts only the pods of that cluster, namespace
// and service account.
func TestPodIdentity(t *testing.T) {
	t.Parallel()
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	associations := 0
	for _, path := range settled(responses) {
		r := responses[path]
		want, got := map[string][]statement{}, map[string][]statement{}
		for name, composed := range r.Desired.Resources {
			switch composed.Resource["kind"] {
			case "PodIdentityAssociation":
				want[selected(composed.Resource, "roleArnSelector")] = trustOf(r, composed.Resource)
			case "Role":
				if trust := statements(t, forProvider(composed.Resource, "assumeRolePolicy")); slices.ContainsFunc(trust, statement.pods) {
					got[name] = trust
				}
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s: what roles trust: -as they are tied to pods, +got:\n%s", short(path), diff)
		}
		associations += len(want)
	}
	if associations == 0 {
		t.Error("no role is tied to pods")
	}
}

// trustOf returns the trust policy for an association's role. EKS sets the tags on the pods' session
// (docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html, read 2026-11).
func trustOf(r response, association map[string]any) []statement {
	cluster := forProvider(association, "clusterName")
	if cluster == "" {
		composed := unstructured.Unstructured{Object: r.Desired.Resources[selected(association, "clusterNameSelector")].Resource}
		cluster = composed.GetAnnotations()["crossplane.io/external-name"]
	}
	return []statement{{
		Effect: "Allow", Principal: map[string][]string{"Service": {podIdentity}}, Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: map[string]map[string][]string{"StringEquals": {
			"aws:RequestTag/eks-cluster-name":           {cluster},
			"aws:RequestTag/kubernetes-namespace":       {forProvider(association, "namespace")},
			"aws:RequestTag/kubernetes-service-account": {forProvider(association, "serviceAccount")},
		}},
	}}
}

// forProvider is the text in a field of a resource's spec.forProvider.
func forProvider(resource map[string]any, field string) string {
	text, _, _ := unstructured.NestedString(resource, "spec", "forProvider", field)
	return text
}

// selected is the name of the resource that a selector finds.
func selected(resource map[string]any, field string) string {
	name, _, _ := unstructured.NestedString(resource, "spec", "forProvider", field, "matchLabels", "platform.ausmart.io/resource")
	return name
}

// texts are all texts in a value, at any depth.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case map[string]any:
		return texts(slices.Collect(maps.Values(v)))
	case []any:
		var out []string
		for _, child := range v {
			out = append(out, texts(child)...)
		}
		return out
	default:
		return nil
	}
}

// A statement of a policy, as functions/internal/policy writes it.
type statement struct {
	Sid       string
	Effect    string
	Principal map[string][]string
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string
}

// statements of a text; none when it is no policy. A policy with other elements, such as NotAction, fails the test.
func statements(t *testing.T, text string) []statement {
	t.Helper()
	if !strings.HasPrefix(text, "{") || !strings.Contains(text, `"Statement"`) {
		return nil
	}
	var policy struct {
		Version   string
		Statement []statement
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&policy); err != nil {
		t.Fatalf("cannot read policy: %v: %s", err, text)
	}
	return policy.Statement
}

// pods reports whether the statement lets Pod Identity in.
func (s statement) pods() bool { return slices.Contains(s.Principal["Service"], podIdentity) }

// wide lists what the statement, the i-th of its policy, allows beyond single actions on known
// resources, and the principals that it lets in.
func (s statement) wide(i int) []string {
	if s.Effect == "Deny" {
		return nil // To deny everything to everyone is not wide.
	}
	var out []string
	id := "/" + cmp.Or(s.Sid, fmt.Sprintf("#%d", i))
	for _, action := range s.Action {
		if strings.Contains(action, "*") {
			out = append(out, id+" allows "+action)
		}
	}
	for _, arn := range s.Resource {
		if what := beyond(arn); what != "" {
			out = append(out, id+" is about "+what)
		}
	}
	if len(s.Resource) == 0 && len(s.Principal) == 0 {
		out = append(out, id+" is about nothing")
	}
	for _, who := range slices.Concat(slices.Collect(maps.Values(s.Principal))...) {
		out = append(out, " lets in "+who)
	}
	return out
}

// beyond describes an ARN that matches more than the resources of one account; it is empty for
// other ARNs. Buckets and zones have no account in their ARNs; images, snapshots and parameters can
// be AWS's own.
func beyond(arn string) string {
	const service, account, resource = 2, 4, 5
	parts := strings.SplitN(arn, ":", resource+1)
	switch {
	case len(parts) <= resource || parts[resource] == "*":
		return arn
	case strings.HasPrefix(parts[resource], "snapshot/") && parts[account] != "":
		return "a snapshot of one account, and no snapshot's ARN has one: " + arn
	case parts[account] == "*":
		return "any account's group"
	case parts[account] == "" && !slices.Contains([]string{"ec2", "route53", "s3", "ssm"}, parts[service]):
		return arn
	default:
		return ""
	}
}
