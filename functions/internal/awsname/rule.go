package awsname

import (
	"fmt"
	"regexp"
	"strings"
)

// A Rule of a service for the names of one kind of resource.
type Rule struct {
	// Least and Most characters.
	Least, Most int

	// Pattern of the whole name.
	Pattern string

	// Reserved are starts that the service keeps for itself.
	Reserved []string
}

// Prefixed is the name, or where it starts as the service keeps for itself, the name behind the
// platform's own. No resource in AWS can have such a name already.
func (r Rule) Prefixed(name string) string {
	if r.reserved(name) != "" {
		return "ausmart-" + name
	}
	return name
}

func (r Rule) reserved(name string) string {
	for _, prefix := range r.Reserved {
		if strings.HasPrefix(name, prefix) {
			return prefix
		}
	}
	return ""
}

// Check says what is wrong with a name in AWS.
func (r Rule) Check(name string) error {
	switch prefix := r.reserved(name); {
	case len(name) < r.Least || len(name) > r.Most:
		return fmt.Errorf("%q has %d characters, and AWS takes %d to %d", name, len(name), r.Least, r.Most)
	case prefix != "":
		return fmt.Errorf("%q starts with %q, which AWS keeps for itself", name, prefix)
	case !regexp.MustCompile(`^(?:` + r.Pattern + `)$`).MatchString(name):
		return fmt.Errorf("%q does not match %s", name, r.Pattern)
	default:
		return nil
	}
}

// SecurityGroup is the rule for the names of security groups (CreateSecurityGroup in EC2's API
// reference: "Constraints: Up to 255 characters in length. Cannot start with sg-."; read
// 2026-11-30).
func SecurityGroup() Rule {
	return Rule{Least: 1, Most: 255, Pattern: `[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+`, Reserved: []string{"sg-"}}
}

// Bucket is the rule for the names of buckets
// (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, read 2026-11-30).
// The platform uses no dots, which that page advises against, and its suffix is none of the
// reserved ones.
func Bucket() Rule {
	return Rule{Least: 3, Most: 63, Pattern: `[a-z0-9][a-z0-9-]*[a-z0-9]`, Reserved: []string{"xn--", "sthree-", "amzn-s3-demo-"}}
}
