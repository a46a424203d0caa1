package desired

import (
	"fmt"

	"github.com/ausmart/platform/functions/internal/observed"
)

// AllowRemovalAnnotation on a claim lists, separated by commas, resources that
// hold state and may go all the same.
const AllowRemovalAnnotation = "platform.ausmart.io/allow-removal"

// Protect fails when a resource that holds state exists, is not wanted and was
// not released: leaving it out of the response would delete it. Stateful says
// which kinds hold state, and why says how it came about for one resource.
func (r *Resources) Protect(obs observed.Resources, stateful func(kind string) bool, why func(name string) string) error {
	for _, name := range obs.Names() {
		if r.Has(name) || r.Released(name) || obs.Deleting(name) || !stateful(obs.Kind(name)) {
			continue
		}
		return r.Refuse(obs, name, why(name))
	}
	return nil
}

// Refuse is the error that keeps a resource from being deleted.
func (r *Resources) Refuse(obs observed.Resources, name, why string) error {
	return fmt.Errorf("refusing to delete %s %q: %s; or annotate the claim with %s: %s",
		obs.Kind(name), name, why, AllowRemovalAnnotation, name)
}
