package progress

import (
	"regexp"
	"slices"
)

// translations of the errors that people meet, most specific first. The codes are those of
// the services' API references (EC2:
// docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), and of types/errors.go
// in the modules of aws-sdk-go-v2 that provider-aws uses; where a code stands for more than one
// trouble, the words that tell them apart are those of messages that people published, which
// TestTranslate quotes (read 2026-11-30).
func translations() []translation {
	return slices.Concat(waits(), limits(), access(), places(), snapshots(), names(), uses(), providers())
}

// waits are what ends by itself.
func waits() []translation {
	const busy = "AWS does not take this in its present state (%s): nothing to do unless it stays so; it goes on by itself when the state changes"
	return []translation{
		// Before the quotas: RequestLimitExceeded is throttling, VpcLimitExceeded a quota.
		{
			code:    code(`[A-Za-z]*Thrott(?:ling|led)|RequestLimitExceeded|TooManyRequests|ProvisionedThroughputExceeded|APICallRateForCustomerExceeded|SlowDown`),
			reason:  ReasonThrottled,
			message: "AWS asks to slow down (%s): nothing to do, it goes on by itself",
		},
		// DynamoDB has one code for the number of tables and the number that change at once.
		{code: codeWith(`LimitExceeded`, `simultaneously|concurrent`), reason: ReasonBusy, message: busy},
		// EKS and DynamoDB have one code for what is taken, what is used and what changes just now.
		{code: codeWith(`ResourceInUse`, `being (?:created|updated|deleted)|in progress`), reason: ReasonBusy, message: busy},
		{
			code: code(`Invalid(?:DBInstance|ReplicationGroup|CacheCluster)State|IncorrectState|QueueDeletedRecently|PriorRequestNotComplete|` +
				`(?:Conditional)?OperationAborted|ConcurrentModification|WAFOptimisticLock|WAFUnavailableEntity`),
			reason: ReasonBusy, message: busy,
		},
	}
}

// limits are of the account, or of AWS.
func limits() []translation {
	return []translation{
		// Before the quotas: no one can raise these.
		{
			code:   codeWith(`LimitExceeded`, `[Mm]aximum policy size|quota for (?:PolicySize|ACLSizePerRole)`),
			reason: ReasonPolicyTooLarge,
			message: "a policy has more characters than IAM takes (%s), and no quota raises that: " +
				"let the claim name fewer databases, queues or permissions",
		},
		{
			code:    code(`TagLimitExceeded|TagQuotaPerResourceExceeded|TooManyTags`),
			reason:  ReasonInvalidTags,
			message: "AWS takes 50 tags on a resource, the platform's among them (%s): remove some of spec.tags",
		},
		{
			code:    codeWith(`Invalid(?:Input|Tag[A-Za-z]*)|ValidationError`, `\b[tT]ags?\b`),
			reason:  ReasonInvalidTags,
			message: "AWS refuses a tag (%s): correct it in spec.tags",
		},
		{
			code:    code(`[A-Za-z]*(?:Limits?|Quota[A-Za-z]*)Exceeded|TooManyBuckets`),
			reason:  ReasonQuotaExceeded,
			message: "an AWS quota is used up (%s): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then",
		},
		{
			code:    code(`Insufficient[A-Za-z]*Capacity`),
			reason:  ReasonNoCapacity,
			message: "AWS has no machine of this size left there (%s): it goes on by itself when there is one; to go on now, choose another size in the claim",
		},
		{
			code:    code(`InsufficientFreeAddresses[A-Za-z]*`),
			reason:  ReasonNoCapacity,
			message: "a subnet has no free addresses (%s): delete what uses them, or move to a Network with larger ranges",
		},
	}
}

// access of the provider to AWS.
func access() []translation {
	return []translation{
		{
			code:    regexp.MustCompile(`\bProviderConfig\S* ("[^"]+") not found`),
			reason:  ReasonCredentials,
			message: "there is no ProviderConfig %s: create it, or name another in spec.providerConfigName",
		},
		{
			code:    code(`OptInRequired|RegionDisabled`),
			reason:  ReasonRegionDisabled,
			message: "the AWS account cannot use this region or service (%s): enable it in the account's settings; a new account has to wait for its activation",
		},
		{
			code:    regexp.MustCompile(`\b(Blocked|PendingVerification)\b:`),
			reason:  ReasonAccountInactive,
			message: "AWS has not activated the account, or has blocked it (%s): ask AWS Support unless it ends by itself",
		},
		// Before what is denied: it is the role itself that the provider may not have.
		{
			code:    codeWith(`AccessDenied|InvalidIdentityToken`, `sts:AssumeRole|OpenIDConnect provider`),
			reason:  ReasonCredentials,
			message: "the provider may not take its AWS role (%s): correct the role's trust policy, or the role in the ProviderConfig named in spec.providerConfigName",
		},
		{
			code: codeWith(`UnauthorizedOperation|[A-Za-z]*AccessDenied`, `explicit deny in an? (?:service|resource) control policy`), reason: ReasonPermissionDenied,
			message: "a policy of the AWS organization forbids this (%s), and no permission of the provider's role changes that: ask those who administer the organization",
		},
		{
			code: code(`UnauthorizedOperation|[A-Za-z]*AccessDenied|UnauthorizedAccess|AuthFailure\.ServiceLinkedRoleCreationNotPermitted`), reason: ReasonPermissionDenied,
			message: "the provider's AWS role may not do this (%s): give the role of the ProviderConfig the permission, " +
				"or change the policy in which AWS names an explicit deny; it goes on by itself then",
		},
		// A region that an account must enable first answers so, and not with a code of its own.
		{
			code: code(`InvalidClientTokenId|UnrecognizedClient|AuthFailure`), reason: ReasonCredentials,
			message: "AWS does not accept the provider's credentials (%s): correct the ProviderConfig named in spec.providerConfigName; " +
				"where they work in other regions, enable this one in the account's settings",
		},
		{
			code:   code(`ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|RequestExpired|RequestTimeTooSkewed|NoCredentialProviders`),
			reason: ReasonCredentials,
			message: "AWS does not accept the provider's credentials (%s): correct the ProviderConfig named in spec.providerConfigName, " +
				"or the clock of the provider's node where AWS names a time",
		},
		{
			code:    regexp.MustCompile(`\b(lookup [^\s:]+)\b.*\bno such host`),
			reason:  ReasonUnreachable,
			message: "the provider finds no address of the service (%s): see that the service is in spec.region, and that the provider's pods have DNS",
		},
	}
}

// places are ranges and zones.
func places() []translation {
	return []translation{
		{
			code: code(`InvalidVpc\.Range|InvalidSubnet\.Range`), reason: ReasonCIDRConflict,
			message: "AWS does not take the address range (%s), and a range cannot change: create a new claim with another one in spec.cidr or spec.subnets",
		},
		{
			code: code(`InvalidSubnet\.Conflict`), reason: ReasonCIDRConflict,
			message: "another subnet of the VPC has some of these addresses (%s): delete the one that the platform did not make; it goes on by itself then",
		},
		// EC2 and EKS have no code for a zone alone.
		{
			code: codeWith(`InvalidAvailabilityZone|InvalidParameter(?:Value)?|UnsupportedAvailabilityZone|Unsupported|InvalidVPCNetworkState`,
				`\b[aA]vailability ?[zZ]one`),
			reason:  ReasonInvalidZone,
			message: "the AWS account does not have the zone, or not with this in it (%s): choose another in spec.availabilityZones of the Network",
		},
		{
			code: code(`DBSubnetGroupDoesNotCoverEnoughAZs`), reason: ReasonInvalidZone,
			message: "the database needs subnets in two zones (%s): give the Network another zone in spec.availabilityZones",
		},
	}
}

// snapshots are what a database is made of.
func snapshots() []translation {
	return []translation{
		{
			code: code(`(?:DB)?SnapshotNotFound`), reason: ReasonSnapshotUnusable,
			message: "there is no such snapshot in this account and region (%s): correct spec.restoreFrom.snapshot; one of another account is named by its ARN",
		},
		{
			code: codeWith(`InvalidParameter(?:Combination|Value)`, `DBParameterGroupFamily`), reason: ReasonSnapshotUnusable,
			message: "the snapshot is of another version than the claim (%s): set spec.version to the version that AWS names",
		},
	}
}

// names that something else has.
func names() []translation {
	const taken = "something of that name already exists in AWS (%s), and may hold data: import it by its external name, " +
		"or create the claim under another name; delete it in AWS only when no one needs it"
	return []translation{
		{
			code: code(`BucketAlreadyExists`), reason: ReasonNameTaken,
			message: "another customer of AWS has a bucket of that name (%s), and it cannot be had: create the claim under another name",
		},
		{
			code: code(`(?:DB)?SnapshotAlreadyExists`), reason: ReasonNameTaken,
			message: "a snapshot already has the name of the one that is taken at the end (%s): copy it under another name if you need it, then delete it",
		},
		{
			code: codeWith(`InvalidRequest`, `scheduled for deletion`), reason: ReasonNameTaken,
			message: "a secret of that name waits for its deletion (%s): restore it in Secrets Manager, or delete it there without recovery",
		},
		{
			code:   code(`[A-Za-z]*AlreadyExists|BucketAlreadyOwnedByYou|Invalid(?:Group|Permission)\.Duplicate|QueueNameExists|ResourceExists|WAFDuplicateItem`),
			reason: ReasonNameTaken, message: taken,
		},
		{code: codeWith(`ResourceInUse|Conflict|ResourceConflict|InvalidChangeBatch`, `\balready exists\b`), reason: ReasonNameTaken, message: taken},
	}
}

// uses are what a deletion meets.
func uses() []translation {
	return []translation{
		{
			code:   codeWith(`InvalidParameterCombination|Validation|InvalidRequest|OperationNotPermitted`, `[dD]eletion ?[pP]rotect|protected against deletion|delete protected`),
			reason: ReasonProtected,
			// Only the deletion of the resource itself meets this: that of a claim is refused before.
			message: "it was deleted by itself, and AWS refuses that, since it is protected (%s): " +
				"\"A resource was deleted by itself\" in docs/troubleshooting.md says how to get it back, or let it go",
		},
		{
			code: code(`BucketNotEmpty|RepositoryNotEmpty`), reason: ReasonInUse,
			message: "AWS deletes it only when it is empty (%s): empty it in AWS; it goes on by itself then",
		},
		{
			code: code(`KMSKeyNotAccessible|KMSInvalidState|KMS\.[A-Za-z]+|KmsKey[A-Za-z]*NotAccessible`), reason: ReasonKeyUnusable,
			message: "AWS cannot use the encryption key (%s): see in KMS that it is enabled, and not waiting for its deletion; it goes on by itself then",
		},
		{
			code:    code(`DependencyViolation|DeleteConflict|WAFAssociatedItem|InvalidDBSubnetGroupState|Invalid(?:DB|Cache)ParameterGroupState|[A-Za-z.]*InUse`),
			reason:  ReasonInUse,
			message: "AWS keeps it while something else uses it (%s): it goes on by itself when that is gone; what the platform did not make must be deleted by hand",
		},
	}
}

// providers refuse these themselves, in the words of crossplane-runtime (ErrCreateIncomplete in
// pkg/reconciler/managed) and upjet (pkg/controller).
func providers() []translation {
	return []translation{
		{
			code: regexp.MustCompile(`\bremove the (crossplane\.io/external-create-pending) annotation`), reason: ReasonCreationUnknown,
			message: "the provider was stopped while it created this, and cannot tell whether it is in AWS: if it is, set its crossplane.io/external-name; " +
				"then, or if it is not, remove the annotation %s from the resource",
		},
		{
			code: regexp.MustCompile(`\brequires replacing it: (.+)`), reason: ReasonReplacement,
			message: "AWS cannot change this in what exists, and the platform never replaces it (%s): write the earlier value again, or create a new claim",
		},
	}
}
