package cluster

import (
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"

	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
	"github.com/ausmart/platform/functions/internal/region"
)

const (
	karpenterRoleName     = "role-karpenter"
	karpenterNodeRoleName = "role-karpenter-node"
	karpenterAccessName   = "access-karpenter-nodes"
	profileName           = "instance-profile-karpenter"

	profileMax = 128 // CreateInstanceProfile API, read 2026-11-29
)

// addKarpenter adds the resources in AWS that Karpenter needs.
func (c *cluster) addKarpenter() {
	if !c.karpenterOn() {
		return
	}
	c.addKarpenterNodes()
	c.addInterruptionQueue()
	c.addPodRole(role{
		name: karpenterRoleName, stage: addons,
		description: "Karpenter of cluster " + c.Name,
		statements:  c.karpenterStatements(),
	}, podsOf(charts.Karpenter))
}

// addKarpenterNodes adds the role, instance profile and access entry of Karpenter's
// nodes. The role is their own, since EKS makes and removes the entry of a node group's
// role by itself.
func (c *cluster) addKarpenterNodes() {
	c.addRole(role{
		name: karpenterNodeRoleName, stage: addons,
		description: "Karpenter's nodes of cluster " + c.Name,
		trust:       c.ec2Trust(),
		managed:     nodePolicies(),
	})
	// Karpenter could make the profile itself, with the right to make any.
	c.Desired.Add(profileName, &iamv1beta1.InstanceProfile{
		ObjectMeta: c.Named(profileName, c.profile()),
		Spec: iamv1beta1.InstanceProfileSpec{ForProvider: iamv1beta1.InstanceProfileParameters{
			RoleSelector: desired.Selector(karpenterNodeRoleName),
			Tags:         c.Tags(profileName),
		}},
	}, desired.In(addons))
	c.Desired.Add(karpenterAccessName, &eksv1beta1.AccessEntry{
		Spec: eksv1beta1.AccessEntrySpec{ForProvider: eksv1beta1.AccessEntryParameters{
			Region:                       &c.spec.Region,
			ClusterNameSelector:          desired.Selector(clusterName),
			PrincipalArnFromRoleSelector: desired.Selector(karpenterNodeRoleName),
			Type:                         new("EC2_LINUX"),
			Tags:                         c.Tags(karpenterAccessName),
		}},
	}, desired.In(addons), desired.AfterEarlierStages())
}

// profile is the name of the instance profile of Karpenter's nodes.
func (c *cluster) profile() string {
	return c.NameInAWS(profileName, c.fit("-karpenter-node", profileMax))
}

// karpenterStatements let Karpenter start, tag and end instances of this cluster
// and no others. After the policy that Karpenter publishes
// (karpenter.sh/docs/reference/cloudformation for 1.14, read 2026-11-29; that for 1.15
// could not be read, and the module v1.15.1 calls no more than a reboot, which its
// settings leave off), narrowed to this account. What is not in use is left out: making
// instance profiles, placement groups.
func (c *cluster) karpenterStatements() []iampolicy.Statement {
	if c.Account == "" {
		return nil
	}
	return append(c.launchStatements(), c.karpenterReads()...)
}

func (c *cluster) launchStatements() []iampolicy.Statement {
	const pool, owned = conventions.NodePoolLabel, "owned"
	ofCluster := "kubernetes.io/cluster/" + c.eksName()
	ec2 := func(kinds ...string) []string { return c.arns("ec2", kinds...) }
	public := func(kind string) string { return iampolicy.ARN(c.Partition(), "ec2", c.spec.Region, "", kind+"/*") }
	launch := []string{"ec2:RunInstances", "ec2:CreateFleet"}
	made := ec2("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
	requested := iampolicy.Conditions{
		"StringEquals": {"aws:RequestTag/" + ofCluster: {owned}, "aws:RequestTag/eks:eks-cluster-name": {c.eksName()}},
		"StringLike":   {"aws:RequestTag/" + pool: {"*"}},
	}
	ours := iampolicy.Conditions{
		"StringEquals": {"aws:ResourceTag/" + ofCluster: {owned}},
		"StringLike":   {"aws:ResourceTag/" + pool: {"*"}},
	}
	tagging := iampolicy.Conditions{
		"StringEquals": {
			"aws:RequestTag/" + ofCluster:         {owned},
			"aws:RequestTag/eks:eks-cluster-name": {c.eksName()},
			"ec2:CreateAction":                    {"RunInstances", "CreateFleet", "CreateLaunchTemplate"},
		},
		"StringLike": requested["StringLike"],
	}
	naming := iampolicy.Conditions{
		"StringEquals":              ours["StringEquals"],
		"StringLike":                ours["StringLike"],
		"StringEqualsIfExists":      {"aws:RequestTag/eks:eks-cluster-name": {c.eksName()}},
		"ForAllValues:StringEquals": {"aws:TagKeys": {"eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"}},
	}
	return []iampolicy.Statement{
		{
			Sid: "LaunchFrom", Effect: iampolicy.Allow, Action: launch,
			Resource: append([]string{public("image"), public("snapshot")}, ec2("security-group", "subnet", "capacity-reservation")...),
		},
		{Sid: "LaunchFromOwnTemplates", Effect: iampolicy.Allow, Action: launch, Resource: ec2("launch-template"), Condition: ours},
		{Sid: "LaunchTagged", Effect: iampolicy.Allow, Action: append(launch, "ec2:CreateLaunchTemplate"), Resource: made, Condition: requested},
		{Sid: "TagWhatIsLaunched", Effect: iampolicy.Allow, Action: []string{"ec2:CreateTags"}, Resource: made, Condition: tagging},
		{Sid: "NameInstances", Effect: iampolicy.Allow, Action: []string{"ec2:CreateTags"}, Resource: ec2("instance"), Condition: naming},
		{
			Sid: "EndOwn", Effect: iampolicy.Allow, Action: []string{"ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"},
			Resource: ec2("instance", "launch-template"), Condition: ours,
		},
	}
}

func (c *cluster) karpenterReads() []iampolicy.Statement {
	nodeRole := c.iamARN("role", c.roleName(karpenterNodeRoleName))
	return []iampolicy.Statement{
		{
			Sid: "PassNodeRole", Effect: iampolicy.Allow, Action: []string{"iam:PassRole"}, Resource: []string{nodeRole},
			Condition: iampolicy.Conditions{"StringEquals": {"iam:PassedToService": {region.EC2(c.spec.Region)}}},
		},
		{
			Sid: "ReadProfile", Effect: iampolicy.Allow, Action: []string{"iam:GetInstanceProfile"},
			Resource: []string{c.iamARN("instance-profile", c.profile())},
		},
		{
			Sid: "ListProfiles", Effect: iampolicy.Allow, Action: []string{"iam:ListInstanceProfiles"},
			Resource: []string{iampolicy.ARN(c.Partition(), "iam", "", c.Account, "instance-profile/*")},
		},
		{
			Sid: "Look", Effect: iampolicy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
			Action: []string{
				"ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ec2:DescribeInstanceTypeOfferings",
				"ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplates", "ec2:DescribePlacementGroups", "ec2:DescribeSecurityGroups",
				"ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
			},
		},
		{
			Sid: "FindImages", Effect: iampolicy.Allow, Action: []string{"ssm:GetParameter"},
			Resource: []string{iampolicy.ARN(c.Partition(), "ssm", c.spec.Region, "", "parameter/aws/service/*")},
		},
		{Sid: "ReadPrices", Effect: iampolicy.Allow, Action: []string{"pricing:GetProducts"}, Resource: []string{"*"}},
		{
			Sid: "HearOfInterruptions", Effect: iampolicy.Allow, Action: []string{"sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"},
			Resource: []string{c.ARN("sqs", c.queue())},
		},
		{
			// By its condition, as GetManagedResource knows no other limit for the resources of
			// other services (AllowZonalShiftReadActions of Karpenter 1.14's policy, read 2026-11).
			Sid: "FollowZonalShift", Effect: iampolicy.Allow, Action: []string{"arc-zonal-shift:GetManagedResource"}, Resource: []string{"*"},
			Condition: iampolicy.Conditions{"StringEquals": {"arc-zonal-shift:ResourceIdentifier": {c.ARN("eks", "cluster/"+c.eksName())}}},
		},
		{Sid: "FindCluster", Effect: iampolicy.Allow, Action: []string{"eks:DescribeCluster"}, Resource: []string{c.ARN("eks", "cluster/"+c.eksName())}},
	}
}
