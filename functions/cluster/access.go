package cluster

import (
	"slices"
	"strings"

	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/policy"
)

// accessPolicy of EKS for each role of a claim
// (docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html, read 2026-11-29).
func accessPolicy(r v1alpha1.AccessRole) string {
	switch r {
	case "admin":
		return "AmazonEKSClusterAdminPolicy"
	case "edit":
		return "AmazonEKSEditPolicy"
	default:
		return "AmazonEKSViewPolicy"
	}
}

// accessName of an entry, which moves with the principal and not with its place in
// the list.
func accessName(principal string) string {
	const digits = 10
	return "access-" + digest(principal)[:digits]
}

// addAccess plans the entries of people and pipelines. What AWS cannot change of
// an association is in its name, so that a change is another association.
func (c *cluster) addAccess() {
	for _, a := range c.spec.Access {
		entry := accessName(a.PrincipalARN)
		c.parts.gate(addons, entry, eksv1beta1.AccessEntry_GroupVersionKind, &eksv1beta1.AccessEntry{
			Spec: eksv1beta1.AccessEntrySpec{ForProvider: eksv1beta1.AccessEntryParameters{
				Region:              &c.spec.Region,
				ClusterNameSelector: desired.Selector(clusterName),
				PrincipalArn:        new(a.PrincipalARN),
				Type:                new("STANDARD"),
				Tags:                c.tags(entry),
			}},
		})
		namespaces := slices.Sorted(slices.Values(a.Namespaces))
		scope := &eksv1beta1.AccessScopeParameters{Type: new("cluster")}
		name := entry + "-" + string(a.Role)
		if len(namespaces) > 0 {
			const digits = 6
			scope = &eksv1beta1.AccessScopeParameters{Type: new("namespace"), Namespaces: pointers(namespaces)}
			name += "-" + digest(strings.Join(namespaces, " "))[:digits]
		}
		c.parts.gate(addons, name, eksv1beta1.AccessPolicyAssociation_GroupVersionKind, &eksv1beta1.AccessPolicyAssociation{
			Spec: eksv1beta1.AccessPolicyAssociationSpec{ForProvider: eksv1beta1.AccessPolicyAssociationParameters{
				Region:               &c.spec.Region,
				ClusterNameSelector:  desired.Selector(clusterName),
				PrincipalArnSelector: desired.Selector(entry),
				PolicyArn:            new(policy.ARN(c.partition(), "eks", "", "aws", "cluster-access-policy/"+accessPolicy(a.Role))),
				AccessScope:          scope,
			}},
		})
	}
}
