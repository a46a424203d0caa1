package progress

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReasonsAreDocumented looks for every reason of a problem on the page that says what to do.
func TestReasonsAreDocumented(t *testing.T) {
	t.Parallel()

	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	reasons := []string{ReasonCreating, ReasonRolloutFailed, ReasonPaused, ReasonObserveOnly, ReasonProviderError}
	for _, tr := range translations() {
		reasons = append(reasons, tr.reason)
	}
	for _, reason := range reasons {
		if !strings.Contains(string(page), "| `"+reason+"` |") {
			t.Errorf("docs/troubleshooting.md has no line for the reason %s", reason)
		}
	}
}
