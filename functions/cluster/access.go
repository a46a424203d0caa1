package cluster

import (
	"slices"
	"strings"

	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/awsname"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
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

// accessName of an entry follows from its principal, and not from its place in the list.
func accessName(principal string) string {
	const digits = 10
	return "access-" + awsname.Digest(digits, principal)
}

// addAccess adds the entries of people and pipelines. The name of an association has what
// AWS cannot change of it, so that a change is another association.
func (c *cluster) addAccess() {
	for _, a := range c.spec.Access {
		entry := accessName(a.PrincipalARN)
		c.Desired.Add(entry, &eksv1beta1.AccessEntry{
			Spec: eksv1beta1.AccessEntrySpec{ForProvider: eksv1beta1.AccessEntryParameters{
				Region:              &c.spec.Region,
				ClusterNameSelector: desired.Selector(clusterName),
				PrincipalArn:        new(a.PrincipalARN),
				Type:                new("STANDARD"),
				Tags:                c.Tags(entry),
			}},
		}, desired.In(addons), desired.AfterEarlierStages())
		namespaces := slices.Sorted(slices.Values(a.Namespaces))
		scope := &eksv1beta1.AccessScopeParameters{Type: new("cluster")}
		name := entry + "-" + string(a.Role)
		if len(namespaces) > 0 {
			const digits = 6
			scope = &eksv1beta1.AccessScopeParameters{Type: new("namespace"), Namespaces: composition.Pointers(namespaces)}
			name += "-" + awsname.Digest(digits, strings.Join(namespaces, " "))
		}
		c.Desired.Add(name, &eksv1beta1.AccessPolicyAssociation{
			Spec: eksv1beta1.AccessPolicyAssociationSpec{ForProvider: eksv1beta1.AccessPolicyAssociationParameters{
				Region:               &c.spec.Region,
				ClusterNameSelector:  desired.Selector(clusterName),
				PrincipalArnSelector: desired.Selector(entry),
				PolicyArn:            new(iampolicy.ARN(c.Partition(), "eks", "", "aws", "cluster-access-policy/"+accessPolicy(a.Role))),
				AccessScope:          scope,
			}},
		}, desired.In(addons), desired.AfterEarlierStages())
	}
}
