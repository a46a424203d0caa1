package composition

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
	"github.com/ausmart/platform/functions/internal/settings"
)

// RoleNameMax is the longest name of a role (CreateRole API, read 2026-11-29).
const RoleNameMax = 64

// A Role that the composition's resources or pods act as.
type Role struct {
	// Name in the composition. The role's own policy has it too, with -policy after it.
	Name string

	// NameInAWS that a new role gets; AWS chooses one where it is empty.
	NameInAWS string

	// Description in AWS.
	Description string

	// Trust is the policy that says who may assume the role.
	Trust string
}

// AddRole adds a role.
func (c *Composition) AddRole(r Role, order ...desired.Order) {
	var meta metav1.ObjectMeta
	if r.NameInAWS != "" {
		meta = c.Named(r.Name, r.NameInAWS)
	}
	c.Desired.Add(r.Name, &iamv1beta1.Role{
		ObjectMeta: meta,
		Spec: iamv1beta1.RoleSpec{ForProvider: iamv1beta1.RoleParameters{
			AssumeRolePolicy: &r.Trust,
			Description:      &r.Description,
			Tags:             c.Tags(r.Name),
		}},
	}, order...)
}

// PodTrust lets the pods of one service account of a cluster assume a role, and no others:
// EKS puts these tags on the session
// (docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html, read 2026-11-29).
func PodTrust(cluster, namespace, account string) string {
	return iampolicy.JSON(iampolicy.Statement{
		Effect: iampolicy.Allow, Principal: iampolicy.Service("pods.eks.amazonaws.com"),
		Action: []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: iampolicy.Conditions{"StringEquals": {
			"aws:RequestTag/eks-cluster-name":           {cluster},
			"aws:RequestTag/kubernetes-namespace":       {namespace},
			"aws:RequestTag/kubernetes-service-account": {account},
		}},
	})
}

// RolePolicyName in the composition of a role's own policy.
func RolePolicyName(role string) string { return role + "-policy" }

// AddRolePolicy adds a role's own policy. Without statements it is pending: AWS refuses a
// policy that allows nothing.
func (c *Composition) AddRolePolicy(role string, statements []iampolicy.Statement, order ...desired.Order) {
	name := RolePolicyName(role)
	if len(statements) == 0 {
		c.Desired.Pending(name, order...)
		return
	}
	c.Desired.Add(name, &iamv1beta1.RolePolicy{
		Spec: iamv1beta1.RolePolicySpec{ForProvider: iamv1beta1.RolePolicyParameters{
			RoleSelector: desired.Selector(role),
			Policy:       new(iampolicy.JSON(statements...)),
		}},
	}, order...)
}

// keepIAMPath refuses another path than the one at which roles and instance profiles exist: AWS
// cannot move them, and new ones in their place would have another identity.
func (c *Composition) keepIAMPath() {
	path := c.Settings.IAMPath
	for _, name := range c.Observed.Names() {
		exists := iamPathOf(c.Observed.AtProvider(name, "arn"))
		if exists == "" || exists == string(path.V) || c.Observed.Deleting(name) {
			continue
		}
		c.Refuse(fmt.Errorf("spec.iamPath: %s %q is at %s, and AWS cannot move it to %s as %s wants: set spec.iamPath: %s to keep it, or create a new claim",
			c.Observed.Kind(name), name, exists, path.V, path.Origin.Who(), exists))
		c.Settings.IAMPath = settings.Kept(v1alpha1.IAMPath(exists))
		return
	}
}

// placeRoles sets the path of the desired roles and instance profiles, and the boundary of
// the roles.
func (c *Composition) placeRoles() {
	var wanted *string // nil for the path that AWS takes by itself
	if path := c.Settings.IAMPath.V; path != v1alpha1.IAMPathRoot {
		wanted = new(string(path))
	}
	for _, name := range c.Desired.Names() {
		switch r := c.Desired.Get(name).(type) {
		case *iamv1beta1.Role:
			r.Spec.ForProvider.Path = wanted
			r.Spec.ForProvider.PermissionsBoundary = c.boundary(name)
		case *iamv1beta1.InstanceProfile:
			r.Spec.ForProvider.Path = wanted
		}
	}
}

// boundary of a role. An empty text removes a boundary that the role has: a field that is
// left out would get its value in AWS back from the provider.
func (c *Composition) boundary(role string) *string {
	wanted := string(c.Settings.PermissionsBoundary.V)
	if wanted == "" && c.Observed.AtProvider(role, "permissionsBoundary") == "" {
		return nil
	}
	return &wanted
}

// iamPathOf the ARN of a role or instance profile, such as /ausmart/ of
// arn:aws:iam::111122223333:role/ausmart/shop; empty for what is no such ARN.
func iamPathOf(text string) string {
	a, err := arn.Parse(text)
	first, last := strings.Index(a.Resource, "/"), strings.LastIndex(a.Resource, "/")
	if err != nil || a.Service != "iam" || first < 0 {
		return ""
	}
	return a.Resource[first : last+1]
}
