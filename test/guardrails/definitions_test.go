package guardrails_test

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// definition decodes a document, and replaces SUFFIX by the scene's suffix.
func (s *scene) definition(document string) *unstructured.Unstructured {
	s.Helper()
	return &unstructured.Unstructured{Object: decode(s.T, strings.ReplaceAll(document, "SUFFIX", s.suffix))}
}

// crd returns a definition that only this test uses.
func crd(group string) string {
	return fmt.Sprintf(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: thingsSUFFIX.%[1]s
spec:
  group: %[1]s
  scope: Cluster
  names: {kind: ThingSUFFIX, plural: thingsSUFFIX}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
`, group)
}

const xrd = `
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata: {name: xthingsSUFFIX.platform.ausmart.io}
spec:
  group: platform.ausmart.io
  names: {kind: XThing, plural: xthingsSUFFIX}
  versions:
    - {name: v1, served: true, referenceable: true, schema: {openAPIV3Schema: {type: object}}}
`

func pkg(kind string) string {
	return fmt.Sprintf(`
apiVersion: pkg.crossplane.io/v1
kind: %s
metadata: {name: ausmart-platformSUFFIX}
spec: {package: "registry.example.org/ausmart/platform:v0.1.0"}
`, kind)
}
