package guardrails_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	page = "../../docs/guardrails.md"

	// The table is written between these; the rest of the page is written by hand.
	begin = "<!-- The table is written by test/guardrails: go test ./test/guardrails -update -->\n"
	end   = "<!-- End of the table. -->\n"

	// width of wrapped text.
	width = 118
)

// A row of the table.
type row struct {
	line
	got outcome
}

// compareWithPage compares the table on the page with the results.
func compareWithPage(t *testing.T, rows []row) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(content), begin)
	want, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("cannot find the table in %s: it is between %q and %q", page, begin, end)
	}
	got := tableOf(rows)
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+got+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: -want, +got; write it with -update:\n%s", page, diff)
	}
}

// tableOf rows, and below it the text of each refusal. Refusals that only differ in names are listed once.
func tableOf(rows []row) string {
	var table, messages strings.Builder
	table.WriteString("| who | what | by which route | verdict | refused by | message |\n|---|---|---|---|---|---|\n")
	var texts []string
	for _, r := range rows {
		verdict, by, number := "admitted", "", ""
		if r.got.refused != "" {
			i := slices.Index(texts, r.got.message)
			if i < 0 {
				texts, i = append(texts, r.got.message), len(texts)
			}
			verdict, by, number = "**refused**", r.got.refused, fmt.Sprintf("[%d](#message-%d)", i+1, i+1)
			if strings.HasPrefix(by, "platform-") {
				by = "`" + by + "`"
			}
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s | %s |\n", r.who.title, r.sentence(), r.route, verdict, by, number)
	}
	for i, message := range texts {
		fmt.Fprintf(&messages, "\n#### Message %d\n\n```text\n%s```\n", i+1, wrap(message))
	}
	return "\n" + table.String() + "\n### What the refusals say\n\nEach as the API server answers, with `UID` for the object's own.\n" + messages.String() + "\n"
}

// sentence of a row, with its kinds.
func (l line) sentence() string {
	kinds := strings.Join(l.kinds, ", ")
	if i := strings.LastIndex(kinds, ", "); i >= 0 {
		kinds = kinds[:i] + " or " + kinds[i+2:]
	}
	return strings.ReplaceAll(l.what, "KIND", kinds)
}

// wrap a text at spaces.
func wrap(text string) string {
	var out strings.Builder
	n := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case n+1+len(word) > width:
			out.WriteString("\n")
			n = 0
		default:
			out.WriteString(" ")
			n++
		}
		out.WriteString(word)
		n += len(word)
	}
	return out.String() + "\n"
}
