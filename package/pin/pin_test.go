package pin

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestSet(t *testing.T) {
	const claim = `# What customers have chosen.
kind: Service
spec:
  image: ghcr.io/ausmart/cart:v0.1.0 # raised by the workflow
  env:
    - {name: A, value: b} # image: not this one
`
	cases := map[string]struct {
		reason string
		file   string
		field  string
		image  string
		want   string
		err    string
	}{
		"Tag": {
			reason: "Only the value changes: comments, order and similar text stay.",
			file:   claim, field: "spec.image", image: "1.dkr.ecr.ap-southeast-2.amazonaws.com/cart" + digest,
			want: strings.Replace(claim, "ghcr.io/ausmart/cart:v0.1.0", "1.dkr.ecr.ap-southeast-2.amazonaws.com/cart"+digest, 1),
		},
		"InBraces": {
			reason: "A value in braces is one too.",
			file:   "spec: {package: a:v1, other: 1}\n", field: "spec.package", image: "ghcr.io/ausmart/platform" + digest,
			want: "spec: {package: ghcr.io/ausmart/platform" + digest + ", other: 1}\n",
		},
		"NoDigest": {
			reason: "A tag can be moved.",
			file:   claim, field: "spec.image", image: "ghcr.io/ausmart/cart:v0.2.0", err: "does not name an image by its digest",
		},
		"NoField": {
			reason: "A misspelled field is not added.",
			file:   claim, field: "spec.images", image: "ghcr.io/ausmart/cart" + digest, err: "no field spec.images",
		},
		"NoValue": {
			reason: "A list has no one value.",
			file:   claim, field: "spec.env", image: "ghcr.io/ausmart/cart" + digest, err: "more than one value",
		},
		"TwoDocuments": {
			reason: "With two documents the target is ambiguous.",
			file:   claim + "---\n" + claim, field: "spec.image", image: "ghcr.io/ausmart/cart" + digest, err: "more than one document",
		},
		"Quotes": {
			reason: "A value in quotes is not changed.",
			file:   "spec: {image: \"a:v1\"}\n", field: "spec.image", image: "ghcr.io/ausmart/cart" + digest, err: "without quotes",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Set([]byte(tc.file), tc.field, tc.image)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("%s\nwant %q in: %v", tc.reason, tc.err, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("%s -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
