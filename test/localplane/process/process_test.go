package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience ends a test that hangs.
const patience = 30 * time.Second

func TestStartFailures(t *testing.T) {
	never := func(context.Context) error { return errors.New("not yet") }
	cases := map[string]struct {
		reason string
		spec   Spec
		want   []string
	}{
		"NoProgram": {
			reason: "A program that is not there is named.",
			spec:   Spec{Name: "ghost", Path: "/does/not/exist"},
			want:   []string{"cannot start ghost", "no such file"},
		},
		"DiesBeforeReady": {
			reason: "A process that dies is not waited for, and its last words are in the error.",
			spec:   Spec{Name: "etcd", Path: "sh", Args: []string{"-c", "echo port taken >&2; exit 3"}, Ready: never},
			want:   []string{"cannot start etcd", "exit status 3", "port taken"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := &Supervisor{Logs: t.TempDir()}
			defer s.Stop()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
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
		t.Fatal("it was not started again")
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
		t.Errorf("want the last words of the command, got %v", err)
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
	s.End("nobody")
	if err := syscall.Kill(ended, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("want the process gone, but asking for it answers %v", err)
	}
	if all := s.Status(); len(all) != 1 || all[0].Name != "second" {
		t.Errorf("want the other one alone, got %v", all)
	}
}
