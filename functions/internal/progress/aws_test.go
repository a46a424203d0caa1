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

func TestTranslate(t *testing.T) {
	const id = "https response error StatusCode: 400, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, "
	type want struct {
		Reason  string
		Message string
	}
	wanted := func(reason, format string) func(code string) want {
		return func(code string) want { return want{reason, fmt.Sprintf(format, code)} }
	}
	quota := wanted(ReasonQuotaExceeded, "an AWS quota is used up (%s): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then")
	throttled := wanted(ReasonThrottled, "AWS asks to slow down (%s): nothing to do, it goes on by itself")
	denied := wanted(ReasonPermissionDenied, "the provider's AWS role may not do this (%s): give the role of the ProviderConfig the permission; it goes on by itself then")
	credentials := wanted(ReasonCredentials, "AWS does not accept the provider's credentials (%s): correct the ProviderConfig named in spec.providerConfigName")
	disabled := wanted(ReasonRegionDisabled, "the AWS account cannot use this region or service (%s): enable it in the account's settings")
	conflict := wanted(ReasonCIDRConflict, "AWS refuses the address range (%s): choose one that overlaps no other in spec.cidr or spec.subnets")
	taken := wanted(ReasonNameTaken, "something of that name already exists in AWS (%s): delete it, or import it by its external name")
	zone := wanted(ReasonInvalidZone, "the AWS account does not have the zone (%s): choose another in spec.availabilityZones")
	used := wanted(ReasonInUse, "AWS keeps it while something else uses it (%s): it goes on by itself when that is gone; what the platform did not make must be deleted by hand")

	cases := map[string]struct {
		reason  string
		want    want
		message string // of the provider
	}{
		"ProviderConfigMissing": {
			"The message names the ProviderConfig that does not exist.", want{ReasonCredentials, `there is no ProviderConfig "default": create it, or name another in spec.providerConfigName`},
			`connect failed: cannot initialize the Terraform plugin SDK async external client: cannot get terraform setup: cannot get referenced Provider: ProviderConfig.aws.upbound.io "default" not found`,
		},
		"QuotaByAnotherName": {
			"Some services call a quota a quota, and not a limit.", quota("NodeQuotaForCustomerExceeded"),
			"create failed: operation error ElastiCache: CreateReplicationGroup, api error NodeQuotaForCustomerExceeded: no more",
		},
		"VPCQuota": {
			"The quota that people meet first: five VPCs in a region.", quota("VpcLimitExceeded"),
			failed("creating EC2 VPC: operation error EC2: CreateVpc, " + id + "api error VpcLimitExceeded: The maximum number of VPCs has been reached."),
		},
		"AddressQuota": {
			"The second: five addresses, of which a production network takes three.", quota("AddressLimitExceeded"),
			failed("creating EC2 EIP: operation error EC2: AllocateAddress, " + id + "api error AddressLimitExceeded: The maximum number of addresses has been reached."),
		},
		"NATQuota": {
			"Five NAT gateways in a zone.", quota("NatGatewayLimitExceeded"),
			failed("creating EC2 NAT Gateway: operation error EC2: CreateNatGateway, " + id + "api error NatGatewayLimitExceeded: The maximum number of NAT Gateways has been reached."),
		},
		"RoleQuota": {
			"IAM counts by account.", quota("LimitExceeded"),
			failed("creating IAM Role (au-dev-flow-logs): operation error IAM: CreateRole, https response error StatusCode: 409, RequestID: 9b7c4cb0-1b7e-4c39-9f42-2f2b1a7e5f60, LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000"),
		},
		"LogGroupQuota": {
			"Some services call it an exception.", quota("LimitExceededException"),
			failed("creating CloudWatch Logs Log Group (/ausmart/au-dev/flow-logs): operation error CloudWatch Logs: CreateLogGroup, " + id + "LimitExceededException: Resource limit exceeded."),
		},
		"BucketQuota": {
			"S3 has a code of its own.", quota("TooManyBuckets"),
			failed("creating S3 Bucket (au-dev-logs-1a2b3c4d5e): operation error S3: CreateBucket, https response error StatusCode: 400, RequestID: 5RXJ2S6JNKN1VDGK, HostID: Vx2g8kq5Yf0rWc9ZtQh3/u1eXo+Zk7aQ0=, api error TooManyBuckets: You have attempted to create more buckets than allowed"),
		},
		"SubnetQuota": {
			"Some services call it a fault.", quota("CacheSubnetQuotaExceededFault"),
			failed("creating ElastiCache Subnet Group (x): operation error ElastiCache: CreateCacheSubnetGroup, " + id + "CacheSubnetQuotaExceededFault: no more"),
		},
		"Throttled": {
			"EC2's code for throttling ends as that of a quota does.", throttled("RequestLimitExceeded"),
			failed("creating EC2 Subnet: operation error EC2: CreateSubnet, exceeded maximum number of attempts, 25, https response error StatusCode: 503, RequestID: 3a5f, api error RequestLimitExceeded: Request limit exceeded."),
		},
		"ThrottledIAM": {
			"The code of older services.", throttled("Throttling"),
			"observe failed: failed to observe the resource: [{0 reading IAM Role (x): operation error IAM: GetRole, " + id + "api error Throttling: Rate exceeded  []}]",
		},
		"ThrottledLogs": {
			"The code of newer services.", throttled("ThrottlingException"),
			failed("creating CloudWatch Logs Log Group: operation error CloudWatch Logs: CreateLogGroup, " + id + "api error ThrottlingException: Rate exceeded"),
		},
		"ThrottledS3": {
			"S3's code.", throttled("SlowDown"),
			failed("creating S3 Bucket (x): operation error S3: CreateBucket, https response error StatusCode: 503, RequestID: 5RXJ2S6JNKN1VDGK, HostID: a=, api error SlowDown: Please reduce your request rate."),
		},
		"ThrottledSQS": {
			"SQS's code.", throttled("RequestThrottled"),
			failed("creating SQS Queue (x): operation error SQS: CreateQueue, https response error StatusCode: 403, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, RequestThrottled: Request is throttled."),
		},
		"Denied": {
			"EC2 hides the details in a message that only an administrator can decode.", denied("UnauthorizedOperation"),
			failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 403, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/crossplane/1 is not authorized to perform: ec2:CreateVpc. Encoded authorization failure message: Wq3x"),
		},
		"DeniedS3": {
			"S3's and IAM's code.", denied("AccessDenied"),
			failed("creating S3 Bucket (x): operation error S3: CreateBucket, https response error StatusCode: 403, RequestID: 5RXJ2S6JNKN1VDGK, HostID: a=, api error AccessDenied: Access Denied"),
		},
		"DeniedKMS": {
			"KMS's code.", denied("AccessDeniedException"),
			failed("creating KMS Key: operation error KMS: CreateKey, " + id + "api error AccessDeniedException: User is not authorized to perform: kms:CreateKey"),
		},
		"CredentialsExpired": {
			"A session that ended.", credentials("ExpiredToken"),
			"connect failed: cannot initialize the Terraform plugin SDK async external client: cannot get terraform setup: cannot get account id: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error ExpiredToken: The security token included in the request is expired",
		},
		"CredentialsUnknown": {
			"A key that was deleted.", credentials("InvalidClientTokenId"),
			"connect failed: cannot initialize the Terraform plugin SDK async external client: cannot get terraform setup: cannot get account id: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error InvalidClientTokenId: The security token included in the request is invalid.",
		},
		"CredentialsEC2": {
			"EC2's code.", credentials("AuthFailure"),
			failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 401, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error AuthFailure: AWS was not able to validate the provided access credentials"),
		},
		"RegionNotEnabled": {
			"A code that starts as that of bad credentials does, and has another remedy.", disabled("AuthFailure.RegionNotEnabled"),
			failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 401, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error AuthFailure.RegionNotEnabled: This region is not enabled"),
		},
		"OptIn": {
			"A service that the account did not subscribe to.", disabled("OptInRequired"),
			failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 401, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error OptInRequired: You are not subscribed to this service."),
		},
		"SubnetConflict": {
			"A subnet with addresses of another one.", conflict("InvalidSubnet.Conflict"),
			failed("creating EC2 Subnet: operation error EC2: CreateSubnet, " + id + "api error InvalidSubnet.Conflict: The CIDR '10.0.0.0/20' conflicts with another subnet"),
		},
		"SubnetRange": {
			"A subnet outside of its VPC.", conflict("InvalidSubnet.Range"),
			failed("creating EC2 Subnet: operation error EC2: CreateSubnet, " + id + "api error InvalidSubnet.Range: The CIDR '10.9.0.0/20' is invalid."),
		},
		"VPCRange": {
			"A range that no VPC can have.", conflict("InvalidVpc.Range"),
			failed("creating EC2 VPC: operation error EC2: CreateVpc, " + id + "api error InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."),
		},
		"RoleExists": {
			"A role that exists from an earlier claim.", taken("EntityAlreadyExists"),
			failed("creating IAM Role (x): operation error IAM: CreateRole, https response error StatusCode: 409, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, EntityAlreadyExists: Role with name x already exists."),
		},
		"BucketExists": {
			"Another customer of AWS has a bucket of that name.", taken("BucketAlreadyExists"),
			failed("creating S3 Bucket (x): operation error S3: CreateBucket, https response error StatusCode: 409, RequestID: 5RXJ2S6JNKN1VDGK, HostID: a=, BucketAlreadyExists: "),
		},
		"LogGroupExists": {
			"A log group that stayed when its network was deleted.", taken("ResourceAlreadyExistsException"),
			failed("creating CloudWatch Logs Log Group (x): operation error CloudWatch Logs: CreateLogGroup, " + id + "ResourceAlreadyExistsException: The specified log group already exists"),
		},
		"GroupExists": {
			"A security group with the same name in the VPC.", taken("InvalidGroup.Duplicate"),
			failed("creating Security Group (x): operation error EC2: CreateSecurityGroup, " + id + "api error InvalidGroup.Duplicate: The security group 'x' already exists for VPC 'vpc-1'"),
		},
		"ClusterExists": {
			"EKS's code for a name that is taken is that for what is in use.", taken("ResourceInUseException"),
			failed("creating EKS Cluster (x): operation error EKS: CreateCluster, https response error StatusCode: 409, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, ResourceInUseException: Cluster already exists with name: x"),
		},
		"TableExists": {
			"The same holds for DynamoDB.", taken("ResourceInUseException"),
			failed("creating AWS DynamoDB Table (x): operation error DynamoDB: CreateTable, " + id + "ResourceInUseException: Table already exists: x"),
		},
		"SnapshotExists": {
			"ElastiCache calls some of its errors faults.", taken("SnapshotAlreadyExistsFault"),
			"delete failed: deleting ElastiCache Replication Group (x): operation error ElastiCache: DeleteReplicationGroup, " + id + "SnapshotAlreadyExistsFault: Snapshot with specified name already exists.",
		},
		"Zone": {
			"EC2 has no code of its own for a zone that an account lacks.", zone("InvalidParameterValue"),
			failed("creating EC2 Subnet: operation error EC2: CreateSubnet, " + id + "api error InvalidParameterValue: Value (us-west-1b) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-west-1a, us-west-1c."),
		},
		"ZoneCode": {
			"Other services have one.", zone("InvalidAvailabilityZone"),
			failed("creating EFS Mount Target: " + id + "InvalidAvailabilityZone: The Availability Zone us-west-1b does not exist"),
		},
		"ParameterNotZone": {
			"The same code for another parameter is not about a zone.", want{ReasonProviderError, "InvalidParameterValue: Value (x) for parameter groupName is invalid"},
			"InvalidParameterValue: Value (x) for parameter groupName is invalid",
		},
		"InUse": {
			"A VPC with something that a person started by hand.", used("DependencyViolation"),
			"delete failed: async delete failed: failed to delete the resource: [{0 deleting EC2 VPC (vpc-1): operation error EC2: DeleteVpc, " + id + "api error DependencyViolation: The vpc 'vpc-1' has dependencies and cannot be deleted.  []}]",
		},
		"RoleInUse": {
			"IAM's code.", used("DeleteConflict"),
			"delete failed: deleting IAM Role (x): operation error IAM: DeleteRole, https response error StatusCode: 409, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, DeleteConflict: Cannot delete entity, must detach all policies first.",
		},
		"ClusterInUse": {
			"EKS calls it an exception.", used("ResourceInUseException"),
			"delete failed: async delete failed: failed to delete the resource: [{0 deleting EKS Cluster (x): operation error EKS: DeleteCluster, " + id + "ResourceInUseException: Cluster has nodegroups attached  []}]",
		},
		"TableInUse": {
			"DynamoDB calls it an exception too.", used("ResourceInUseException"),
			"update failed: updating DynamoDB Table (x): operation error DynamoDB: UpdateTable, " + id + "ResourceInUseException: Attempt to change a resource which is still in use: Table is being updated: x",
		},
		"SubnetGroupInUse": {
			"ElastiCache has a code for each resource that is in use.", used("CacheSubnetGroupInUse"),
			"delete failed: deleting ElastiCache Subnet Group (x): operation error ElastiCache: DeleteCacheSubnetGroup, " + id + "CacheSubnetGroupInUse: Cache subnet group x is currently in use by a cache cluster.",
		},
		"Unknown": {
			"An unknown error is shown as it is, without what changes with each attempt.", want{ReasonProviderError, "create failed: async create failed: failed to create the resource: [{0 creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 400, api error InternalError: An internal error has occurred []}]"},
			failed("creating EC2 VPC: operation error EC2: CreateVpc, " + id + "api error InternalError: An internal error has occurred"),
		},
		"Lines": {
			"A condition is one line.", want{ReasonProviderError, "first second third"},
			"first\n\tsecond   third\n",
		},
		"Long": {
			"A condition is short: four hundred bytes.", want{ReasonProviderError, strings.Repeat("x", 400) + "…"},
			strings.Repeat("x", 401),
		},
		"AlmostLong": {
			"A message of four hundred bytes is not cut.", want{ReasonProviderError, strings.Repeat("x", 400)},
			strings.Repeat("x", 400),
		},
		"LongInTheMiddle": {
			"A letter that the cut would split is removed: protobuf refuses a part of a letter.", want{ReasonProviderError, strings.Repeat("x", 399) + "…"},
			strings.Repeat("x", 399) + "é" + "and more",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			reason, message := translate(tc.message)
			if diff := cmp.Diff(tc.want, want{reason, message}); diff != "" {
				t.Errorf("%s\ntranslate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
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
