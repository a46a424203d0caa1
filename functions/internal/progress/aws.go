package progress

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/ausmart/platform/functions/internal/observed"
)

// Reasons of conditions.
const (
	ReasonAvailable        = "Available"
	ReasonCreating         = "Creating"
	ReasonQuotaExceeded    = "QuotaExceeded"
	ReasonPermissionDenied = "PermissionDenied"
	ReasonCredentials      = "CredentialsMissing"
	ReasonRegionDisabled   = "RegionNotEnabled"
	ReasonCIDRConflict     = "CIDRConflict"
	ReasonNameTaken        = "NameTaken"
	ReasonInvalidZone      = "InvalidZone"
	ReasonInUse            = "InUse"
	ReasonThrottled        = "Throttled"
	ReasonProviderError    = "ProviderError"
)

// problem reads why the provider cannot sync a resource. That a reference is
// not resolved yet is no problem: the resource waits for another one.
func problem(obs observed.Resources, name string) (Problem, bool) {
	for _, typ := range []string{"Synced", "LastAsyncOperation"} {
		c := obs.Condition(name, typ)
		if c.Status != "False" || c.Message == "" || unresolved(c.Message) {
			continue
		}
		reason, message := translate(c.Message)
		return Problem{Resource: name, Reason: reason, Message: message}, true
	}
	return Problem{}, false
}

// unresolved recognises crossplane-runtime's messages about references whose
// target is not there or has no id yet.
func unresolved(message string) bool {
	return strings.Contains(message, "cannot resolve references") ||
		strings.Contains(message, "referenced field was empty") ||
		strings.Contains(message, "no resources matched selector")
}

// A translation turns an AWS error code into words.
type translation struct {
	code    *regexp.Regexp
	reason  string
	message string // %s is the error code
}

// compiled holds the translations; compiling them takes longer than using them.
var compiled = sync.OnceValue(translations) //nolint:gochecknoglobals // A constant that the language cannot express.

// requestID is different in each attempt's error, and so is S3's host id
// (aws-sdk-go-v2, service/internal/s3shared). Not all of them are hexadecimal.
var requestID = regexp.MustCompile(`(?i)\s*\b(?:request|host) ?id: ?[^\s,]*,?`)

// code finds one of the names of errors, each with or without the ending that some
// services give it: IAM's LimitExceeded is KMS's LimitExceededException, and RDS's
// DBInstanceAlreadyExists is ElastiCache's SnapshotAlreadyExistsFault.
func code(names string) *regexp.Regexp {
	return regexp.MustCompile(`\b((?:` + names + `)(?:Exception|Fault)?)\b`)
}

// nameTaken is what to do about a name that something else has.
const nameTaken = "something of that name already exists in AWS (%s): delete it, or import it by its external name"

// translations of the errors that people meet, most specific first. The codes
// are those of the services' API references, and of types/errors.go in the modules
// of aws-sdk-go-v2 that provider-aws uses (read 2026-11-29).
func translations() []translation {
	return []translation{
		{
			code:    code(`InvalidVpc\.Range|InvalidSubnet\.Range|InvalidSubnet\.Conflict|CidrConflict`),
			reason:  ReasonCIDRConflict,
			message: "AWS refuses the address range (%s): choose one that overlaps no other in spec.cidr or spec.subnets",
		},
		// Before the quotas: RequestLimitExceeded is throttling, VpcLimitExceeded a quota.
		{
			code:    code(`[A-Za-z]*Thrott(?:ling|led)|RequestLimitExceeded|TooManyRequests|ProvisionedThroughputExceeded|APICallRateForCustomerExceeded|SlowDown`),
			reason:  ReasonThrottled,
			message: "AWS asks to slow down (%s): nothing to do, it goes on by itself",
		},
		{
			code:    code(`[A-Za-z]*(?:Limits?|Quota[A-Za-z]*)Exceeded|TooManyBuckets`),
			reason:  ReasonQuotaExceeded,
			message: "an AWS quota is used up (%s): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then",
		},
		{
			code:    regexp.MustCompile(`\bProviderConfig\S* "([^"]+)" not found`),
			reason:  ReasonCredentials,
			message: "there is no ProviderConfig %q: create it, or name another in spec.providerConfigName",
		},
		{
			code:    code(`OptInRequired|AuthFailure\.RegionNotEnabled|RegionDisabled`),
			reason:  ReasonRegionDisabled,
			message: "the AWS account cannot use this region or service (%s): enable it in the account's settings",
		},
		{
			code:    code(`ExpiredToken|InvalidClientTokenId|UnrecognizedClient|AuthFailure|SignatureDoesNotMatch|InvalidSignature|NoCredentialProviders`),
			reason:  ReasonCredentials,
			message: "AWS does not accept the provider's credentials (%s): correct the ProviderConfig named in spec.providerConfigName",
		},
		{
			code:    code(`UnauthorizedOperation|[A-Za-z]*AccessDenied|UnauthorizedAccess`),
			reason:  ReasonPermissionDenied,
			message: "the provider's AWS role may not do this (%s): give the role of the ProviderConfig the permission; it goes on by itself then",
		},
		{
			code:    code(`[A-Za-z]*AlreadyExists|BucketAlreadyOwnedByYou|InvalidGroup\.Duplicate|QueueNameExists`),
			reason:  ReasonNameTaken,
			message: nameTaken,
		},
		// Before what is in use: EKS and DynamoDB have one code for both.
		{
			code:   regexp.MustCompile(`\b(ResourceInUseException)\b.*\balready exists\b`),
			reason: ReasonNameTaken, message: nameTaken,
		},
		{
			code:    regexp.MustCompile(`\b((?:InvalidAvailabilityZone|InvalidParameterValue)(?:Exception)?)\b.*\b[aA]vailability ?[zZ]one\b`),
			reason:  ReasonInvalidZone,
			message: "the AWS account does not have the zone (%s): choose another in spec.availabilityZones",
		},
		{
			code:    code(`DependencyViolation|DeleteConflict|[A-Za-z.]*InUse`),
			reason:  ReasonInUse,
			message: "AWS keeps it while something else uses it (%s): it goes on by itself when that is gone; what the platform did not make must be deleted by hand",
		},
	}
}

// translate an error of the provider into a reason and a message with a remedy.
// The request id is removed: it changes with each attempt, and each change of a condition
// wakes up all its watchers.
func translate(message string) (reason, text string) {
	for _, t := range compiled() {
		if m := t.code.FindStringSubmatch(message); m != nil {
			return t.reason, fmt.Sprintf(t.message, m[1])
		}
	}
	return ReasonProviderError, scrub(message)
}

// longest is how much of an unknown provider error a condition carries.
const longest = 400

func scrub(message string) string {
	message = requestID.ReplaceAllString(message, "")
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > longest {
		message = strings.ToValidUTF8(message[:longest], "") + "…"
	}
	return message
}
