package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

func TestDefinition(t *testing.T) {
	t.Parallel()

	cases := map[string]struct {
		reason string
		claim  string
		want   string
	}{
		"Claim": {
			reason: "A definition offers the claim, without the fields that Crossplane adds.",
			claim: `
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList, shortNames: [th], categories: [demo]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns: [{name: SIZE, type: integer, jsonPath: .spec.size}]
    schema:
      openAPIV3Schema:
        description: A Thing.
        type: object
        required: [spec]
        properties:
          apiVersion: {type: string}
          kind: {type: string}
          metadata: {type: object}
          spec:
            type: object
            properties: {size: {type: integer, default: 1}}
            x-kubernetes-validations: [{rule: self.size > 0, message: size must be more than 0}]
          status:
            type: object
            required: [conditions, id]
            properties: {id: {type: string}, conditions: {type: array, items: {type: object}}}
`,
			want: `
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata: {name: xthings.example.org}
spec:
  group: example.org
  scope: LegacyCluster
  names: {kind: XThing, plural: xthings, categories: [demo]}
  claimNames: {kind: Thing, plural: things, shortNames: [th], categories: [demo]}
  defaultCompositeDeletePolicy: Foreground
  defaultCompositionUpdatePolicy: Automatic
  versions:
  - name: v1
    served: true
    referenceable: true
    additionalPrinterColumns: [{name: SIZE, type: integer, jsonPath: .spec.size}]
    schema:
      openAPIV3Schema:
        description: A Thing.
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            properties: {size: {type: integer, default: 1}}
            x-kubernetes-validations: [{rule: self.size > 0, message: size must be more than 0}]
          status:
            type: object
            required: [id]
            properties: {id: {type: string}}
`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			claim := extv1.CustomResourceDefinition{}
			if err := yaml.UnmarshalStrict([]byte(tc.claim), &claim); err != nil {
				t.Fatalf("cannot decode claim: %v", err)
			}
			got, err := Definition(claim)
			if err != nil {
				t.Fatalf("\n%s\nDefinition(...): %v", tc.reason, err)
			}
			if diff := cmp.Diff(plain(t, tc.want), plain(t, got)); diff != "" {
				t.Errorf("\n%s\nDefinition(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// plain turns YAML, or an object, into maps, lists and float64s that compare.
func plain(t *testing.T, from any) map[string]any {
	t.Helper()

	raw, ok := from.(string)
	if !ok {
		encoded, err := json.Marshal(from)
		if err != nil {
			t.Fatalf("cannot encode: %v", err)
		}
		raw = string(encoded)
	}
	out := map[string]any{}
	if err := yaml.Unmarshal([]byte(raw), &out); err != nil {
		t.Fatalf("cannot decode: %v", err)
	}
	return out
}
