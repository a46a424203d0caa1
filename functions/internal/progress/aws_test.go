package progress

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// failed is how the provider shows an error of AWS in the Synced condition of a
// resource that it makes in the background.
func failed(terraform string) string {
	return "create failed: async create failed: failed to create the resource: [{0 " + terraform + "  []}]"
}

// TestTranslate has, for each code, a message that AWS sends. Where people published one, the
// row's reason names it (owner/repository#issue on GitHub, read 2026-11-30); the others are
// the codes with the words of the services' API references.
func TestTranslate(t *testing.T) {
	const (
		id = "https response error StatusCode: 400, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, "
		s3 = "https response error StatusCode: 409, RequestID: 5RXJ2S6JNKN1VDGK, HostID: Vx2g8kq5Yf0rWc9ZtQh3/u1eXo+Zk7aQ0=, "

		family = "The Parameter Group restored-mysql8-4 with DBParameterGroupFamily mysql8.4 cannot be used for this instance. " +
			"Please use a Parameter Group with DBParameterGroupFamily mysql8.0"
		user = "User: arn:aws:sts::123456789012:assumed-role/crossplane"
		zone = "Cannot create cluster 'k8s-workshop' because us-east-1c, the targeted availability zone, does not currently have sufficient capacity to support the cluster. " +
			"Retry and choose from these availability zones: us-east-1a, us-east-1b, us-east-1d"
		creation = "cannot determine creation result - remove the crossplane.io/external-create-pending annotation if it is safe to proceed"
	)
	type want struct {
		Reason string
		Remedy string // a part of the message
		Says   string // AWS's own words
	}
	quota := func(says string) want {
		return want{ReasonQuotaExceeded, "ask for more in the Service Quotas console", says}
	}
	throttled := func(says string) want { return want{ReasonThrottled, "nothing to do, it goes on by itself", says} }
	busy := func(says string) want { return want{ReasonBusy, "nothing to do unless it stays so", says} }
	tags := func(says string) want { return want{ReasonInvalidTags, "of spec.tags", says} }
	denied := func(says string) want {
		return want{ReasonPermissionDenied, "give the role of the ProviderConfig the permission", says}
	}
	trust := func(says string) want { return want{ReasonCredentials, "correct the role's trust policy", says} }
	credentials := func(says string) want {
		return want{ReasonCredentials, "correct the ProviderConfig named in spec.providerConfigName", says}
	}
	token := func(says string) want {
		return want{ReasonCredentials, "where they work in other regions, enable this one", says}
	}
	taken := func(says string) want {
		return want{ReasonNameTaken, "and may hold data: import it by its external name, or create the claim under another name; delete it in AWS only when no one needs it", says}
	}
	place := func(says string) want {
		return want{ReasonInvalidZone, "choose another in spec.availabilityZones of the Network", says}
	}
	used := func(says string) want {
		return want{ReasonInUse, "what the platform did not make must be deleted by hand", says}
	}
	protected := func(says string) want { return want{ReasonProtected, "says how to get it back, or let it go", says} }
	key := func(says string) want { return want{ReasonKeyUnusable, "see in KMS that it is enabled", says} }

	cases := map[string]struct {
		reason  string
		want    want
		message string // of the provider; %s is AWS's words
	}{
		"NodeQuota": {
			"Some services call a quota a quota, and not a limit.", quota("Request exceeds the maximum number of nodes."),
			failed("operation error: " + id + "api error NodeQuotaForCustomerExceeded: Request exceeds the maximum number of nodes."),
		},
		"VPCQuota": {
			"The quota that people meet first: five VPCs in a region (terraform-aws-modules/terraform-aws-vpc#429).", quota("The maximum number of VPCs has been reached."),
			failed("operation error: " + id + "api error VpcLimitExceeded: The maximum number of VPCs has been reached."),
		},
		"AddressQuota": {
			"The second: five addresses, of which a production network takes three (terraform-aws-modules/terraform-aws-vpc#429).", quota("The maximum number of addresses has been reached."),
			failed("operation error: " + id + "api error AddressLimitExceeded: The maximum number of addresses has been reached."),
		},
		"NATQuota": {
			"Five NAT gateways in a zone.", quota("The maximum number of NAT Gateways has been reached."),
			failed("operation error: " + id + "api error NatGatewayLimitExceeded: The maximum number of NAT Gateways has been reached."),
		},
		"RoleQuota": {
			"IAM counts by account.", quota("Cannot exceed quota for RolesPerAccount: 1000"),
			failed("operation error: " + id + "LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000"),
		},
		"TableQuota": {
			"DynamoDB's own limit of tables (hashicorp/terraform#14571).", quota("Subscriber limit exceeded: There is a limit of 256 tables per subscriber"),
			failed("operation error: " + id + "LimitExceededException: Subscriber limit exceeded: There is a limit of 256 tables per subscriber"),
		},
		"BucketQuota": {
			"S3 has a code of its own.", quota("You have attempted to create more buckets than allowed"),
			failed("operation error: " + s3 + "api error TooManyBuckets: You have attempted to create more buckets than allowed"),
		},
		"SubnetQuota": {
			"Some services call it a fault.", quota("The request cannot be processed because it would exceed the allowed number of subnets in a cache subnet group."),
			failed("operation error: " + id + "CacheSubnetQuotaExceededFault: The request cannot be processed because it would exceed the allowed number of subnets in a cache subnet group."),
		},
		"TablesAtOnce": {
			"The same code of DynamoDB, which ends by itself (hashicorp/terraform-provider-aws#1776).", busy("Subscriber limit exceeded: Only 10 tables can be created, updated, or deleted simultaneously"),
			failed("operation error: " + id + "LimitExceededException: Subscriber limit exceeded: Only 10 tables can be created, updated, or deleted simultaneously"),
		},
		"PolicyTooLarge": {
			"The same code of IAM, which no quota raises (serverless/serverless#7643).", want{ReasonPolicyTooLarge, "no quota raises that", "Maximum policy size of 10240 bytes exceeded for role shop-orders"},
			failed("operation error: " + id + "LimitExceeded: Maximum policy size of 10240 bytes exceeded for role shop-orders"),
		},
		"ManagedPolicyTooLarge": {
			"A policy of its own has another limit (docker/docs#5815).", want{ReasonPolicyTooLarge, "no quota raises that", "Cannot exceed quota for PolicySize: 6144"},
			failed("operation error: " + id + "LimitExceeded: Cannot exceed quota for PolicySize: 6144"),
		},
		"TagQuota": {
			"A resource has 50 tags, which is no quota.", tags("The request cannot be processed because it would cause the resource to have more than the allowed number of tags."),
			failed("operation error: " + id + "TagQuotaPerResourceExceeded: The request cannot be processed because it would cause the resource to have more than the allowed number of tags."),
		},
		"TagTwice": {
			"IAM compares keys without case.", want{ReasonInvalidTags, "correct it in spec.tags", "Duplicate tag keys found. Please note that Tag keys are case insensitive."},
			failed("operation error: " + id + "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive."),
		},
		"NoCapacity": {
			"AWS has no machine of a size left (openshift/installer#7088).", want{ReasonNoCapacity, "choose another size", "We currently do not have sufficient m6a.xlarge capacity in the Availability Zone you requested (us-east-1d)."},
			failed("operation error: " + id + "api error InsufficientInstanceCapacity: We currently do not have sufficient m6a.xlarge capacity in the Availability Zone you requested (us-east-1d)."),
		},
		"NoCapacityCache": {
			"The same of ElastiCache (ministryofjustice/cloud-platform#8304).", want{ReasonNoCapacity, "choose another size", "The requested cache node type is not available in the specified Availability Zone."},
			failed("operation error: " + id + "InsufficientCacheClusterCapacity: The requested cache node type is not available in the specified Availability Zone."),
		},
		"NoAddresses": {
			"A subnet is full.", want{ReasonNoCapacity, "a Network with larger ranges", "The specified subnet does not have enough free addresses to satisfy the request."},
			failed("operation error: " + id + "api error InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free addresses to satisfy the request."),
		},
		"Throttled": {
			"EC2's code for throttling ends as that of a quota does.", throttled("Request limit exceeded."),
			failed("operation error: " + id + "api error RequestLimitExceeded: Request limit exceeded."),
		},
		"ThrottledIAM": {
			"The code of older services.", throttled("Rate exceeded"),
			failed("operation error: " + id + "api error Throttling: Rate exceeded"),
		},
		"ThrottledLogs": {
			"The code of newer services.", throttled("Rate exceeded"),
			failed("operation error: " + id + "api error ThrottlingException: Rate exceeded"),
		},
		"ThrottledS3": {
			"S3's code.", throttled("Please reduce your request rate."),
			failed("operation error: " + s3 + "api error SlowDown: Please reduce your request rate."),
		},
		"ThrottledSQS": {
			"SQS's code.", throttled("Request is throttled."),
			failed("operation error: " + id + "RequestThrottled: Request is throttled."),
		},
		"QueueDeletedRecently": {
			"A name of SQS is free a minute after its queue (hashicorp/terraform-provider-aws#831).", busy("You must wait 60 seconds after deleting a queue before you can create another with the same name."),
			failed("operation error: " + id + "api error AWS.SimpleQueueService.QueueDeletedRecently: You must wait 60 seconds after deleting a queue before you can create another with the same name."),
		},
		"BucketChanges": {
			"S3 still works on an earlier request.", busy("A conflicting conditional operation is currently in progress against this resource. Please try again."),
			failed("operation error: " + s3 + "api error OperationAborted: A conflicting conditional operation is currently in progress against this resource. Please try again."),
		},
		"InstanceChanges": {
			"RDS takes one change after the other.", busy("Database instance is not in available state."),
			failed("operation error: " + id + "api error InvalidDBInstanceState: Database instance is not in available state."),
		},
		"TableChanges": {
			"DynamoDB's code for what changes just now is that for what is in use.", busy("Attempt to change a resource which is still in use: Table is being updated: x"),
			failed("operation error: " + id + "ResourceInUseException: Attempt to change a resource which is still in use: Table is being updated: x"),
		},
		"Denied": {
			"EC2 adds what only an administrator can decode, which is removed.", denied("You are not authorized to perform this operation. " + user + " is not authorized to perform: ec2:CreateVpc."),
			failed("operation error: " + id + "api error UnauthorizedOperation: You are not authorized to perform this operation. " + user + "/1717171717 is not authorized to perform: ec2:CreateVpc. Encoded authorization failure message: Wq3x"),
		},
		"DeniedS3": {
			"S3's and IAM's code.", denied("Access Denied"),
			failed("operation error: " + s3 + "api error AccessDenied: Access Denied"),
		},
		"DeniedKMS": {
			"KMS's code.", denied("User is not authorized to perform: kms:CreateKey"),
			failed("operation error: " + id + "api error AccessDeniedException: User is not authorized to perform: kms:CreateKey"),
		},
		"DeniedByPolicy": {
			"An explicit deny is in AWS's words (hashicorp/terraform-provider-aws#43891).", denied(user + " is not authorized to perform: s3:GetBucketPolicy on resource: arn:aws:s3:::x with an explicit deny in a resource-based policy"),
			failed("operation error: " + id + "api error AccessDenied: " + user + "/1717171717 is not authorized to perform: s3:GetBucketPolicy on resource: arn:aws:s3:::x with an explicit deny in a resource-based policy"),
		},
		"DeniedByOrganization": {
			"No permission helps against the organization (kubernetes-sigs/aws-load-balancer-controller#2322).", want{ReasonPermissionDenied, "ask those who administer the organization", user + " is not authorized to perform: waf-regional:GetWebACLForResource on resource: arn:aws:waf-regional:us-east-1:123456789012:*/* with an explicit deny in a service control policy"},
			failed("operation error: " + id + "AccessDeniedException: " + user + "/1717171717 is not authorized to perform: waf-regional:GetWebACLForResource on resource: arn:aws:waf-regional:us-east-1:123456789012:*/* with an explicit deny in a service control policy"),
		},
		"ServiceLinkedRole": {
			"A code that starts as that of bad credentials does.", denied("The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances."),
			failed("operation error: " + id + "api error AuthFailure.ServiceLinkedRoleCreationNotPermitted: The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances."),
		},
		"Trust": {
			"The provider may not take its role at all.", trust("Not authorized to perform sts:AssumeRoleWithWebIdentity"),
			failed("operation error: " + id + "api error AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"),
		},
		"TrustUnknown": {
			"Nor where the account does not know the cluster's issuer.", trust("No OpenIDConnect provider found in your account for https://oidc.eks.us-east-1.amazonaws.com/id/X"),
			failed("operation error: " + id + "api error InvalidIdentityToken: No OpenIDConnect provider found in your account for https://oidc.eks.us-east-1.amazonaws.com/id/X"),
		},
		"CredentialsExpired": {
			"A session that ended.", credentials("The security token included in the request is expired"),
			failed("operation error: " + id + "api error ExpiredToken: The security token included in the request is expired"),
		},
		"CredentialsSigned": {
			"S3 shows the whole request, with its token: it is removed.", credentials("The request signature we calculated does not match the signature you provided."),
			failed("operation error: " + id + "api error SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. The Canonical String for this request should have been 'POST / x-amz-security-token:IQoJb3JpZ2lu'"),
		},
		"CredentialsUnknown": {
			"A key that was deleted, or a region that is not enabled (ekristen/aws-nuke#774).", token("The security token included in the request is invalid."),
			failed("operation error: " + id + "api error InvalidClientTokenId: The security token included in the request is invalid."),
		},
		"CredentialsNewer": {
			"Newer services have another code for it (awslabs/landing-zone-accelerator-on-aws#269).", token("The security token included in the request is invalid"),
			failed("operation error: " + id + "UnrecognizedClientException: The security token included in the request is invalid"),
		},
		"CredentialsEC2": {
			"And EC2.", token("AWS was not able to validate the provided access credentials"),
			failed("operation error: " + id + "api error AuthFailure: AWS was not able to validate the provided access credentials"),
		},
		"OptIn": {
			"A service that the account did not subscribe to.", want{ReasonRegionDisabled, "enable it in the account's settings", "You are not subscribed to this service."},
			failed("operation error: " + id + "api error OptInRequired: You are not subscribed to this service."),
		},
		"Verification": {
			"A new account.", want{ReasonAccountInactive, "ask AWS Support", "Your account is pending verification."},
			failed("operation error: " + id + "api error PendingVerification: Your account is pending verification."),
		},
		"SubnetConflict": {
			"A subnet with addresses of another one.", want{ReasonCIDRConflict, "delete the one that the platform did not make", "The CIDR '10.0.0.0/20' conflicts with another subnet"},
			failed("operation error: " + id + "api error InvalidSubnet.Conflict: The CIDR '10.0.0.0/20' conflicts with another subnet"),
		},
		"SubnetRange": {
			"A subnet outside of its VPC.", want{ReasonCIDRConflict, "create a new claim", "The CIDR '10.9.0.0/20' is invalid."},
			failed("operation error: " + id + "api error InvalidSubnet.Range: The CIDR '10.9.0.0/20' is invalid."),
		},
		"VPCRange": {
			"A range that no VPC can have (grycap/im#1011).", want{ReasonCIDRConflict, "create a new claim", "The CIDR '10.0.0.0/8' is invalid."},
			failed("operation error: " + id + "api error InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."),
		},
		"Zone": {
			"EC2 has no code of its own for a zone that an account lacks, and names those that it has (crossplane-contrib/provider-aws#1048).", place("Value (us-west-1b) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-west-1a, us-west-1c."),
			failed("operation error: " + id + "api error InvalidParameterValue: Value (us-west-1b) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-west-1a, us-west-1c."),
		},
		"ZoneOfCluster": {
			"EKS names them too (aws-samples/aws-workshop-for-kubernetes#529).", place(zone),
			failed("operation error: " + id + "UnsupportedAvailabilityZoneException: " + zone),
		},
		"ZoneOfInstance": {
			"A zone may lack an instance type (scylladb/scylla-cluster-tests#5123).", place("Your requested instance type (is4gen.8xlarge) is not supported in your requested Availability Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing us-east-1a, us-east-1b, us-east-1c, us-east-1d."),
			failed("operation error: " + id + "api error Unsupported: Your requested instance type (is4gen.8xlarge) is not supported in your requested Availability Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing us-east-1a, us-east-1b, us-east-1c, us-east-1d."),
		},
		"ZoneOfDatabase": {
			"RDS calls it a state of the network (hashicorp/terraform-provider-aws#5725).", place("Availability zone '[ap-southeast-1c]' is unavailable in this region, please choose another zone set."),
			failed("operation error: " + id + "InvalidVPCNetworkStateFault: Availability zone '[ap-southeast-1c]' is unavailable in this region, please choose another zone set."),
		},
		"ZoneCode": {
			"Other services have a code.", place("The Availability Zone us-west-1b does not exist"),
			failed("operation error: " + id + "InvalidAvailabilityZone: The Availability Zone us-west-1b does not exist"),
		},
		"ZonesTooFew": {
			"A database wants two zones.", want{ReasonInvalidZone, "give the Network another zone", "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement."},
			failed("operation error: " + id + "api error DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement."),
		},
		"SnapshotOfRDS": {
			"A name that is mistyped.", want{ReasonSnapshotUnusable, "correct spec.restoreFrom.snapshot", "DBSnapshot oders not found."},
			failed("operation error: " + id + "DBSnapshotNotFound: DBSnapshot oders not found."),
		},
		"SnapshotOfElastiCache": {
			"ElastiCache has a code of its own.", want{ReasonSnapshotUnusable, "correct spec.restoreFrom.snapshot", "Snapshot chekout was not found"},
			failed("operation error: " + id + "SnapshotNotFoundFault: Snapshot chekout was not found"),
		},
		"SnapshotOfAnotherVersion": {
			"The parameter group is of the claim's version, the snapshot of another.",
			want{ReasonSnapshotUnusable, "set spec.version to the version that AWS names", family},
			failed("operation error: " + id + "api error InvalidParameterCombination: " + family),
		},
		"RoleExists": {
			"A role that exists from an earlier claim.", taken("Role with name x already exists."),
			failed("operation error: " + id + "EntityAlreadyExists: Role with name x already exists."),
		},
		"BucketExists": {
			"Another customer of AWS has a bucket of that name: it can be neither deleted nor imported.", want{ReasonNameTaken, "create the claim under another name", ""},
			failed("operation error: " + s3 + "BucketAlreadyExists: "),
		},
		"BucketIsOurs": {
			"The account's own bucket can.", taken("Your previous request to create the named bucket succeeded and you already own it."),
			failed("operation error: " + s3 + "BucketAlreadyOwnedByYou: Your previous request to create the named bucket succeeded and you already own it."),
		},
		"LogGroupExists": {
			"A log group that stayed when its network was deleted.", taken("The specified log group already exists"),
			failed("operation error: " + id + "ResourceAlreadyExistsException: The specified log group already exists"),
		},
		"GroupExists": {
			"A security group with the same name in the VPC.", taken("The security group 'x' already exists for VPC 'vpc-1'"),
			failed("operation error: " + id + "api error InvalidGroup.Duplicate: The security group 'x' already exists for VPC 'vpc-1'"),
		},
		"RuleExists": {
			"A rule of a security group.", taken("the specified rule \"peer: sg-1, TCP, from port: 443, to port: 443, ALLOW\" already exists"),
			failed("operation error: " + id + "api error InvalidPermission.Duplicate: the specified rule \"peer: sg-1, TCP, from port: 443, to port: 443, ALLOW\" already exists"),
		},
		"ClusterExists": {
			"EKS's code for a name that is taken is that for what is in use.", taken("Cluster already exists with name: x"),
			failed("operation error: " + id + "ResourceInUseException: Cluster already exists with name: x"),
		},
		"TableExists": {
			"The same holds for DynamoDB.", taken("Table already exists: x"),
			failed("operation error: " + id + "ResourceInUseException: Table already exists: x"),
		},
		"FirewallExists": {
			"WAF has a code of its own.", taken("AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one."),
			failed("operation error: " + id + "WAFDuplicateItemException: AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one."),
		},
		"SecretGoes": {
			"A name is free when its secret is gone.", want{ReasonNameTaken, "restore it in Secrets Manager", "You can't create this secret because a secret with this name is already scheduled for deletion."},
			failed("operation error: " + id + "InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion."),
		},
		"SnapshotExists": {
			"ElastiCache calls some of its errors faults; a snapshot is not imported.", want{ReasonNameTaken, "copy it under another name", "Snapshot with specified name already exists."},
			failed("operation error: " + id + "SnapshotAlreadyExistsFault: Snapshot with specified name already exists."),
		},
		"InUse": {
			"A VPC with something that a person started by hand.", used("The vpc 'vpc-1' has dependencies and cannot be deleted."),
			failed("operation error: " + id + "api error DependencyViolation: The vpc 'vpc-1' has dependencies and cannot be deleted."),
		},
		"RoleInUse": {
			"IAM's code.", used("Cannot delete entity, must detach all policies first."),
			failed("operation error: " + id + "DeleteConflict: Cannot delete entity, must detach all policies first."),
		},
		"ClusterInUse": {
			"EKS calls it an exception.", used("Cluster has nodegroups attached"),
			failed("operation error: " + id + "ResourceInUseException: Cluster has nodegroups attached"),
		},
		"SubnetGroupInUse": {
			"ElastiCache has a code for each resource that is in use.", used("Cache subnet group x is currently in use by a cache cluster."),
			failed("operation error: " + id + "CacheSubnetGroupInUse: Cache subnet group x is currently in use by a cache cluster."),
		},
		"SubnetGroupOfDatabase": {
			"RDS calls it a state (anomalyco/sst#4026).", used("Cannot delete the subnet group 'x' because at least one database instance: y is still using it."),
			failed("operation error: " + id + "InvalidDBSubnetGroupStateFault: Cannot delete the subnet group 'x' because at least one database instance: y is still using it."),
		},
		"FirewallInUse": {
			"WAF's code.", used("AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource."),
			failed("operation error: " + id + "WAFAssociatedItemException: AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource."),
		},
		"BucketNotEmpty": {
			"A bucket is deleted when it is empty.", want{ReasonInUse, "empty it in AWS", "The bucket you tried to delete is not empty"},
			failed("operation error: " + s3 + "api error BucketNotEmpty: The bucket you tried to delete is not empty"),
		},
		"ImagesLeft": {
			"So is a repository.", want{ReasonInUse, "empty it in AWS", "The repository with name 'x' in registry with id '123456789012' cannot be deleted because it still contains images"},
			failed("operation error: " + id + "RepositoryNotEmptyException: The repository with name 'x' in registry with id '123456789012' cannot be deleted because it still contains images"),
		},
		"Protected": {
			"RDS has no code for its protection.", protected("Cannot delete protected DB Instance, please disable deletion protection and try again."),
			failed("operation error: " + id + "api error InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again."),
		},
		"ProtectedTable": {
			"Nor has DynamoDB.", protected("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."),
			failed("operation error: " + id + "api error ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."),
		},
		"KeyGone": {
			"A key that waits for its deletion encrypts nothing.", key("arn:aws:kms:us-east-1:123456789012:key/x is pending deletion."),
			failed("operation error: " + id + "KMSInvalidStateException: arn:aws:kms:us-east-1:123456789012:key/x is pending deletion."),
		},
		"KeyOfDatabase": {
			"RDS has a code of its own.", key("The specified KMS key does not exist, is not enabled or you do not have permissions to access it."),
			failed("operation error: " + id + "KMSKeyNotAccessibleFault: The specified KMS key does not exist, is not enabled or you do not have permissions to access it."),
		},
		"ProviderConfigMissing": {
			"The message names the ProviderConfig that does not exist.", want{ReasonCredentials, `there is no ProviderConfig "default": create it`, ""},
			`connect failed: cannot initialize the Terraform plugin SDK async external client: cannot get terraform setup: cannot get referenced Provider: ProviderConfig.aws.upbound.io "default" not found`,
		},
		"Unreachable": {
			"A region that does not have the service has no address for it.", want{ReasonUnreachable, "(lookup grafana.ca-central-1.amazonaws.com): see that the service is in spec.region", ""},
			failed(`operation error grafana: CreateWorkspace, https response error StatusCode: 0, RequestID: , request send failed, Post "https://grafana.ca-central-1.amazonaws.com/workspaces": dial tcp: lookup grafana.ca-central-1.amazonaws.com on 10.100.0.10:53: no such host`),
		},
		"CreationUnknown": {
			"crossplane-runtime waits for a person for ever (crossplane/crossplane#3037).", want{ReasonCreationUnknown, "remove the annotation crossplane.io/external-create-pending", ""},
			creation,
		},
		"Replacement": {
			"The provider never replaces what exists.", want{ReasonReplacement, `(cannot change the value of the argument "name" from "a" to "b"): write the earlier value again`, ""},
			`update failed: refuse to update the external resource because the following update requires replacing it: cannot change the value of the argument "name" from "a" to "b"`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			reason, message := translate(tc.message)
			if reason != tc.want.Reason || !strings.Contains(message, tc.want.Remedy) {
				t.Errorf("%s\ntranslate(...): %s: %s\nwant %s with the remedy %q", tc.reason, reason, message, tc.want.Reason, tc.want.Remedy)
			}
			_, says, _ := strings.Cut(message, ". AWS says: ")
			if diff := cmp.Diff(tc.want.Says, says); diff != "" {
				t.Errorf("%s\ntranslate(...): AWS's words: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
	reasons := map[string]bool{}
	for _, tc := range cases {
		reasons[tc.want.Reason] = true
	}
	for _, tr := range translations() {
		if !reasons[tr.reason] {
			t.Errorf("no message of AWS has the reason %s", tr.reason)
		}
	}
}

func TestUntranslated(t *testing.T) {
	cases := map[string]struct {
		reason  string
		want    string
		message string
	}{
		"NotZone": {
			"The code of a zone, for another parameter, is not about a zone.", "InvalidParameterValue: Value (x) for parameter groupName is invalid",
			"InvalidParameterValue: Value (x) for parameter groupName is invalid",
		},
		"Unknown": {
			"An unknown error is shown as it is, without what changes with each attempt.",
			"create failed: async create failed: failed to create the resource: [{0 creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 400, api error InternalError: An internal error has occurred []}]",
			failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 400, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error InternalError: An internal error has occurred"),
		},
		"Lines": {
			"A condition is one line.", "first second third",
			"first\n\tsecond   third\n",
		},
		"Long": {
			"A condition is short: four hundred bytes.", strings.Repeat("x", 400) + "…",
			strings.Repeat("x", 401),
		},
		"AlmostLong": {
			"A message of four hundred bytes is not cut.", strings.Repeat("x", 400),
			strings.Repeat("x", 400),
		},
		"LongInTheMiddle": {
			"A letter that the cut would split is removed: protobuf refuses a part of a letter.", strings.Repeat("x", 399) + "…",
			strings.Repeat("x", 399) + "é" + "and more",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			reason, message := translate(tc.message)
			if diff := cmp.Diff(tc.want, message); diff != "" || reason != ReasonProviderError {
				t.Errorf("%s\ntranslate(...): %s: -want, +got:\n%s", tc.reason, reason, diff)
			}
		})
	}
}

// TestTranslateFits fills a translation with the most that AWS can say: the claim's status
// has room for it, and for what stands before it.
func TestTranslateFits(t *testing.T) {
	const (
		room   = 1024 // the bound of status.waitingFor
		before = 150  // the stage, the resource, and how many more there are
	)
	for _, tr := range translations() {
		text := fmt.Sprintf(tr.message, "AuthFailure.ServiceLinkedRoleCreationNotPermitted")
		if tr.reason == ReasonReplacement {
			text = fmt.Sprintf(tr.message, bounded(strings.Repeat("x", longest+1)))
		} else {
			text += ". AWS says: " + said(": "+strings.Repeat("x", longest+1))
		}
		if len(text)+before > room {
			t.Errorf("%s has %d bytes, which leaves no room for what stands before it: %s", tr.reason, len(text), text)
		}
	}
}

// TestTranslateAttempts compares two attempts with the same outcome: the text is the same.
func TestTranslateAttempts(t *testing.T) {
	cases := map[string]struct {
		reason string
		first  string
		second string
	}{
		"EC2": {
			reason: "Most services have UUIDs as request ids.",
			first:  "operation error EC2: CreateVpc, https response error StatusCode: 500, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error InternalError: sorry",
			second: "operation error EC2: CreateVpc, https response error StatusCode: 500, RequestID: 0b4d7b3e-77a5-4b3c-8a57-5d0f6f6f3c11, api error InternalError: sorry",
		},
		"S3": {
			reason: "S3 has letters beyond f, and a second id.",
			first:  "operation error S3: CreateBucket, https response error StatusCode: 500, RequestID: 5RXJ2S6JNKN1VDGK, HostID: Vx2g8kq5Yf0rWc9Zt/u1eXo+Zk7aQ0=, api error InternalError: sorry",
			second: "operation error S3: CreateBucket, https response error StatusCode: 500, RequestID: H9ZPT0Y3QWE8R7TN, HostID: b1KxQ7u2mJd5/8sYp+T3vLr9cN6=, api error InternalError: sorry",
		},
		"DynamoDB": {
			reason: "DynamoDB has 52 letters.",
			first:  "operation error DynamoDB: CreateTable, https response error StatusCode: 500, RequestID: VJ6G4KQNSO5AEMVJF66Q9ASUAAJGV4KQNSO5AEMVJF66Q9ASUAAJ, InternalServerError: sorry",
			second: "operation error DynamoDB: CreateTable, https response error StatusCode: 500, RequestID: 0LQ8T6MZC3B7WNYXH2PEJKR5V4KQNSO5AEMVJF66Q9ASUAAJGV4K, InternalServerError: sorry",
		},
		"Older": {
			reason: "The older SDK writes the request id at the end of the line.",
			first:  "InternalError: sorry\n\tstatus code: 500, request id: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21",
			second: "InternalError: sorry\n\tstatus code: 500, request id: 0b4d7b3e-77a5-4b3c-8a57-5d0f6f6f3c11",
		},
		"None": {
			reason: "An answer of a proxy has no request id.",
			first:  "operation error EC2: CreateVpc, https response error StatusCode: 502, RequestID: , api error InternalError: sorry",
			second: "operation error EC2: CreateVpc, https response error StatusCode: 502, RequestID: 0b4d7b3e-77a5-4b3c-8a57-5d0f6f6f3c11, api error InternalError: sorry",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, first := translate(tc.first)
			_, second := translate(tc.second)
			if diff := cmp.Diff(first, second); diff != "" {
				t.Errorf("%s\ntranslate(...): -first, +second attempt:\n%s", tc.reason, diff)
			}
			if !strings.Contains(first, "sorry") || strings.Contains(strings.ToLower(first), "requestid") {
				t.Errorf("%s\ntranslate(...) left out the error: %s", tc.reason, first)
			}
		})
	}
}
