package answers

// arns are the ARNs that are not as most are; an empty one is a kind's that has none of its
// own. A {name} is the region, the account, the id, or a text of the resource.
func arns() map[string]string {
	const ec2, rds, elasticache = "arn:aws:ec2:{region}:{account}:", "arn:aws:rds:{region}:{account}:", "arn:aws:elasticache:{region}:{account}:"
	out := map[string]string{
		"amp/RuleGroupNamespace":       "arn:aws:aps:{region}:{account}:rulegroupsnamespace/{workspaceId}/{id}",
		"amp/Workspace":                "arn:aws:aps:{region}:{account}:workspace/{id}",
		"cloudwatchevents/Rule":        "arn:aws:events:{region}:{account}:rule/{id}",
		"cloudwatchlogs/Group":         "arn:aws:logs:{region}:{account}:log-group:{id}",
		"ec2/DefaultSecurityGroup":     ec2 + "security-group/{id}",
		"ec2/EIP":                      ec2 + "elastic-ip/{id}",
		"ec2/FlowLog":                  ec2 + "vpc-flow-log/{id}",
		"ec2/InternetGateway":          ec2 + "internet-gateway/{id}",
		"ec2/LaunchTemplate":           ec2 + "launch-template/{id}",
		"ec2/RouteTable":               ec2 + "route-table/{id}",
		"ec2/SecurityGroup":            ec2 + "security-group/{id}",
		"ec2/SecurityGroupEgressRule":  ec2 + "security-group-rule/{id}",
		"ec2/SecurityGroupIngressRule": ec2 + "security-group-rule/{id}",
		"ec2/VPCEndpoint":              ec2 + "vpc-endpoint/{id}",
		"eks/Addon":                    "arn:aws:eks:{region}:{account}:addon/{clusterName}/{addonName}",
		"eks/NodeGroup":                "arn:aws:eks:{region}:{account}:nodegroup/{clusterName}/{id}",
		"elasticache/ParameterGroup":   elasticache + "parametergroup:{id}",
		"elasticache/ReplicationGroup": elasticache + "replicationgroup:{id}",
		"elasticache/SubnetGroup":      elasticache + "subnetgroup:{id}",
		"elasticache/User":             elasticache + "user:{id}",
		"elasticache/UserGroup":        elasticache + "usergroup:{id}",
		"grafana/Workspace":            "arn:aws:grafana:{region}:{account}:/workspaces/{id}",
		"iam/InstanceProfile":          "arn:aws:iam::{account}:instance-profile{path}{id}",
		"iam/Policy":                   "arn:aws:iam::{account}:policy{path}{id}",
		"iam/Role":                     "arn:aws:iam::{account}:role{path}{id}",
		"rds/Instance":                 rds + "db:{identifier}",
		"rds/ParameterGroup":           rds + "pg:{id}",
		"rds/SubnetGroup":              rds + "subgrp:{id}",
		"s3/Bucket":                    "arn:aws:s3:::{id}",
		"s3/Object":                    "arn:aws:s3:::{bucket}/{key}",
		"sqs/Queue":                    "arn:aws:sqs:{region}:{account}:{name}",
		"wafv2/WebACL":                 "arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{id}",
	}
	for _, without := range []string{
		"cloudwatchevents/Target", "ec2/Route", "ec2/RouteTableAssociation",
		"ec2/VPCEndpointRouteTableAssociation", "ec2/VPCEndpointSecurityGroupAssociation", "ec2/VPCEndpointSubnetAssociation",
		"ecr/LifecyclePolicy", "eks/AccessEntry", "eks/AccessPolicyAssociation", "eks/ClusterAuth", "eks/PodIdentityAssociation",
		"iam/RolePolicy", "iam/RolePolicyAttachment", "s3/BucketACL", "s3/BucketCorsConfiguration", "s3/BucketLifecycleConfiguration",
		"s3/BucketLogging", "s3/BucketNotification", "s3/BucketOwnershipControls", "s3/BucketPolicy", "s3/BucketPublicAccessBlock",
		"s3/BucketReplicationConfiguration", "s3/BucketServerSideEncryptionConfiguration", "s3/BucketVersioning", "sqs/QueuePolicy",
	} {
		out[without] = ""
	}
	return out
}
