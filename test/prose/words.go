package prose

import (
	"regexp"
	"slices"
	"strings"
)

// A Finding is a place in a file that should be written otherwise.
type Finding struct {
	Line    int
	Text    string
	Instead string
}

// A word that the project does not use, and what to write in its place. Each means something only to who was there
// when it was chosen, or is a word that few people learn; the other one is the field's.
type word struct {
	pattern *regexp.Regexp
	part    string // of every match, in lower case: to look for it first costs a tenth
	instead string
	unless  []string // what may stand before it
}

// words of STYLE in prose, comments, strings and names. A name counts as the words that it is made of.
var words = []word{ //nolint:gochecknoglobals // a constant table, whose expressions are compiled once
	{pattern: expression(`planes?`), part: "plane", instead: "control plane, or local control plane", unless: []string{"control", "data"}},
	{pattern: expression(`stand-?ins?`), part: "stand", instead: "simulated AWS, or simulated and what it simulates"},
	{pattern: expression(`(?:stands|stood)\s+in\s+for`), part: "in", instead: "simulates, or is simulated by"},
	{pattern: expression(`mend(?:s|ed|ing)?`), part: "mend", instead: "fix"},
	{pattern: expression(`nobody`), part: "nobody", instead: "no one, or name who"},
	{pattern: expression(`somebody`), part: "somebody", instead: "someone, or name who"},
	{pattern: expression(`says\s+whether`), part: "whether", instead: "reports whether"},
	{pattern: expression(`awaited`), part: "awaited", instead: "pending"},
	{pattern: expression(`departures?`), part: "departure", instead: "deletion order"},
	{pattern: expression(`farewells?`), part: "farewell", instead: "deletion notice"},
	{pattern: expression(`unasked`), part: "unasked", instead: "removal reason, or not requested"},
	{pattern: expression(`lays`), part: "lays", instead: "the verb of what it does, such as add or compose"},
	{pattern: expression(`begins`), part: "begins", instead: "starts"},
}

func expression(of string) *regexp.Regexp { return regexp.MustCompile(`(?i)\b(?:` + of + `)\b`) }

// before matches the word that ends a text. In a comment of YAML the next line starts with #.
var before = regexp.MustCompile(`([A-Za-z]+)[\s#-]+$`)

// Words finds, in plain text, the words that the project does not use.
func Words(text string) []Finding {
	var out []Finding
	lower := strings.ToLower(text)
	for _, w := range words {
		if !strings.Contains(lower, w.part) {
			continue
		}
		for _, at := range w.pattern.FindAllStringIndex(text, -1) {
			if slices.Contains(w.unless, preceding(text[:at[0]])) {
				continue
			}
			out = append(out, Finding{
				Line:    1 + strings.Count(text[:at[0]], "\n"),
				Text:    strings.Join(strings.Fields(text[at[0]:at[1]]), " "),
				Instead: w.instead,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return a.Line - b.Line })
	return out
}

// preceding returns the last word of a text in lower case.
func preceding(text string) string {
	const far = 40 // A word and some white space, so that a long text costs no more.
	if m := before.FindStringSubmatch(text[max(0, len(text)-far):]); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}
