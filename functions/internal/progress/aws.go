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

// translations of the errors that people meet, most specific first. The codes
// are those of the EC2, IAM, KMS, S3 and CloudWatch Logs API references.
func translations() []translation {
	return []translation{
		{
			code:    regexp.MustCompile(`\b(InvalidVpc\.Range|InvalidSubnet\.Range|InvalidSubnet\.Conflict|CidrConflict)\b`),
			reason:  ReasonCIDRConflict,
			message: "AWS refuses the address range (%s): choose one that overlaps no other in spec.cidr or spec.subnets",
		},
		// Before the quotas: RequestLimitExceeded is throttling, VpcLimitExceeded a quota.
		{
			code:    regexp.MustCompile(`\b(Throttling|ThrottlingException|RequestLimitExceeded|TooManyRequestsException|SlowDown)\b`),
			reason:  ReasonThrottled,
			message: "AWS asks to slow down (%s): nothing to do, it goes on by itself",
		},
		{
			code:    regexp.MustCompile(`\b([A-Za-z]*(?:Limits?|Quota[A-Za-z]*)Exceeded(?:Exception)?|TooManyBuckets)\b`),
			reason:  ReasonQuotaExceeded,
			message: "an AWS quota is used up (%s): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then",
		},
		{
			code:    regexp.MustCompile(`\bProviderConfig\S* "([^"]+)" not found`),
			reason:  ReasonCredentials,
			message: "there is no ProviderConfig %q: create it, or name another in spec.providerConfigName",
		},
		{
			code:    regexp.MustCompile(`\b(OptInRequired|AuthFailure\.RegionNotEnabled)\b`),
			reason:  ReasonRegionDisabled,
			message: "the AWS account cannot use this region or service (%s): enable it in the account's settings",
		},
		{
			code:    regexp.MustCompile(`\b(ExpiredToken|ExpiredTokenException|InvalidClientTokenId|UnrecognizedClientException|AuthFailure|SignatureDoesNotMatch|NoCredentialProviders)\b`),
			reason:  ReasonCredentials,
			message: "AWS does not accept the provider's credentials (%s): mend the ProviderConfig named in spec.providerConfigName",
		},
		{
			code:    regexp.MustCompile(`\b(UnauthorizedOperation|AccessDenied|AccessDeniedException|UnauthorizedAccess)\b`),
			reason:  ReasonPermissionDenied,
			message: "the provider's AWS role may not do this (%s): give the role of the ProviderConfig the permission; it goes on by itself then",
		},
		{
			code:    regexp.MustCompile(`\b([A-Za-z]*AlreadyExists(?:Exception)?|BucketAlreadyOwnedByYou|InvalidGroup\.Duplicate)\b`),
			reason:  ReasonNameTaken,
			message: "something of that name already exists in AWS (%s): delete it, or import it by its external name",
		},
		{
			code:    regexp.MustCompile(`\b(InvalidAvailabilityZone|InvalidParameterValue)\b.*\b[aA]vailability ?[zZ]one\b`),
			reason:  ReasonInvalidZone,
			message: "the AWS account does not have the zone (%s): choose another in spec.availabilityZones",
		},
		{
			code:    regexp.MustCompile(`\b(DependencyViolation|DeleteConflict|ResourceInUse|InvalidIPAddress\.InUse)\b`),
			reason:  ReasonInUse,
			message: "AWS keeps it while something else uses it (%s): it goes on by itself when that is gone; what the platform did not make must be deleted by hand",
		},
	}
}

// translate an error of the provider into a reason and a message with a remedy.
// The request id is cut out: it changes with each attempt, and a condition that
// changes makes everybody who watches it look again.
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
