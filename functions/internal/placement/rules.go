package placement

import (
	"cmp"
	"fmt"
)

// A rule about one part of a place.
type rule struct {
	// part of a place that the rule is about.
	part func(*Place) *string

	// field of the claim that says it; empty where none does.
	field string

	// phrase for a value, as the rest of a sentence that starts with a claim.
	phrase string

	// inherited reports whether a claim that does not say it has it from the claim it lives in.
	inherited bool

	// otherwise is for a claim that neither says it nor has it from another one.
	otherwise string

	// follows reports whether what exists may become what the claim it lives in has.
	follows bool

	// consent is the field that allows a difference; empty where nothing does.
	consent string
}

// rules for all pairs: Cluster and Network, Database and Network, Service and Cluster, Service and
// Database.
//
// A region never changes once something exists: AWS moves nothing. A ProviderConfig may become that
// of the claim it lives in. Only the account that owns a subnet or a cluster can use it, so what
// works there is in that account already, and what is elsewhere has never worked.
func rules() []rule {
	return []rule{
		{
			part:  func(p *Place) *string { return &p.Region },
			field: "spec.region", phrase: "is in %s", inherited: true, otherwise: DefaultRegion,
		},
		{
			part:  func(p *Place) *string { return &p.ProviderConfig },
			field: "spec.providerConfigName", phrase: "uses ProviderConfig %s", inherited: true, otherwise: DefaultProviderConfig, follows: true,
		},
		{
			part:   func(p *Place) *string { return &p.Network },
			phrase: "is in the VPC of Network %s", inherited: true,
		},
		{
			part:   func(p *Place) *string { return &p.VPC },
			phrase: "is in %s", inherited: true,
		},
		{
			part:   func(p *Place) *string { return &p.Cluster },
			phrase: "runs in EKS cluster %s", inherited: true,
		},
		{
			part:  func(p *Place) *string { return &p.Environment },
			field: "spec.environment", phrase: "is %s", consent: "spec.allowCrossEnvironment",
		},
	}
}

// fieldOf a claim that says the value: its own, or the one that names the claim it lives in.
func (r rule) fieldOf(c Claim) string {
	if r.field == "" && len(c.References) > 0 {
		return c.References[0].Field
	}
	return r.field
}

// is says in a sentence what a claim has.
func (r rule) is(value string) string { return fmt.Sprintf(r.phrase, value) }

// value in effect, and the subject of a sentence about it.
func (r rule) value(c Claim) (value, subject string) {
	if said := *r.part(&c.Said); said != "" {
		return said, c.noun() + " " + r.is(said)
	}
	if r.inherited && len(c.References) > 0 {
		home := c.References[0]
		value = *r.part(&home.Place)
		return value, fmt.Sprintf("%s %s, like %s", c.noun(), r.is(value), home)
	}
	return r.otherwise, c.noun() + " " + r.is(r.otherwise)
}

// resolve returns the value in effect, and the differences that the claim allows.
func (r rule) resolve(c Claim) (value string, allowed []string, err error) {
	value, subject := r.value(c)
	exists := *r.part(&c.Exists)
	if exists != "" && value != "" && exists != value && (!r.follows || len(c.References) == 0) {
		return "", nil, fmt.Errorf("%s: %s %s and cannot move to %s: create a new claim", r.fieldOf(c), c.noun(), r.is(exists), value)
	}
	for i, ref := range c.References {
		other := *r.part(&ref.Place)
		if other == "" || other == value {
			continue
		}
		difference := fmt.Sprintf("%s, but %s %s", subject, ref, r.is(other))
		if r.consent == "" || !c.AllowCrossEnvironment {
			return "", nil, fmt.Errorf("%s: %s: %s", cmp.Or(r.field, ref.Field), difference, r.remedy(i == 0, ref, value, exists))
		}
		allowed = append(allowed, difference)
	}
	return value, allowed, nil
}

// remedy for a claim that has the value, and differs from one that it names; home is the one that
// it lives in.
func (r rule) remedy(home bool, ref Reference, value, exists string) string {
	switch {
	case r.consent != "":
		return fmt.Sprintf("name a %s that %s, or set %s: true where this is meant", ref.Kind, r.is(value), r.consent)
	case !home:
		return fmt.Sprintf("name a %s that %s", ref.Kind, r.is(value))
	case exists != "" && !r.follows:
		return "its resources cannot move, so create a new claim"
	default:
		return fmt.Sprintf("set %s: %s, or leave it out", r.field, *r.part(&ref.Place))
	}
}
