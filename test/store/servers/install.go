package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// binary returns the path of a server's program. It installs the Debian package when it may, that is as root in CI.
func binary(tb testing.TB, pkg string, candidates ...string) string {
	tb.Helper()
	if path := find(candidates); path != "" {
		return path
	}
	if os.Getenv("CI") != "true" {
		tb.Skipf("cannot find %s: apt-get install %s", candidates[0], pkg)
	}
	locked(tb, filepath.Join(os.TempDir(), "store-apt.lock"), func() { install(tb, pkg) })
	if path := find(candidates); path != "" {
		return path
	}
	tb.Fatalf("cannot find %s though %s is installed", candidates[0], pkg)
	return ""
}

// find accepts names on the PATH and patterns of files.
func find(candidates []string) string {
	for _, c := range candidates {
		if path, err := exec.LookPath(c); err == nil {
			return path
		}
		if matches, err := filepath.Glob(c); err == nil && len(matches) > 0 {
			return matches[len(matches)-1]
		}
	}
	return ""
}

// install leaves the packages' own services stopped: runlevel 1 means a system that is not up.
func install(tb testing.TB, pkg string) {
	tb.Helper()
	const script = `apt-get update -q && apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$0"`
	cmd := exec.Command("sh", "-c", script, pkg)
	cmd.Env = append(os.Environ(), "RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("cannot install %s: %v\n%s", pkg, err, out)
	}
}

// locked runs fn while no other test process holds the file: go test runs packages side by side.
func locked(tb testing.TB, path string, fn func()) {
	tb.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		tb.Fatalf("cannot open lock: %v", err)
	}
	defer func() { _ = f.Close() }() // Releases the lock.
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		tb.Fatalf("cannot lock %s: %v", path, err)
	}
	fn()
}
