package main

import (
	"strings"
	"testing"
)

func TestSummary(t *testing.T) {
	cases := map[string]struct{ reason, events, want string }{
		"None": {
			reason: "The line is there when nothing was skipped.",
			events: `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n",
			want:   "skipped: no test",
		},
		"ByReason": {
			reason: "Tests that miss the same program are counted together, in order.",
			events: `{"Action":"output","Package":"p","Test":"TestB","Output":"    a_test.go:1: epmd is missing: run make setup\n"}
{"Action":"output","Package":"p","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"output","Package":"q","Test":"TestA","Output":"    b.go:22: epmd is missing: run make setup\n"}
{"Action":"skip","Package":"q","Test":"TestA"}
{"Action":"output","Package":"q","Test":"TestC","Output":"    b.go:22: not asked for: make e2e\n"}
{"Action":"skip","Package":"q","Test":"TestC"}
`,
			want: "skipped: 3 = 2 (epmd is missing: TestA, TestB) + 1 (not asked for: TestC)",
		},
		"NoReason": {
			reason: "A test that says nothing is counted too.",
			events: `{"Action":"skip","Package":"p","Test":"TestA"}` + "\n",
			want:   "skipped: 1 = 1 (no reason given: TestA)",
		},
		"NotATest": {
			reason: "A package without tests, and a seed that a fuzz test does not take, leave nothing out.",
			events: `{"Action":"skip","Package":"p"}` + "\n" + `{"Action":"skip","Package":"p","Test":"FuzzA/seed#1"}` + "\n",
			want:   "skipped: no test",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tests, err := skipped(strings.NewReader(tc.events))
			if err != nil {
				t.Fatal(err)
			}
			if got := summary(tests); got != tc.want {
				t.Errorf("%s\nwant %q\ngot  %q", tc.reason, tc.want, got)
			}
		})
	}
}

func TestSkippedRefusesOtherText(t *testing.T) {
	if _, err := skipped(strings.NewReader("ok  \tp\t0.1s\n")); err == nil {
		t.Error("want an error for a file that go test -json has not written")
	}
}
