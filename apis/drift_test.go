package apis_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGeneratedFilesAreCurrent runs the generator, which is a separate module, and fails when it
// would change a file.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	t.Parallel()

	readForTestCache(t, "v1alpha1/*.go", "*/definition.yaml", "../docs/reference/*.md", "generate/*.go", "generate/go.mod")

	out, err := exec.CommandContext(t.Context(), "go", "-C", "generate", "run", ".", "-check").CombinedOutput()
	if err != nil {
		t.Errorf("go -C apis/generate run . -check: %v\n%s", err, out)
	}
}

// readForTestCache reads the files that a child process will read. The cache of test results only
// tracks the files that the test itself opens.
func readForTestCache(t *testing.T, patterns ...string) {
	t.Helper()

	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatalf("cannot list %s: %v", pattern, err)
		}
		for _, path := range paths {
			if _, err := os.ReadFile(path); err != nil {
				t.Fatalf("cannot read input of the generator: %v", err)
			}
		}
	}
}
