package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// An api is a kind of claim, with this checkout's XRD and Composition for it.
type api struct {
	claim       string   // kind of the claim
	kind        string   // kind of the composite
	definition  string   // file of the XRD
	composition string   // file of the Composition
	pipeline    []string // names of the functions, in order, each once
}

// findAPI finds the XRD that defines the claim's kind, and its Composition.
func findAPI(root string, claim *unstructured.Unstructured) (api, error) {
	definitions, err := filepath.Glob(filepath.Join(root, "apis", "*", "definition.yaml"))
	if err != nil {
		return api{}, err
	}

	var known []string
	for _, file := range definitions {
		xrd, err := readOne(file)
		if err != nil {
			return api{}, err
		}
		group, _, _ := unstructured.NestedString(xrd.Object, "spec", "group")
		kind, _, _ := unstructured.NestedString(xrd.Object, "spec", "claimNames", "kind")
		if group != claim.GroupVersionKind().Group || kind != claim.GetKind() {
			known = append(known, kind+"."+group)
			continue
		}
		xr, _, _ := unstructured.NestedString(xrd.Object, "spec", "names", "kind")
		plural := filepath.Base(filepath.Dir(file))
		return withComposition(api{
			claim:       kind,
			kind:        xr,
			definition:  file,
			composition: filepath.Join(root, "compositions", plural, "composition.yaml"),
		})
	}
	return api{}, fmt.Errorf("kind: there is no claim %q in %q: there are %s", claim.GetKind(), claim.GetAPIVersion(), strings.Join(known, ", "))
}

// withComposition adds the pipeline that the Composition names.
func withComposition(a api) (api, error) {
	if !exists(a.composition) {
		return api{}, fmt.Errorf("kind: a %s cannot be rendered yet: there is no %s", a.claim, a.composition)
	}
	composition, err := readOne(a.composition)
	if err != nil {
		return api{}, err
	}
	steps, _, err := unstructured.NestedSlice(composition.Object, "spec", "pipeline")
	if err != nil {
		return api{}, fmt.Errorf("cannot read %s: %w", a.composition, err)
	}
	for i, step := range steps {
		fields, _ := step.(map[string]any)
		name, _, _ := unstructured.NestedString(fields, "functionRef", "name")
		if name == "" {
			return api{}, fmt.Errorf("cannot read %s: spec.pipeline[%d].functionRef.name is missing", a.composition, i)
		}
		if !slices.Contains(a.pipeline, name) {
			a.pipeline = append(a.pipeline, name)
		}
	}
	return a, nil
}
