package functiontest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	simulated "github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/answers"
	"github.com/ausmart/platform/test/cloud/catalog"
	"github.com/ausmart/platform/test/cloud/omitted"
)

// provided is what the provider made of an object.
type provided struct {
	// held by AWS; nil for what does not exist there yet.
	held map[string]any

	// late are the fields of spec.forProvider that late initialization wrote. They are the
	// provider's, and stay when Crossplane applies an object without them.
	late map[string]any
}

// stay in the spec that Crossplane applies, but for those that it applies itself.
func (p *provided) stay(spec map[string]any) {
	for field, v := range p.late {
		if _, ok := spec[field]; ok {
			delete(p.late, field)
			continue
		}
		spec[field] = v
	}
}

// kinds of provider-aws.
var kinds = sync.OnceValue(func() *catalog.Catalog { //nolint:gochecknoglobals // A constant table.
	c, err := catalog.New()
	if err != nil {
		panic(err) // The catalog is part of the program.
	}
	return c
})

// provide what the object asks for, as provider-aws does: AWS holds what is asked for, and of
// what is left out the fields that Terraform keeps. It returns what AWS holds then, for the
// caller to add to, or why the change is refused.
func (o *object) provide() (map[string]any, error) {
	asked := child(child(o.fields, "spec"), "forProvider")
	gk, ofAWS := o.groupKind()
	if !ofAWS {
		return maps.Clone(asked), nil
	}
	before := o.provided.held
	wants := omitted.Keep(kept(gk), before, asked)
	if before == nil {
		before = wants
	}
	if err := simulated.Immutable(gk, before, wants); err != nil {
		return nil, err
	}
	holds, refused := answers.Change(gk.String(), before, wants)
	if refused != nil {
		return nil, errors.New("api error " + refused.Code + ": " + refused.Message)
	}
	if o.lateInitializes() {
		for _, field := range omitted.LateInitialize(asked, before) {
			o.wire = nil
			o.provided.late = Merge(o.provided.late, map[string]any{field: before[field]})
		}
	}
	o.provided.held = holds
	return maps.Clone(holds), nil
}

// kept fields of a kind. Whoever refers to a resource fills a field too.
func kept(gk catalog.GroupKind) []string {
	k, _ := kinds().Kind(gk)
	return k.Kept
}

func (o *object) groupKind() (catalog.GroupKind, bool) {
	apiVersion, _ := o.fields["apiVersion"].(string)
	kind, _ := o.fields["kind"].(string)
	group, _, _ := strings.Cut(apiVersion, "/")
	service, ofAWS := strings.CutSuffix(group, catalog.Suffix)
	return catalog.GroupKind{Service: service, Kind: kind}, ofAWS
}

// lateInitializes reports whether the object's policies allow it: the default ones do.
func (o *object) lateInitializes() bool {
	policies, given := child(o.fields, "spec")["managementPolicies"].([]any)
	return !given || slices.Contains(policies, any("*")) || slices.Contains(policies, any("LateInitialize"))
}
