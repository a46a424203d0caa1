package e2eargo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/process"
	"github.com/ausmart/platform/test/e2e/harness"
)

// poll is how often a test checks again.
const poll = 500 * time.Millisecond

// A stage is a control plane with Argo CD, which reads a repository. Its methods fail the test when
// their condition is not met in time.
type stage struct {
	*harness.ControlPlane

	t    *testing.T
	argo *argoCD
	repo *repository
}

// on returns the stage for another test.
func (s *stage) on(t *testing.T) *stage {
	t.Helper()
	repo := *s.repo
	repo.t = t
	return &stage{ControlPlane: s.ControlPlane, t: t, argo: s.argo, repo: &repo}
}

// pushes the working copy, and asks Argo CD to refresh: by itself it does so every three minutes.
func (s *stage) pushes(message string) {
	s.t.Helper()
	s.repo.commit(message)
	s.refresh()
}

// refresh makes Argo CD read Git now, for every application and for the ApplicationSet.
func (s *stage) refresh() {
	s.t.Helper()
	for kind, annotation := range map[string]string{"Application": "argocd.argoproj.io/refresh", "ApplicationSet": "argocd.argoproj.io/application-set-refresh"} {
		l := &unstructured.UnstructuredList{}
		l.SetGroupVersionKind(argo(kind + "List"))
		if err := s.Client.List(s.t.Context(), l, client.InNamespace(argoNamespace)); err != nil {
			s.t.Fatal(err)
		}
		for i := range l.Items {
			value := map[string]string{"Application": "normal", "ApplicationSet": "true"}[kind]
			s.patch(&l.Items[i], fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, annotation, value))
		}
	}
}

func (s *stage) patch(u *unstructured.Unstructured, patch string) {
	s.t.Helper()
	if err := s.Client.Patch(s.t.Context(), u.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(patch))); err != nil {
		s.t.Fatalf("cannot change %s %s: %v", u.GetKind(), u.GetName(), err)
	}
}

// An application is an Argo CD Application that was read.
type application struct{ *unstructured.Unstructured }

func (s *stage) application(ctx context.Context, name string) (application, error) {
	u := object(argo("Application"), argoNamespace, name)
	return application{u}, s.Client.Get(ctx, client.ObjectKeyFromObject(u), u)
}

func (a application) at(path ...string) string {
	v, _, _ := unstructured.NestedString(a.Object, path...)
	return v
}

// says returns the messages of its conditions and its last operation.
func (a application) says() string {
	var all []string
	conditions, _, _ := unstructured.NestedSlice(a.Object, "status", "conditions")
	for _, c := range conditions {
		m, _ := c.(map[string]any)
		all = append(all, fmt.Sprintf("%v: %v", m["type"], m["message"]))
	}
	return strings.Join(append(all, a.at("status", "operationState", "message")), "; ")
}

// A resource of an application, as its status lists it.
type resource struct {
	Kind, Name, Namespace, Status, Health, Message string
	Prune                                          bool
}

func (a application) resources() []resource {
	list, _, _ := unstructured.NestedSlice(a.Object, "status", "resources")
	all := make([]resource, 0, len(list))
	for _, item := range list {
		m, _ := item.(map[string]any)
		field := func(path ...string) string { v, _, _ := unstructured.NestedString(m, path...); return v }
		prune, _ := m["requiresPruning"].(bool)
		all = append(all, resource{field("kind"), field("name"), field("namespace"), field("status"), field("health", "status"), field("health", "message"), prune})
	}
	return all
}

func (a application) resource(title string) (resource, error) {
	all := a.resources()
	i := slices.IndexFunc(all, func(r resource) bool { return r.Kind+" "+r.Name == title })
	if i < 0 {
		return resource{}, fmt.Errorf("application %s has no %s", a.GetName(), title)
	}
	return all[i], nil
}

// isWell waits until the application is in sync and healthy.
func (s *stage) isWell(name string) {
	s.t.Helper()
	s.eventually(name+" is in sync and healthy", func(ctx context.Context) error {
		a, err := s.application(ctx, name)
		if err != nil {
			return err
		}
		sync, health := a.at("status", "sync", "status"), a.at("status", "health", "status")
		if sync != "Synced" || health != "Healthy" {
			return fmt.Errorf("it is %s and %s: %s%s", sync, health, a.says(), unwell(a))
		}
		return nil
	})
}

func unwell(a application) string {
	out := &strings.Builder{}
	for _, r := range a.resources() {
		if r.Status != "Synced" || r.Health != "" && r.Health != "Healthy" {
			fmt.Fprintf(out, "\n  %s %s: %s %s %s", r.Kind, r.Name, r.Status, r.Health, r.Message)
		}
	}
	return out.String()
}

// shows waits until a claim has a health, with a message that contains text.
func (s *stage) shows(app, claim, health, text string) {
	s.t.Helper()
	s.eventually(claim+" shows "+health, func(ctx context.Context) error {
		a, err := s.application(ctx, app)
		if err != nil {
			return err
		}
		r, err := a.resource(claim)
		if err == nil && (r.Health != health || !strings.Contains(r.Message, text)) {
			err = fmt.Errorf("it shows %s: %s", r.Health, r.Message)
		}
		return err
	})
}

// says waits until the application's conditions or its last operation contain the text.
func (s *stage) says(app, text string) {
	s.t.Helper()
	s.eventually(app+" says "+text, func(ctx context.Context) error {
		a, err := s.application(ctx, app)
		if err == nil && !strings.Contains(a.says(), text) {
			err = fmt.Errorf("it says %q", a.says())
		}
		return err
	})
}

// becomesReady waits until the claim is Ready.
func (s *stage) becomesReady(claim *unstructured.Unstructured) {
	s.t.Helper()
	s.eventually(harness.Title(claim)+" becomes Ready", func(ctx context.Context) error {
		u, err := s.get(ctx, claim)
		if err != nil {
			return err
		}
		if missing := manifest.Missing(u, "Synced", "Ready"); missing != "" {
			return errors.New(missing)
		}
		return nil
	})
}

// has waits until an object has this value at a path.
func (s *stage) has(u *unstructured.Unstructured, want any, path ...string) {
	s.t.Helper()
	s.eventually(fmt.Sprintf("%s has %v", harness.Title(u), want), func(ctx context.Context) error {
		now, err := s.get(ctx, u)
		if err != nil {
			return err
		}
		got, _, err := unstructured.NestedFieldNoCopy(now.Object, path...)
		if err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
			err = fmt.Errorf("%s is %v", strings.Join(path, "."), got)
		}
		return err
	})
}

// isGone waits until every one of the objects is gone.
func (s *stage) isGone(objs ...*unstructured.Unstructured) {
	s.t.Helper()
	for _, u := range objs {
		s.eventually(harness.Title(u)+" is gone", func(ctx context.Context) error {
			now, err := s.get(ctx, u)
			if kerrors.IsNotFound(err) {
				return nil
			}
			if err == nil {
				err = fmt.Errorf("it is there, deleted: %v", now.GetDeletionTimestamp() != nil)
			}
			return err
		})
	}
}

// uids of claims: a claim that was deleted and created again has another one.
func (s *stage) uids(claims ...*unstructured.Unstructured) map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for _, c := range claims {
		u, err := s.get(s.t.Context(), c)
		switch {
		case err != nil:
			s.t.Fatal(err)
		case u.GetDeletionTimestamp() != nil:
			s.t.Errorf("%s is being deleted", harness.Title(c))
		}
		all[harness.Title(c)] = string(u.GetUID())
	}
	return all
}

func (s *stage) get(ctx context.Context, of *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	return harness.Get(ctx, s.Client, of)
}

func (s *stage) eventually(what string, try func(context.Context) error) {
	s.t.Helper()
	start := time.Now()
	err := options.Eventually(s.t.Context(), poll, func(ctx context.Context) error {
		err := try(ctx)
		if died := process.Restarted(s.argo.supervisor.Status()); err != nil && died != "" {
			s.t.Fatalf("want that %s, but %v\n%s", what, err, died)
		}
		return err
	})
	if err != nil {
		s.t.Fatalf("want that %s, but %v", what, err)
	}
	s.t.Logf("%6.1f s  %s", time.Since(start).Seconds(), what)
}

// claims in files of this checkout.
func claims(t *testing.T, names ...string) []*unstructured.Unstructured {
	t.Helper()
	paths := make([]string, 0, len(names))
	for _, name := range names {
		paths = append(paths, root(t)+"/"+name)
	}
	objs, err := manifest.Read(paths...)
	if err != nil {
		t.Fatal(err)
	}
	return objs
}

func object(gvk schema.GroupVersionKind, namespace, name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(gvk)
	u.SetNamespace(namespace)
	u.SetName(name)
	return u
}

func argo(kind string) schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "argoproj.io", Version: "v1alpha1", Kind: kind}
}
