package account

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/ausmart/platform/test/cloud/catalog"
)

func eks(kind string) catalog.GroupKind { return catalog.GroupKind{Service: "eks", Kind: kind} }

// eksModels follows the EKS API reference.
func eksModels() map[catalog.GroupKind]model {
	subnets := func(field string) need {
		return need{field: field, kinds: []catalog.GroupKind{ec2("Subnet")}, code: "InvalidParameterException", message: "The subnet ID '%s' does not exist"}
	}
	return map[catalog.GroupKind]model{
		eks("Cluster"): {
			label: "EKS Cluster", service: "EKS", create: "CreateCluster", describe: "DescribeCluster", update: "UpdateClusterConfig", remove: "DeleteCluster",
			immutable:     []string{"roleArn"},
			needs:         []need{passedRole("roleArn"), subnets("vpcConfig.subnetIds[*]")},
			check:         twoZones("vpcConfig.subnetIds[*]", "InvalidParameterException", "Subnets specified must be in at least two different AZs"),
			checkDeletion: protected("deletionProtection", "InvalidRequestException", "Cluster cannot be deleted because it has deletion protection enabled."),
			attributes:    clusterAttributes,
		},
		eks("ClusterAuth"): {label: "EKS ClusterAuth", service: "EKS", describe: "DescribeCluster", needs: []need{clusterNeed()}, attributes: refreshed},
		eks("NodeGroup"): {
			label: "EKS Node Group", service: "EKS", create: "CreateNodegroup", describe: "DescribeNodegroup", update: "UpdateNodegroupConfig", remove: "DeleteNodegroup",
			immutable:  []string{"clusterName", "nodeRoleArn", "subnetIds", "amiType", "capacityType", "instanceTypes", "diskSize"},
			needs:      []need{clusterNeed(), passedRole("nodeRoleArn"), subnets("subnetIds[*]")},
			attributes: nodeGroupAttributes,
		},
		eks("Addon"): {
			label: "EKS Add-On", service: "EKS",
			needs: []need{clusterNeed()}, immutable: []string{"clusterName", "addonName"}, identify: joined(":", "clusterName", "addonName"),
			attributes: func(view, *Resource) map[string]any { return map[string]any{"addonVersion": "v1.0.0-eksbuild.1"} },
		},
		eks("AccessEntry"): {
			label: "EKS Access Entry", service: "EKS",
			needs: []need{clusterNeed()}, immutable: []string{"clusterName", "principalArn", "type"}, identify: joined(":", "clusterName", "principalArn"),
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"accessEntryArn": fill("arn:aws:eks:{region}:{account}:access-entry/{clusterName}/", r) + hexOf(32, r.ID), "type": "STANDARD"}
			},
		},
		eks("AccessPolicyAssociation"): {
			label: "EKS Access Policy Association", service: "EKS", create: "AssociateAccessPolicy", describe: "ListAssociatedAccessPolicies", remove: "DisassociateAccessPolicy",
			needs: []need{clusterNeed()}, immutable: []string{"clusterName", "principalArn", "policyArn"}, identify: joined("#", "clusterName", "principalArn", "policyArn"),
			check: checkEntry,
		},
		eks("PodIdentityAssociation"): {
			label: "EKS Pod Identity Association", service: "EKS", prefix: "a-",
			needs: []need{clusterNeed()}, immutable: []string{"clusterName", "namespace", "serviceAccount"},
			check: checkAssociation,
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"associationArn": fill("arn:aws:eks:{region}:{account}:podidentityassociation/{clusterName}/{id}", r)}
			},
		},
	}
}

// clusterNeed is the need of every resource that belongs to a cluster.
func clusterNeed() need {
	return need{field: "clusterName", kinds: []catalog.GroupKind{eks("Cluster")}, code: "ResourceNotFoundException", message: "No cluster found for name: %s."}
}

// passedRole must exist when it is passed to a service: IAM refuses the request otherwise.
func passedRole(field string) need {
	return need{field: field, kinds: []catalog.GroupKind{iam("Role")}, code: "InvalidParameterException",
		message: "The role with ARN %s could not be assumed because it does not exist or the trusted entity is not correct"}
}

// checkEntry refuses a policy without its access entry.
// https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateAccessPolicy.html
func checkEntry(v view, r *Resource) *refusal {
	if v.find(eks("AccessEntry"), r.Region, r.text("clusterName")+":"+r.text("principalArn")).ID == "" {
		return &refusal{"ResourceNotFoundException", "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'."}
	}
	return nil
}

// checkAssociation refuses a second role for a service account.
// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
func checkAssociation(v view, r *Resource) *refusal {
	for _, other := range v.all(r.Kind) {
		if other.ID != r.ID && joinedText(other, "clusterName", "namespace", "serviceAccount") == joinedText(r, "clusterName", "namespace", "serviceAccount") {
			return &refusal{"ResourceInUseException", "Association already exists: " + other.ID}
		}
	}
	return nil
}

func joinedText(r *Resource, fields ...string) string {
	texts := make([]string, 0, len(fields))
	for _, f := range fields {
		texts = append(texts, r.text(f))
	}
	return strings.Join(texts, "/")
}

func joined(separator string, fields ...string) func(view, *Resource, int) string {
	return func(_ view, r *Resource, _ int) string {
		texts := make([]string, 0, len(fields))
		for _, f := range fields {
			texts = append(texts, r.text(f))
		}
		return strings.Join(texts, separator)
	}
}

// twoZones refuses subnets that are all in one availability zone.
func twoZones(field, code, message string) func(view, *Resource) *refusal {
	return func(v view, r *Resource) *refusal {
		zones := map[string]bool{}
		for _, subnet := range r.texts(field) {
			zones[v.find(ec2("Subnet"), r.Region, subnet).text("availabilityZone")] = true
		}
		if len(zones) < 2 {
			return &refusal{code, message}
		}
		return nil
	}
}

// protected refuses the deletion of a resource with deletion protection.
func protected(field, code, message string) func(*Resource) *refusal {
	return func(r *Resource) *refusal {
		if r.Params[field] == true {
			return &refusal{code, message}
		}
		return nil
	}
}

func clusterAttributes(v view, r *Resource) map[string]any {
	subnet := ""
	if subnets := r.texts("vpcConfig.subnetIds[*]"); len(subnets) > 0 {
		subnet = subnets[0]
	}
	id := strings.ToUpper(hexOf(32, r.Kind, r.Name, r.ID))
	return map[string]any{
		"platformVersion": "eks.1", "version": "1.35",
		"certificateAuthority": []any{map[string]any{"data": base64.StdEncoding.EncodeToString([]byte("no certificate: this cluster is simulated\n"))}},
		"identity":             []any{map[string]any{"oidc": []any{map[string]any{"issuer": "https://oidc.eks." + r.Region + ".amazonaws.com/id/" + id}}}},
		"vpcConfig": map[string]any{
			"clusterSecurityGroupId": "sg-0" + hexOf(16, r.ID, "cluster"), "vpcId": v.find(ec2("Subnet"), r.Region, subnet).text("vpcId"),
		},
	}
}

func nodeGroupAttributes(v view, r *Resource) map[string]any {
	out := map[string]any{
		"status": "ACTIVE", "id": r.text("clusterName") + ":" + r.ID,
		"resources": []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": "eks-" + r.ID + "-" + hexOf(8, r.ID)}}}},
	}
	// Its instances are in these security groups. The provider does not report them.
	groups := []any{}
	for _, template := range r.texts("launchTemplate.id") {
		for _, g := range v.find(ec2("LaunchTemplate"), r.Region, template).texts("vpcSecurityGroupIds[*]") {
			groups = append(groups, g)
		}
	}
	out["instanceSecurityGroups"] = groups
	return out
}

// refreshed returns when the kubeconfig was written. It is valid for as long as the cluster exists.
func refreshed(v view, _ *Resource) map[string]any {
	return map[string]any{"lastRefreshTime": v.a.now().UTC().Format(time.RFC3339)}
}
