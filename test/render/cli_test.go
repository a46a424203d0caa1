package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProblemOf(t *testing.T) {
	cases := map[string]struct {
		reason string
		stderr string
		want   string
	}{
		"Fatal": {
			reason: "A person only needs the function's message.",
			stderr: "crossplane: error: cannot render composite resource: pipeline step \"network\" returned a fatal result: spec.cidr: too small\n",
			want:   "spec.cidr: too small",
		},
		"SeveralLines": {
			reason: "An error is one line.",
			stderr: "crossplane: error: cannot render composite resource: pipeline step \"network\" returned a fatal result: spec.a: wrong\n  spec.b: wrong\n",
			want:   "spec.a: wrong; spec.b: wrong",
		},
		"Other": {
			reason: "An error of the command line itself loses only its name.",
			stderr: "crossplane: error: cannot load observed composed resources from \"x\"\n",
			want:   "cannot load observed composed resources from \"x\"",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, problemOf(tc.stderr)); diff != "" {
				t.Errorf("%s\nproblemOf(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
