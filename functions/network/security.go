package network

import (
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	defaultGroupName   = "security-group-default"
	nodeGroupName      = "security-group-node"
	endpointsGroupName = "security-group-endpoints"

	https = 443
)

// addSecurityGroups adds the groups and their rules.
func (n *network) addSecurityGroups() {
	// The default group of a VPC allows its members to reach each other and the internet.
	// Managed without rules it is empty, so that nothing works by accident.
	n.Desired.Add(defaultGroupName, &ec2v1beta1.DefaultSecurityGroup{
		Spec: ec2v1beta1.DefaultSecurityGroupSpec{ForProvider: ec2v1beta1.DefaultSecurityGroupParameters{
			Region:        &n.spec.Region,
			VPCIDSelector: desired.Selector(vpcName),
			Tags:          n.Tags(defaultGroupName),
		}},
	})

	n.addGroup(nodeGroupName, "node", "Nodes and pods of the clusters in this network", conventions.DiscoveryTag, n.Name)
	n.AddIngressRule("rule-node-peers", "Nodes to nodes", composition.Ports{}, ec2v1beta1.SecurityGroupIngressRuleParameters{
		SecurityGroupIDSelector:           desired.Selector(nodeGroupName),
		ReferencedSecurityGroupIDSelector: desired.Selector(nodeGroupName),
	})
	n.Desired.Add("rule-node-out", &ec2v1beta1.SecurityGroupEgressRule{
		Spec: ec2v1beta1.SecurityGroupEgressRuleSpec{ForProvider: ec2v1beta1.SecurityGroupEgressRuleParameters{
			Region:                  &n.spec.Region,
			SecurityGroupIDSelector: desired.Selector(nodeGroupName),
			CidrIPv4:                new(anywhere),
			IPProtocol:              new("-1"), // All protocols and ports.
			Description:             new("Nodes to anywhere; network policies say what pods may"),
			Tags:                    n.Tags("rule-node-out"),
		}},
	})

	if len(n.interfaceServices()) == 0 {
		return
	}
	n.addGroup(endpointsGroupName, "endpoints", "Interface endpoints of this network")
	n.AddIngressRule("rule-endpoints-https", "HTTPS from the network", composition.Port(https), ec2v1beta1.SecurityGroupIngressRuleParameters{
		SecurityGroupIDSelector: desired.Selector(endpointsGroupName),
		CidrIPv4:                new(string(n.spec.CIDR)),
	})
}

func (n *network) addGroup(name, use, description string, moreTags ...string) {
	n.AddSecurityGroup(name, ec2v1beta1.SecurityGroupParameters_2{
		VPCIDSelector: desired.Selector(vpcName),
		Name:          new(n.Name + "-" + use),
		Description:   &description,
	}, moreTags...)
}
