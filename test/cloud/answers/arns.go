package answers

import "strings"

// arnForm is the form of a kind's ARNs; it is empty for a kind without ARNs. A {name} is the
// region, the account, the id, or a text of the resource.
func arnForm(service, kind string) string { //nolint:funlen // A table.
	const ec2, rds, elasticache = "arn:aws:ec2:{region}:{account}:", "arn:aws:rds:{region}:{account}:", "arn:aws:elasticache:{region}:{account}:"
	switch service + "/" + kind {
	case "amp/RuleGroupNamespace":
		return "arn:aws:aps:{region}:{account}:rulegroupsnamespace/{workspaceId}/{id}"
	case "amp/Workspace":
		return "arn:aws:aps:{region}:{account}:workspace/{id}"
	case "cloudwatchevents/Rule":
		return "arn:aws:events:{region}:{account}:rule/{id}"
	case "cloudwatchlogs/Group":
		return "arn:aws:logs:{region}:{account}:log-group:{id}"
	case "ec2/DefaultSecurityGroup", "ec2/SecurityGroup":
		return ec2 + "security-group/{id}"
	case "ec2/EIP":
		return ec2 + "elastic-ip/{id}"
	case "ec2/FlowLog":
		return ec2 + "vpc-flow-log/{id}"
	case "ec2/InternetGateway":
		return ec2 + "internet-gateway/{id}"
	case "ec2/LaunchTemplate":
		return ec2 + "launch-template/{id}"
	case "ec2/RouteTable":
		return ec2 + "route-table/{id}"
	case "ec2/SecurityGroupEgressRule", "ec2/SecurityGroupIngressRule":
		return ec2 + "security-group-rule/{id}"
	case "ec2/VPCEndpoint":
		return ec2 + "vpc-endpoint/{id}"
	case "eks/Addon":
		return "arn:aws:eks:{region}:{account}:addon/{clusterName}/{addonName}"
	case "eks/NodeGroup":
		return "arn:aws:eks:{region}:{account}:nodegroup/{clusterName}/{id}"
	case "elasticache/ParameterGroup":
		return elasticache + "parametergroup:{id}"
	case "elasticache/ReplicationGroup":
		return elasticache + "replicationgroup:{id}"
	case "elasticache/SubnetGroup":
		return elasticache + "subnetgroup:{id}"
	case "elasticache/User":
		return elasticache + "user:{id}"
	case "elasticache/UserGroup":
		return elasticache + "usergroup:{id}"
	case "grafana/Workspace":
		return "arn:aws:grafana:{region}:{account}:/workspaces/{id}"
	case "iam/InstanceProfile":
		return "arn:aws:iam::{account}:instance-profile{path}{id}"
	case "iam/Policy":
		return "arn:aws:iam::{account}:policy{path}{id}"
	case "iam/Role":
		return "arn:aws:iam::{account}:role{path}{id}"
	case "rds/Instance":
		return rds + "db:{identifier}"
	case "rds/ParameterGroup":
		return rds + "pg:{id}"
	case "rds/SubnetGroup":
		return rds + "subgrp:{id}"
	case "s3/Bucket":
		return "arn:aws:s3:::{id}"
	case "s3/Object":
		return "arn:aws:s3:::{bucket}/{key}"
	case "sqs/Queue":
		return "arn:aws:sqs:{region}:{account}:{name}"
	case "wafv2/WebACL":
		return "arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{id}"
	case "cloudwatchevents/Target", "ec2/Route", "ec2/RouteTableAssociation", "ec2/VPCEndpointRouteTableAssociation",
		"ec2/VPCEndpointSecurityGroupAssociation", "ec2/VPCEndpointSubnetAssociation", "ecr/LifecyclePolicy",
		"eks/AccessEntry", "eks/AccessPolicyAssociation", "eks/ClusterAuth", "eks/PodIdentityAssociation",
		"iam/RolePolicy", "iam/RolePolicyAttachment", "s3/BucketACL", "s3/BucketCorsConfiguration",
		"s3/BucketLifecycleConfiguration", "s3/BucketLogging", "s3/BucketNotification", "s3/BucketOwnershipControls",
		"s3/BucketPolicy", "s3/BucketPublicAccessBlock", "s3/BucketReplicationConfiguration",
		"s3/BucketServerSideEncryptionConfiguration", "s3/BucketVersioning", "sqs/QueuePolicy",
		"wafv2/WebACLLoggingConfiguration":
		return ""
	default:
		return "arn:aws:" + service + ":{region}:{account}:" + strings.ToLower(kind) + "/{id}"
	}
}
