package desired

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// AllowRemovalAnnotation on a claim lists, separated by commas, resources that
// hold state and may be deleted all the same.
const AllowRemovalAnnotation = "platform.ausmart.io/allow-removal"

// AllowRemoval of a resource that holds state, since the claim asks for it.
func (r *Resources) AllowRemoval(name string) {
	r.removable[name] = true
}

// PostponeRemovals that are allowed so far: the resources of a stateful kind that they are about stay
// as they are.
func (r *Resources) PostponeRemovals(statefulKinds []string) {
	names := slices.Sorted(maps.Keys(r.removable))
	clear(r.removable)
	for _, name := range names {
		if !r.Has(name) && !r.observed.Deleting(name) && slices.Contains(statefulKinds, r.observed.Kind(name)) {
			r.Keep(name)
			r.keepWith(name)
		}
	}
}

// KeepStateful keeps every resource of a stateful kind that exists, is left out of the
// composition, and whose removal is not allowed: leaving it out of the response would delete
// it. Reason says why a resource is left out. There is one refusal for each reason.
func (r *Resources) KeepStateful(statefulKinds []string, reason func(name string) string) []error {
	var reasons []string
	names := map[string][]string{}
	for _, name := range r.observed.Names() {
		if r.Has(name) || r.removable[name] || r.observed.Deleting(name) || !slices.Contains(statefulKinds, r.observed.Kind(name)) {
			continue
		}
		why := reason(name)
		if names[why] == nil {
			reasons = append(reasons, why)
		}
		names[why] = append(names[why], name)
		r.Keep(name)
		r.keepWith(name)
	}
	out := make([]error, len(reasons))
	for i, why := range reasons {
		out[i] = r.RefuseRemoval(why, names[why]...)
	}
	return out
}

// KeepHeld keeps what holds state, is left out and whose removal is allowed, while it is protected:
// Kubernetes refuses to delete it until its protection, which is left out too, is gone.
func (r *Resources) KeepHeld(statefulKinds []string) {
	for _, name := range r.observed.Names() {
		if r.Has(name) || r.observed.Deleting(name) || !slices.Contains(statefulKinds, r.observed.Kind(name)) {
			continue
		}
		if r.observed.Has(resourceProtectionName(name)) {
			r.Keep(name)
			r.removing = append(r.removing, name)
		}
	}
}

// Removing reports whether a resource stays for a while although its removal is allowed.
func (r *Resources) Removing() bool { return len(r.removing) > 0 }

// RefuseRemoval of resources that are left out for one reason. The error names them all, and
// both remedies.
func (r *Resources) RefuseRemoval(reason string, names ...string) error {
	what := make([]string, len(names))
	for i, name := range names {
		what[i] = fmt.Sprintf("%s %q", r.observed.Kind(name), name)
	}
	return fmt.Errorf("refusing to delete %s: %s; or annotate the claim with %s: %s",
		strings.Join(what, " and "), reason, AllowRemovalAnnotation, strings.Join(names, ","))
}

// keepWith keeps what belongs to a resource that is kept: what selects it, such as its alias or its
// policy, and the Usages that hold the order of its deletion.
func (r *Resources) keepWith(kept string) {
	inKubernetes := r.observed.Name(kept)
	for _, name := range r.observed.Names() {
		if r.Has(name) || r.removable[name] || r.observed.Deleting(name) {
			continue
		}
		of, by := r.observed.Usage(name)
		switch {
		case by != "" && (of == inKubernetes || by == inKubernetes): // One without a user is its protection.
			r.Keep(name)
		case slices.Contains(r.observed.Selects(name, ResourceLabel), label(kept)):
			r.Keep(name)
			r.keepWith(name)
		}
	}
}
