package progress

import (
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
	quota := func(code string) want {
		return want{ReasonQuotaExceeded, "an AWS quota is used up (" + code + "): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then"}
	}
	throttled := func(code string) want {
		return want{ReasonThrottled, "AWS asks to slow down (" + code + "): nothing to do, it goes on by itself"}
	}
	denied := func(code string) want {
		return want{ReasonPermissionDenied, "the provider's AWS role may not do this (" + code + "): give the role of the ProviderConfig the permission; it goes on by itself then"}
	}
	credentials := func(code string) want {
		return want{ReasonCredentials, "AWS does not accept the provider's credentials (" + code + "): correct the ProviderConfig named in spec.providerConfigName"}
	}
	disabled := func(code string) want {
		return want{ReasonRegionDisabled, "the AWS account cannot use this region or service (" + code + "): enable it in the account's settings"}
	}
	conflict := func(code string) want {
		return want{ReasonCIDRConflict, "AWS refuses the address range (" + code + "): choose one that overlaps no other in spec.cidr or spec.subnets"}
	}
	taken := func(code string) want {
		return want{ReasonNameTaken, "something of that name already exists in AWS (" + code + "): delete it, or import it by its external name"}
	}
	zone := func(code string) want {
		return want{ReasonInvalidZone, "the AWS account does not have the zone (" + code + "): choose another in spec.availabilityZones"}
	}
	used := func(code string) want {
		return want{ReasonInUse, "AWS keeps it while something else uses it (" + code + "): it goes on by itself when that is gone; what the platform did not make must be deleted by hand"}
	}

	cases := map[string]struct {
		reason  string
		message string
		want    want
	}{
		"ProviderConfigMissing": {
			reason:  "The first thing that a newcomer forgets is named.",
			message: `connect failed: cannot initialize the Terraform plugin SDK async external client: cannot get terraform setup: cannot get referenced Provider: ProviderConfig.aws.upbound.io "default" not found`,
			want:    want{ReasonCredentials, `there is no ProviderConfig "default": create it, or name another in spec.providerConfigName`},
		},
		"QuotaByAnotherName": {
			reason:  "Not every service calls its quota a limit.",
			message: "create failed: operation error ElastiCache: CreateReplicationGroup, api error NodeQuotaForCustomerExceeded: no more",
			want:    want{ReasonQuotaExceeded, "an AWS quota is used up (NodeQuotaForCustomerExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then"},
		},
		"VPCQuota": {
			reason:  "The quota that people meet first: five VPCs in a region.",
			message: failed("creating EC2 VPC: operation error EC2: CreateVpc, " + id + "api error VpcLimitExceeded: The maximum number of VPCs has been reached."),
			want:    quota("VpcLimitExceeded"),
		},
		"AddressQuota": {
			reason:  "The second: five addresses, of which a production network takes three.",
			message: failed("creating EC2 EIP: operation error EC2: AllocateAddress, " + id + "api error AddressLimitExceeded: The maximum number of addresses has been reached."),
			want:    quota("AddressLimitExceeded"),
		},
		"NATQuota": {
			reason:  "Five NAT gateways in a zone.",
			message: failed("creating EC2 NAT Gateway: operation error EC2: CreateNatGateway, " + id + "api error NatGatewayLimitExceeded: The maximum number of NAT Gateways has been reached."),
			want:    quota("NatGatewayLimitExceeded"),
		},
		"RoleQuota": {
			reason:  "IAM counts by account.",
			message: failed("creating IAM Role (au-dev-flow-logs): operation error IAM: CreateRole, https response error StatusCode: 409, RequestID: 9b7c4cb0-1b7e-4c39-9f42-2f2b1a7e5f60, LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000"),
			want:    quota("LimitExceeded"),
		},
		"LogGroupQuota": {
			reason:  "Some services call it an exception.",
			message: failed("creating CloudWatch Logs Log Group (/ausmart/au-dev/flow-logs): operation error CloudWatch Logs: CreateLogGroup, " + id + "LimitExceededException: Resource limit exceeded."),
			want:    quota("LimitExceededException"),
		},
		"BucketQuota": {
			reason:  "S3 has a word of its own.",
			message: failed("creating S3 Bucket (au-dev-logs-1a2b3c4d5e): operation error S3: CreateBucket, https response error StatusCode: 400, RequestID: 5RXJ2S6JNKN1VDGK, HostID: Vx2g8kq5Yf0rWc9ZtQh3/u1eXo+Zk7aQ0=, api error TooManyBuckets: You have attempted to create more buckets than allowed"),
			want:    quota("TooManyBuckets"),
		},
		"SubnetQuota": {
			reason:  "Some services call it a fault.",
			message: failed("creating ElastiCache Subnet Group (x): operation error ElastiCache: CreateCacheSubnetGroup, " + id + "CacheSubnetQuotaExceededFault: no more"),
			want:    quota("CacheSubnetQuotaExceededFault"),
		},
		"Throttled": {
			reason:  "EC2's word for throttling ends as a quota's does.",
			message: failed("creating EC2 Subnet: operation error EC2: CreateSubnet, exceeded maximum number of attempts, 25, https response error StatusCode: 503, RequestID: 3a5f, api error RequestLimitExceeded: Request limit exceeded."),
			want:    throttled("RequestLimitExceeded"),
		},
		"ThrottledIAM": {
			reason:  "The classic word.",
			message: "observe failed: failed to observe the resource: [{0 reading IAM Role (x): operation error IAM: GetRole, " + id + "api error Throttling: Rate exceeded  []}]",
			want:    throttled("Throttling"),
		},
		"ThrottledLogs": {
			reason:  "The newer services' word.",
			message: failed("creating CloudWatch Logs Log Group: operation error CloudWatch Logs: CreateLogGroup, " + id + "api error ThrottlingException: Rate exceeded"),
			want:    throttled("ThrottlingException"),
		},
		"ThrottledS3": {
			reason:  "S3's word.",
			message: failed("creating S3 Bucket (x): operation error S3: CreateBucket, https response error StatusCode: 503, RequestID: 5RXJ2S6JNKN1VDGK, HostID: a=, api error SlowDown: Please reduce your request rate."),
			want:    throttled("SlowDown"),
		},
		"ThrottledSQS": {
			reason:  "SQS's word.",
			message: failed("creating SQS Queue (x): operation error SQS: CreateQueue, https response error StatusCode: 403, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, RequestThrottled: Request is throttled."),
			want:    throttled("RequestThrottled"),
		},
		"Denied": {
			reason:  "EC2 hides the details in a message that only an administrator can decode.",
			message: failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 403, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/crossplane/1 is not authorized to perform: ec2:CreateVpc. Encoded authorization failure message: Wq3x"),
			want:    denied("UnauthorizedOperation"),
		},
		"DeniedS3": {
			reason:  "S3's and IAM's word.",
			message: failed("creating S3 Bucket (x): operation error S3: CreateBucket, https response error StatusCode: 403, RequestID: 5RXJ2S6JNKN1VDGK, HostID: a=, api error AccessDenied: Access Denied"),
			want:    denied("AccessDenied"),
		},
		"DeniedKMS": {
			reason:  "KMS's word.",
			message: failed("creating KMS Key: operation error KMS: CreateKey, " + id + "api error AccessDeniedException: User is not authorized to perform: kms:CreateKey"),
			want:    denied("AccessDeniedException"),
		},
		"CredentialsExpired": {
			reason:  "A session that ended.",
			message: "connect failed: cannot initialize the Terraform plugin SDK async external client: cannot get terraform setup: cannot get account id: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error ExpiredToken: The security token included in the request is expired",
			want:    credentials("ExpiredToken"),
		},
		"CredentialsUnknown": {
			reason:  "A key that was deleted.",
			message: "connect failed: cannot initialize the Terraform plugin SDK async external client: cannot get terraform setup: cannot get account id: operation error STS: GetCallerIdentity, https response error StatusCode: 403, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error InvalidClientTokenId: The security token included in the request is invalid.",
			want:    credentials("InvalidClientTokenId"),
		},
		"CredentialsEC2": {
			reason:  "EC2's word.",
			message: failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 401, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error AuthFailure: AWS was not able to validate the provided access credentials"),
			want:    credentials("AuthFailure"),
		},
		"RegionNotEnabled": {
			reason:  "A code that begins as that of bad credentials does, and has another remedy.",
			message: failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 401, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error AuthFailure.RegionNotEnabled: This region is not enabled"),
			want:    disabled("AuthFailure.RegionNotEnabled"),
		},
		"OptIn": {
			reason:  "A service that the account did not subscribe to.",
			message: failed("creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 401, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, api error OptInRequired: You are not subscribed to this service."),
			want:    disabled("OptInRequired"),
		},
		"SubnetConflict": {
			reason:  "A subnet on addresses that another one has.",
			message: failed("creating EC2 Subnet: operation error EC2: CreateSubnet, " + id + "api error InvalidSubnet.Conflict: The CIDR '10.0.0.0/20' conflicts with another subnet"),
			want:    conflict("InvalidSubnet.Conflict"),
		},
		"SubnetRange": {
			reason:  "A subnet outside of its VPC.",
			message: failed("creating EC2 Subnet: operation error EC2: CreateSubnet, " + id + "api error InvalidSubnet.Range: The CIDR '10.9.0.0/20' is invalid."),
			want:    conflict("InvalidSubnet.Range"),
		},
		"VPCRange": {
			reason:  "A range that no VPC can have.",
			message: failed("creating EC2 VPC: operation error EC2: CreateVpc, " + id + "api error InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."),
			want:    conflict("InvalidVpc.Range"),
		},
		"RoleExists": {
			reason:  "A role from an earlier life.",
			message: failed("creating IAM Role (x): operation error IAM: CreateRole, https response error StatusCode: 409, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, EntityAlreadyExists: Role with name x already exists."),
			want:    taken("EntityAlreadyExists"),
		},
		"BucketExists": {
			reason:  "A bucket's name belongs to somebody else, anywhere in AWS.",
			message: failed("creating S3 Bucket (x): operation error S3: CreateBucket, https response error StatusCode: 409, RequestID: 5RXJ2S6JNKN1VDGK, HostID: a=, BucketAlreadyExists: "),
			want:    taken("BucketAlreadyExists"),
		},
		"LogGroupExists": {
			reason:  "A log group that outlived its network.",
			message: failed("creating CloudWatch Logs Log Group (x): operation error CloudWatch Logs: CreateLogGroup, " + id + "ResourceAlreadyExistsException: The specified log group already exists"),
			want:    taken("ResourceAlreadyExistsException"),
		},
		"GroupExists": {
			reason:  "A security group with the same name in the VPC.",
			message: failed("creating Security Group (x): operation error EC2: CreateSecurityGroup, " + id + "api error InvalidGroup.Duplicate: The security group 'x' already exists for VPC 'vpc-1'"),
			want:    taken("InvalidGroup.Duplicate"),
		},
		"ClusterExists": {
			reason:  "EKS's code for a name that is taken is that for what is in use.",
			message: failed("creating EKS Cluster (x): operation error EKS: CreateCluster, https response error StatusCode: 409, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, ResourceInUseException: Cluster already exists with name: x"),
			want:    taken("ResourceInUseException"),
		},
		"TableExists": {
			reason:  "So is DynamoDB's.",
			message: failed("creating AWS DynamoDB Table (x): operation error DynamoDB: CreateTable, " + id + "ResourceInUseException: Table already exists: x"),
			want:    taken("ResourceInUseException"),
		},
		"SnapshotExists": {
			reason:  "ElastiCache calls some of its errors faults.",
			message: "delete failed: deleting ElastiCache Replication Group (x): operation error ElastiCache: DeleteReplicationGroup, " + id + "SnapshotAlreadyExistsFault: Snapshot with specified name already exists.",
			want:    taken("SnapshotAlreadyExistsFault"),
		},
		"Zone": {
			reason:  "EC2 has no code of its own for a zone that an account lacks.",
			message: failed("creating EC2 Subnet: operation error EC2: CreateSubnet, " + id + "api error InvalidParameterValue: Value (us-west-1b) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: us-west-1a, us-west-1c."),
			want:    zone("InvalidParameterValue"),
		},
		"ZoneCode": {
			reason:  "Other services have one.",
			message: failed("creating EFS Mount Target: " + id + "InvalidAvailabilityZone: The Availability Zone us-west-1b does not exist"),
			want:    zone("InvalidAvailabilityZone"),
		},
		"ParameterNotZone": {
			reason:  "The same code for another parameter is no zone's.",
			message: "InvalidParameterValue: Value (x) for parameter groupName is invalid",
			want:    want{ReasonProviderError, "InvalidParameterValue: Value (x) for parameter groupName is invalid"},
		},
		"InUse": {
			reason:  "A VPC in which somebody started something by hand.",
			message: "delete failed: async delete failed: failed to delete the resource: [{0 deleting EC2 VPC (vpc-1): operation error EC2: DeleteVpc, " + id + "api error DependencyViolation: The vpc 'vpc-1' has dependencies and cannot be deleted.  []}]",
			want:    used("DependencyViolation"),
		},
		"RoleInUse": {
			reason:  "IAM's word.",
			message: "delete failed: deleting IAM Role (x): operation error IAM: DeleteRole, https response error StatusCode: 409, RequestID: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21, DeleteConflict: Cannot delete entity, must detach all policies first.",
			want:    used("DeleteConflict"),
		},
		"ClusterInUse": {
			reason:  "EKS calls it an exception.",
			message: "delete failed: async delete failed: failed to delete the resource: [{0 deleting EKS Cluster (x): operation error EKS: DeleteCluster, " + id + "ResourceInUseException: Cluster has nodegroups attached  []}]",
			want:    used("ResourceInUseException"),
		},
		"TableInUse": {
			reason:  "So does DynamoDB.",
			message: "update failed: updating DynamoDB Table (x): operation error DynamoDB: UpdateTable, " + id + "ResourceInUseException: Attempt to change a resource which is still in use: Table is being updated: x",
			want:    used("ResourceInUseException"),
		},
		"SubnetGroupInUse": {
			reason:  "ElastiCache says what it is that is in use.",
			message: "delete failed: deleting ElastiCache Subnet Group (x): operation error ElastiCache: DeleteCacheSubnetGroup, " + id + "CacheSubnetGroupInUse: Cache subnet group x is currently in use by a cache cluster.",
			want:    used("CacheSubnetGroupInUse"),
		},
		"Unknown": {
			reason:  "What is unknown is shown as it is, without what changes each time.",
			message: failed("creating EC2 VPC: operation error EC2: CreateVpc, " + id + "api error InternalError: An internal error has occurred"),
			want:    want{ReasonProviderError, "create failed: async create failed: failed to create the resource: [{0 creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 400, api error InternalError: An internal error has occurred []}]"},
		},
		"Lines": {
			reason:  "A condition is one line.",
			message: "first\n\tsecond   third\n",
			want:    want{ReasonProviderError, "first second third"},
		},
		"Long": {
			reason:  "A condition is short: four hundred bytes.",
			message: strings.Repeat("x", 401),
			want:    want{ReasonProviderError, strings.Repeat("x", 400) + "…"},
		},
		"AlmostLong": {
			reason:  "What fits is not cut.",
			message: strings.Repeat("x", 400),
			want:    want{ReasonProviderError, strings.Repeat("x", 400)},
		},
		"LongInTheMiddle": {
			reason:  "A letter that the cut would halve goes: protobuf refuses half a letter.",
			message: strings.Repeat("x", 399) + "é" + "and more",
			want:    want{ReasonProviderError, strings.Repeat("x", 399) + "…"},
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

// TestTranslateAttempts proves that two attempts with the same outcome have the
// same text.
func TestTranslateAttempts(t *testing.T) {
	cases := map[string]struct {
		reason string
		first  string
		second string
	}{
		"EC2": {
			reason: "Most services have UUIDs.",
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
			reason: "The older SDK's way to write it ends the line.",
			first:  "InternalError: sorry\n\tstatus code: 500, request id: 8e1d2f0c-3f1b-4a52-9a5e-6c1d7e0f9b21",
			second: "InternalError: sorry\n\tstatus code: 500, request id: 0b4d7b3e-77a5-4b3c-8a57-5d0f6f6f3c11",
		},
		"None": {
			reason: "An answer that a proxy gave has no id.",
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
				t.Errorf("%s\ntranslate(...) keeps the wrong part: %s", tc.reason, first)
			}
		})
	}
}
