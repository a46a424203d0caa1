package render

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestReferences(t *testing.T) {
	root := t.TempDir()
	text := func(kind, name string) string {
		return "kind: " + kind + "\nmetadata: {name: " + name + "}\n"
	}
	for file, content := range map[string]string{
		"dev/network.yaml":           text("Network", "dev"),
		"dev/cluster.yaml":           text("Cluster", "dev"),
		"dev/databases/orders.yaml":  text("Database", "orders"),
		"dev/databases/two.yaml":     text("Database", "a") + "---\n" + text("Database", "b"),
		"dev/services/text.yaml":     "no: [YAML",
		"dev/services/orders.yaml":   text("Service", "orders"),
		"prod/databases/orders.yaml": text("Database", "orders"),
	} {
		write(t, filepath.Join(root, file), content)
	}

	cases := map[string]struct {
		reason string
		from   string
		spec   map[string]any
		want   []string
	}{
		"None": {
			reason: "A claim without references has none.",
			from:   "dev/network.yaml",
		},
		"Beside": {
			reason: "A claim in the same folder is found.",
			from:   "dev/cluster.yaml",
			spec:   map[string]any{"networkRef": map[string]any{"name": "dev"}},
			want:   []string{"dev/network.yaml"},
		},
		"Around": {
			reason: "So are those in the folder above and in the folders beside, by kind and name; another environment's are not.",
			from:   "dev/services/orders.yaml",
			spec: map[string]any{
				"clusterRef": map[string]any{"name": "dev"},
				"databases":  []any{map[string]any{"name": "orders"}},
			},
			want: []string{"dev/cluster.yaml", "dev/databases/orders.yaml"},
		},
		"Nowhere": {
			reason: "The function waits for a claim without a file; a file with two claims cannot be rendered.",
			from:   "dev/services/orders.yaml",
			spec:   map[string]any{"databases": []any{map[string]any{"name": "missing"}, map[string]any{"name": "a"}}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			claim := &unstructured.Unstructured{Object: map[string]any{"spec": tc.spec}}
			found, err := references(claim, filepath.Join(root, tc.from))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				short, err := filepath.Rel(root, f)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, short)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nreferences(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
