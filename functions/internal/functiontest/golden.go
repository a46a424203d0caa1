package functiontest

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

var update = flag.Bool("update", false, "write the golden files anew") //nolint:gochecknoglobals // A flag.

// A Step of an example on its way to ready. The first one has nothing that exists, and
// the last one reconciles until nothing changes.
type Step struct {
	// Folder of the golden response.
	Folder string

	// Reason why there is this step.
	Reason string

	// Ready are the resources that become ready first; all of them when none is named.
	Ready []string

	// Until a resource is desired whose name starts with one of these; none for one
	// reconcile.
	Until []string
}

// testGolden compares the whole response for each example at each step. Run it with
// -update to write the files anew, and read the diff.
func testGolden(t *testing.T, k Kind) {
	var want []string
	for _, e := range examples(t, k.Name) {
		if slices.Contains(k.Unrecorded, string(e)) {
			continue
		}
		want = append(want, e.folder())
		t.Run(e.folder(), func(t *testing.T) {
			p := k.NewExample(t, string(e))
			if k.Configured {
				config := map[string]any{}
				read(t, filepath.Join(root, "examples", "environments", "prod.yaml"), &config)
				p.Require("EnvironmentConfig/prod", config)
			}
			for i, s := range k.Goldens {
				rsp := s.reach(t, p, i == 0, i == len(k.Goldens)-1)
				if m := Refusal(rsp); m != "" {
					t.Fatalf("%s: unexpected refusal: %s", s.Folder, m)
				}
				j, err := protojson.Marshal(rsp)
				if err != nil {
					t.Fatalf("cannot marshal response: %v", err)
				}
				got, err := yaml.JSONToYAML(j)
				if err != nil {
					t.Fatalf("cannot convert response: %v", err)
				}
				CompareFile(t, s.Reason, filepath.Join("testdata", e.folder(), s.Folder, "response.yaml"), string(got))
			}
		})
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, folders(t, "testdata", "fuzz")); diff != "" {
		t.Errorf("examples and folders of goldens: -want, +got:\n%s", diff)
	}
}

// reach a step from the one before it.
func (s Step) reach(t *testing.T, p *ControlPlane, first, last bool) *fnv1.RunFunctionResponse {
	t.Helper()
	if first {
		return p.Reconcile(t)
	}
	for range maxReconciles {
		p.MarkReady(s.Ready...)
		if last {
			return p.Settle(t)
		}
		rsp := p.Reconcile(t)
		if len(s.Until) == 0 || slices.ContainsFunc(Names(rsp), s.ends) {
			return rsp
		}
	}
	t.Fatalf("%v is never desired", s.Until)
	return nil
}

func (s Step) ends(name string) bool {
	return slices.ContainsFunc(s.Until, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

func folders(t *testing.T, dir, but string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != but {
			out = append(out, e.Name())
		}
	}
	return out
}

// CompareFile compares text with a file that -update writes.
func CompareFile(t *testing.T, reason, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("cannot read golden file: %v; write it with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s\n-want, +got:\n%s", file, reason, diff)
	}
}
