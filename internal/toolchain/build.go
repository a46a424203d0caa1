package toolchain

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	// heartbeat is how often a running build prints that it is still running: most take minutes,
	// and the compiler prints nothing.
	heartbeat = 15 * time.Second

	// lockPoll is how often a process checks whether another one has finished the same build.
	lockPoll = 250 * time.Millisecond

	// interruptGrace is how long an interrupted build may take to clean up.
	interruptGrace = 10 * time.Second

	// failureLines is how much of the compiler's output an error carries.
	failureLines = 20
)

// A build is a tool, the folder of its module and the place for its binary.
type build struct {
	tool

	moduleDir string
	binary    string
}

// args are go's arguments. They are part of the cache's key, so the caller passes the path of the output.
func (b build) args(output string) []string {
	ldflags := []string{"-s", "-w"}
	for _, v := range b.version {
		ldflags = append(ldflags, "-X", v)
	}
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-mod=readonly"}, b.flags...)
	return append(args, "-ldflags", strings.Join(ldflags, " "), "-o", output, b.pkg)
}

// run builds the tool, unless another process did so while this one waited for it.
func (b build) run(ctx context.Context, progress io.Writer) error {
	dir := filepath.Dir(b.binary)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	unlock, err := Lock(ctx, progress, dir+".lock", b.name)
	if err != nil {
		return err
	}
	defer unlock()
	if exists(b.binary) {
		return nil
	}

	fmt.Fprintf(progress, "building %s (once; it stays in %s)\n", b.name, dir)
	start := time.Now()
	temporary := b.binary + ".tmp"
	if err := b.compile(ctx, progress, temporary); err != nil {
		return err
	}
	if err := os.Rename(temporary, b.binary); err != nil {
		return err
	}
	fmt.Fprintf(progress, "built %s in %s\n", b.name, time.Since(start).Round(time.Second))
	return nil
}

func (b build) compile(ctx context.Context, progress io.Writer, output string) error {
	cmd := exec.CommandContext(ctx, "go", b.args(output)...)
	cmd.Dir = b.moduleDir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	// Go removes its work folder when it is interrupted, and ends its compilers; killed, it leaves both behind.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = interruptGrace

	stop := beat(progress, b.name)
	out, err := cmd.CombinedOutput()
	stop()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%s, in %s: %w\n%s\nwhat to do: check that Go's module proxy can be reached (go env GOPROXY) and that the disk has "+
		"5 GB free, then try again with: go run ./internal/toolchain/cmd/toolchain %s", cmd, b.moduleDir, err, lastLines(out), b.name)
}

// beat writes a line in regular intervals until it is stopped.
func beat(progress io.Writer, name string) (stop func()) {
	done := make(chan struct{})
	stopped := make(chan struct{})
	start := time.Now()
	go func() {
		defer close(stopped)
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				fmt.Fprintf(progress, "still building %s, %s\n", name, time.Since(start).Round(time.Second))
			}
		}
	}()
	return func() { close(done); <-stopped }
}

// Lock takes an advisory lock on a file, which the kernel releases even when this process is
// killed. Name is what the holder builds.
//
// The loop is written by hand: this program is compiled before anything else, with the standard
// library only.
func Lock(ctx context.Context, progress io.Writer, path, name string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	told := false
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR { // A bare errno, never wrapped.
			_ = f.Close()
			return nil, fmt.Errorf("cannot lock %s: %w", path, err)
		}
		if !told {
			fmt.Fprintf(progress, "waiting for another process that builds %s\n", name)
			told = true
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

func lastLines(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-failureLines):], "\n")
}
