package build

import (
	"bytes"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
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
