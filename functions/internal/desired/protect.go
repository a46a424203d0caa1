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
// which kinds hold state; why completes the sentence "nothing in the claim asks
// for that:".
func (r *Resources) Protect(obs observed.Resources, stateful func(kind string) bool, why func(name string) string) error {
	for _, name := range obs.Names() {
		if r.Has(name) || r.Released(name) || obs.Deleting(name) || !stateful(obs.Kind(name)) {
			continue
		}
		return fmt.Errorf("refusing to delete %s %q: %s. To delete it all the same, annotate the claim with %s: %s",
			obs.Kind(name), name, why(name), AllowRemovalAnnotation, name)
	}
	return nil
}
