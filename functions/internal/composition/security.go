package composition

import (
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"

	"github.com/ausmart/platform/functions/internal/awsname"
)

// AddSecurityGroup adds a security group, whose name is made one that EC2 takes. More tags are
// keys and values by turns.
func (c *Composition) AddSecurityGroup(name string, p ec2v1beta1.SecurityGroupParameters_2, more ...string) {
	p.Region, p.Tags = &c.common.Region, c.Tags(name, more...)
	p.Name = new(awsname.SecurityGroup().Prefixed(*p.Name))
	c.Desired.Add(name, &ec2v1beta1.SecurityGroup{Spec: ec2v1beta1.SecurityGroupSpec{ForProvider: p}})
}

// Ports of TCP, from the first to the last. Without a first one they are all ports of
// all protocols.
type Ports struct{ First, Last int32 }

// Port is a single one.
func Port(number int32) Ports { return Ports{First: number, Last: number} }

// AddIngressRule adds a rule of a security group: who may reach which ports of its
// members. It is a resource of its own: a rule that changes inside a group would make
// AWS replace the group.
func (c *Composition) AddIngressRule(name, description string, ports Ports, p ec2v1beta1.SecurityGroupIngressRuleParameters) {
	p.Region, p.Description, p.Tags = &c.common.Region, &description, c.Tags(name)
	p.IPProtocol = new("-1")
	if ports.First > 0 {
		p.IPProtocol, p.FromPort, p.ToPort = new("tcp"), new(float64(ports.First)), new(float64(ports.Last))
	}
	c.Desired.Add(name, &ec2v1beta1.SecurityGroupIngressRule{Spec: ec2v1beta1.SecurityGroupIngressRuleSpec{ForProvider: p}})
}
