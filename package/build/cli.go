package build

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

// xpkg makes a package of the folder. The command line would also pack examples in its working
// directory, so it runs in one without examples.
func (b Builder) xpkg(ctx context.Context, stage, file string, flags ...string) error {
	args := append([]string{
		"xpkg", "build",
		"--package-root=" + stage,
		"--examples-root=" + filepath.Join(stage, "no-examples"),
		"--package-file=" + file,
	}, flags...)
	return b.run(ctx, args...)
}

// run the crossplane command line.
func (b Builder) run(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, b.CLI, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("crossplane %s %s: %w: %s", args[0], args[1], err, bytes.TrimSpace(out))
	}
	return nil
}
