package main

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()

	cases := map[string]struct {
		reason string
		have   Files
		want   Files
		says   []string
	}{
		"Current": {
			reason: "Files that are as generated pass.",
			have:   Files{"apis/things/definition.yaml": []byte("a: 1\n")},
			want:   Files{"apis/things/definition.yaml": []byte("a: 1\n")},
		},
		"Drifted": {
			reason: "A file that was edited is shown, with the way out.",
			have:   Files{"apis/things/definition.yaml": []byte("a: 1\n")},
			want:   Files{"apis/things/definition.yaml": []byte("a: 2\n")},
			says:   []string{"run `make generate`", "apis/things/definition.yaml", "a: 1", "a: 2"},
		},
		"Missing": {
			reason: "A file that was never written is drift too.",
			have:   Files{},
			want:   Files{"apis/things/definition.yaml": []byte("a: 2\n")},
			says:   []string{"run `make generate`", "apis/things/definition.yaml"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			root := t.TempDir()
			if err := Write(root, tc.have); err != nil {
				t.Fatalf("Write(...): %v", err)
			}
			err := Check(root, tc.want)
			if failed := err != nil; failed != (len(tc.says) > 0) {
				t.Fatalf("\n%s\nCheck(...): %v", tc.reason, err)
			}
			for _, says := range tc.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("\n%s\nCheck(...) does not say %q:\n%v", tc.reason, says, err)
				}
			}
		})
	}
}
