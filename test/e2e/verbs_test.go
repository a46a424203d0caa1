package e2e

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/process"
	"github.com/ausmart/platform/test/e2e/harness"
)

// pollInterval is how often a test checks the condition that it waits for.
const pollInterval = 250 * time.Millisecond

func (s *stage) get(ctx context.Context, of *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	return harness.Get(ctx, s.client, of)
}

// kill sends SIGKILL to a process of the control plane, and waits until it is started again.
func (s *stage) kill(t *testing.T, name string) {
	t.Helper()
	victim, err := s.process(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(victim.PID, syscall.SIGKILL); err != nil {
		t.Fatalf("cannot kill %s: %v", name, err)
	}
	err = options.Eventually(t.Context(), pollInterval, func(context.Context) error {
		p, err := s.process(name)
		if err == nil && p.Restarts == victim.Restarts {
			return fmt.Errorf("%s has not been started again", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s *stage) process(name string) (process.Status, error) {
	all, err := controlplane.ProcessesOf(s.dir)
	if err != nil {
		return process.Status{}, err
	}
	i := slices.IndexFunc(all, func(p process.Status) bool { return p.Name == name })
	if i < 0 {
		return process.Status{}, fmt.Errorf("the control plane has no process %s", name)
	}
	return all[i], nil
}

// upToDate reports whether an object is Synced and Ready as it is now, not as it was before its last change.
func upToDate(u *unstructured.Unstructured) error {
	if missing := manifest.Missing(u, "Synced", "Ready"); missing != "" {
		return fmt.Errorf("%s: %s", u.GetKind(), missing)
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		m, _ := c.(map[string]any)
		if observed, ok := m["observedGeneration"].(int64); ok && observed < u.GetGeneration() {
			return fmt.Errorf("%s: its condition %v is of an older generation", u.GetKind(), m["type"])
		}
	}
	return nil
}

// ofKind returns those results of inTheCloud that are of a kind.
func ofKind(resources []string, kind string) []string {
	return slices.DeleteFunc(slices.Clone(resources), func(r string) bool { return !strings.HasPrefix(r, kind+" ") })
}

// without returns those that are in all but not in some.
func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(r string) bool { return slices.Contains(some, r) })
}

func spec(environment string, more ...map[string]any) map[string]any {
	s := map[string]any{"environment": environment}
	for _, m := range more {
		maps.Copy(s, m)
	}
	return s
}
