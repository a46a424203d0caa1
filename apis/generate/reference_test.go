package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

func TestReference(t *testing.T) {
	t.Parallel()

	claim := extv1.CustomResourceDefinition{}
	if err := yaml.UnmarshalStrict([]byte(`
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList, shortNames: [th], categories: [demo]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns:
    - {name: SIZE, type: integer, jsonPath: .spec.size}
    - {name: ID, type: string, jsonPath: .status.id, priority: 1}
    schema:
      openAPIV3Schema:
        description: A Thing with a description that is longer than a line of a page may be, so that it is broken before the word that reaches over the end of it.
        type: object
        properties:
          spec:
            type: object
            required: [name]
            x-kubernetes-validations: [{rule: self.size > 0 || true, message: size must be more than 0, fieldPath: .size}]
            properties:
              size: {type: integer, default: 1, minimum: 0, maximum: 9, description: "Size of a_thing | more."}
              name: {type: string, minLength: 1, pattern: "^a|b$"}
              kinds: {type: array, minItems: 1, x-kubernetes-list-type: set, items: {type: string, enum: [a, b]}}
              parts:
                type: array
                maxItems: 3
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [id]
                items:
                  type: object
                  required: [id]
                  x-kubernetes-validations: [{rule: self.id != '', message: give an id}]
                  properties: {id: {type: string, maxLength: 5}}
              tags:
                type: object
                maxProperties: 2
                additionalProperties: {type: string, maxLength: 8, x-kubernetes-validations: [{rule: self != 'x', message: no x}]}
          status:
            type: object
            properties: {id: {type: string, description: ID of it.}, conditions: {type: array, items: {type: object}}}
`), &claim); err != nil {
		t.Fatalf("cannot decode claim: %v", err)
	}

	want := strings.ReplaceAll(`<!-- Generated from the Go types in apis/v1alpha1 by make generate. Do not edit. -->

# Thing

A Thing with a description that is longer than a line of a page may be, so that it is broken before the word that
reaches over the end of it.

'apiVersion: example.org/v1', short name 'th', category 'demo'.
How it behaves: [docs/things.md](../things.md).

'[]' is an item of a list, and 'KEY' a key of a map. [Settings](settings.md) has the environments' values.

## Spec

| field | type | default | bounds | description |
|---|---|---|---|---|
| 'kinds' | list of string |  | 1 or more items; none twice; each one of 'a', 'b' |  |
| 'name' | string | required | 1 or more characters; matches '^a\|b$' |  |
| 'parts' | list of object |  | up to 3 items; no two with the same id |  |
| 'parts[].id' | string | required | up to 5 characters |  |
| 'size' | integer | '1' | 0 to 9 | Size of a\_thing \| more. |
| 'tags' | map of string |  | up to 2 entries; each up to 8 characters |  |

## Rules

| field | message of the API server | CEL |
|---|---|---|
| 'parts[]' | give an id | 'self.id != ""' |
| 'size' | size must be more than 0 | 'self.size > 0 \|\| true' |
| 'tags.KEY' | no x | 'self != "x"' |

## Status

| field | type | description |
|---|---|---|
| 'id' | string | ID of it. |

## Columns of kubectl get

| column | value | shown |
|---|---|---|
| SIZE | 'spec.size' | always |
| ID | 'status.id' | with '-o wide' |
`, "'", "`")
	want = strings.NewReplacer(`""`, "''", `"x"`, "'x'", "environments` values", "environments' values").Replace(want)

	reason := "A page has every field and rule, also those of items, and leaves out what Crossplane adds."
	if diff := cmp.Diff(want, string(Reference(claim))); diff != "" {
		t.Errorf("\n%s\nReference(...): -want, +got:\n%s", reason, diff)
	}
}
