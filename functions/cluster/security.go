package cluster

import (
	"strings"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"

	"github.com/ausmart/platform/functions/internal/composition"
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

// addControlPlaneGroup adds the security group of the control plane's network interfaces,
// and the rules between it and the nodes. The nodes have the network's node group only,
// which the rules of the databases name.
func (c *cluster) addControlPlaneGroup() {
	c.AddSecurityGroup(groupName, ec2v1beta1.SecurityGroupParameters_2{
		VPCID:       &c.network.vpcID,
		Name:        new(c.fit("-control-plane", groupNameMax)),
		Description: new("Control plane of cluster " + c.Name),
	})
	c.addAPIRule(ruleFromNodes, "Nodes and pods to the Kubernetes API", ec2v1beta1.SecurityGroupIngressRuleParameters{ReferencedSecurityGroupID: &c.network.nodeGroup})
	for _, from := range privateCIDRs(c.spec) {
		// The range is in the name, so that a range that is removed renames no other rule.
		name := "rule-control-plane-from-" + strings.ReplaceAll(from, "/", "-")
		c.addAPIRule(name, "endpoint.privateCIDRs to the Kubernetes API", ec2v1beta1.SecurityGroupIngressRuleParameters{CidrIPv4: &from})
	}
	// The control plane calls kubelets, and webhooks on whatever port they listen.
	for name, ports := range map[string]composition.Ports{ruleToWebhooks: composition.Port(https), ruleToPods: {First: 1025, Last: 65535}} {
		c.AddIngressRule(name, "Control plane of "+c.Name+" to kubelets and webhooks", ports, ec2v1beta1.SecurityGroupIngressRuleParameters{
			SecurityGroupID:                   &c.network.nodeGroup,
			ReferencedSecurityGroupIDSelector: desired.Selector(groupName),
		})
	}
}

// addAPIRule lets a source reach the Kubernetes API through the VPC.
func (c *cluster) addAPIRule(name, description string, from ec2v1beta1.SecurityGroupIngressRuleParameters) {
	from.SecurityGroupIDSelector = desired.Selector(groupName)
	c.AddIngressRule(name, description, composition.Port(https), from)
}
