package render

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestReadClaim(t *testing.T) {
	cases := map[string]struct {
		reason string
		text   string
		want   string
		err    string
	}{
		"DefaultNamespace": {
			reason: "A claim without a namespace is applied to the default one.",
			text:   "apiVersion: v1\nkind: Network\nmetadata: {name: a}\n",
			want:   "default/a",
		},
		"CommentsAndSeparators": {
			reason: "Empty documents are no objects.",
			text:   "# a\n---\n# b\n---\nkind: Network\nmetadata: {name: a, namespace: b}\n---\n",
			want:   "b/a",
		},
		"Two": {
			reason: "Two claims have two answers; one stream could not tell them apart.",
			text:   "kind: A\n---\nkind: B\n",
			err:    "cannot read claim: FILE holds 2 objects: put each claim into a file of its own",
		},
		"None": {
			reason: "An empty file is no claim.",
			text:   "# nothing\n",
			err:    "cannot read claim: FILE holds 0 objects: put each claim into a file of its own",
		},
		"Nameless": {
			reason: "An error of the claim starts with its field.",
			text:   "kind: Network\n",
			err:    "metadata.name: FILE has none: give the claim a name",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("FILE", []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			claim, err := readClaim("FILE")
			if tc.err != "" {
				if diff := cmp.Diff(tc.err, fmt.Sprint(err)); diff != "" {
					t.Errorf("%s\nreadClaim(...): -want, +got:\n%s", tc.reason, diff)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s\nreadClaim(...): %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, claim.GetNamespace()+"/"+claim.GetName()); diff != "" {
				t.Errorf("%s\nreadClaim(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestComposite(t *testing.T) {
	type object = map[string]any

	claim := func(change func(object)) object {
		c := object{
			"apiVersion": "platform.ausmart.io/v1alpha1",
			"kind":       "Network",
			"metadata":   object{"name": "a", "namespace": "b"},
			"spec":       object{"environment": "dev"},
		}
		change(c)
		return c
	}
	composite := func(change func(object)) object {
		c := object{
			"apiVersion": "platform.ausmart.io/v1alpha1",
			"kind":       "XNetwork",
			"metadata": object{
				"name":   "a",
				"labels": object{"crossplane.io/claim-name": "a", "crossplane.io/claim-namespace": "b"},
			},
			"spec": object{
				"environment": "dev",
				"claimRef":    object{"apiVersion": "platform.ausmart.io/v1alpha1", "kind": "Network", "name": "a", "namespace": "b"},
			},
		}
		change(c)
		return c
	}

	cases := map[string]struct {
		reason string
		claim  object
		want   object
		err    string
	}{
		"Smallest": {
			reason: "A composite has the claim's name and spec, and a reference to the claim.",
			claim:  claim(func(object) {}),
			want:   composite(func(object) {}),
		},
		"LabelsAndAnnotations": {
			reason: "Labels and annotations are copied, except those that Kubernetes keeps for itself.",
			claim: claim(func(c object) {
				c["metadata"].(object)["labels"] = object{"team": "shop", "app.kubernetes.io/name": "x"}
				c["metadata"].(object)["annotations"] = object{"note": "n", "kubectl.kubernetes.io/last-applied-configuration": "{}"}
			}),
			want: composite(func(c object) {
				c["metadata"].(object)["labels"].(object)["team"] = "shop"
				c["metadata"].(object)["annotations"] = object{"note": "n"}
			}),
		},
		"FromCluster": {
			reason: "A claim that was read from a cluster keeps its composite's name and status, and loses its own fields.",
			claim: claim(func(c object) {
				c["metadata"].(object)["uid"] = "u"
				c["spec"].(object)["resourceRef"] = object{"name": "a-x7f2p"}
				c["spec"].(object)["compositeDeletePolicy"] = "Foreground"
				c["spec"].(object)["writeConnectionSecretToRef"] = object{"name": "s"}
				c["spec"].(object)["compositionRef"] = object{"name": "c"}
				c["status"] = object{"vpcId": "vpc-1"}
			}),
			want: composite(func(c object) {
				c["metadata"].(object)["name"] = "a-x7f2p"
				c["spec"].(object)["compositionRef"] = object{"name": "c"}
				c["status"] = object{"vpcId": "vpc-1"}
			}),
		},
		"NoSpec": {
			reason: "A claim without a spec is refused with the field.",
			claim:  claim(func(c object) { delete(c, "spec") }),
			err:    "spec: must be an object",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := api{kind: "XNetwork"}.composite(&unstructured.Unstructured{Object: tc.claim})
			if tc.err != "" {
				if diff := cmp.Diff(tc.err, fmt.Sprint(err)); diff != "" {
					t.Errorf("%s\ncomposite(...): -want, +got:\n%s", tc.reason, diff)
				}
				return
			}
			if err != nil {
				t.Fatalf("%s\ncomposite(...): %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, got.Object); diff != "" {
				t.Errorf("%s\ncomposite(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFindAPI(t *testing.T) {
	const definition = `
spec:
  group: example.org
  names: {kind: XBucket}
  claimNames: {kind: Bucket}
`
	const composition = `
spec:
  pipeline:
    - {step: one, functionRef: {name: acme-function-a}}
    - {step: two, functionRef: {name: acme-function-b}}
    - {step: three, functionRef: {name: acme-function-a}}
`
	cases := map[string]struct {
		reason      string
		kind        string
		composition string
		want        api
		err         string
	}{
		"Found": {
			reason:      "Each function is started once, however often it is a step.",
			kind:        "Bucket",
			composition: composition,
			want: api{
				claim: "Bucket", kind: "XBucket", definition: "apis/buckets/definition.yaml",
				composition: "compositions/buckets/composition.yaml", pipeline: []string{"acme-function-a", "acme-function-b"},
			},
		},
		"UnknownKind": {
			reason:      "The error says which kinds there are.",
			kind:        "Pail",
			composition: composition,
			err:         `kind: there is no claim "Pail" in "example.org/v1": there are Bucket.example.org`,
		},
		"NoComposition": {
			reason: "An API may come before its Composition.",
			kind:   "Bucket",
			err:    "kind: a Bucket cannot be rendered yet: there is no compositions/buckets/composition.yaml",
		},
		"NoFunction": {
			reason:      "A step that names no function is an error with the step.",
			kind:        "Bucket",
			composition: "spec: {pipeline: [{step: one}]}",
			err:         "cannot read compositions/buckets/composition.yaml: spec.pipeline[0].functionRef.name is missing",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "apis/buckets/definition.yaml", definition)
			if tc.composition != "" {
				write(t, "compositions/buckets/composition.yaml", tc.composition)
			}
			claim := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "example.org/v1", "kind": tc.kind}}
			got, err := findAPI("", claim)
			if tc.err != "" {
				if diff := cmp.Diff(tc.err, fmt.Sprint(err)); diff != "" {
					t.Errorf("%s\nfindAPI(...): -want, +got:\n%s", tc.reason, diff)
				}
				return
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(api{})); err != nil || diff != "" {
				t.Errorf("%s\nfindAPI(...): %v: -want, +got:\n%s", tc.reason, err, diff)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
