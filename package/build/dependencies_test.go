package build

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/internal/toolchain"
)

// TestProviders compares the Configuration's dependencies with the functions' imports: they import
// the API of every resource that they compose.
func TestProviders(t *testing.T) {
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}`, "./functions/...")
	cmd.Dir = root
	imports, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", cmd, err)
	}
	var want []string
	for _, m := range regexp.MustCompile(`provider-aws/v2/apis/cluster/([a-z0-9]+)/`).FindAllSubmatch(imports, -1) {
		want = append(want, "provider-aws-"+string(m[1]))
	}
	// Its kinds are those of two providers whose Go types are not imported.
	if bytes.Contains(imports, []byte("functions/internal/incluster")) {
		want = append(want, "provider-helm", "provider-kubernetes")
	}
	slices.Sort(want)
	want = slices.Compact(want)

	meta, err := readObject(filepath.Join(root, "crossplane.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range slice(meta, "spec", "dependsOn") {
		if d["kind"] == "Provider" {
			got = append(got, path.Base(d["package"].(string)))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("crossplane.yaml depends on the provider of each resource, in order, and on no other: -want, +got:\n%s", diff)
	}
}

// narrow is a range of minor versions of one major version.
var narrow = regexp.MustCompile(`^>=v(\d+)\.(\d+)\.\d+, <v(\d+)\.(\d+)\.0$`)

// TestVersions reads the versions that the Configuration allows of other people's packages: few of
// them, those that docs/install.md names, and among them the ones that the tests use.
func TestVersions(t *testing.T) {
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	meta, err := readObject(filepath.Join(root, "crossplane.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "install.md"))
	if err != nil {
		t.Fatal(err)
	}
	// The tool modules whose sources the tests use.
	used := map[string]struct{ tool, module string }{
		"provider-aws-*":      {"provider-aws-crds", "github.com/upbound/provider-aws/v2"},
		"provider-kubernetes": {"provider-kubernetes", "github.com/crossplane-contrib/provider-kubernetes"},
		"function-auto-ready": {"function-auto-ready", "github.com/crossplane/function-auto-ready"},
	}
	for _, d := range slice(meta, "spec", "dependsOn") {
		source, version := d["package"].(string), d["version"].(string)
		if strings.HasPrefix(source, "ghcr.io/ausmart/") {
			continue // Ours, by exact version.
		}
		name := path.Base(source)
		if strings.HasPrefix(name, "provider-aws-") {
			name = "provider-aws-*"
		}
		m := narrow.FindStringSubmatch(version)
		if m == nil || m[1] != m[3] || number(m[4])-number(m[2]) > 2 {
			t.Errorf("%s: %s is not a range of at most two minor versions", source, version)
			continue
		}
		if row := fmt.Sprintf("| %s | `%s` |", name, version); !bytes.Contains(page, []byte(row)) {
			t.Errorf("docs/install.md has no row %s", row)
		}
		u, ok := used[name]
		if !ok {
			continue
		}
		dir, err := toolchain.Source(t.Context(), u.tool, u.module)
		if err != nil {
			t.Fatal(err)
		}
		_, is, _ := strings.Cut(dir, "@v"+m[1]+".")
		minor, _, _ := strings.Cut(is, ".")
		if minor == "" || number(minor) < number(m[2]) || number(minor) >= number(m[4]) {
			t.Errorf("%s: the tests use %s, which %s does not allow", source, filepath.Base(dir), version)
		}
	}
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits) // The pattern has digits only.
	return n
}
