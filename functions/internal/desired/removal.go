package desired

import (
	"fmt"
	"slices"
)

// AllowRemovalAnnotation on a claim lists, separated by commas, resources that
// hold state and may be deleted all the same.
const AllowRemovalAnnotation = "platform.ausmart.io/allow-removal"

// AllowRemoval of a resource that holds state, since the claim asks for it.
func (r *Resources) AllowRemoval(name string) {
	r.removable[name] = true
}

// CheckRemovals fails when a resource of a stateful kind exists, is left out of the
// composition and its removal is not allowed: leaving it out of the response would
// delete it. Reason says why it is left out. One whose removal is allowed stays while it is
// protected: Kubernetes refuses to delete it until its protection, which is left out too, is gone.
func (r *Resources) CheckRemovals(statefulKinds []string, reason func(name string) string) error {
	for _, name := range r.observed.Names() {
		if r.Has(name) || r.observed.Deleting(name) || !slices.Contains(statefulKinds, r.observed.Kind(name)) {
			continue
		}
		if err := r.CheckRemoval(name, reason(name)); err != nil {
			return err
		}
		if r.observed.Has(resourceProtectionName(name)) {
			r.Keep(name)
			r.removing = append(r.removing, name)
		}
	}
	return nil
}

// Removing reports whether a resource stays for a while although its removal is allowed.
func (r *Resources) Removing() bool { return len(r.removing) > 0 }

// CheckRemoval fails when the removal of a resource is not allowed.
func (r *Resources) CheckRemoval(name, reason string) error {
	if r.removable[name] {
		return nil
	}
	return fmt.Errorf("refusing to delete %s %q: %s; or annotate the claim with %s: %s",
		r.observed.Kind(name), name, reason, AllowRemovalAnnotation, name)
}
