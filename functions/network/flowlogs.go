package network

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/utils/ptr"

	ec2v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta2"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
	"github.com/ausmart/platform/functions/internal/progress"
)

const (
	// flowLogName and flowLogGroupName are those of CloudWatch, and bucketFlowLogName the one of
	// S3: AWS cannot change where a flow log goes, so that another destination is another flow log.
	flowLogName       = "flow-log"
	flowLogGroupName  = "flow-log-group"
	flowLogRoleName   = "flow-log-role"
	bucketFlowLogName = "flow-log-s3"
)

// flowLogsTo is where the claim's flow logs go.
func (n *network) flowLogsTo() v1alpha1.FlowLogDestination {
	standard := v1alpha1.FlowLogsToS3
	if n.Observed.Has(flowLogName) && !n.Observed.Has(bucketFlowLogName) {
		standard = v1alpha1.FlowLogsToCloudWatch
	}
	return cmp.Or(ptr.Deref(n.spec.FlowLogs, v1alpha1.FlowLogs{}).Destination, standard)
}

// conditionFlowLogs shows whether flow logs are where the claim wants them, and nowhere else.
const conditionFlowLogs = "FlowLogsAsClaimed"

// flowLogCondition says which flow logs, and stores of them, are there from before.
func (n *network) flowLogCondition() progress.Condition {
	c := progress.Condition{Type: conditionFlowLogs, True: true, Reason: "AsClaimed"}
	var stay []string
	for name, used := range map[string]bool{
		flowLogGroupName: n.Settings.FlowLogs.V && !n.bucketTakesFlowLogs(),
		bucketName:       n.bucketTakesFlowLogs(),
	} {
		if !used && n.Stays(name) {
			stay = append(stay, name)
		}
	}
	slices.Sort(stay)
	to := n.flowLogsTo()
	switch {
	case len(stay) > 0:
		return oldLogsStay(conditionFlowLogs, "spec.flowLogs", stay...)
	case n.Settings.FlowLogs.V && to != cmp.Or(ptr.Deref(n.spec.FlowLogs, v1alpha1.FlowLogs{}).Destination, v1alpha1.FlowLogsToS3):
		c.Message = fmt.Sprintf("spec.flowLogs.destination is left out, and the flow log that exists goes on to %s", to)
	}
	return c
}

// oldLogsStay is the condition of a claim that needs some stores of logs no more.
func oldLogsStay(condition, field string, stores ...string) progress.Condition {
	return progress.Condition{Type: condition, Reason: "OldLogsStay", Message: fmt.Sprintf(
		"%[3]s needs no %[1]s any more, which stays for the logs in it: to delete it, annotate the claim with %[2]s: %[1]s",
		strings.Join(stores, ","), desired.AllowRemovalAnnotation, field)}
}

// bucketTakesFlowLogs reports whether flow logs go to the log bucket.
func (n *network) bucketTakesFlowLogs() bool {
	return n.Settings.FlowLogs.V && n.flowLogsTo() == v1alpha1.FlowLogsToS3
}

// addFlowLogs records the VPC's traffic. A flow log to the other destination stays until its
// successor records, and a log group until its logs may go.
func (n *network) addFlowLogs() {
	switch {
	case !n.Settings.FlowLogs.V:
	case n.flowLogsTo() == v1alpha1.FlowLogsToCloudWatch:
		n.addGroupFlowLog()
		if !n.Observed.Ready(flowLogName) {
			n.Desired.Keep(bucketFlowLogName)
		}
	default:
		n.addBucketFlowLog()
		if n.Stays(flowLogGroupName) {
			n.Desired.Keep(flowLogGroupName)
		}
		if !n.Observed.Ready(bucketFlowLogName) {
			for _, name := range []string{flowLogName, flowLogRoleName, composition.RolePolicyName(flowLogRoleName)} {
				n.Desired.Keep(name)
			}
		}
	}
}

// addBucketFlowLog records to the log bucket, in the form that Athena reads with the fewest
// requests: Parquet, with partitions by hour. It comes after the bucket's policy, without which
// AWS writes one of its own over it
// (docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html, read 2026-11-30).
func (n *network) addBucketFlowLog() {
	order := desired.After(policyName(bucketName), encryptionName(bucketName))
	if n.Account == "" {
		n.Desired.Pending(bucketFlowLogName, order)
		return
	}
	n.Desired.Add(bucketFlowLogName, &ec2v1beta2.FlowLog{
		Spec: ec2v1beta2.FlowLogSpec{ForProvider: ec2v1beta2.FlowLogParameters{
			Region:             &n.spec.Region,
			VPCIDSelector:      desired.Selector(vpcName),
			TrafficType:        new("ALL"),
			LogDestinationType: new("s3"),
			LogDestination:     new(n.bucketARN(bucketName)),
			DestinationOptions: &ec2v1beta2.DestinationOptionsParameters{
				FileFormat: new("parquet"), HiveCompatiblePartitions: new(true), PerHourPartition: new(true),
			},
			Tags: n.Tags(bucketFlowLogName),
		}},
	}, order)
}

// addGroupFlowLog records to a log group. Its role is pending until the account is known, which
// its trust names.
func (n *network) addGroupFlowLog() {
	group := n.AddLogGroup(flowLogGroupName, "/ausmart/"+n.Name+"/flow-logs")
	if n.Account == "" {
		n.Desired.Pending(flowLogRoleName)
		n.Desired.Pending(composition.RolePolicyName(flowLogRoleName))
	} else {
		n.AddRole(composition.Role{
			Name: flowLogRoleName, Description: "Writes the flow logs of network " + n.Name,
			Trust: iampolicy.Trust("vpc-flow-logs.amazonaws.com", n.OnBehalfOf("ec2", "vpc-flow-log/*")),
		})
		n.AddRolePolicy(flowLogRoleName, n.flowLogStatements(group))
	}
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

// flowLogStatements let the flow logs' role write to their group. AWS calls the five actions the
// minimum (docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html, read 2026-11-30). A
// list of log groups has no narrower resource.
func (n *network) flowLogStatements(group string) []iampolicy.Statement {
	arn := n.ARN("logs", "log-group:"+group)
	return []iampolicy.Statement{
		{
			Effect:   iampolicy.Allow,
			Action:   []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"},
			Resource: []string{arn, arn + ":*"},
		},
		{Effect: iampolicy.Allow, Action: []string{"logs:DescribeLogGroups"}, Resource: []string{n.ARN("logs", "log-group:*")}},
	}
}
