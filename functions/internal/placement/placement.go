// Package placement decides where a claim's resources are: in which region, AWS account and VPC,
// and in which environment. What the claim leaves out it has from the claims that it names; what
// cannot fit is refused.
//
// It reads what the claim says, what exists of it, and the places of the claims that it names. It
// writes nothing. One table, in rules.go, holds for all kinds of claims and all pairs of them.
package placement

import (
	"fmt"
	"strings"
)

// The place of a claim that says none and names no other claim.
const (
	DefaultRegion         = "ap-southeast-2"
	DefaultProviderConfig = "default"
)

// A Place of a claim. An empty field is not said.
type Place struct {
	Region string

	// ProviderConfig of provider-aws, and so the AWS account.
	ProviderConfig string

	// Network claim whose VPC the claim is in.
	Network string

	Environment string

	// VPC by its id in AWS, and EKS cluster by its name there, of what exists and of a claim that is
	// named; empty where that is not known.
	VPC, Cluster string
}

// A Reference is a claim that another one names, and its place.
type Reference struct {
	// Kind and name of the claim that is named.
	Kind, Name string

	// Field of the spec that names it, such as spec.networkRef.
	Field string

	Place

	// Has is the composite that the claim has, and Had the one that what exists was made with;
	// empty where that is not known.
	Has, Had string
}

func (r Reference) String() string { return fmt.Sprintf("%s %q (%s)", r.Kind, r.Name, r.Field) }

// A Claim that may name others.
type Claim struct {
	// Kind of the claim, such as Network.
	Kind string

	// Said is what the claim's spec says. A default that an earlier schema stored is there too,
	// and counts as said.
	Said Place

	// Exists is where the claim's resources in AWS are; empty while there are none.
	Exists Place

	// References to other claims. The first is the one that the claim lives in: what is not said
	// comes from there.
	References []Reference

	// AllowCrossEnvironment allows references to claims of another environment.
	AllowCrossEnvironment bool
}

// noun for the claim in a sentence.
func (c Claim) noun() string { return "the " + strings.ToLower(c.Kind) }

// Resolve returns the place in effect, and the differences that the claim allows, each a sentence.
// It fails where the place is not that of what exists or of what the claim names; the error names
// the field, both values and the remedy.
func Resolve(c Claim) (Place, []string, error) {
	var in Place
	var allowed []string
	for _, ref := range c.References {
		if ref.Had != "" && ref.Has != "" && ref.Had != ref.Has {
			return Place{}, nil, fmt.Errorf("%s: %s was made with %s of %s %q, which is now %s: name another claim, or give the claim its composite back",
				ref.Field, c.noun(), ref.Had, ref.Kind, ref.Name, ref.Has)
		}
	}
	for _, r := range rules() {
		value, differences, err := r.resolve(c)
		if err != nil {
			return Place{}, nil, err
		}
		*r.part(&in) = value
		allowed = append(allowed, differences...)
	}
	return in, allowed, nil
}
