package prose

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// theirs are packages with words that are not the project's.
var theirs = map[string]string{
	"test/prose": "it names what it looks for",
}

// composed are words that a file writes into resources: to change them would change every cluster that exists. They go
// with the next change of these resources.
var composed = map[string][]string{
	"functions/cluster/telemetry/alerts.go": {"says whether", "awaited"}, // runbooks of alerts
}

// renamed are functions and types, by the package that had them, and what they are called now.
var renamed = map[string]map[string]string{
	"functions/cluster": {
		"unasked": "removalReason", "surroundings": "networkInfo", "look": observe, "seen": state, "lookAtFoundation": observe,
		"lookAtCluster": observe, "lookAtNodes": observe, "lookAtServices": observe,
	},
	"functions/database": {
		"whoWants": "settingOrigin", "farewell": "deletionNotice", "keeps": "validateImmutable", "awaited": "pending",
		"enter": field, "lays": field, "begins": field, "look": observe, "seen": state, "lookAtInstance": observe,
		"lookAtReplicationGroup": observe, "lookAtTable": observe,
	},
	"functions/network": {
		"unasked": "removalReason", "keeps": "validateImmutable", "look": observe, "seen": state, "lookIn": observe,
	},
	"functions/service": {
		"unasked": "removalReason", "keeps": "validateImmutable", "look": observe, "seen": state, "lookAtQueue": observe,
		"lookInCluster": observe, "lookAtCluster": observe, "lookAtDatabases": observe,
	},
	"functions/internal/adapter":      {"Wait": "Pending"},
	"functions/internal/composition":  {"Hold": "Protect"},
	"functions/internal/desired":      {"Release": "AllowRemoval", "Released": "RemovalAllowed", "Hold": "Protect", "Use": "AddUsage"},
	"functions/internal/functiontest": {"Provide": "MarkReady", "Plane": "ControlPlane"},
	"functions/internal/progress":     {"Awaited": "Pending"},
	"test/cloud":                      {"Plane": "ControlPlane"},
	"test/controlplane":               {"plane": "controlPlane"},
	"test/e2e":                        {"enter": field, "mend": "fix"},
	"test/e2e/harness":                {"Enter": field, "Plane": "ControlPlane"},
	"test/e2eargo":                    {"enter": field},
	"test/e2eupgrade":                 {"look": observe, "lookAt": observe, "seen": state},
}

// What several of them are called now.
const (
	observe = "observe"
	state   = "a noun for what is observed"
	field   = "the field's verb for what it does, such as start, add or compose"
)

// folders that have another name now.
var folders = map[string]string{
	"functions/internal/shell":  "functions/internal/grpcserver",
	"functions/internal/runner": "functions/internal/adapter",
	"functions/internal/policy": "functions/internal/iampolicy",
	"test/e2e/trial":            "test/e2e/harness",
	"test/localplane":           "test/controlplane",
	"test/cloud/standin":        "test/cloud/simulator",
	"test/cloud/cmd/standin":    "test/cloud/cmd/simulator",
}

// TestPages holds every page to the words and the width.
func TestPages(t *testing.T) {
	t.Parallel()

	for _, name := range files(t, ".md") {
		report(t, name, Markdown(read(t, name)))
	}
}

// TestTexts holds what is applied and run, and the descriptions and messages of the claims' schemas, to the words.
func TestTexts(t *testing.T) {
	t.Parallel()

	names := append(files(t, ".yaml", ".yml", ".mk", ".json", ".svg", ".html", ".sql"), "Makefile", ".ci/run")
	for _, name := range names {
		if !strings.Contains(name, "/crds/") { // The makers' own.
			report(t, name, Words(read(t, name)))
		}
	}
}

// TestSources holds comments, strings and names of every package to the words, and to the names of today.
func TestSources(t *testing.T) {
	t.Parallel()

	packages := map[string]bool{}
	for _, name := range files(t, ".go") {
		dir := path.Dir(name)
		if _, is := theirs[dir]; is || strings.HasPrefix(path.Base(name), "zz_generated") {
			continue
		}
		findings, err := Go(read(t, name), renamed[dir])
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		findings = without(t, name, findings, composed[name])
		packages[dir] = true
		report(t, name, findings)
	}
	for dir := range renamed {
		if !packages[dir] {
			t.Errorf("%s: there is no such package: its old names belong to the package that it has become", dir)
		}
	}
	for dir, instead := range folders {
		if packages[dir] {
			t.Errorf("%s: this package has another name: %s", dir, instead)
		}
	}
}

// TestAddresses follows every link within the repository.
func TestAddresses(t *testing.T) {
	t.Parallel()

	for _, name := range files(t, ".md") {
		for _, l := range Links(read(t, name)) {
			to, anchor, _ := strings.Cut(l.Target, "#")
			target := name
			if to != "" {
				target = path.Join(path.Dir(name), to)
			}
			if _, err := os.Stat(filepath.Join(root, target)); err != nil {
				t.Errorf("%s:%d: %s leads nowhere", name, l.Line, l.Target)
			} else if anchor != "" && !slices.Contains(Anchors(read(t, target)), anchor) {
				t.Errorf("%s:%d: %s has no heading %q", name, l.Line, target, anchor)
			}
		}
	}
}

// foreign are paths in the repositories of others.
var foreign = map[string]string{
	"apis/namespaced":                  "provider-aws",
	"internal/controller/pkg/revision": "Crossplane",
	"package/crds":                     "provider-helm",
}

// TestPathsExist looks for the files and folders that pages name.
func TestPathsExist(t *testing.T) {
	t.Parallel()

	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), "_") && !strings.HasPrefix(e.Name(), ".") {
			folders = append(folders, e.Name())
		}
	}
	for _, name := range files(t, ".md") {
		for _, l := range Paths(read(t, name), folders) {
			if _, is := foreign[l.Target]; is {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, l.Target)); err != nil {
				t.Errorf("%s:%d: there is no %s", name, l.Line, l.Target)
			}
		}
	}
}

// TestREADMEIsShort counts its words: a newcomer reads it to the end.
func TestREADMEIsShort(t *testing.T) {
	t.Parallel()

	const most = 900
	if n := len(strings.Fields(read(t, "README.md"))); n >= most {
		t.Errorf("README.md has %d words, and should have fewer than %d: move something to a page of docs", n, most)
	}
}

var indexed = regexp.MustCompile(`(?m)^\| \[(\d+)\]\((docs/adr/[^)]+)\) \| (.*?) \| .+ \|$`)

// TestDecisions holds the index of decisions to their pages, and each page to its form.
func TestDecisions(t *testing.T) {
	t.Parallel()

	index := map[string]string{}
	for i, m := range indexed.FindAllStringSubmatch(read(t, "DECISIONS.md"), -1) {
		if want := strconv.Itoa(i + 1); m[1] != want {
			t.Errorf("DECISIONS.md: number %s is in the place of %s", m[1], want)
		}
		if !strings.HasPrefix(m[2], fmt.Sprintf("docs/adr/%04d-", i+1)) {
			t.Errorf("DECISIONS.md: %s has not the number %d", m[2], i+1)
		}
		index[m[2]] = fmt.Sprintf("# %s. %s", m[1], m[3])
	}
	for _, name := range files(t, ".md") {
		if path.Dir(name) != "docs/adr" {
			continue
		}
		page := read(t, name)
		if title, _, _ := strings.Cut(page, "\n"); title != index[name] {
			t.Errorf("%s: the title is %q, and %q in DECISIONS.md", name, title, index[name])
		}
		delete(index, name)

		var sections []string
		for line := range strings.SplitSeq(page, "\n") {
			if section, is := strings.CutPrefix(line, "## "); is {
				sections = append(sections, section)
			}
		}
		form := slices.DeleteFunc([]string{"Context", "Decision", "Alternatives", "Consequences"}, func(s string) bool {
			return s != "Decision" && !slices.Contains(sections, s)
		})
		if !slices.Equal(sections, form) {
			t.Errorf("%s: the sections are %q, and should be of Context, Decision, Alternatives, Consequences, in this order", name, sections)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(index)) {
		t.Errorf("DECISIONS.md: there is no %s", name)
	}
}

// without returns the findings but for the first of each of these words. A word that is not found is a mistake.
func without(t *testing.T, name string, findings []Finding, words []string) []Finding {
	t.Helper()

	for _, word := range words {
		i := slices.IndexFunc(findings, func(f Finding) bool { return f.Text == word })
		if i < 0 {
			t.Errorf("%s: %q is not found in it: take it off the list of exceptions", name, word)
			continue
		}
		findings = slices.Delete(findings, i, i+1)
	}
	return findings
}

func report(t *testing.T, name string, found []Finding) {
	t.Helper()

	for _, f := range found {
		t.Errorf("%s:%d: %s -> %s", name, f.Line, f.Text, f.Instead)
	}
}

// files of the repository that end in one of the suffixes. What tests compare with, and what make puts down, is left out.
func files(t *testing.T, suffixes ...string) []string {
	t.Helper()

	var out []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "_output" || d.Name() == ".git"):
			return fs.SkipDir
		case !d.IsDir() && slices.Contains(suffixes, path.Ext(name)):
			out = append(out, name)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("cannot list the repository: %v", err)
	}
	if len(out) == 0 {
		t.Fatalf("no file ends in %q", suffixes)
	}
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()

	raw, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatalf("cannot read %s: %v", name, err)
	}
	return string(raw)
}
