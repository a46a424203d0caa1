package network

import (
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"

	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	defaultGroupName   = "security-group-default"
	nodeGroupName      = "security-group-node"
	endpointsGroupName = "security-group-endpoints"

	// anyProtocol in a rule means all protocols and ports.
	anyProtocol = "-1"
)

// addSecurityGroups adds the groups, and each rule as a resource of its own: a
// rule that changes inside a group would make AWS replace the group.
func (n *network) addSecurityGroups() {
	// A VPC's default group lets its members talk to each other and out. Managing
	// it without rules empties it, so that nothing works by accident.
	n.Desired.Add(defaultGroupName, &ec2v1beta1.DefaultSecurityGroup{
		Spec: ec2v1beta1.DefaultSecurityGroupSpec{ForProvider: ec2v1beta1.DefaultSecurityGroupParameters{
			Region:        &n.spec.Region,
			VPCIDSelector: desired.Selector(vpcName),
			Tags:          n.Tags(defaultGroupName),
		}},
	})

	n.addGroup(nodeGroupName, "node", "Nodes and pods of the clusters in this network", "karpenter.sh/discovery", n.Name)
	n.Desired.Add("rule-node-peers", &ec2v1beta1.SecurityGroupIngressRule{
		Spec: ec2v1beta1.SecurityGroupIngressRuleSpec{ForProvider: ec2v1beta1.SecurityGroupIngressRuleParameters{
			Region:                            &n.spec.Region,
			SecurityGroupIDSelector:           desired.Selector(nodeGroupName),
			ReferencedSecurityGroupIDSelector: desired.Selector(nodeGroupName),
			IPProtocol:                        new(anyProtocol),
			Description:                       new("Nodes to nodes"),
			Tags:                              n.Tags("rule-node-peers"),
		}},
	})
	n.Desired.Add("rule-node-out", &ec2v1beta1.SecurityGroupEgressRule{
		Spec: ec2v1beta1.SecurityGroupEgressRuleSpec{ForProvider: ec2v1beta1.SecurityGroupEgressRuleParameters{
			Region:                  &n.spec.Region,
			SecurityGroupIDSelector: desired.Selector(nodeGroupName),
			CidrIPv4:                new(anywhere),
			IPProtocol:              new(anyProtocol),
			Description:             new("Nodes to anywhere; network policies say what pods may"),
			Tags:                    n.Tags("rule-node-out"),
		}},
	})

	if len(n.interfaceServices()) == 0 {
		return
	}
	n.addGroup(endpointsGroupName, "endpoints", "Interface endpoints of this network")
	n.Desired.Add("rule-endpoints-https", &ec2v1beta1.SecurityGroupIngressRule{
		Spec: ec2v1beta1.SecurityGroupIngressRuleSpec{ForProvider: ec2v1beta1.SecurityGroupIngressRuleParameters{
			Region:                  &n.spec.Region,
			SecurityGroupIDSelector: desired.Selector(endpointsGroupName),
			CidrIPv4:                new(string(n.spec.CIDR)),
			IPProtocol:              new("tcp"),
			FromPort:                new(float64(443)),
			ToPort:                  new(float64(443)),
			Description:             new("HTTPS from the network"),
			Tags:                    n.Tags("rule-endpoints-https"),
		}},
	})
}

func (n *network) addGroup(name, use, description string, moreTags ...string) {
	n.Desired.Add(name, &ec2v1beta1.SecurityGroup{
		Spec: ec2v1beta1.SecurityGroupSpec{ForProvider: ec2v1beta1.SecurityGroupParameters_2{
			Region:        &n.spec.Region,
			VPCIDSelector: desired.Selector(vpcName),
			Name:          new(n.Name + "-" + use),
			Description:   &description,
			Tags:          n.Tags(name, moreTags...),
		}},
	})
}
