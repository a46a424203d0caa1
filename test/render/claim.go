package render

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// readClaim reads the one claim in a file.
func readClaim(file string) (*unstructured.Unstructured, error) {
	objects, err := readYAML(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read claim: %w", err)
	}
	if len(objects) != 1 {
		return nil, fmt.Errorf("cannot read claim: %s holds %d objects: put each claim into a file of its own", file, len(objects))
	}
	claim := objects[0]
	if claim.GetName() == "" {
		return nil, fmt.Errorf("metadata.name: %s has none: give the claim a name", file)
	}
	if claim.GetNamespace() == "" {
		claim.SetNamespace("default")
	}
	return claim, nil
}

// claimFields are the fields of a claim's spec that Crossplane does not copy to the composite.
func claimFields() []string {
	return []string{"compositeDeletePolicy", "resourceRef", "writeConnectionSecretToRef"}
}

// composite is the XR that Crossplane's claim controller makes of a claim. It has the claim's name
// instead of a generated one, so that it is the same each time.
func (a api) composite(claim *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	spec, ok := claim.Object["spec"].(map[string]any)
	if !ok {
		return nil, errors.New("spec: must be an object")
	}
	spec = maps.Clone(spec)
	name, named, _ := unstructured.NestedString(spec, "resourceRef", "name")
	if !named {
		name = claim.GetName()
	}
	for _, field := range claimFields() {
		delete(spec, field)
	}
	spec["claimRef"] = map[string]any{
		"apiVersion": claim.GetAPIVersion(),
		"kind":       claim.GetKind(),
		"name":       claim.GetName(),
		"namespace":  claim.GetNamespace(),
	}

	xr := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	xr.SetAPIVersion(claim.GetAPIVersion())
	xr.SetKind(a.kind)
	xr.SetName(name)
	if annotations := unreserved(claim.GetAnnotations()); len(annotations) > 0 {
		xr.SetAnnotations(annotations)
	}
	labels := unreserved(claim.GetLabels())
	labels["crossplane.io/claim-name"] = claim.GetName()
	labels["crossplane.io/claim-namespace"] = claim.GetNamespace()
	xr.SetLabels(labels)
	if status, ok := claim.Object["status"]; ok {
		xr.Object["status"] = status
	}
	return xr, nil
}

// unreserved drops the keys that Kubernetes reserves, such as kubectl's last-applied-configuration.
func unreserved(in map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range in {
		domain, _, _ := strings.Cut(k, "/")
		if domain == "kubernetes.io" || strings.HasSuffix(domain, ".kubernetes.io") || domain == "k8s.io" || strings.HasSuffix(domain, ".k8s.io") {
			continue
		}
		out[k] = v
	}
	return out
}

// exists reports whether a file or folder exists.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
