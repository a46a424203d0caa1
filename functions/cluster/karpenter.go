package cluster

import (
	"encoding/json"

	eventsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchevents/v1beta1"
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"
	sqsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/sqs/v1beta1"

	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/policy"
)

const (
	karpenterRoleName     = "role-karpenter"
	karpenterNodeRoleName = "role-karpenter-node"
	karpenterAccessName   = "access-karpenter-nodes"
	profileName           = "instance-profile-karpenter"
	queueName             = "queue-interruptions"

	// eventBus that AWS services send to. The provider wants it named: a rule and a
	// target that leave it out never become ready.
	eventBus = "default"

	// interruptionRetention in seconds, which is Karpenter's own: a spot instance has
	// two minutes after its warning, so that older messages are about instances that
	// are gone.
	interruptionRetention = 300

	queueNameMax = 80  // CreateQueue API, read 2026-11-29
	ruleNameMax  = 64  // PutRule API, read 2026-11-29
	profileMax   = 128 // CreateInstanceProfile API, read 2026-11-29
)

// karpenterOn says whether Karpenter is wanted.
func (c *cluster) karpenterOn() bool {
	return c.spec.Karpenter == nil || c.spec.Karpenter.Enabled == nil || *c.spec.Karpenter.Enabled
}

// An interruption that Karpenter hears of.
type interruption struct {
	name       string
	source     string
	detailType string
}

// interruptions are those that Karpenter understands, but for one: instances in a
// capacity reservation that AWS may interrupt, of which the node class names none
// (github.com/aws/karpenter-provider-aws v1.15.1, pkg/controllers/interruption/messages,
// read 2026-11-29).
func interruptions() []interruption {
	return []interruption{
		{"health", "aws.health", "AWS Health Event"},
		{"spot", "aws.ec2", "EC2 Spot Instance Interruption Warning"},
		{"rebalance", "aws.ec2", "EC2 Instance Rebalance Recommendation"},
		{"state", "aws.ec2", "EC2 Instance State-change Notification"},
	}
}

// addKarpenter plans what Karpenter needs of AWS.
func (c *cluster) addKarpenter() {
	if !c.karpenterOn() {
		return
	}
	c.addKarpenterNodes()
	c.addInterruptionQueue()
	c.addController(role{
		name: karpenterRoleName, use: "karpenter",
		description: "Karpenter of cluster " + c.name,
		statements:  c.karpenterStatements(),
	}, podsOf(charts.Karpenter))
}

// addKarpenterNodes plans what Karpenter's nodes are: a role of their own, since
// EKS makes and removes the entry of a node group's role by itself.
func (c *cluster) addKarpenterNodes() {
	c.addRole(role{
		name: karpenterNodeRoleName, use: "karpenter-node", stage: addons,
		description: "Karpenter's nodes of cluster " + c.name,
		trust:       c.ec2Trust(),
		managed:     nodePolicies(),
	})
	// Karpenter could make the profile itself, with the right to make any.
	c.parts.add(addons, profileName, iamv1beta1.InstanceProfile_GroupVersionKind, &iamv1beta1.InstanceProfile{
		ObjectMeta: c.named(profileName, c.profile()),
		Spec: iamv1beta1.InstanceProfileSpec{ForProvider: iamv1beta1.InstanceProfileParameters{
			RoleSelector: desired.Selector(karpenterNodeRoleName),
			Tags:         c.tags(profileName),
		}},
	})
	c.parts.gate(addons, karpenterAccessName, eksv1beta1.AccessEntry_GroupVersionKind, &eksv1beta1.AccessEntry{
		Spec: eksv1beta1.AccessEntrySpec{ForProvider: eksv1beta1.AccessEntryParameters{
			Region:                       &c.spec.Region,
			ClusterNameSelector:          desired.Selector(clusterName),
			PrincipalArnFromRoleSelector: desired.Selector(karpenterNodeRoleName),
			Type:                         new("EC2_LINUX"),
			Tags:                         c.tags(karpenterAccessName),
		}},
	})
}

// profile is the name of the instance profile of Karpenter's nodes.
func (c *cluster) profile() string {
	return c.nameOf(profileName, shorten(c.name, "-karpenter-node", profileMax))
}

// queue is the name of the interruption queue.
func (c *cluster) queue() string { return shorten(c.name, "-interruptions", queueNameMax) }

func (c *cluster) addInterruptionQueue() {
	c.parts.add(addons, queueName, sqsv1beta1.Queue_GroupVersionKind, &sqsv1beta1.Queue{
		Spec: sqsv1beta1.QueueSpec{ForProvider: sqsv1beta1.QueueParameters{
			Region:                  &c.spec.Region,
			Name:                    new(c.queue()),
			MessageRetentionSeconds: new(float64(interruptionRetention)),
			SqsManagedSseEnabled:    new(true),
			Tags:                    c.tags(queueName),
		}},
	})
	if c.seen.queueARN == "" || c.seen.account == "" {
		c.parts.later(addons, queueName+"-policy")
	} else {
		c.parts.add(addons, queueName+"-policy", sqsv1beta1.QueuePolicy_GroupVersionKind, &sqsv1beta1.QueuePolicy{
			Spec: sqsv1beta1.QueuePolicySpec{ForProvider: sqsv1beta1.QueuePolicyParameters{
				Region:           &c.spec.Region,
				QueueURLSelector: desired.Selector(queueName),
				Policy:           new(c.queuePolicy()),
			}},
		})
	}
	for _, i := range interruptions() {
		c.addInterruption(i)
	}
}

// queuePolicy lets the rules of this cluster send, and refuses everybody who does
// not use TLS.
func (c *cluster) queuePolicy() string {
	var rules []string
	for _, i := range interruptions() {
		rules = append(rules, c.arn("events", "rule/"+c.ruleName(i)))
	}
	return policy.JSON(
		policy.Statement{
			Sid: "EventsSend", Effect: policy.Allow, Principal: policy.Service("events.amazonaws.com"),
			Action: []string{"sqs:SendMessage"}, Resource: []string{c.seen.queueARN},
			Condition: policy.Conditions{"ArnEquals": {"aws:SourceArn": rules}},
		},
		policy.Statement{
			Sid: "TLSOnly", Effect: policy.Deny, Principal: policy.Everyone(),
			Action: []string{"sqs:*"}, Resource: []string{c.seen.queueARN},
			Condition: policy.Conditions{"Bool": {"aws:SecureTransport": {"false"}}},
		},
	)
}

// An eventPattern of EventBridge.
type eventPattern struct {
	Source     []string `json:"source"`
	DetailType []string `json:"detail-type"`
}

func (i interruption) rule() string { return "rule-interruption-" + i.name }

// ruleName of an interruption in AWS.
func (c *cluster) ruleName(i interruption) string {
	return c.nameOf(i.rule(), shorten(c.name, "-"+i.name, ruleNameMax))
}

func (c *cluster) addInterruption(i interruption) {
	rule, target := i.rule(), "target-interruption-"+i.name
	// It holds text, so it always marshals.
	text, _ := json.Marshal(eventPattern{Source: []string{i.source}, DetailType: []string{i.detailType}}) //nolint:errchkjson // See above.
	pattern := string(text)
	c.parts.add(addons, rule, eventsv1beta1.Rule_GroupVersionKind, &eventsv1beta1.Rule{
		ObjectMeta: c.named(rule, c.ruleName(i)),
		Spec: eventsv1beta1.RuleSpec{ForProvider: eventsv1beta1.RuleParameters{
			Region:       &c.spec.Region,
			Description:  new(i.detailType + " for Karpenter"),
			EventBusName: new(eventBus),
			EventPattern: &pattern,
			State:        new("ENABLED"),
			Tags:         c.tags(rule),
		}},
	})
	if c.seen.queueARN == "" {
		c.parts.later(addons, target)
		return
	}
	c.parts.add(addons, target, eventsv1beta1.Target_GroupVersionKind, &eventsv1beta1.Target{
		Spec: eventsv1beta1.TargetSpec{ForProvider: eventsv1beta1.TargetParameters{
			Region:       &c.spec.Region,
			EventBusName: new(eventBus),
			RuleSelector: desired.Selector(rule),
			TargetID:     new("karpenter"),
			Arn:          &c.seen.queueARN,
		}},
	})
}

// karpenterStatements let Karpenter start, tag and end instances of this cluster
// and no others. After the policy that Karpenter publishes
// (karpenter.sh/docs/reference/cloudformation for 1.14, read 2026-11-29; that for 1.15
// could not be read, and the module v1.15.1 calls no more than a reboot, which its
// settings leave off), narrowed to this account. What is not in use is left out: making
// instance profiles, placement groups, zonal shifts.
func (c *cluster) karpenterStatements() []policy.Statement {
	if c.seen.account == "" {
		return nil
	}
	return append(c.launchStatements(), c.karpenterReads()...)
}

func (c *cluster) launchStatements() []policy.Statement {
	const pool, owned = "karpenter.sh/nodepool", "owned"
	ofCluster := "kubernetes.io/cluster/" + c.eksName()
	ec2 := func(kinds ...string) []string {
		out := make([]string, len(kinds))
		for i, kind := range kinds {
			out[i] = c.arn("ec2", kind+"/*")
		}
		return out
	}
	public := func(kind string) string { return policy.ARN(c.partition(), "ec2", c.spec.Region, "", kind+"/*") }
	launch := []string{"ec2:RunInstances", "ec2:CreateFleet"}
	made := ec2("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
	requested := policy.Conditions{
		"StringEquals": {"aws:RequestTag/" + ofCluster: {owned}, "aws:RequestTag/eks:eks-cluster-name": {c.eksName()}},
		"StringLike":   {"aws:RequestTag/" + pool: {"*"}},
	}
	ours := policy.Conditions{
		"StringEquals": {"aws:ResourceTag/" + ofCluster: {owned}},
		"StringLike":   {"aws:ResourceTag/" + pool: {"*"}},
	}
	tagging := policy.Conditions{
		"StringEquals": {
			"aws:RequestTag/" + ofCluster:         {owned},
			"aws:RequestTag/eks:eks-cluster-name": {c.eksName()},
			"ec2:CreateAction":                    {"RunInstances", "CreateFleet", "CreateLaunchTemplate"},
		},
		"StringLike": requested["StringLike"],
	}
	naming := policy.Conditions{
		"StringEquals":              ours["StringEquals"],
		"StringLike":                ours["StringLike"],
		"StringEqualsIfExists":      {"aws:RequestTag/eks:eks-cluster-name": {c.eksName()}},
		"ForAllValues:StringEquals": {"aws:TagKeys": {"eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"}},
	}
	return []policy.Statement{
		{
			Sid: "LaunchFrom", Effect: policy.Allow, Action: launch,
			Resource: append([]string{public("image"), public("snapshot")}, ec2("security-group", "subnet", "capacity-reservation")...),
		},
		{Sid: "LaunchFromOwnTemplates", Effect: policy.Allow, Action: launch, Resource: ec2("launch-template"), Condition: ours},
		{Sid: "LaunchTagged", Effect: policy.Allow, Action: append(launch, "ec2:CreateLaunchTemplate"), Resource: made, Condition: requested},
		{Sid: "TagWhatIsLaunched", Effect: policy.Allow, Action: []string{"ec2:CreateTags"}, Resource: made, Condition: tagging},
		{Sid: "NameInstances", Effect: policy.Allow, Action: []string{"ec2:CreateTags"}, Resource: ec2("instance"), Condition: naming},
		{
			Sid: "EndOwn", Effect: policy.Allow, Action: []string{"ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"},
			Resource: ec2("instance", "launch-template"), Condition: ours,
		},
	}
}

func (c *cluster) karpenterReads() []policy.Statement {
	nodeRole := c.iamARN("role", c.roleName(role{name: karpenterNodeRoleName, use: "karpenter-node"}))
	return []policy.Statement{
		{
			Sid: "PassNodeRole", Effect: policy.Allow, Action: []string{"iam:PassRole"}, Resource: []string{nodeRole},
			Condition: policy.Conditions{"StringEquals": {"iam:PassedToService": {c.ec2Service()}}},
		},
		{
			Sid: "ReadProfile", Effect: policy.Allow, Action: []string{"iam:GetInstanceProfile"},
			Resource: []string{c.iamARN("instance-profile", c.profile())},
		},
		{
			Sid: "ListProfiles", Effect: policy.Allow, Action: []string{"iam:ListInstanceProfiles"},
			Resource: []string{policy.ARN(c.partition(), "iam", "", c.seen.account, "instance-profile/*")},
		},
		{
			Sid: "Look", Effect: policy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
			Action: []string{
				"ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:DescribeInstanceTypeOfferings",
				"ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates", "ec2:DescribePlacementGroups", "ec2:DescribeSecurityGroups",
				"ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
			},
		},
		{
			Sid: "FindImages", Effect: policy.Allow, Action: []string{"ssm:GetParameter"},
			Resource: []string{policy.ARN(c.partition(), "ssm", c.spec.Region, "", "parameter/aws/service/*")},
		},
		{Sid: "ReadPrices", Effect: policy.Allow, Action: []string{"pricing:GetProducts"}, Resource: []string{"*"}},
		{
			Sid: "HearOfInterruptions", Effect: policy.Allow, Action: []string{"sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"},
			Resource: []string{c.arn("sqs", c.queue())},
		},
		{Sid: "FindCluster", Effect: policy.Allow, Action: []string{"eks:DescribeCluster"}, Resource: []string{c.clusterARN()}},
	}
}
