package controlplane

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ausmart/platform/test/controlplane/process"
)

func TestFailedStepNamesWhatDied(t *testing.T) {
	dir := Dir(t.TempDir())
	if err := makeDirs(dir.logs()); err != nil {
		t.Fatal(err)
	}
	p := &controlPlane{dir: dir, supervisor: &process.Supervisor{Logs: dir.logs()}}
	defer p.supervisor.Stop()
	for _, name := range []string{"etcd", "crossplane"} {
		if err := p.supervisor.Start(t.Context(), process.Spec{Name: name, Path: "sleep", Args: []string{"60"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Kill(p.supervisor.Status()[1].PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); p.supervisor.Status()[1].Restarts == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it was not restarted")
		}
	}
	err := p.do(t.Context(), step{name: "packages", run: func(context.Context) error { return errors.New("Healthy is False") }})
	want := []string{"cannot bring up packages: Healthy is False", "crossplane died", "restarts: 1", "all logs are in"}
	if err == nil || !containsAll(err.Error(), want) || strings.Contains(err.Error(), "etcd died") {
		t.Errorf("want %q and no process that did not die, got: %v", want, err)
	}
}
