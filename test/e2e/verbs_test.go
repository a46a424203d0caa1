package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/process"
	"github.com/ausmart/platform/test/e2e/harness"
)

const (
	// glance is how often a test looks.
	glance = 250 * time.Millisecond

	namespace = "e2e"
)

// A network is the Network claim of one test, and what can be done with it. Its verbs fail the test
// when they do not come true.
type network struct {
	*stage

	t        *testing.T
	name     string
	owner    string                       // the prefix of the names of everything that is composed for it
	composed []*unstructured.Unstructured // what was composed for it when it was last looked at
}

// aNetwork that nobody has applied yet. Whatever the test leaves behind is removed after it.
func aNetwork(t *testing.T, name string) *network {
	t.Helper()
	n := &network{stage: theStage, t: t, name: name}
	n.hasNamespace(t, namespace)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), *patience)
		defer cancel()
		if err := n.cloud.Clear(ctx); err != nil {
			t.Error(err)
		}
		if err := client.IgnoreNotFound(n.client.Delete(ctx, n.claim(nil))); err != nil {
			t.Error(err)
		}
		n.isGoneWithin(ctx)
	})
	return n
}

func (n *network) claim(spec map[string]any) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	u.SetAPIVersion("platform.ausmart.io/v1alpha1")
	u.SetKind("Network")
	u.SetNamespace(namespace)
	u.SetName(n.name)
	return u
}

// isApplied with a spec.
func (n *network) isApplied(spec map[string]any) {
	n.t.Helper()
	n.eventually("is applied", func(ctx context.Context) error { return manifest.Apply(ctx, n.client, n.claim(spec)) })
}

// isRefused with a spec, by a message that contains text, and stays as it is.
func (n *network) isRefused(spec map[string]any, text string) {
	n.t.Helper()
	err := manifest.Apply(n.t.Context(), n.client, n.claim(spec))
	if !kerrors.IsInvalid(err) || !strings.Contains(err.Error(), text) {
		n.t.Errorf("%s with %v: want it refused because %q, got: %v", n.name, spec, text, err)
	}
}

// becomesReady, in the environment that it asks for, with every resource behind it.
func (n *network) becomesReady() {
	n.t.Helper()
	n.eventually("becomes Ready", func(ctx context.Context) error {
		claim, xr, err := n.read(ctx)
		if err != nil {
			return err
		}
		for _, u := range []*unstructured.Unstructured{claim, xr} {
			if err := upToDate(u); err != nil {
				return err
			}
		}
		want, _, _ := unstructured.NestedString(claim.Object, "spec", "environment")
		if got, _, _ := unstructured.NestedString(xr.Object, "status", "environment"); got != want {
			return fmt.Errorf("its environment is %q, not %q yet", got, want)
		}
		for _, ref := range harness.ComposedBy(xr) {
			u, err := n.get(ctx, ref)
			if err != nil {
				return err
			}
			if missing := manifest.Missing(u, "Synced", "Ready"); missing != "" {
				return fmt.Errorf("%s %s: %s", u.GetKind(), u.GetName(), missing)
			}
		}
		return nil
	})
}

// says in a condition why it waits: the condition is False with that reason, and its message contains text.
func (n *network) says(condition, reason, text string) {
	n.t.Helper()
	n.eventually(fmt.Sprintf("says %s %s", condition, reason), func(ctx context.Context) error {
		claim, _, err := n.read(ctx)
		if err != nil {
			return err
		}
		c, _ := manifest.Condition(claim, condition)
		if c.Status != "False" || c.Reason != reason || !strings.Contains(c.Message, text) {
			return fmt.Errorf("it says %s %s, %s: %s", condition, c.Status, c.Reason, c.Message)
		}
		return nil
	})
}

// hasStatus at a path of its status.
func (n *network) hasStatus(path ...string) map[string]string {
	n.t.Helper()
	claim, _, err := n.read(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	found, _, _ := unstructured.NestedStringMap(claim.Object, append([]string{"status"}, path...)...)
	if len(found) == 0 {
		n.t.Errorf("%s: status.%s is empty", n.name, strings.Join(path, "."))
	}
	return found
}

// isDeleted by its owner.
func (n *network) isDeleted() {
	n.t.Helper()
	n.eventually("is deleted", func(ctx context.Context) error {
		return client.IgnoreNotFound(n.client.Delete(ctx, n.claim(nil)))
	})
}

// isGone, with everything behind it.
func (n *network) isGone() {
	n.t.Helper()
	n.isGoneWithin(n.t.Context())
}

func (n *network) isGoneWithin(ctx context.Context) {
	n.t.Helper()
	n.eventuallyIn(ctx, "is gone", func(ctx context.Context) error {
		if _, err := n.get(ctx, n.claim(nil)); !kerrors.IsNotFound(err) {
			return errors.Join(errors.New("the claim is still there"), err)
		}
		if n.owner == "" {
			return nil // It never was composed.
		}
		for _, ref := range n.composed {
			if _, err := n.get(ctx, ref); !kerrors.IsNotFound(err) {
				return errors.Join(fmt.Errorf("%s %s is still there", ref.GetKind(), ref.GetName()), err)
			}
		}
		live, err := n.live(ctx)
		if err == nil && len(live) > 0 {
			return fmt.Errorf("the cloud still has %d of its resources, %s among them", len(live), live[0].Kind)
		}
		return err
	})
}

// isHalfDone: some of its resources exist in the cloud.
func (n *network) isHalfDone() {
	n.t.Helper()
	const some = 5 // of more than fifty
	n.eventually("is half done", func(ctx context.Context) error {
		live, err := n.live(ctx)
		if err == nil && len(live) < some {
			return fmt.Errorf("the cloud has %d of its resources", len(live))
		}
		return err
	})
}

// inTheCloud are its resources that exist, as "kind identifier", sorted.
func (n *network) inTheCloud() []string {
	n.t.Helper()
	var all []string
	n.eventually("is seen in the cloud", func(ctx context.Context) error {
		live, err := n.live(ctx)
		all = nil
		for _, r := range live {
			all = append(all, r.Kind.String()+" "+r.ID)
		}
		return err
	})
	slices.Sort(all)
	return all
}

// live resources of the account that belong to this network.
func (n *network) live(ctx context.Context) ([]account.Resource, error) {
	inv, err := n.cloud.Inventory(ctx)
	if err != nil {
		return nil, err
	}
	if n.owner == "" {
		if _, _, err := n.read(ctx); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(inv.Resources, func(r account.Resource) bool {
		return r.State != account.Live || !strings.HasPrefix(r.Name, n.owner)
	}), nil
}

// hasNothingTwice: the cloud has no resource that was made again because its first one was forgotten.
func (n *network) hasNothingTwice() {
	n.t.Helper()
	inv, err := n.cloud.Inventory(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	for _, r := range inv.Twice {
		n.t.Errorf("%s: the cloud has %s %s twice", n.name, r.Kind, r.Name)
	}
}

// read the claim and its composite, and learn the composite's name.
func (n *network) read(ctx context.Context) (claim, xr *unstructured.Unstructured, err error) {
	if claim, err = n.get(ctx, n.claim(nil)); err != nil {
		return nil, nil, err
	}
	ref, _, _ := unstructured.NestedStringMap(claim.Object, "spec", "resourceRef")
	if ref["name"] == "" {
		return nil, nil, errors.New("it has no composite resource yet")
	}
	n.owner = ref["name"] + "-"
	if xr, err = n.get(ctx, harness.Reference(ref["apiVersion"], ref["kind"], ref["name"])); err != nil {
		return nil, nil, err
	}
	n.composed = harness.ComposedBy(xr)
	return claim, xr, nil
}

func (s *stage) get(ctx context.Context, of *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(of.GroupVersionKind())
	return u, s.client.Get(ctx, client.ObjectKeyFromObject(of), u)
}

func (n *network) eventually(what string, try func(context.Context) error) {
	n.t.Helper()
	n.eventuallyIn(n.t.Context(), what, try)
}

func (n *network) eventuallyIn(ctx context.Context, what string, try func(context.Context) error) {
	n.t.Helper()
	if err := eventually(ctx, try); err != nil {
		n.t.Fatalf("%s: want that it %s, but %v", n.name, what, err)
	}
}

// eventually tries until it works, also while a server is away.
func eventually(ctx context.Context, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, *patience)
	defer cancel()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (for %s)", err, *patience)
		case <-time.After(glance):
		}
	}
}

// kill -9 a process of the control plane, and wait until it has been started again.
func (s *stage) kill(t *testing.T, name string) {
	t.Helper()
	victim, err := s.process(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(victim.PID, syscall.SIGKILL); err != nil {
		t.Fatalf("cannot kill %s: %v", name, err)
	}
	err = eventually(t.Context(), func(context.Context) error {
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

// upToDate says whether an object is Synced and Ready as it is now, not as it was before its last change.
func upToDate(u *unstructured.Unstructured) error {
	if missing := manifest.Missing(u, "Synced", "Ready"); missing != "" {
		return fmt.Errorf("%s: %s", u.GetKind(), missing)
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		m, _ := c.(map[string]any)
		if seen, ok := m["observedGeneration"].(int64); ok && seen < u.GetGeneration() {
			return fmt.Errorf("%s: its condition %v is of an older generation", u.GetKind(), m["type"])
		}
	}
	return nil
}

// ofKind picks those of inTheCloud that are of a kind.
func ofKind(resources []string, kind string) []string {
	return slices.DeleteFunc(slices.Clone(resources), func(r string) bool { return !strings.HasPrefix(r, kind+" ") })
}

// without are those that are in all but not in some.
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
