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
	ReasonPolicyTooLarge   = "PolicyTooLarge"
	ReasonInvalidTags      = "InvalidTags"
	ReasonNoCapacity       = "NoCapacity"
	ReasonPermissionDenied = "PermissionDenied"
	ReasonCredentials      = "CredentialsMissing"
	ReasonRegionDisabled   = "RegionNotEnabled"
	ReasonAccountInactive  = "AccountInactive"
	ReasonUnreachable      = "Unreachable"
	ReasonCIDRConflict     = "CIDRConflict"
	ReasonNameTaken        = "NameTaken"
	ReasonInvalidZone      = "InvalidZone"
	ReasonSnapshotUnusable = "SnapshotUnusable"
	ReasonKeyUnusable      = "KeyUnusable"
	ReasonInUse            = "InUse"
	ReasonProtected        = "Protected"
	ReasonReplacement      = "ReplacementRefused"
	ReasonCreationUnknown  = "CreationUnknown"
	ReasonRolloutFailed    = "RolloutFailed"
	ReasonPaused           = "Paused"
	ReasonObserveOnly      = "ObserveOnly"
	ReasonThrottled        = "Throttled"
	ReasonBusy             = "Busy"
	ReasonProviderError    = "ProviderError"
)

// problem reads why a resource is not as it is asked for: no change may reach it, its provider
// cannot sync it, or it does not run in its cluster. That a reference is not resolved yet is no
// problem: the resource waits for another one.
func problem(obs observed.Resources, name string) (Problem, bool) {
	if p, ok := unreached(obs, name); ok {
		return p, true
	}
	for _, typ := range []string{"Synced", "LastAsyncOperation"} {
		c := obs.Condition(name, typ)
		if c.Status != "False" || c.Message == "" || unresolved(c.Message) || crossed(c.Message) {
			continue
		}
		reason, message := translate(c.Message)
		return Problem{Resource: name, Reason: reason, Message: message}, true
	}
	return rollout(obs, name)
}

// unresolved recognises crossplane-runtime's messages about references whose
// target is not there or has no id yet.
func unresolved(message string) bool {
	return strings.Contains(message, "cannot resolve references") ||
		strings.Contains(message, "referenced field was empty") ||
		strings.Contains(message, "no resources matched selector")
}

// crossed recognises the API server's message to one of two that wrote an object at once: it
// tries again.
func crossed(message string) bool { return strings.Contains(message, "the object has been modified") }

// unreached reads why no change reaches a resource: a person paused it, or lets its provider only
// observe it. What runs may then be anything.
func unreached(obs observed.Resources, name string) (Problem, bool) {
	of := obs.Kind(name) + " " + obs.Name(name)
	switch {
	case obs.Paused(name):
		return Problem{name, ReasonPaused, "it is paused, and no change reaches it: remove the annotation crossplane.io/paused from the " + of}, true
	case !obs.Updates(name):
		return Problem{name, ReasonObserveOnly, "its provider may not change it: remove the managementPolicies from the spec of the " + of}, true
	default:
		return Problem{}, false
	}
}

// A translation adds a remedy to an error of AWS, by its code.
type translation struct {
	code    *regexp.Regexp // whose first group is what message shows
	reason  string
	message string // %s is the code
}

// compiled holds the translations; compiling them takes longer than using them.
var compiled = sync.OnceValue(translations) //nolint:gochecknoglobals // A constant that the language cannot express.

// code finds one of the names of errors, each with or without the ending that some
// services give it: IAM's LimitExceeded is KMS's LimitExceededException, and RDS's
// DBInstanceAlreadyExists is ElastiCache's SnapshotAlreadyExistsFault.
func code(names string) *regexp.Regexp { return codeWith(names, "") }

// codeWith finds one of the names where AWS's words say something that a regular
// expression matches: many codes stand for more than one trouble.
func codeWith(names, words string) *regexp.Regexp {
	if words != "" {
		words = `.*(?:` + words + `)`
	}
	return regexp.MustCompile(`\b((?:` + names + `)(?:Exception|Fault)?)\b` + words)
}

// translate an error of the provider into a reason and a message: the remedy, and then
// AWS's own words. What differs in each attempt is removed, since each change of a condition
// wakes up all its watchers.
func translate(message string) (reason, text string) {
	message = scrub(message)
	for _, t := range compiled() {
		m := t.code.FindStringSubmatchIndex(message)
		if m == nil {
			continue
		}
		// The group's end, and not the match's: what is behind the code is AWS's.
		text = fmt.Sprintf(t.message, bounded(message[m[2]:m[3]]))
		if words := said(message[m[3]:]); words != "" {
			text += ". AWS says: " + words
		}
		return t.reason, text
	}
	return ReasonProviderError, bounded(message)
}

// longest is how many bytes of a provider's error a condition carries.
const longest = 400

func bounded(text string) string {
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

// said is what AWS says behind the code of an error, without what Terraform puts around it.
func said(rest string) string {
	words, ok := strings.CutPrefix(rest, ": ")
	if !ok {
		return ""
	}
	words, _, _ = strings.Cut(words, "[]}")
	return bounded(strings.TrimSpace(words))
}

// volatile is what differs in each attempt, or what no claim should show: ids of requests and
// hosts (aws-sdk-go-v2, service/internal/s3shared; not all are hexadecimal); what only an
// administrator can decode (EC2); sessions of a role; local ports; times, and S3's copy of the
// whole request, with its headers, where a signature is wrong.
var volatile = regexp.MustCompile(`(?i)\s*\b(?:request|host) ?id: ?[^\s,]*,?` +
	`|\s*Encoded authorization failure message: \S+` +
	`|\s*The Canonical String for this request.*` +
	`|\b(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d+->` +
	`|\b\d{8}T\d{6}Z\b`)

// session of a role, in the ARN of who asked: it is new with each token.
var session = regexp.MustCompile(`(:assumed-role/[^/\s]+)/[^\s"',:]+`)

func scrub(message string) string {
	message = strings.Join(strings.Fields(message), " ")
	message = session.ReplaceAllString(volatile.ReplaceAllString(message, ""), "$1")
	return strings.Join(strings.Fields(message), " ")
}
