package cluster

import (
	"strings"

	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// Services that may assume a role of ours.
const (
	serviceEKS     = "eks.amazonaws.com"
	serviceGrafana = "grafana.amazonaws.com"
)

// rolePrefix of the names of roles in the composition. What follows it is in their
// names in AWS too.
const rolePrefix = "role-"

// A role with its permissions: AWS's own policies, or our statements.
type role struct {
	name        string
	description string
	stage       int
	trust       string

	// managed policies of AWS, only where AWS asks for them.
	managed []string

	// statements of our own; none while they cannot be written yet.
	statements []iampolicy.Statement
}

// roleName in AWS.
func (c *cluster) roleName(resource string) string {
	return c.NameInAWS(resource, c.fit("-"+strings.TrimPrefix(resource, rolePrefix), composition.RoleNameMax))
}

// addRole adds a role with its policies.
func (c *cluster) addRole(r role) {
	stage := desired.In(r.stage)
	c.AddRole(composition.Role{Name: r.name, NameInAWS: c.roleName(r.name), Description: r.description, Trust: r.trust}, stage)
	if len(r.managed) == 0 {
		c.AddRolePolicy(r.name, r.statements, stage)
	}
	for _, m := range r.managed {
		c.Desired.Add(attachmentName(r.name, m), &iamv1beta1.RolePolicyAttachment{
			Spec: iamv1beta1.RolePolicyAttachmentSpec{ForProvider: iamv1beta1.RolePolicyAttachmentParameters{
				RoleSelector: desired.Selector(r.name),
				PolicyArn:    new(iampolicy.ARN(c.Partition(), "iam", "", "aws", "policy/"+m)),
			}},
		}, stage)
	}
}

// attachmentName of a policy of AWS's own, which a role has.
func attachmentName(roleName, managed string) string {
	return roleName + "-" + strings.ToLower(managed)
}

func attachmentNames(roleName string, managed []string) []string {
	names := make([]string, len(managed))
	for i, m := range managed {
		names[i] = attachmentName(roleName, m)
	}
	return names
}

// An identity of pods: the service account whose pods get a role's permissions.
type identity struct {
	namespace string
	account   string
}

// addPodRole adds a role that the pods of one service account get, and returns the name
// of the association. Pods that start before it have no credentials until they are
// restarted, so that what runs them comes after it.
func (c *cluster) addPodRole(r role, pods identity) string {
	r.trust = composition.PodTrust(c.eksName(), pods.namespace, pods.account)
	c.addRole(r)
	name := associationName(r.name)
	c.Desired.Add(name, &eksv1beta1.PodIdentityAssociation{
		Spec: eksv1beta1.PodIdentityAssociationSpec{ForProvider: eksv1beta1.PodIdentityAssociationParameters_2{
			Region:              &c.spec.Region,
			ClusterNameSelector: desired.Selector(clusterName),
			Namespace:           &pods.namespace,
			ServiceAccount:      &pods.account,
			RoleArnSelector:     desired.Selector(r.name),
			Tags:                c.Tags(name),
		}},
	}, desired.In(r.stage), desired.AfterEarlierStages())
	return name
}

// associationName of a role with its service account.
func associationName(roleName string) string {
	return "pod-identity-" + strings.TrimPrefix(roleName, rolePrefix)
}
