// Package manifests has the form in which the parts of a cluster hand over what
// they want inside it: an object, its name in the composition, and when it counts
// as ready. It decides nothing.
package manifests

import (
	"github.com/ausmart/platform/functions/internal/incluster"
)

// A Manifest is an object that belongs in the cluster.
type Manifest struct {
	// Name of the composed resource ends in this.
	Name string

	// Object as it is applied.
	Object map[string]any

	// Readiness says when the object counts as ready.
	Readiness incluster.ObjectReadiness
}

// A Typed object, on its way to a Manifest.
type Typed struct {
	Name      string
	Object    any
	Readiness incluster.ObjectReadiness
}

// Of typed objects, in their order.
func Of(all ...Typed) ([]Manifest, error) {
	out := make([]Manifest, 0, len(all))
	for _, t := range all {
		object, err := incluster.Manifest(t.Object)
		if err != nil {
			return nil, err
		}
		out = append(out, Manifest{Name: t.Name, Object: object, Readiness: t.Readiness})
	}
	return out, nil
}
