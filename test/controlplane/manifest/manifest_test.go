package manifest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	for file, content := range map[string]string{
		"a.yaml":    "---\n# only a comment\n---\nkind: One\nmetadata: {name: one}\n---\nkind: Two\nmetadata: {name: two}\n",
		"b.yaml":    "kind: Three\nmetadata: {name: three}\n",
		"readme.md": "kind: Not",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	objs, err := Read(dir, filepath.Join(dir, "b.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, o := range objs {
		got = append(got, o.GetKind())
	}
	if diff := cmp.Diff([]string{"One", "Two", "Three", "Three"}, got); diff != "" {
		t.Errorf("kinds in a folder and a file: -want, +got:\n%s", diff)
	}
	if _, err := Read(filepath.Join(dir, "none.yaml")); err == nil {
		t.Error("want an error for a file that is not there")
	}
}

func TestMissing(t *testing.T) {
	conditions := []any{
		map[string]any{"type": "Synced", "status": "True"},
		map[string]any{"type": "Ready", "status": "False", "reason": "Creating", "message": "almost"},
	}
	cases := map[string]struct {
		reason string
		ask    []string
		want   string
	}{
		"Has":     {reason: "Nothing is missing.", ask: []string{"Synced"}, want: ""},
		"False":   {reason: "The reason is in the text.", ask: []string{"Synced", "Ready"}, want: "Ready is False: Creating almost"},
		"Unknown": {reason: "A condition that is not there yet is missing.", ask: []string{"Healthy"}, want: "it has no condition Healthy yet"},
	}
	u := &unstructured.Unstructured{Object: map[string]any{"status": map[string]any{"conditions": conditions}}}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Missing(u, tc.ask...)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
