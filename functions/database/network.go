package database

import (
	"errors"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	securityGroupName = "security-group"
	nodeRuleName      = "rule-nodes"
	subnetGroupName   = "subnet-group"
)

// networkInfo has the fields of the network that a database needs.
type networkInfo struct {
	// composite is the XNetwork's name.
	composite string

	vpcID string

	// subnets of the data tier, in the order of their zones.
	subnets []*string

	// nodes is the id of the security group that may connect.
	nodes string
}

// readNetwork reads the network's status. What is missing in it is pending. A table
// lives in no network.
func readNetwork(in adapter.Input[*v1alpha1.Database]) (networkInfo, error) {
	if in.XR.Spec.Engine == v1alpha1.EngineDynamoDB {
		return networkInfo{}, nil
	}
	if in.XR.Spec.NetworkRef == nil {
		return networkInfo{}, errors.New("spec.networkRef: is needed for mysql, postgres and redis: name the Network claim that the database lives in")
	}
	claim := networkClaim(in.XR)
	n, err := adapter.Referenced[v1alpha1.Network](in, claim)
	if err != nil {
		return networkInfo{}, err
	}
	out := networkInfo{composite: n.GetName(), vpcID: n.Status.VPCID}
	if s := n.Status.Subnets; s != nil {
		out.subnets = composition.SubnetIDs(s.Data)
	}
	if g := n.Status.SecurityGroups; g != nil {
		out.nodes = g.Node
	}
	switch {
	case out.vpcID == "":
		return out, adapter.Pending("waiting for %s: it has no VPC yet", claim)
	case len(out.subnets) < 2:
		// RDS's subnet group needs two zones, with or without a standby (RDS User
		// Guide, Working with a DB instance in a VPC, read 2026-11-29).
		return out, adapter.Pending("waiting for %s: it has no data subnets in two zones yet", claim)
	case out.nodes == "":
		return out, adapter.Pending("waiting for %s: it has no security group for nodes yet", claim)
	default:
		return out, nil
	}
}

// addSecurityGroup adds the database's own group. Its only rule lets the network's
// nodes reach the port. It has no egress rule: a database opens no connections.
func (d *database) addSecurityGroup() {
	d.AddSecurityGroup(securityGroupName, ec2v1beta1.SecurityGroupParameters_2{
		VPCID:       &d.network.vpcID,
		Name:        new(d.Name + "-database"),
		Description: new("Database " + d.Name + ": its port, for the nodes of its network"),
	})
	d.AddIngressRule(nodeRuleName, "Nodes to the database", composition.Port(ports()[d.spec.Engine]), ec2v1beta1.SecurityGroupIngressRuleParameters{
		SecurityGroupIDSelector:   desired.Selector(securityGroupName),
		ReferencedSecurityGroupID: &d.network.nodes,
	})
}

// ports of the engines that listen in a network: their defaults (CreateDBInstance
// API, read 2026-11-29; Redis's is its own).
func ports() map[v1alpha1.DatabaseEngine]int32 {
	return map[v1alpha1.DatabaseEngine]int32{
		v1alpha1.EngineMySQL:    3306,
		v1alpha1.EnginePostgres: 5432,
		v1alpha1.EngineRedis:    6379,
	}
}
