package cluster

import (
	"strings"

	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/policy"
)

// Services that may assume a role of ours.
const (
	serviceEKS         = "eks.amazonaws.com"
	servicePodIdentity = "pods.eks.amazonaws.com"
	serviceGrafana     = "grafana.amazonaws.com"
)

// roleNameMax is the longest name of a role (CreateRole API, read 2026-11-29).
const roleNameMax = 64

// A role, with what it may do.
type role struct {
	// name of the resource, and what the role is called after in AWS.
	name string
	use  string

	stage       stage
	description string
	trust       string

	// managed policies of AWS, only where AWS wants them and no others.
	managed []string

	// statements of our own. Nil while they cannot be written yet.
	statements []policy.Statement
}

func (c *cluster) roleName(r role) string {
	return c.nameOf(r.name, shorten(c.name, "-"+r.use, roleNameMax))
}

// addRole plans a role, and what AWS's own policies allow it.
func (c *cluster) addRole(r role) {
	c.parts.add(r.stage, r.name, iamv1beta1.Role_GroupVersionKind, &iamv1beta1.Role{
		ObjectMeta: c.named(r.name, c.roleName(r)),
		Spec: iamv1beta1.RoleSpec{ForProvider: iamv1beta1.RoleParameters{
			AssumeRolePolicy: &r.trust,
			Description:      &r.description,
			Tags:             c.tags(r.name),
		}},
	})
	for _, m := range r.managed {
		c.parts.add(r.stage, attachmentName(r.name, m), iamv1beta1.RolePolicyAttachment_GroupVersionKind, &iamv1beta1.RolePolicyAttachment{
			Spec: iamv1beta1.RolePolicyAttachmentSpec{ForProvider: iamv1beta1.RolePolicyAttachmentParameters{
				RoleSelector: desired.Selector(r.name),
				PolicyArn:    new(policy.ARN(c.partition(), "iam", "", "aws", "policy/"+m)),
			}},
		})
	}
}

// attachmentName of a policy of AWS's own, which a role has.
func attachmentName(roleName, managed string) string {
	return roleName + "-" + strings.ToLower(managed[strings.LastIndex(managed, "/")+1:])
}

func attachmentNames(roleName string, managed []string) []string {
	names := make([]string, len(managed))
	for i, m := range managed {
		names[i] = attachmentName(roleName, m)
	}
	return names
}

// allow plans the policy of a role with its statements.
func (c *cluster) allow(r role) {
	name := r.name + "-policy"
	if r.statements == nil {
		c.parts.later(r.stage, name)
		return
	}
	c.parts.add(r.stage, name, iamv1beta1.RolePolicy_GroupVersionKind, &iamv1beta1.RolePolicy{
		Spec: iamv1beta1.RolePolicySpec{ForProvider: iamv1beta1.RolePolicyParameters{
			RoleSelector: desired.Selector(r.name),
			Policy:       new(policy.JSON(r.statements...)),
		}},
	})
}

// An identity of pods: the service account whose pods get a role's permissions.
type identity struct {
	namespace string
	account   string
}

// podTrust lets pods of one service account of this cluster assume a role, and no
// other: EKS puts these tags on the session
// (docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html, read 2026-11-29).
func (c *cluster) podTrust(who identity) string {
	return policy.JSON(policy.Statement{
		Effect: policy.Allow, Principal: policy.Service(servicePodIdentity),
		Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: policy.Conditions{"StringEquals": {
			"aws:RequestTag/eks-cluster-name":           {c.eksName()},
			"aws:RequestTag/kubernetes-namespace":       {who.namespace},
			"aws:RequestTag/kubernetes-service-account": {who.account},
		}},
	})
}

// associationName of a role with its service account.
func associationName(roleName string) string {
	return strings.Replace(roleName, "role-", "pod-identity-", 1)
}

// associate gives a role to the pods of a service account, and returns the name of
// the association. Pods that start before it have no credentials until they
// start anew, so that what runs them waits for it.
func (c *cluster) associate(s stage, roleName string, who identity) string {
	name := associationName(roleName)
	c.parts.gate(s, name, eksv1beta1.PodIdentityAssociation_GroupVersionKind, &eksv1beta1.PodIdentityAssociation{
		Spec: eksv1beta1.PodIdentityAssociationSpec{ForProvider: eksv1beta1.PodIdentityAssociationParameters_2{
			Region:              &c.spec.Region,
			ClusterNameSelector: desired.Selector(clusterName),
			Namespace:           &who.namespace,
			ServiceAccount:      &who.account,
			RoleArnSelector:     desired.Selector(roleName),
			Tags:                c.tags(name),
		}},
	})
	return name
}
