package controlplane

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane/process"
	"github.com/ausmart/platform/test/controlplane/xpkg"
)

// revisions is a client of an API server with one function.
type revisions struct {
	client.Client

	image string
}

func (r revisions) List(_ context.Context, l client.ObjectList, _ ...client.ListOption) error {
	if l.GetObjectKind().GroupVersionKind().Kind == "FunctionRevisionList" {
		rev := unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"desiredState": "Active", "image": r.image}}}
		rev.SetName("function-test-1")
		l.(*unstructured.UnstructuredList).Items = []unstructured.Unstructured{rev}
	}
	return nil
}

func TestFunctionThatDoesNotStart(t *testing.T) {
	const source = "xpkg.crossplane.io/some/function-test"
	cases := map[string]struct {
		reason string
		image  string
		want   []string
		gaveUp bool
	}{
		"Dies": {
			reason: "A function that dies is tried again, given up, and its last log lines are kept.",
			image:  source + ":v1", gaveUp: true,
			want: []string{"cannot start function-test", "exit status 1", "no certificates"},
		},
		"Unknown": {
			reason: "An image that the registry lacks is named.",
			image:  "xpkg.crossplane.io/some/function-other:v1",
			want:   []string{"function-test-1", "cannot pull", "function-other"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := Dir(t.TempDir())
			if err := makeDirs(dir.logs(), dir.path("functions")); err != nil {
				t.Fatal(err)
			}
			s := &process.Supervisor{Logs: dir.logs()}
			defer s.Stop()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			ctx, giveUp := context.WithCancel(ctx)
			defer giveUp()
			p := &pods{
				client: revisions{image: tc.image}, supervisor: s, dir: dir, running: map[string]pod{}, giveUp: giveUp,
				pull: serves(t, source, dyingFunction(t)).Pull,
			}
			if tc.gaveUp {
				stop := p.start()
				<-ctx.Done()
				stop()
			} else {
				p.note(p.reconcile(ctx))
			}
			if got := p.problem(); got == nil || !containsAll(got.Error(), tc.want) {
				t.Errorf("%s\nwant %q, got: %v", tc.reason, tc.want, got)
			}
			if gaveUp := errors.Is(ctx.Err(), context.Canceled); gaveUp != tc.gaveUp {
				t.Errorf("%s\nwant it given up: %v, got %v", tc.reason, tc.gaveUp, ctx.Err())
			}
			if left := s.Status(); len(left) > 0 {
				t.Errorf("%s\nwant nothing left of it, got %v", tc.reason, left)
			}
		})
	}
}

// TestRevisionTakesOver checks that the process of a function's old revision ends when the next one runs.
func TestRevisionTakesOver(t *testing.T) {
	dir := Dir(t.TempDir())
	if err := makeDirs(dir.logs(), dir.path("functions")); err != nil {
		t.Fatal(err)
	}
	s := &process.Supervisor{Logs: dir.logs()}
	defer s.Stop()
	p := &pods{supervisor: s, dir: dir, running: map[string]pod{}}
	starts := func(rev, name string) (pid int) {
		t.Helper()
		if err := os.WriteFile(p.program(rev), []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := s.Start(t.Context(), process.Spec{Name: name, Path: p.program(rev)}); err != nil {
			t.Fatal(err)
		}
		p.running[rev] = pod{process: name}
		all := s.Status()
		return all[len(all)-1].PID
	}
	starts("function-test-1", "function-test")
	other := starts("function-other-1", "function-other")
	newer := starts("function-test-2", "function-test")

	p.endOthers(map[string]bool{"function-test-2": true, "function-other-1": true})
	var left []int
	for _, status := range s.Status() {
		left = append(left, status.PID)
	}
	if diff := cmp.Diff([]int{other, newer}, left); diff != "" {
		t.Errorf("process ids of running processes: -want, +got:\n%s", diff)
	}
	if exists(p.program("function-test-1")) {
		t.Error("want the program of the revision that ended removed")
	}
}

// serves returns a registry with a package at a source, as v1.
func serves(t *testing.T, source string, p xpkg.Package) *xpkg.Registry {
	t.Helper()
	r, err := xpkg.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	if err := r.Push(t.Context(), p, source, "v1"); err != nil {
		t.Fatal(err)
	}
	return r
}

func containsAll(s string, want []string) bool {
	for _, w := range want {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

func dyingFunction(t *testing.T) xpkg.Package {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\necho no certificates >&2; exit 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := xpkg.Build([]byte("kind: Function\nmetadata:\n  name: function-test\n"), binary)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
