package iampolicy

// networkKinds are the kinds of ec2.
func networkKinds() []Row {
	const (
		tags        = " CreateTags DeleteTags"
		eachGroup   = "DescribeSecurityGroups DescribeSecurityGroupRules AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress"
		interfaces  = " DescribeNetworkInterfaces DetachNetworkInterface DeleteNetworkInterface" // Of load balancers and endpoints that are deleted late.
		ofAnEndpont = "DescribeVpcEndpoints ModifyVpcEndpoint"

		flowLogsToS3 = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-iam.html"
	)
	return []Row{
		calls("ec2/DefaultSecurityGroup", "ec2", eachGroup+tags),
		calls("ec2/EIP", "ec2", "AllocateAddress DescribeAddresses DescribeAddressesAttribute ReleaseAddress DisassociateAddress"+tags),
		calls("ec2/FlowLog", "ec2", "CreateFlowLogs DescribeFlowLogs DeleteFlowLogs"+tags),
		checked("ec2/FlowLog", "logs", "CreateLogDelivery DeleteLogDelivery", flowLogsToS3, "CreateFlowLogs to a bucket"),
		checked("ec2/FlowLog", "s3", "GetBucketPolicy PutBucketPolicy", flowLogsToS3, "CreateFlowLogs to a bucket, whose policy it completes"),
		calls("ec2/InternetGateway", "ec2", "CreateInternetGateway DescribeInternetGateways AttachInternetGateway DetachInternetGateway DeleteInternetGateway"+tags),
		calls("ec2/LaunchTemplate", "ec2", "CreateLaunchTemplate CreateLaunchTemplateVersion ModifyLaunchTemplate DescribeLaunchTemplates "+
			"DescribeLaunchTemplateVersions DeleteLaunchTemplate"+tags),
		calls("ec2/NATGateway", "ec2", "CreateNatGateway DescribeNatGateways DeleteNatGateway"+tags),
		calls("ec2/Route", "ec2", "CreateRoute ReplaceRoute DeleteRoute DescribeRouteTables"),
		calls("ec2/RouteTable", "ec2", "CreateRouteTable DescribeRouteTables DisassociateRouteTable DeleteRouteTable"+tags),
		calls("ec2/RouteTableAssociation", "ec2", "AssociateRouteTable ReplaceRouteTableAssociation DisassociateRouteTable DescribeRouteTables"),
		calls("ec2/SecurityGroup", "ec2", "CreateSecurityGroup DeleteSecurityGroup "+eachGroup+interfaces+tags),
		calls("ec2/SecurityGroupEgressRule", "ec2", "AuthorizeSecurityGroupEgress RevokeSecurityGroupEgress ModifySecurityGroupRules DescribeSecurityGroupRules"+tags),
		calls("ec2/SecurityGroupIngressRule", "ec2", "AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress ModifySecurityGroupRules DescribeSecurityGroupRules"+tags),
		calls("ec2/Subnet", "ec2", "CreateSubnet DescribeSubnets ModifySubnetAttribute DeleteSubnet"+interfaces+tags),
		calls("ec2/VPC", "ec2", "CreateVpc DescribeVpcs DescribeVpcAttribute ModifyVpcAttribute DeleteVpc DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups"+tags),
		calls("ec2/VPCEndpoint", "ec2", "CreateVpcEndpoint DeleteVpcEndpoints DescribePrefixLists DescribeNetworkInterfaces "+ofAnEndpont+tags),
		checked("ec2/VPCEndpoint", "route53", "AssociateVPCWithHostedZone", Reference("ec2"), "CreateVpcEndpoint with private DNS"),
		calls("ec2/VPCEndpointRouteTableAssociation", "ec2", ofAnEndpont),
		calls("ec2/VPCEndpointSecurityGroupAssociation", "ec2", ofAnEndpont+" DescribeSecurityGroups"),
		calls("ec2/VPCEndpointSubnetAssociation", "ec2", ofAnEndpont),
	}
}
