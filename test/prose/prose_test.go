package prose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	t.Parallel()

	cases := map[string]struct {
		reason string
		text   string
		want   []Finding
	}{
		"Plain":        {reason: "What the field says is fine.", text: "The control plane fixes it. No one waits; it starts."},
		"Plane":        {reason: "A plane alone is one of many.", text: "It starts a plane.", want: []Finding{{1, "plane", words[0].instead}}},
		"Capital":      {reason: "Also at the start of a sentence.", text: "Planes end.", want: []Finding{{1, "Planes", words[0].instead}}},
		"ControlPlane": {reason: "The control plane is the field's, also over a line's end and with a hyphen.", text: "a control\nplane, control-plane logs, two Control Planes"},
		"DataPlane":    {reason: "So is the data plane.", text: "the data plane"},
		"Airplane":     {reason: "A word that only ends like one is another word.", text: "airplanes, planet, explanes"},
		"Both":         {reason: "One that is right does not hide one that is not.", text: "control plane, plane", want: []Finding{{1, "plane", words[0].instead}}},
		"StandIn":      {reason: "With and without a hyphen.", text: "a stand-in,\nstandins", want: []Finding{{1, "stand-in", words[1].instead}, {2, "standins", words[1].instead}}},
		"StandsIn":     {reason: "And as a verb.", text: "it stands in\nfor AWS; A stood in for B", want: []Finding{{1, "stands in for", words[2].instead}, {2, "stood in for", words[2].instead}}},
		"Mend":         {reason: "Every form.", text: "mend mends mended mending amended", want: four(words[3].instead, "mend", "mends", "mended", "mending")},
		"Who":          {reason: "Who it is, or no one.", text: "nobody, somebody", want: []Finding{{1, "nobody", words[4].instead}, {1, "somebody", words[5].instead}}},
		"Whether":      {reason: "Go's documentation reports.", text: "It says\nwhether; say whether", want: []Finding{{1, "says whether", words[6].instead}}},
		"Rest": {
			reason: "The rest of the list, one by one.",
			text:   "awaited\ndeparture\nfarewell\nunasked\nlays\nbegins",
			want: []Finding{
				{1, "awaited", words[7].instead}, {2, "departure", words[8].instead}, {3, "farewell", words[9].instead},
				{4, "unasked", words[10].instead}, {5, "lays", words[11].instead}, {6, "begins", words[12].instead},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(tc.want, Words(tc.text)); diff != "" {
				t.Errorf("\n%s\nWords(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func four(instead string, texts ...string) []Finding {
	out := make([]Finding, 0, len(texts))
	for _, text := range texts {
		out = append(out, Finding{1, text, instead})
	}
	return out
}

func TestMarkdown(t *testing.T) {
	t.Parallel()

	wide := "This line goes on and on and on and on and on and on and on and on and on and on and on and on and on and on, for ever more"
	cases := map[string]struct {
		reason string
		page   string
		want   []Finding
	}{
		"Prose":      {reason: "A word is found in its line.", page: "# A\n\nnobody", want: []Finding{{3, "nobody", words[4].instead}}},
		"Table":      {reason: "Also in a table, which may be wide.", page: "| nobody | " + wide + " |", want: []Finding{{1, "nobody", words[4].instead}}},
		"InlineCode": {reason: "Code is not prose.", page: "Run `plane up` and `a\nplane`."},
		"Block":      {reason: "Nor is a block of it, which may be wide.", page: "```console\n$ plane " + wide + "\n```"},
		"AfterBlock": {reason: "What comes after it is.", page: "~~~\nplane\n```\n~~~\nplane", want: []Finding{{5, "plane", words[0].instead}}},
		"InList":     {reason: "A block may be in a list.", page: "1. So:\n\n   ```\n   plane\n   ```\n   mended", want: []Finding{{6, "mended", words[3].instead}}},
		"Target":     {reason: "What a link leads to has its own name; what it says is ours.", page: "[a plane](../plane.md) https://example.org/plane", want: []Finding{{1, "plane", words[0].instead}}},
		"Wide":       {reason: "A line has an end.", page: "a\n" + wide, want: []Finding{{2, "123 columns", "at most 120"}}},
		"WideLink":   {reason: "An address cannot be broken.", page: "See [this](https://example.org/" + wide[:80] + ") https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" + "[t](" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(tc.want, Markdown(tc.page)); diff != "" {
				t.Errorf("\n%s\nMarkdown(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()

	page := "# A `b` [c](d.md)\n[x](y.md) ![p](q.svg) [w](https://example.org) `[n](o.md)`\n```\n[n](o.md)\n```\n[z](#a-b-c)"
	want := []Link{{1, "d.md"}, {2, "y.md"}, {2, "q.svg"}, {6, "#a-b-c"}}
	if diff := cmp.Diff(want, Links(page)); diff != "" {
		t.Errorf("Links lead to files and anchors, and code has none.\nLinks(...): -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a-b-c"}, Anchors(page)); diff != "" {
		t.Errorf("An anchor is the heading's text.\nAnchors(...): -want, +got:\n%s", diff)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()

	page := "`a/b.go` and `go test ./b/c/... -run X`, `a/`, `d/e`, a/f, `a/<kind>/x`\n```\na/g\n```\n`b/h/`"
	want := []Link{{1, "a/b.go"}, {1, "b/c"}, {5, "b/h"}}
	if diff := cmp.Diff(want, Paths(page, []string{"a", "b"})); diff != "" {
		t.Errorf("Code names files and folders of the repository, of others, and patterns.\nPaths(...): -want, +got:\n%s", diff)
	}
}

func TestGo(t *testing.T) {
	t.Parallel()

	source := `// Package plane is
// one that nobody mends, but for the ` + "`stand-in`" + `.
package plane

import "example.org/plane"

const text = "a\nstand-in"

const user, key, other = "nobody", "NoBody", "ANobody"

type controlPlane struct {
	awaited, LocalPlane string
}

func (c *controlPlane) Release(planes int) {
	seen := plane.Nobody // Lays.
	planet, nobody := seen, seen
}

func look() {}
`
	got, err := Go(source, map[string]string{"Release": "AllowRemoval", "seen": "state", "look": "observe"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Finding{
		{1, "plane", words[0].instead},
		{2, "mends", words[3].instead},
		{2, "nobody", words[4].instead},
		{3, "plane", words[0].instead},
		{8, "stand-in", words[1].instead},
		{9, "Nobody", words[4].instead},
		{12, "awaited", words[7].instead},
		{12, "LocalPlane", words[0].instead},
		{15, "Release", "AllowRemoval"},
		{15, "planes", words[0].instead},
		{16, "Lays", words[11].instead},
		{17, "nobody", words[4].instead},
		{20, "look", "observe"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Comments, strings and what is declared are ours; imports are not, nor is a user. A variable may have an old function's name.\nGo(...): -want, +got:\n%s", diff)
	}
}
