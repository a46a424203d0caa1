package dashboards

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the dashboards")

func TestFiles(t *testing.T) {
	for file, d := range All() {
		t.Run(file, func(t *testing.T) {
			got := &bytes.Buffer{}
			e := json.NewEncoder(got)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(d); err != nil {
				t.Fatalf("cannot encode dashboard: %v", err)
			}
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
					t.Fatalf("cannot write dashboard: %v", err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("cannot read dashboard: %v; write it with -update", err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("-want, +got; write it with -update:\n%s", diff)
			}
		})
	}
}

// TestPanels fails on a panel without a description, outside the grid, or over another one.
func TestPanels(t *testing.T) {
	for file, d := range All() {
		t.Run(file, func(t *testing.T) {
			taken := map[[2]int]string{}
			for _, p := range d.Panels {
				if p.Title == "" || (p.Type != "row" && p.Description == "") {
					t.Errorf("panel %d does not say what it shows", p.ID)
				}
				if p.GridPos.X+p.GridPos.W > columns {
					t.Errorf("%s: it goes beyond the grid: %+v", p.Title, p.GridPos)
				}
				for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
					for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
						if other, ok := taken[[2]int{x, y}]; ok {
							t.Fatalf("%s overlaps %s", p.Title, other)
						}
						taken[[2]int{x, y}] = p.Title
					}
				}
			}
		})
	}
}
