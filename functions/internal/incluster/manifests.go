package incluster

// A NamedManifest is an object that belongs in the cluster, with the name that its
// resource has in the composition.
type NamedManifest struct {
	// Name that the composed resource's name ends in.
	Name string

	// Object as it is applied.
	Object map[string]any

	// Readiness says when the object counts as ready.
	Readiness ObjectReadiness
}

// A NamedObject is the typed object of a NamedManifest.
type NamedObject struct {
	Name      string
	Object    any
	Readiness ObjectReadiness
}

// Manifests of typed objects, in their order.
func Manifests(objects ...NamedObject) ([]NamedManifest, error) {
	out := make([]NamedManifest, 0, len(objects))
	for _, o := range objects {
		manifest, err := Manifest(o.Object)
		if err != nil {
			return nil, err
		}
		out = append(out, NamedManifest{Name: o.Name, Object: manifest, Readiness: o.Readiness})
	}
	return out, nil
}
