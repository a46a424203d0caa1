package render

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// quiet is how long a build may take before it is reported.
const quiet = 3 * time.Second

// build builds a command of this checkout. The binary is kept, because linking takes seconds and go
// build skips it when nothing changed.
func (r Renderer) build(ctx context.Context, command string) (string, error) {
	tell := time.AfterFunc(quiet, func() { _, _ = fmt.Fprintf(r.Progress, "render: building %s\n", command) })
	defer tell.Stop()

	dir := filepath.Join(r.Root, "_output", "bin")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()

	binary := filepath.Join(dir, command)
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, "./functions/cmd/"+command)
	cmd.Dir = r.Root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build %s: %w: %s", command, err, oneLine(string(out)))
	}
	return binary, nil
}

// lock keeps a second render from starting a binary that the first still writes.
func lock(file string) (unlock func(), err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("cannot lock %s: %w", file, err)
	}
	return func() { _ = f.Close() }, nil
}
