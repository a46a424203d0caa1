package main

import (
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sourceOf is a package of one file without imports.
func sourceOf(t *testing.T, text string) *source {
	t.Helper()
	s := &source{
		path: "example.org/p", dir: "functions/p", name: "p", fset: token.NewFileSet(),
		files: []*file{{name: "functions/p/p.go", text: []byte("package p\n\n" + text)}},
	}
	if err := s.parse(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMutants(t *testing.T) {
	cases := map[string]struct {
		reason string
		text   string
		want   []string // line: change
		broken []string // those that do not compile
	}{
		"Comparisons": {
			reason: "a comparison gets its neighbour, and an inverted one is not negated as well",
			text:   "func f(a, b int) bool {\n\tif a == b {\n\t\treturn a < b\n\t}\n\treturn a != b\n}",
			want:   []string{"4: a == b -> a != b", "5: a < b -> a <= b", "7: a != b -> a == b"},
		},
		"Conditions": {
			reason: "a condition is negated, and each of its operators is changed with its operands kept together",
			text:   "func f(a, b, c bool) int {\n\tif a || b && c {\n\t\treturn 0x10\n\t}\n\treturn 1\n}",
			want: []string{
				"4: a || b && c -> !(a || b && c)", "4: a || b && c -> a && (b && c)", "4: b && c -> b || c",
				"5: 0x10 -> 17", "7: 1 -> 2",
			},
		},
		"Statements": {
			reason: "calls and assignments to what outlives the function are dropped; to a variable they are not",
			text:   "type s struct{ a int }\n\nfunc f(x *s, m map[string]bool) {\n\ty := x\n\ty = x\n\ty.a = 1\n\tm[\"a\"] = true\n\tf(y, nil)\n}",
			want: []string{
				"8: dropped: y.a = 1", "8: 1 -> 2", `9: dropped: m["a"] = true`, "9: true -> false", "10: dropped: f(y, nil)",
			},
		},
		"EarlyReturn": {
			reason: "only a function that can fail returns early",
			text:   "func f() (a, b int, err error) { return g(), 1, nil }\n\nfunc g() int { return 0 }",
			want:   []string{"3: f returns at once, without an error", "3: 1 -> 2", "5: 0 -> 1"},
		},
		"Options": {
			reason: "each argument that may be missing is left out once; those of a message never are",
			text: "type o func()\n\nfunc f(int, ...o) {}\n\nfunc print(string, ...any) {}\n\nfunc g(x, y o, l []o) []o {\n" +
				"\tf(len(l), x, y)\n\tf(len(l), l...)\n\tprint(\"a\", x)\n\treturn append(l, x)\n}",
			want: []string{
				"10: dropped: f(len(l), x, y)", "10: left out: x of f", "10: left out: y of f", "11: dropped: f(len(l), l...)",
				`12: dropped: print("a", x)`, "13: left out: x of append",
			},
		},
		"Constants": {
			reason: "constants and types cannot be chosen when a program runs",
			text:   "const a = 1\n\nvar b = [2]int{3}\n\nvar c = true\n\ntype d [4]int",
			want:   []string{"5: 3 -> 4", "7: true -> false"},
		},
		"Broken": {
			reason: "a mutant that the compiler refuses is no mutant",
			text:   "func f(a int) int {\n\tpanic(a + 2)\n}",
			want:   []string{"4: dropped: panic(a + 2)", "4: 2 -> 3"},
			broken: []string{"4: dropped: panic(a + 2)"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := sourceOf(t, tc.text)
			var got, broken []string
			for i, m := range s.mutants() {
				m.id = i + 1
				change := strings.TrimPrefix(m.String(), "functions/p/p.go:")
				got = append(got, change)
				ok, err := s.compiles(m)
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					broken = append(broken, change)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nmutants: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.broken, broken); diff != "" {
				t.Errorf("\n%s\nnot compiled: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWeave(t *testing.T) {
	s := sourceOf(t, "func f(a, b bool) {\n\tif a && b {\n\t\tf(b, a == b)\n\t}\n}")
	mutants := s.mutants()
	for i, m := range mutants {
		m.id = i + 1
	}
	want := "package p\n\nfunc f(a, b bool) {\n" +
		"\tif func() bool { if mutantIs(1) { return !(a && b) }; return " +
		"func() bool { if mutantIs(2) { return a || b }; return a && b }() }() {\n" +
		"\t\tif mutantIs(3) {  } else { f(b, func() bool { if mutantIs(4) { return a != b }; return a == b }()) }\n\t}\n}"
	if diff := cmp.Diff(want, string(weave(s.files[0].text, mutants))); diff != "" {
		t.Errorf("text with all mutants: -want, +got:\n%s", diff)
	}
}

// TestRun tests the functions of a module of its own, which has one mutant for each end.
func TestRun(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"go.mod": "module example.org/m\n\ngo 1.24\n",
		"functions/kind/kind.go": "package kind\n\nimport \"example.org/m/functions/internal/part\"\n\n" +
			"func F(a bool) int { return part.F(a) }\n\nfunc G(n int) {\n\tfor n != 0 {\n\t\tn = 0\n\t}\n}\n",
		"functions/kind/kind_test.go": "package kind\n\nimport \"testing\"\n\n" +
			"func Test(t *testing.T) { G(0); if F(true) != 1 { t.Fail() } }\n",
		"functions/internal/part/part.go": "package part\n\nfunc F(a bool) int {\n\tif a {\n\t\treturn 1\n\t}\n\treturn 2\n}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	packages, err := load(t.Context(), "./functions/...")
	if err != nil {
		t.Fatal(err)
	}
	sample, invalid, err := draw(packages, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := draw(packages, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(changes(sample), changes(again)); diff != "" || invalid != 0 {
		t.Errorf("%d mutants do not compile, or the same seed drew others: %s", invalid, diff)
	}
	tester, err := newTester(packages, sample, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer tester.close()
	results, err := tester.test(t.Context(), sample)
	if err != nil {
		t.Fatal(err)
	}
	want := `package                              killed survived  timed out
functions/internal/part                   2        1          0
functions/kind                            0        1          2
all                                       2        2          2
survived: functions/internal/part/part.go:7: 2 -> 3 (no test reaches it)
survived: functions/kind/kind.go:9: 0 -> 1 (no test reaches it)
`
	if diff := cmp.Diff(want, report(results)); diff != "" {
		t.Errorf("report: -want, +got:\n%s", diff)
	}
	if out, err := exec.CommandContext(t.Context(), "find", ".", "-name", "mutants*").Output(); err != nil || len(out) > 0 {
		t.Errorf("the run left files in the module: %s, %v", out, err)
	}
}

func changes(mutants []*mutant) []string {
	var all []string
	for _, m := range mutants {
		all = append(all, m.String())
	}
	return all
}
