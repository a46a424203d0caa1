package iampolicy

const (
	launchTemplates = "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html"
	eksEncryption   = "https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html"
	eksctlPolicies  = "https://docs.aws.amazon.com/eks/latest/eksctl/minimum-iam-policies.html"
	wafLogging      = "https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html"
	eksIdentity     = "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html"
)

// clusterKinds are the kinds of a cluster, its workloads and its monitoring: eks, ecr, amp,
// grafana, events, logs, sqs, wafv2.
func clusterKinds() []Row {
	const tags = " ListTagsForResource TagResource UntagResource"
	return []Row{
		calls("amp/RuleGroupNamespace", "aps", "CreateRuleGroupsNamespace DescribeRuleGroupsNamespace PutRuleGroupsNamespace DeleteRuleGroupsNamespace"+tags),
		calls("amp/Workspace", "aps", "CreateWorkspace DescribeWorkspace UpdateWorkspaceAlias DeleteWorkspace DescribeLoggingConfiguration"+tags),
		calls("cloudwatchevents/Rule", "events", "PutRule DescribeRule DeleteRule"+tags),
		calls("cloudwatchevents/Target", "events", "PutTargets RemoveTargets ListTargetsByRule"),
		calls("cloudwatchlogs/Group", "logs", "CreateLogGroup DescribeLogGroups PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey DeleteLogGroup"+tags),
		calls("cloudwatchlogs/ResourcePolicy", "logs", "PutResourcePolicy DescribeResourcePolicies DeleteResourcePolicy"),
		calls("ecr/LifecyclePolicy", "ecr", "PutLifecyclePolicy GetLifecyclePolicy DeleteLifecyclePolicy"),
		calls("ecr/Repository", "ecr", "CreateRepository DescribeRepositories PutImageScanningConfiguration PutImageTagMutability DeleteRepository"+tags),
		calls("eks/AccessEntry", "eks", "CreateAccessEntry DescribeAccessEntry UpdateAccessEntry DeleteAccessEntry"+tags),
		calls("eks/AccessPolicyAssociation", "eks", "AssociateAccessPolicy ListAssociatedAccessPolicies DisassociateAccessPolicy"),
		calls("eks/Addon", "eks", "CreateAddon DescribeAddon UpdateAddon DescribeUpdate DeleteAddon"+tags),
		calls("eks/Cluster", "eks", "CreateCluster DescribeCluster UpdateClusterConfig UpdateClusterVersion AssociateEncryptionConfig DescribeUpdate DeleteCluster"+tags),
		checked("eks/Cluster", "kms", "DescribeKey CreateGrant", eksEncryption, "CreateCluster with a key for the secrets in etcd"),
		checked("eks/Cluster", "ec2", "DescribeSubnets DescribeSecurityGroups DescribeVpcs", Reference("eks"), "CreateCluster reads the subnets as its caller"),
		calls("eks/ClusterAuth", "eks", "DescribeCluster"),
		calls("eks/NodeGroup", "eks", "CreateNodegroup DescribeNodegroup UpdateNodegroupConfig UpdateNodegroupVersion DescribeUpdate DeleteNodegroup"+tags),
		checked("eks/NodeGroup", "ec2", "RunInstances CreateTags DescribeSubnets DescribeLaunchTemplateVersions", launchTemplates,
			"a node group of a launch template: its creator must be allowed to launch it"),
		checked("eks/NodeGroup", "iam", "GetRole ListAttachedRolePolicies", eksctlPolicies, "CreateNodegroup reads the nodes' role, and EKS's own for node groups"),
		calls("eks/PodIdentityAssociation", "eks", "CreatePodIdentityAssociation DescribePodIdentityAssociation UpdatePodIdentityAssociation DeletePodIdentityAssociation"+tags),
		checked("eks/PodIdentityAssociation", "iam", "GetRole", eksIdentity, "CreatePodIdentityAssociation reads the role as its caller"),
		calls("grafana/Workspace", "grafana", "CreateWorkspace DescribeWorkspace DescribeWorkspaceConfiguration UpdateWorkspace UpdateWorkspaceConfiguration DeleteWorkspace"+tags),
		calls("sqs/Queue", "sqs", "CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue ListQueueTags TagQueue UntagQueue"),
		calls("sqs/QueuePolicy", "sqs", "GetQueueAttributes SetQueueAttributes"),
		calls("wafv2/WebACL", "wafv2", "CreateWebACL GetWebACL UpdateWebACL DeleteWebACL"+tags),
		calls("wafv2/WebACLLoggingConfiguration", "wafv2", "PutLoggingConfiguration GetLoggingConfiguration DeleteLoggingConfiguration"),
		checked("wafv2/WebACLLoggingConfiguration", "logs", "CreateLogDelivery DeleteLogDelivery PutResourcePolicy DescribeResourcePolicies DescribeLogGroups",
			wafLogging, "PutLoggingConfiguration to a log group: AWS lets its log delivery write to it"),
	}
}
