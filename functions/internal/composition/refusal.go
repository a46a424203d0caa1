package composition

import (
	"errors"
	"slices"

	"github.com/ausmart/platform/functions/internal/settings"
)

// Refuse a change that the claim, or its environment, asks for. What exists is composed in its
// place, and all that is not in dispute.
func (c *Composition) Refuse(err error) {
	if err != nil {
		c.Refusals = append(c.Refusals, err)
	}
}

// Refused is the error of a composition that cannot go on, with all that was refused before it;
// nil where it can.
func (c *Composition) Refused(because ...error) error {
	err := errors.Join(because...)
	if err == nil {
		return nil
	}
	return errors.Join(append(slices.Clone(c.Refusals), err)...)
}

// KeepOn keeps a setting on where it was switched off without the claim's asking for it, and a
// resource that holds state would go with it.
func (c *Composition) KeepOn(name settings.Name, value *settings.Value[bool], resource string) {
	if value.V || c.ChangedByClaim(name) || !c.Stays(resource) || c.Observed.Deleting(resource) {
		return
	}
	c.Refuse(c.Desired.RefuseRemoval(c.Settings.RemovalReason(name), resource))
	*value = settings.Kept(true)
}

// WasKept reports whether the last status has a setting as it was kept, since another value was
// refused. The claim that asked for that is still the same.
func (c *Composition) WasKept(name settings.Name) bool {
	return c.last.Settings[string(name)].Origin == string(settings.OriginExists)
}
