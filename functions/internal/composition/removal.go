package composition

import (
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/settings"
)

// ReasonNotAsked is why a resource is left out where no setting and no field of the
// claim explains it.
const ReasonNotAsked = "nothing in the claim asks for that"

// ChangedByClaim reports whether the claim itself changed a setting: by its field, by
// taking that field out, or by its change to another environment. A resource that
// goes with such a setting may be removed. What the platform team changes for all
// claims removes nothing that holds state.
func (c *Composition) ChangedByClaim(name settings.Name) bool {
	return c.Settings.ChangedByClaim(name, c.last)
}

// Finish a composition: set the path of its roles, protect what the guard names, and keep the
// resources that hold state and are left out, unless their removal is allowed by the composition so
// far or by the claim's annotation. Reason is why a resource is left out. What cannot be done is
// refused. While anything else is refused, only the annotation allows a removal: the person may take
// the change back.
func (c *Composition) Finish(g Guard, reason func(name string) string) {
	c.placeRoles()
	if len(c.Refusals) > 0 {
		c.Desired.PostponeRemovals(g.StatefulKinds)
	}
	for _, name := range c.allowedRemovals() {
		c.Desired.AllowRemoval(name)
	}
	c.Refusals = append(c.Refusals, c.Desired.KeepStateful(g.StatefulKinds, reason)...)
	c.Protect(g)
	c.Desired.KeepHeld(g.StatefulKinds)
}

// Stays reports whether a resource that holds state exists, and the claim's annotation does not
// allow its removal.
func (c *Composition) Stays(name string) bool {
	return c.Observed.Has(name) && !slices.Contains(c.allowedRemovals(), name)
}

// allowedRemovals are the names in the claim's annotation.
func (c *Composition) allowedRemovals() []string {
	names := strings.Split(c.XR.GetAnnotations()[desired.AllowRemovalAnnotation], ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}
