package cluster

import (
	"strings"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"

	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	groupName      = "security-group-control-plane"
	ruleFromNodes  = "rule-control-plane-from-nodes"
	ruleToWebhooks = "rule-nodes-from-control-plane-https"
	ruleToPods     = "rule-nodes-from-control-plane"

	// groupNameMax is the longest name of a security group (CreateSecurityGroup API, read 2026-11-29).
	groupNameMax = 255

	https = 443
)

// addControlPlaneGroup adds the security group of the control plane's network
// interfaces. Nodes carry the network's node group only, so that databases know
// them by it; these rules are all that passes between the two.
func (c *cluster) addControlPlaneGroup() {
	c.Desired.Add(groupName, &ec2v1beta1.SecurityGroup{
		Spec: ec2v1beta1.SecurityGroupSpec{ForProvider: ec2v1beta1.SecurityGroupParameters_2{
			Region:      &c.spec.Region,
			VPCID:       &c.network.vpcID,
			Name:        new(c.fit("-control-plane", groupNameMax)),
			Description: new("Control plane of cluster " + c.Name),
			Tags:        c.Tags(groupName),
		}},
	})
	c.addAPIRule(ruleFromNodes, "Nodes and pods to the Kubernetes API", ec2v1beta1.SecurityGroupIngressRuleParameters{ReferencedSecurityGroupID: &c.network.nodeGroup})
	for _, from := range privateCIDRs(c.spec) {
		// The range is in the name, so that it moves no other rule when it goes.
		name := "rule-control-plane-from-" + strings.ReplaceAll(from, "/", "-")
		c.addAPIRule(name, "endpoint.privateCIDRs to the Kubernetes API", ec2v1beta1.SecurityGroupIngressRuleParameters{CidrIPv4: &from})
	}
	// The control plane calls kubelets, and webhooks on whatever port they listen.
	for _, r := range []struct {
		name     string
		from, to float64
	}{
		{ruleToWebhooks, https, https},
		{ruleToPods, 1025, 65535},
	} {
		c.Desired.Add(r.name, &ec2v1beta1.SecurityGroupIngressRule{
			Spec: ec2v1beta1.SecurityGroupIngressRuleSpec{ForProvider: ec2v1beta1.SecurityGroupIngressRuleParameters{
				Region:                            &c.spec.Region,
				SecurityGroupID:                   &c.network.nodeGroup,
				ReferencedSecurityGroupIDSelector: desired.Selector(groupName),
				IPProtocol:                        new("tcp"),
				FromPort:                          &r.from,
				ToPort:                            &r.to,
				Description:                       new("Control plane of " + c.Name + " to kubelets and webhooks"),
				Tags:                              c.Tags(r.name),
			}},
		})
	}
}

// addAPIRule lets a source reach the Kubernetes API through the VPC.
func (c *cluster) addAPIRule(name, description string, from ec2v1beta1.SecurityGroupIngressRuleParameters) {
	from.Region = &c.spec.Region
	from.SecurityGroupIDSelector = desired.Selector(groupName)
	from.IPProtocol, from.FromPort, from.ToPort = new("tcp"), new(float64(https)), new(float64(https))
	from.Description = &description
	from.Tags = c.Tags(name)
	c.Desired.Add(name, &ec2v1beta1.SecurityGroupIngressRule{
		Spec: ec2v1beta1.SecurityGroupIngressRuleSpec{ForProvider: from},
	})
}
