package account

import (
	"strings"

	"github.com/ausmart/platform/test/cloud/catalog"
)

// A dependency refuses the deletion of a holder while a user still refers to it.
type dependency struct {
	holder, user catalog.GroupKind

	// field of the user holds the identifier or ARN of the holder; or, when through is set, the
	// same text as that field of the holder.
	field, through string

	// except excludes users that do not count.
	except func(holder, user *Resource) bool

	code    string
	message string // {id} and other text fields of the holder are filled in.
}

// dependencies are the deletions that AWS refuses. Each block cites AWS's documentation; the
// messages are those of the APIs.
func dependencies() []dependency {
	const violation = "DependencyViolation"
	var out []dependency
	refuse := func(holder catalog.GroupKind, code, message, field string, users ...catalog.GroupKind) {
		for _, u := range users {
			out = append(out, dependency{holder: holder, user: u, field: field, code: code, message: message})
		}
	}

	// DeleteVpc: "you must terminate or delete all resources that are associated with the VPC"
	// except its default security group, network ACL and main route table.
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
	refuse(ec2("VPC"), violation, "The vpc '{id}' has dependencies and cannot be deleted.", "vpcId",
		ec2("Subnet"), ec2("InternetGateway"), ec2("RouteTable"), ec2("SecurityGroup"), ec2("VPCEndpoint"))

	// DeleteSubnet: every resource with a network interface in it must be deleted first.
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html
	const subnet = "The subnet '{id}' has dependencies and cannot be deleted."
	refuse(ec2("Subnet"), violation, subnet, "subnetId", ec2("NATGateway"), ec2("VPCEndpointSubnetAssociation"), ec2("Instance"))
	refuse(ec2("Subnet"), violation, subnet, "subnetConfiguration[*].subnetId", ec2("VPCEndpoint"))
	refuse(ec2("Subnet"), violation, subnet, "subnetIds[*]", eks("NodeGroup"), elbv2("LB"))
	refuse(ec2("Subnet"), violation, subnet, "vpcConfig.subnetIds[*]", eks("Cluster"))
	refuse(ec2("Subnet"), violation, subnet, "networkInterfaceSubnets[*]", rds("Instance"), elasticache("ReplicationGroup"))

	// DetachInternetGateway: "The VPC must not contain any running instances with Elastic IP
	// addresses or public IPv4 addresses"; a public NAT gateway counts.
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html
	out = append(out, dependency{
		holder: ec2("InternetGateway"), user: ec2("NATGateway"), through: "vpcId", field: "vpcId",
		except:  func(_, nat *Resource) bool { return nat.text("connectivityType") == "private" },
		code:    violation,
		message: "Network {vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.",
	})

	// DeleteRouteTable: "You must disassociate the route table from any subnets before you can delete it."
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html
	refuse(ec2("RouteTable"), violation, "The routeTable '{id}' has dependencies and cannot be deleted.", "routeTableId",
		ec2("RouteTableAssociation"))

	// DeleteSecurityGroup: a group that is associated with a network interface, or referenced by
	// another group's rule, fails.
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
	const group = "resource {id} has a dependent object"
	refuse(ec2("SecurityGroup"), violation, group, "securityGroupId", ec2("VPCEndpointSecurityGroupAssociation"))
	refuse(ec2("SecurityGroup"), violation, group, "securityGroupIds[*]", elasticache("ReplicationGroup"))
	refuse(ec2("SecurityGroup"), violation, group, "vpcSecurityGroupIds[*]", rds("Instance"), ec2("Instance"))
	refuse(ec2("SecurityGroup"), violation, group, "securityGroups[*]", elbv2("LB"))
	refuse(ec2("SecurityGroup"), violation, group, "vpcConfig.securityGroupIds[*]", eks("Cluster"))
	refuse(ec2("SecurityGroup"), violation, group, "instanceSecurityGroups[*]", eks("NodeGroup"))
	for _, rule := range []catalog.GroupKind{ec2("SecurityGroupIngressRule"), ec2("SecurityGroupEgressRule")} {
		out = append(out, dependency{
			holder: ec2("SecurityGroup"), user: rule, field: "referencedSecurityGroupId", code: violation, message: group,
			except: func(group, rule *Resource) bool { return rule.text("securityGroupId") == group.ID },
		})
	}

	// ReleaseAddress of an address that a NAT gateway holds answers AuthFailure, which is no
	// question of permission: AWS owns the association.
	// https://github.com/hashicorp/terraform-provider-aws/pull/4675
	refuse(ec2("EIP"), "AuthFailure", "You do not have permission to access the specified resource.", "allocationId", ec2("NATGateway"))

	// DeleteRole: "Before attempting to delete a role, remove the following attached items".
	// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
	refuse(iam("Role"), "DeleteConflict", "Cannot delete entity, must delete policies first.", "role", iam("RolePolicy"))
	refuse(iam("Role"), "DeleteConflict", "Cannot delete entity, must detach all policies first.", "role", iam("RolePolicyAttachment"))
	refuse(iam("Role"), "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", "role", iam("InstanceProfile"))

	// DeletePolicy: "you must first detach the policy from all users, groups, and roles".
	// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
	refuse(iam("Policy"), "DeleteConflict", "Cannot delete a policy attached to entities.", "policyArn", iam("RolePolicyAttachment"))

	// DeleteBucket: "All objects in the bucket must be deleted before the bucket itself can be
	// deleted." The provider empties a bucket that sets forceDestroy.
	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
	out = append(out, dependency{
		holder: s3("Bucket"), user: s3("Object"), field: "bucket",
		except:  func(bucket, _ *Resource) bool { return bucket.Params["forceDestroy"] == true },
		code:    "BucketNotEmpty",
		message: "The bucket you tried to delete is not empty",
	})

	// DeleteCluster: "If you have node groups or Fargate profiles associated with the cluster, you
	// must delete them first."
	// https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteCluster.html
	refuse(eks("Cluster"), "ResourceInUseException", "Cluster has nodegroups attached", "clusterName", eks("NodeGroup"))

	// DeleteDBSubnetGroup (InvalidDBSubnetGroupStateFault: "The DB subnet group cannot be deleted
	// because it's in use") and DeleteDBParameterGroup ("can't be associated with any DB
	// instances").
	// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSubnetGroup.html and
	// API_DeleteDBParameterGroup.html
	refuse(rds("SubnetGroup"), "InvalidDBSubnetGroupStateFault",
		"Cannot delete the subnet group '{id}' because at least one database instance is still using it.", "dbSubnetGroupName", rds("Instance"))
	refuse(rds("ParameterGroup"), "InvalidDBParameterGroupState",
		"One or more database instances are still members of this parameter group {id}, so the group cannot be deleted", "parameterGroupName", rds("Instance"))

	// DeleteCacheSubnetGroup ("cannot delete a default subnet group or one that is associated with
	// any clusters"), DeleteCacheParameterGroup ("You cannot delete a cache parameter group if it
	// is associated with any cache clusters"), DeleteUser (InvalidUserState) and DeleteUserGroup
	// (InvalidUserGroupState: it must be disassociated from the replication group first).
	// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheSubnetGroup.html
	// and its neighbours
	refuse(elasticache("SubnetGroup"), "CacheSubnetGroupInUse", "Cache subnet group {id} is currently in use by a cache cluster.", "subnetGroupName",
		elasticache("ReplicationGroup"))
	refuse(elasticache("ParameterGroup"), "InvalidCacheParameterGroupState",
		"One or more cache clusters are still members of this parameter group {id}, so the group cannot be deleted.", "parameterGroupName", elasticache("ReplicationGroup"))
	refuse(elasticache("UserGroup"), "InvalidUserGroupState", "User group {id} is associated with a replication group.", "userGroupIds[*]", elasticache("ReplicationGroup"))
	refuse(elasticache("User"), "InvalidUserState", "User {id} is associated with a user group.", "userIds[*]", elasticache("UserGroup"))

	// DeleteRule: "Before you can delete the rule, you must remove all targets".
	// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html
	refuse(catalog.GroupKind{Service: "cloudwatchevents", Kind: "Rule"}, "ValidationException", "Rule can't be deleted since it has targets.", "rule",
		catalog.GroupKind{Service: "cloudwatchevents", Kind: "Target"})
	return out
}

// A cascade is a resource that AWS deletes together with its holder.
type cascade struct {
	holder, part catalog.GroupKind
	field        string
}

func cascades() []cascade {
	out := []cascade{
		{ec2("VPC"), ec2("DefaultSecurityGroup"), "vpcId"},
		{ec2("VPC"), ec2("FlowLog"), "vpcId"},
		{ec2("Subnet"), ec2("RouteTableAssociation"), "subnetId"},
		{ec2("RouteTable"), ec2("Route"), "routeTableId"},
		{ec2("RouteTable"), ec2("VPCEndpointRouteTableAssociation"), "routeTableId"},
		{ec2("VPCEndpoint"), ec2("VPCEndpointRouteTableAssociation"), "vpcEndpointId"},
		{ec2("VPCEndpoint"), ec2("VPCEndpointSubnetAssociation"), "vpcEndpointId"},
		{ec2("VPCEndpoint"), ec2("VPCEndpointSecurityGroupAssociation"), "vpcEndpointId"},
		{ec2("SecurityGroup"), ec2("SecurityGroupIngressRule"), "securityGroupId"},
		{ec2("SecurityGroup"), ec2("SecurityGroupEgressRule"), "securityGroupId"},
		{s3("Bucket"), s3("Object"), "bucket"},
		{eks("Cluster"), eks("Addon"), "clusterName"},
		{eks("Cluster"), eks("AccessEntry"), "clusterName"},
		{eks("Cluster"), eks("AccessPolicyAssociation"), "clusterName"},
		{eks("Cluster"), eks("PodIdentityAssociation"), "clusterName"},
		{catalog.GroupKind{Service: "sqs", Kind: "Queue"}, catalog.GroupKind{Service: "sqs", Kind: "QueuePolicy"}, "queueUrl"},
		{catalog.GroupKind{Service: "ecr", Kind: "Repository"}, catalog.GroupKind{Service: "ecr", Kind: "LifecyclePolicy"}, "repository"},
		{catalog.GroupKind{Service: "amp", Kind: "Workspace"}, catalog.GroupKind{Service: "amp", Kind: "RuleGroupNamespace"}, "workspaceId"},
	}
	for gk := range s3Models() {
		if strings.HasPrefix(gk.Kind, "Bucket") && gk.Kind != "Bucket" {
			out = append(out, cascade{s3("Bucket"), gk, "bucket"})
		}
	}
	return out
}

func elbv2(kind string) catalog.GroupKind { return catalog.GroupKind{Service: "elbv2", Kind: kind} }
