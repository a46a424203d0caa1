package render

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// existing reads a file or folder of what exists: the composed resources, and where it is among
// them, the claim itself or its composite, whose spec is the claim's before this change.
func (a api) existing(path string, claim *unstructured.Unstructured) (old map[string]any, composed []*unstructured.Unstructured, err error) {
	if path == "" {
		return nil, nil, nil
	}
	files, err := filesIn(path)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read observed resources: %w", err)
	}
	for _, file := range files {
		objects, err := readYAML(file)
		if err != nil {
			return nil, nil, fmt.Errorf("cannot read observed resources: %w", err)
		}
		for _, o := range objects {
			if kind := o.GetKind(); o.GroupVersionKind().Group == claim.GroupVersionKind().Group && (kind == a.kind || kind == a.claim) {
				old, _ = o.Object["spec"].(map[string]any)
			} else {
				composed = append(composed, o)
			}
		}
	}
	return old, composed, nil
}
