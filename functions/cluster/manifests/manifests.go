// Package manifests has the form in which the parts of a cluster hand over what
// they want inside it: an object, its name in the composition, and when it counts
// as ready. It decides nothing.
package manifests

import (
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/ausmart/platform/functions/internal/incluster"
)

// A Manifest is an object that belongs in the cluster.
type Manifest struct {
	// Name of the composed resource; it ends in this.
	Name string

	// Object as it is applied.
	Object map[string]any

	// Readiness says when the object counts as ready.
	Readiness incluster.ObjectReadiness
}

// Of a typed object.
func Of(name string, obj runtime.Object, r incluster.ObjectReadiness) (Manifest, error) {
	m, err := incluster.Manifest(obj)
	return Manifest{Name: name, Object: m, Readiness: r}, err
}
