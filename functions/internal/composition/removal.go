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

// Finish a composition: set the path of its roles, protect what the guard names, and fail when
// a resource that holds state is left out, unless its removal is allowed by the composition so
// far or by the claim's annotation. Reason is why a resource is left out.
func (c *Composition) Finish(g Guard, reason func(name string) string) error {
	if err := c.placeRoles(); err != nil {
		return err
	}
	c.protect(g)
	for _, name := range c.allowedRemovals() {
		c.Desired.AllowRemoval(name)
	}
	return c.Desired.CheckRemovals(g.StatefulKinds, reason)
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
