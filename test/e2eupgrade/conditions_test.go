package e2eupgrade

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/e2e/harness"
)

// watched are the conditions that must stay True.
var watched = []string{"Ready", "Synced"}

// A watcher records which objects of a set were not Ready or not Synced for a moment.
type watcher struct {
	names map[string]string // by uid: only objects that existed at the start

	mu      sync.Mutex
	unready map[string]string // unready objects, each with its first message
}

// watchConditions of the claims and everything behind them, until the returned function is called,
// which returns lines as differences does.
func (w *world) watchConditions(t *testing.T) (stop func() []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &watcher{names: map[string]string{}, unready: map[string]string{}}
	kinds, err := w.everything(ctx, s.names)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for gvk, version := range kinds {
		wg.Go(func() { s.follow(ctx, t, w.watching, gvk, version) })
	}
	return func() []string {
		cancel()
		wg.Wait()
		return slices.Sorted(maps.Keys(s.unready))
	}
}

// everything adds the names of all objects behind the claims, by uid, and returns for each kind the
// version of its list.
func (w *world) everything(ctx context.Context, names map[string]string) (map[schema.GroupVersionKind]string, error) {
	kinds := map[schema.GroupVersionKind]string{}
	for _, claim := range w.claims {
		now, err := w.get(ctx, claim)
		if err != nil {
			return nil, err
		}
		xr, err := w.composite(ctx, claim)
		if err != nil {
			return nil, err
		}
		names[string(now.GetUID())], names[string(xr.GetUID())] = harness.Title(claim), harness.Title(claim)+": composite"
		for _, ref := range append(harness.ComposedBy(xr), now, xr) {
			u, err := w.get(ctx, ref)
			if err != nil {
				return nil, err
			}
			if names[string(u.GetUID())] == "" {
				names[string(u.GetUID())] = nameOf(claim, u)
			}
			kinds[u.GroupVersionKind()] = ""
		}
	}
	for gvk := range kinds {
		l := &unstructured.UnstructuredList{}
		l.SetGroupVersionKind(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
		if err := w.watching.List(ctx, l); err != nil {
			return nil, fmt.Errorf("cannot list every %s: %w", gvk.Kind, err)
		}
		kinds[gvk] = l.GetResourceVersion()
	}
	return kinds, nil
}

// follow the objects of a kind. A watch that ends, for example because the definition of its kind
// changes, starts again with the current objects.
func (s *watcher) follow(ctx context.Context, t *testing.T, c client.WithWatch, gvk schema.GroupVersionKind, version string) {
	for ctx.Err() == nil {
		l := &unstructured.UnstructuredList{}
		l.SetGroupVersionKind(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
		events, err := c.Watch(ctx, l, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: version}})
		version = ""
		if err != nil {
			if ctx.Err() == nil {
				t.Logf("cannot watch every %s, and tries again: %v", gvk.Kind, err)
				time.Sleep(poll)
			}
			continue
		}
		for e := range events.ResultChan() {
			if u, ok := e.Object.(*unstructured.Unstructured); ok && e.Type != watch.Error && e.Type != watch.Deleted {
				s.record(t, u)
			}
		}
	}
}

func (s *watcher) record(t *testing.T, u *unstructured.Unstructured) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.names[string(u.GetUID())]
	if name == "" {
		return // It is new: it need not be Ready yet.
	}
	for _, kind := range watched {
		c, found := manifest.Condition(u, kind)
		line := "unready " + name + " " + kind
		if !found || c.Status == "True" || s.unready[line] != "" {
			continue
		}
		s.unready[line] = c.Reason + " " + c.Message
		t.Logf("%s: %s, %s: %s", line, c.Status, c.Reason, c.Message)
	}
}
