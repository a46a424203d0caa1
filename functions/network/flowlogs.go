package network

import (
	ec2v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta2"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

const (
	flowLogName      = "flow-log"
	flowLogGroupName = "flow-log-group"
	flowLogRoleName  = "flow-log-role"
)

// addFlowLogs records the VPC's traffic in a log group.
func (n *network) addFlowLogs() {
	if !n.Settings.FlowLogs.V {
		return
	}
	group := n.AddLogGroup(flowLogGroupName, "/ausmart/"+n.Name+"/flow-logs")
	n.AddRole(composition.Role{
		Name: flowLogRoleName, Description: "Writes the flow logs of network " + n.Name,
		Trust: iampolicy.Trust("vpc-flow-logs.amazonaws.com", nil),
	})
	n.AddRolePolicy(flowLogRoleName, n.flowLogStatements(group))
	n.Desired.Add(flowLogName, &ec2v1beta2.FlowLog{
		Spec: ec2v1beta2.FlowLogSpec{ForProvider: ec2v1beta2.FlowLogParameters{
			Region:                 &n.spec.Region,
			VPCIDSelector:          desired.Selector(vpcName),
			TrafficType:            new("ALL"),
			LogDestinationType:     new("cloud-watch-logs"),
			LogDestinationSelector: desired.Selector(flowLogGroupName),
			IAMRoleArnSelector:     desired.Selector(flowLogRoleName),
			Tags:                   n.Tags(flowLogName),
		}},
	})
}

// flowLogStatements let the flow logs' role write to their group. The account in the
// ARN is any, since it is the role's own: a role cannot write to another account's log
// groups unless that account agrees.
func (n *network) flowLogStatements(group string) []iampolicy.Statement {
	arn := iampolicy.ARN(n.Partition(), "logs", n.spec.Region, "*", "log-group:"+group)
	return []iampolicy.Statement{{
		Effect:   iampolicy.Allow,
		Action:   []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"},
		Resource: []string{arn, arn + ":*"},
	}}
}
