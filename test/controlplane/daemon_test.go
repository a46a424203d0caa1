package controlplane

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/ausmart/platform/test/controlplane/process"
)

// patience ends a test that hangs. It is shorter than stopTimeout, because Down must not wait that
// long for a control plane whose daemon is gone.
const patience = stopTimeout / 2

// The scripts act as the daemon, with the files that it inherits. $1 is -dir, $2 is -own-network;
// of these files, the processes that they start have the lock only.
const (
	enters = `exec 7>&-; `
	starts = `dir=${1#-dir=}; sleep 600 >/dev/null 3>&- 5>&- 6>&- &
echo "[{\"name\":\"sleeper\",\"pid\":$!}]" >"$dir/processes.json"; touch "$dir/kubeconfig"
trap "kill $!; exit 0" TERM; echo "1.0s  sleeper"; exec >&-; wait`
	playsDaemon = enters + starts
)

func daemon(script string) []string { return []string{"sh", "-c", script, "daemon"} }

func TestUpAndDown(t *testing.T) {
	cases := map[string]struct {
		reason string
		before func(t *testing.T, dir Dir) // Down
	}{
		"InOrder": {reason: "A daemon that is told to end stops its processes.", before: func(*testing.T, Dir) {}},
		"Killed":  {reason: "The processes of a killed daemon are ended, without a long wait.", before: killDaemon},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir, progress := Dir(filepath.Join(t.TempDir(), "control-plane")), &bytes.Buffer{}
			if err := Up(t.Context(), dir, Config{}, daemon(playsDaemon), progress); err != nil {
				t.Fatal(err)
			}
			if want := "sleeper"; !strings.Contains(progress.String(), want) {
				t.Errorf("want the daemon's progress %q, got %q", want, progress)
			}
			if err := Up(t.Context(), dir, Config{}, daemon(playsDaemon), progress); err == nil || !strings.Contains(err.Error(), "already runs") {
				t.Errorf("want a second control plane in the folder refused, got %v", err)
			}
			all, err := ProcessesOf(dir)
			if err != nil {
				t.Fatal(err)
			}
			pid, err := Daemon(dir)
			if err != nil {
				t.Fatal(err)
			}
			tc.before(t, dir)
			isDown(t, dir)
			// The kernel closes the files of a process that ends, and with them the lock, just before the process is gone.
			for _, p := range append(all, process.Status{Name: "daemon", PID: pid}) {
				gone := func(context.Context) (bool, error) { return process.Gone(p.PID), nil }
				if err := wait.PollUntilContextTimeout(t.Context(), time.Millisecond, patience, true, gone); err != nil {
					t.Errorf("%s\n%s is still there", tc.reason, p.Name)
				}
			}
			if exists(string(dir)) {
				t.Errorf("%s\nits folder is still there", tc.reason)
			}
			if found, err := Down(dir); found || err != nil {
				t.Errorf("want nothing left to end, got %v, %v", found, err)
			}
		})
	}
}

// isDown checks that the control plane is down within the patience.
func isDown(t *testing.T, dir Dir) {
	t.Helper()
	done := make(chan error, 1)
	go func() { _, err := Down(dir); done <- err }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(patience):
		t.Fatalf("the control plane is not down after %s", patience)
	}
}

func killDaemon(t *testing.T, dir Dir) {
	t.Helper()
	pid, err := Daemon(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestUpFails(t *testing.T) {
	stale := func(t *testing.T, dir Dir) {
		t.Helper()
		lock, err := occupy(dir)
		if err != nil {
			t.Fatal(err)
		}
		_ = lock.Close()
		if err := os.WriteFile(dir.Kubeconfig(), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases := map[string]struct {
		reason string
		before func(t *testing.T, dir Dir)
		serve  []string
		want   []string // in what a person reads
	}{
		"SaysWhy": {
			reason: "The daemon's error is shown, and what to do next.",
			serve:  daemon(enters + `echo cannot start etcd: port taken; exit 1`),
			want:   []string{"cannot start etcd: port taken", "did not start", "see above", "make up"},
		},
		"Dies": {
			reason: "The last lines of a silent daemon's log are shown.",
			serve:  daemon(enters + `echo panic: nil map >&2; exit 2`),
			want:   []string{"did not start", "exit status 2", "panic: nil map", "supervisor.log", "make up"},
		},
		"IsKilled": {
			reason: "A killed daemon is reported as such.",
			serve:  daemon(enters + `kill -9 $$`),
			want:   []string{"did not start", "killed", "make up"},
		},
		"NoProgram": {
			reason: "A missing program is named.",
			serve:  []string{"/does/not/exist"},
			want:   []string{"cannot start the control plane", "/does/not/exist"},
		},
		"Stale": {
			reason: "The files of an earlier control plane do not count.", before: stale,
			serve: daemon(enters + `exit 1`),
			want:  []string{"did not start"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir, progress := Dir(t.TempDir()), &bytes.Buffer{}
			if tc.before != nil {
				tc.before(t, dir)
			}
			err := Up(t.Context(), dir, Config{}, tc.serve, progress)
			if err == nil {
				t.Fatalf("%s\nwant an error", tc.reason)
			}
			read := progress.String() + err.Error()
			for _, w := range tc.want {
				if !strings.Contains(read, w) {
					t.Errorf("%s\nwant %q in:\n%s", tc.reason, w, read)
				}
			}
			isDown(t, dir) // Parts that did start are removed.
		})
	}
}

func TestUpWithoutNetworkNamespace(t *testing.T) {
	dir, progress := Dir(t.TempDir()), &bytes.Buffer{}
	script := `case $2 in *=true) echo no loopback >&7; exit 1;; esac; ` + playsDaemon
	if err := Up(t.Context(), dir, Config{}, daemon(script), progress); err != nil {
		t.Fatalf("want a control plane where no namespace can be used, got %v", err)
	}
	if want := "allows no network namespace"; !strings.Contains(progress.String(), want) {
		t.Errorf("want %q said, got %q", want, progress)
	}
	isDown(t, dir)
}

func TestUpIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := Dir(t.TempDir())
	started := filepath.Join(t.TempDir(), "started")
	go func() {
		for !exists(started) {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	script := enters + `trap 'echo told to end; exit 1' TERM; touch ` + started + `; while :; do sleep 0.05; done`
	if err := Up(ctx, dir, Config{}, daemon(script), &bytes.Buffer{}); err == nil {
		t.Error("want an error from a start that was interrupted")
	}
	if pid, err := Daemon(dir); err != nil || !process.Gone(pid) {
		t.Errorf("want the daemon gone, got %d, %v", pid, err)
	}
	isDown(t, dir)
}

func TestFoldersOfOthers(t *testing.T) {
	dir := Dir(t.TempDir())
	kept := dir.path("letter")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := Down(dir); found || err == nil || !strings.Contains(err.Error(), "not a control plane's folder") {
		t.Errorf("want a folder of others not to be removed, got %v, %v", found, err)
	}
	if err := Up(t.Context(), dir, Config{}, daemon(playsDaemon), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "other files") {
		t.Errorf("want a folder of others not to be used, got %v", err)
	}
	files, err := os.ReadDir(string(dir))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || !exists(kept) {
		t.Errorf("want the folder as it was, got %v", files)
	}
}

func TestInheritedPortEndsWithItsProcess(t *testing.T) {
	f, err := listen()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(f.Fd())) // Without close-on-exec, as a child gets it.
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	l, err := inherited(uintptr(fd))
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	address := l.Addr().String()
	_ = l.Close()
	if conn, err := net.Dial("tcp", address); err == nil {
		_ = conn.Close()
		t.Error("a child still listens on the port")
	}
}
