package iampolicy

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the policies, their page and the activation policy")

// folder of the policies.
var folder = filepath.Join(root, "docs", "iam")

// TestFiles compares docs/iam with the table. Run it with -update to rewrite it.
func TestFiles(t *testing.T) {
	for name, want := range files(t) {
		path := filepath.Join(folder, name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("cannot read a policy: %v; write it with -update", err)
			continue
		}
		if diff := cmp.Diff(string(got), string(want)); diff != "" {
			t.Errorf("%s: -file, +table:\n%s", path, diff)
		}
	}
}

// files returns the files that are made from the table.
func files(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string]Document{"permissions-boundary.json": LimitedTo(neededByRoles(t))}
	maps.Copy(all, Provider(Kinds()))
	maps.Copy(all, Trust())
	out := map[string][]byte{"actions.md": []byte(Page(Kinds(), recording(t)))}
	for name, d := range all {
		raw, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		out[name] = raw
	}
	return out
}

func recording(t *testing.T) Recording {
	t.Helper()
	r, err := ReadRecording(filepath.Join(root, RecordingFile))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
