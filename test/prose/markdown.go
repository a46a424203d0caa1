package prose

import (
	"fmt"
	"regexp"
	"strings"
)

// Columns that a line of Markdown may have.
const Columns = 120

var (
	inlineCode = regexp.MustCompile("`[^`]+`")
	target     = regexp.MustCompile(`\]\([^)\s]*\)`)
	address    = regexp.MustCompile(`https?://[^\s)>]+`)
	heading    = regexp.MustCompile(`^#{1,6}\s+(.*?)\s*$`)
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	unlinked   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	notAnchor  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// Markdown finds words that the project does not use, and lines that are too wide. Code is left out of both; tables and
// addresses may be wide.
func Markdown(page string) []Finding {
	out := Words(withoutCode(page))
	for i, line := range strings.Split(withoutBlocks(page), "\n") {
		shown := address.ReplaceAllString(target.ReplaceAllString(line, "]"), "")
		if n := len([]rune(shown)); n > Columns && !strings.HasPrefix(strings.TrimSpace(line), "|") {
			out = append(out, Finding{Line: i + 1, Text: fmt.Sprintf("%d columns", n), Instead: fmt.Sprintf("at most %d", Columns)})
		}
	}
	return out
}

// withoutCode returns a page with spaces in the place of code and of what links lead to, so that every line keeps its
// number.
func withoutCode(page string) string {
	page = inlineCode.ReplaceAllStringFunc(withoutBlocks(page), blank)
	page = target.ReplaceAllStringFunc(page, blank)
	return address.ReplaceAllStringFunc(page, blank)
}

// withoutBlocks returns a page with empty lines in the place of fenced blocks.
func withoutBlocks(page string) string {
	lines, fence := strings.Split(page, "\n"), ""
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case fence == "" && (strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~")):
			fence, lines[i] = trimmed[:3], ""
		case fence != "" && trimmed == fence:
			fence, lines[i] = "", ""
		case fence != "":
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

func blank(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, s)
}

// A Link leads from a line of a page to a file or an anchor.
type Link struct {
	Line   int
	Target string
}

// Links returns where a page leads to within the repository.
func Links(page string) []Link {
	var out []Link
	for i, line := range strings.Split(inlineCode.ReplaceAllStringFunc(withoutBlocks(page), blank), "\n") {
		for _, m := range link.FindAllStringSubmatch(line, -1) {
			if !strings.Contains(m[1], "://") && !strings.HasPrefix(m[1], "mailto:") {
				out = append(out, Link{Line: i + 1, Target: m[1]})
			}
		}
	}
	return out
}

// Paths returns the files and folders of the repository that a page names in code, by the folders at its root.
func Paths(page string, folders []string) []Link {
	path := regexp.MustCompile("(?:^|[\\s`])(?:\\./)?((?:" + strings.Join(folders, "|") + ")/[A-Za-z0-9_./-]*[A-Za-z0-9_])(?:/|/\\.\\.\\.)?(?:$|[\\s`])")
	var out []Link
	for i, line := range strings.Split(withoutBlocks(page), "\n") {
		for _, code := range inlineCode.FindAllString(line, -1) {
			for _, m := range path.FindAllStringSubmatch(code, -1) {
				out = append(out, Link{Line: i + 1, Target: m[1]})
			}
		}
	}
	return out
}

// Anchors returns what the headings of a page are called in its address, as GitHub has it.
func Anchors(page string) []string {
	var out []string
	for line := range strings.SplitSeq(withoutBlocks(page), "\n") {
		if m := heading.FindStringSubmatch(line); m != nil {
			text := strings.ToLower(unlinked.ReplaceAllString(m[1], "$1"))
			out = append(out, strings.ReplaceAll(notAnchor.ReplaceAllString(text, ""), " ", "-"))
		}
	}
	return out
}
