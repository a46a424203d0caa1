package process

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience ends a test that hangs.
const patience = 30 * time.Second

func TestStartFailures(t *testing.T) {
	never := func(context.Context) error { return errors.New("not yet") }
	cases := map[string]struct {
		reason   string
		spec     Spec
		patience time.Duration
		want     []string
	}{
		"NoProgram": {
			reason: "A program that is not there is named.",
			spec:   Spec{Name: "ghost", Path: "/does/not/exist"},
			want:   []string{"cannot start ghost", "no such file"},
		},
		"DiesBeforeReady": {
			reason: "A dead process ends the wait, and its last log lines are in the error.",
			spec:   Spec{Name: "etcd", Path: "sh", Args: []string{"-c", "echo port taken >&2; exit 3"}, Ready: never},
			want:   []string{"cannot start etcd", "exit status 3", "port taken"},
		},
		"EndsBeforeReady": {
			reason: "A process that ends without an error is not ready.",
			spec:   Spec{Name: "etcd", Path: "true", Ready: never},
			want:   []string{"cannot start etcd", "exit status 0"},
		},
		"NeverReady": {
			reason: "A process that is not ready in time is not left running.",
			spec:   Spec{Name: "etcd", Path: "sleep", Args: []string{"60"}, Ready: never}, patience: 3 * readyPoll,
			want: []string{"cannot start etcd", "not ready: not yet"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			pid := 0
			s := &Supervisor{Logs: t.TempDir(), Changed: func(all []Status) {
				for _, p := range all {
					pid = p.PID
				}
			}}
			defer s.Stop()
			ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(tc.patience, patience))
			defer cancel()
			err := s.Start(ctx, tc.spec)
			if err == nil {
				t.Fatalf("%s\nwant an error", tc.reason)
			}
			for _, w := range tc.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%s\nwant %q in: %v", tc.reason, w, err)
				}
			}
			if left := s.Status(); len(left) > 0 || pid != 0 && !Gone(pid) {
				t.Errorf("%s\nwant nothing left of it, got %v, process %d gone: %v", tc.reason, left, pid, Gone(pid))
			}
		})
	}
}

func TestKilledProcessIsStartedAgain(t *testing.T) {
	changes := make(chan []Status, 10)
	s := &Supervisor{Logs: t.TempDir(), Changed: func(all []Status) { changes <- all }}
	defer s.Stop()
	if err := s.Start(t.Context(), Spec{Name: "sleeper", Path: "sleep", Args: []string{"60"}}); err != nil {
		t.Fatal(err)
	}
	first := <-changes
	if err := syscall.Kill(first[0].PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case again := <-changes:
		if again[0].Restarts != 1 || again[0].PID == first[0].PID {
			t.Errorf("want another process after one restart, got %+v after %+v", again[0], first[0])
		}
	case <-time.After(patience):
		t.Fatal("it was not restarted")
	}
}

func TestStopEndsTheLastFirst(t *testing.T) {
	dir := t.TempDir()
	order := filepath.Join(dir, "order")
	s := &Supervisor{Logs: dir}
	for _, name := range []string{"first", "second"} {
		started := filepath.Join(dir, name)
		script := `trap 'echo ` + name + ` >> ` + order + `; exit 0' TERM; touch ` + started + `; while :; do sleep 0.05; done`
		ready := func(context.Context) error { _, err := os.Stat(started); return err }
		if err := s.Start(t.Context(), Spec{Name: name, Path: "sh", Args: []string{"-c", script}, Ready: ready}); err != nil {
			t.Fatal(err)
		}
	}
	pids := s.Status()
	s.Stop()
	got, err := os.ReadFile(order)
	if err != nil {
		t.Fatal(err)
	}
	if want := "second\nfirst\n"; string(got) != want {
		t.Errorf("want them ended in the order %q, got %q", want, got)
	}
	for _, p := range pids {
		if err := syscall.Kill(p.PID, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("%s is still there: %v", p.Name, err)
		}
	}
}

func TestRunReportsFailure(t *testing.T) {
	s := &Supervisor{Logs: t.TempDir()}
	if err := s.Run(t.Context(), Spec{Name: "good", Path: "true"}); err != nil {
		t.Errorf("want no error, got %v", err)
	}
	if err := s.Run(t.Context(), Spec{Name: "bad", Path: "sh", Args: []string{"-c", "echo no CRDs; exit 1"}}); err == nil || !strings.Contains(err.Error(), "no CRDs") {
		t.Errorf("want the last output of the command, got %v", err)
	}
}

func TestUsageOf(t *testing.T) {
	u, err := UsageOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if u.RSS < 1<<20 {
		t.Errorf("want more than a megabyte for this process, got %d bytes", u.RSS)
	}
	if _, err := UsageOf(0); err == nil {
		t.Error("want an error for a process that is not there")
	}
}

func TestEndedProcessStaysEnded(t *testing.T) {
	s := &Supervisor{Logs: t.TempDir()}
	defer s.Stop()
	for _, name := range []string{"first", "second"} {
		if err := s.Start(t.Context(), Spec{Name: name, Path: "sleep", Args: []string{"60"}}); err != nil {
			t.Fatal(err)
		}
	}
	ended := s.Status()[0].PID
	s.End("first")
	s.End("unknown")
	if err := syscall.Kill(ended, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("want the process gone, got %v", err)
	}
	if all := s.Status(); len(all) != 1 || all[0].Name != "second" {
		t.Errorf("want the other one alone, got %v", all)
	}
}

func TestChangedIsToldInOrder(t *testing.T) {
	const many = 8
	var busy atomic.Bool
	var last []Status
	s := &Supervisor{Logs: t.TempDir(), Changed: func(all []Status) {
		if !busy.CompareAndSwap(false, true) {
			t.Error("Changed was called twice at once")
		}
		time.Sleep(time.Millisecond) // As a file takes.
		last = all
		busy.Store(false)
	}}
	defer s.Stop()
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			if err := s.Start(t.Context(), Spec{Name: strconv.Itoa(i), Path: "sleep", Args: []string{"60"}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(last) != many {
		t.Errorf("want all %d processes in the last call, got %d", many, len(last))
	}
}

func TestGone(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	if Gone(pid) {
		t.Error("want a process that runs to be there")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); !Gone(pid); time.Sleep(time.Millisecond) { // Its parent has not waited for it.
		if time.Now().After(deadline) {
			t.Fatal("want a killed process to be gone before its parent has waited for it")
		}
	}
	_ = cmd.Wait()
	if !Gone(pid) {
		t.Error("want a process that was waited for to be gone")
	}
}

func TestRestarted(t *testing.T) {
	log := filepath.Join(t.TempDir(), "etcd.log")
	if err := os.WriteFile(log, []byte("disk full\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		reason string
		all    []Status
		want   string
	}{
		"None": {reason: "Processes that kept running are not named.", all: []Status{{Name: "etcd", Log: log}}},
		"Some": {
			reason: "A process that died is named, with its last log lines.",
			all:    []Status{{Name: "etcd", Restarts: 3, Log: log}, {Name: "crossplane"}},
			want:   "etcd died and was restarted (restarts: 3); the last lines of " + log + ":\n  disk full\n",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Restarted(tc.all); got != tc.want {
				t.Errorf("%s\nwant %q, got %q", tc.reason, tc.want, got)
			}
		})
	}
}
