// Package awsname fits names into the lengths that AWS allows. Its caller knows the service:
// how long a name may be, and which characters it may have.
package awsname

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// A Name to fit.
type Name struct {
	// Plain has only characters that AWS takes.
	Plain string

	// Digest tells two originals apart whose Plain is the same once it is cut.
	Digest string

	// Changed reports whether the original has characters that Plain has not.
	Changed bool
}

// WithoutDots is a name in which every dot is a hyphen: AWS has no dots in most names.
func WithoutDots(name string, digits int) Name {
	plain := strings.ReplaceAll(name, ".", "-")
	return Name{Plain: plain, Digest: Digest(digits, name), Changed: plain != name}
}

// SingleHyphens is a name in which no two hyphens are in a row.
func SingleHyphens(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' }), "-")
}

// Fit the name into longest characters, suffix included. A name that is cut or was
// changed ends in its digest, or two names could become the same.
func (n Name) Fit(suffix string, longest int) string {
	if !n.Changed && len(n.Plain)+len(suffix) <= longest {
		return n.Plain + suffix
	}
	return Cut(n.Plain, "-"+n.Digest+suffix, longest)
}

// Cut a name so that it has at most the longest number of characters with its suffix.
func Cut(name, suffix string, longest int) string {
	return strings.TrimRight(name[:min(len(name), longest-len(suffix))], "-") + suffix
}

// Digest of the parts in as many hexadecimal digits.
func Digest(digits int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:digits]
}

// Join the parts of a name with hyphens. A name that is longer than the longest is cut,
// and ends in as many digits of a digest of the whole. A hyphen at
// the cut stays, since resources in AWS have such names.
func Join(longest, digits int, parts ...string) string {
	name := strings.Join(parts, "-")
	if len(name) <= longest {
		return name
	}
	suffix := "-" + Digest(digits, name)
	return name[:longest-len(suffix)] + suffix
}
