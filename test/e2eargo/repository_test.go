package e2eargo

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// published is the repository's address in argocd/.
const published = "https://github.com/ausmart/platform.git"

// A repository is a bare Git repository on this disk, and a working copy of it.
type repository struct {
	t    *testing.T
	url  string
	work string
}

// aRepository with this checkout's argocd/ and environment settings, and no claims yet. Files that
// cannot be applied here are changed, and the test fails when that differs from the list in
// adaptations.
func aRepository(t *testing.T, dir, configuration string) *repository {
	t.Helper()
	bare := filepath.Join(dir, "repository.git")
	r := &repository{t: t, url: "file://" + bare, work: filepath.Join(dir, "work")}
	run(t, dir, "git", "init", "-q", "--bare", "--initial-branch=main", bare)
	run(t, dir, "git", "clone", "-q", bare, r.work)
	for _, folder := range []string{"argocd", "examples/environments"} {
		if err := os.CopyFS(filepath.Join(r.work, folder), os.DirFS(filepath.Join(root(t), folder))); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string][]string{}
	err := filepath.WalkDir(filepath.Join(r.work, "argocd"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(r.work, path)
		if err != nil {
			return err
		}
		changed := r.adapt(path, configuration)
		if len(changed) > 0 {
			got[name] = changed
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(adaptations(), got); diff != "" {
		t.Errorf("changes to the files in Git: -want, +got:\n%s", diff)
	}
	r.commit("the platform")
	return r
}

// These are the changes to files of argocd/.
const (
	leftOut       = "left out: the chart's registry cannot be reached"
	ownPackage    = "the package's digest: the control plane has its own"
	ownCrossplane = "Crossplane's user: there it is a process, with the administrator's certificate"
)

// adaptations are the changes to files in Git, except the repository's address.
func adaptations() map[string][]string {
	return map[string][]string{
		"argocd/apps/crossplane.yaml":        {leftOut},
		"argocd/guardrails/approvals.yaml":   {ownCrossplane},
		"argocd/guardrails/definitions.yaml": {ownCrossplane},
		"argocd/guardrails/protection.yaml":  {ownCrossplane},
		"argocd/guardrails/removal.yaml":     {ownCrossplane},
		"argocd/platform/configuration.yaml": {ownPackage},
	}
}

// adapt a file, and return what was changed besides the repository's address.
func (r *repository) adapt(path, configuration string) []string {
	r.t.Helper()
	content := read(r.t, path)
	if strings.Contains(content, "chart: ") {
		if err := os.Remove(path); err != nil {
			r.t.Fatal(err)
		}
		return []string{leftOut}
	}
	var changed []string
	content = strings.ReplaceAll(content, published, r.url)
	if strings.Contains(content, "kind: Configuration\n") {
		lines := strings.Split(content, "\n")
		for i, line := range lines {
			if strings.HasPrefix(line, "  package: ") {
				lines[i] = "  package: " + configuration
				changed = append(changed, ownPackage)
			}
		}
		content = strings.Join(lines, "\n")
	}
	const crossplane = "system:serviceaccount:crossplane-system:crossplane"
	if strings.Contains(content, crossplane) {
		content = strings.ReplaceAll(content, crossplane, "admin")
		changed = append(changed, ownCrossplane)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return changed
}

// brings copies files of this checkout, by their names.
func (r *repository) brings(names ...string) {
	r.t.Helper()
	for _, name := range names {
		r.write(name, read(r.t, filepath.Join(root(r.t), name)))
	}
}

func (r *repository) write(name, content string) {
	r.t.Helper()
	path := filepath.Join(r.work, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// replaces a text of a file, which must contain it.
func (r *repository) replaces(name, text, by string) {
	r.t.Helper()
	content := read(r.t, filepath.Join(r.work, name))
	if !strings.Contains(content, text) {
		r.t.Fatalf("%s does not contain %q", name, text)
	}
	r.write(name, strings.Replace(content, text, by, 1))
}

// git runs a command in the working copy.
func (r *repository) git(args ...string) {
	r.t.Helper()
	run(r.t, r.work, "git", args...)
}

// commit everything, and push it.
func (r *repository) commit(message string) {
	r.t.Helper()
	r.git("add", "--all")
	r.git("commit", "-q", "--message="+message)
	r.push()
}

func (r *repository) push() {
	r.t.Helper()
	r.git("push", "-q", "origin", "HEAD:main")
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	// The test does not use the user's own settings of git.
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=test", "GIT_AUTHOR_EMAIL=test@example.com", "GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestWhatIsLeftOut checks that every changed file exists and has one reason.
func TestWhatIsLeftOut(t *testing.T) {
	all := adaptations()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if _, err := os.Stat(filepath.Join(root(t), name)); err != nil {
			t.Error(err)
		}
	}
}

// glob returns the matching files, at least one.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("cannot find %s: %v", pattern, err)
	}
	return files
}
