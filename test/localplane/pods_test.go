package localplane

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/localplane/process"
	"github.com/ausmart/platform/test/localplane/xpkg"
)

// revisions is an API server that has one function.
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
			reason: "A function that dies is tried again, given up, and its last words are kept.",
			image:  source + ":v1", gaveUp: true,
			want: []string{"cannot start function-test", "exit status 1", "no certificates"},
		},
		"Unknown": {
			reason: "An image that is not served is named.",
			image:  "xpkg.crossplane.io/some/function-other:v1",
			want:   []string{"function-test-1", "function-other", "not one that this plane serves"},
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
				client: revisions{image: tc.image}, supervisor: s, dir: dir, ports: map[string]int{}, giveUp: giveUp,
				images: map[string]xpkg.Package{source: dyingFunction(t)},
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
