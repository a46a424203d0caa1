package e2e

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/e2e/harness"
)

// networks is the namespace of the Network claims that tests make themselves.
const networks = "e2e"

// An environment is the claims of one test, in one namespace: all of a folder of examples, or a single
// Network. Its methods fail the test when their condition is not met in time.
type environment struct {
	*stage

	t      *testing.T
	name   string
	claims []*unstructured.Unstructured

	owners map[string]string                       // the name of each claim's composite, by kind and name
	made   map[string][]*unstructured.Unstructured // each claim's composite and what was composed for it, when they were last read
}

// newEnvironment returns an environment of claims that are not applied yet. What the test leaves is
// removed after it.
func newEnvironment(t *testing.T, namespace, name string, claims ...*unstructured.Unstructured) *environment {
	t.Helper()
	e := &environment{
		stage: theStage, t: t, name: name, claims: claims,
		owners: map[string]string{}, made: map[string][]*unstructured.Unstructured{},
	}
	e.hasNamespace(t, namespace)
	for _, c := range claims {
		c.SetNamespace(namespace)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), *options.Patience)
		defer cancel()
		if err := e.cloud.Clear(ctx); err != nil {
			t.Error(err)
		}
		e.unprotectIn(ctx)
		if err := e.deleteIn(ctx); err != nil {
			t.Error(err)
		}
		e.isGoneIn(ctx)
	})
	return e
}

// environmentOf returns an environment of the examples.
func environmentOf(t *testing.T, namespace, name string) *environment {
	t.Helper()
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	claims, err := manifest.Read(filepath.Join(root, "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return newEnvironment(t, namespace, name, claims...)
}

// readyPart returns some claims of an environment of the examples when they are Ready: by kind and
// name or by kind.
func readyPart(t *testing.T, namespace, name string, claims ...string) *environment {
	t.Helper()
	e := environmentOf(t, namespace, name)
	e.only(claims...)
	e.isApplied()
	e.becomesReady()
	return e
}

// newNetwork returns an environment of one Network, whose spec isAppliedWith sets.
func newNetwork(t *testing.T, name string) *environment {
	t.Helper()
	claim := &unstructured.Unstructured{}
	claim.SetAPIVersion("platform.ausmart.io/v1alpha1")
	claim.SetKind("Network")
	claim.SetName(name)
	return newEnvironment(t, networks, name, claim)
}

// isApplied applies all claims at once: Services before the claims that they need.
func (e *environment) isApplied() {
	e.t.Helper()
	reversed := slices.Clone(e.claims)
	slices.Reverse(reversed)
	e.eventually("is applied", func(ctx context.Context) error { return manifest.Apply(ctx, e.client, reversed...) })
}

// isAppliedWith applies its first claim with a spec.
func (e *environment) isAppliedWith(spec map[string]any) {
	e.t.Helper()
	e.claims[0].Object["spec"] = spec
	e.isApplied()
}

// isRefused checks that a spec of its first claim is refused with a message that contains text, and
// that the claim does not change.
func (e *environment) isRefused(spec map[string]any, text string) {
	e.t.Helper()
	changed := e.claims[0].DeepCopy()
	changed.Object["spec"] = spec
	err := manifest.Apply(e.t.Context(), e.client, changed)
	if !kerrors.IsInvalid(err) || !strings.Contains(err.Error(), text) {
		e.t.Errorf("%s with %v: want it refused because %q, got: %v", e.name, spec, text, err)
	}
}

// only keeps some of the claims, by kind and name or by kind.
func (e *environment) only(names ...string) {
	e.claims = slices.DeleteFunc(e.claims, func(c *unstructured.Unstructured) bool {
		return !slices.Contains(names, harness.Title(c)) && !slices.Contains(names, c.GetKind())
	})
}

// becomesReady waits until every claim is Ready in its environment, with every resource behind it.
func (e *environment) becomesReady() {
	e.t.Helper()
	for _, c := range e.claims {
		e.claimBecomesReady(c)
	}
}

func (e *environment) claimBecomesReady(claim *unstructured.Unstructured) {
	e.t.Helper()
	e.eventually(harness.Title(claim)+" becomes Ready", func(ctx context.Context) error {
		c, xr, err := e.read(ctx, claim)
		if err != nil {
			return err
		}
		if err := errors.Join(upToDate(c), upToDate(xr)); err != nil {
			waits, _, _ := unstructured.NestedString(xr.Object, "status", "waitingFor")
			return fmt.Errorf("%w (%s)", err, waits)
		}
		want, _, _ := unstructured.NestedString(c.Object, "spec", "environment")
		if got, _, _ := unstructured.NestedString(xr.Object, "status", "environment"); got != want {
			return fmt.Errorf("its environment is %q, not %q yet", got, want)
		}
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(8)
		for _, ref := range harness.ComposedBy(xr) {
			g.Go(func() error {
				u, err := e.get(ctx, ref)
				if err == nil && !settled(u) {
					err = fmt.Errorf("%s %s: %s", u.GetKind(), u.GetName(), manifest.Missing(u, "Synced", "Ready"))
				}
				return err
			})
		}
		return g.Wait()
	})
}

// settled reports whether a composed resource is as it should be. A ProviderConfig has no conditions,
// a Usage is Ready only.
func settled(u *unstructured.Unstructured) bool {
	switch u.GetKind() {
	case "ProviderConfig":
		return true
	case "Usage", "ClusterUsage":
		return manifest.Missing(u, "Ready") == ""
	}
	return manifest.Missing(u, "Synced", "Ready") == ""
}

// claim by kind and name.
func (e *environment) claim(name string) *unstructured.Unstructured {
	e.t.Helper()
	i := slices.IndexFunc(e.claims, func(c *unstructured.Unstructured) bool { return harness.Title(c) == name })
	if i < 0 {
		e.t.Fatalf("%s has no %s", e.name, name)
	}
	return e.claims[i]
}

// says waits until a claim's condition is False with that reason, and its message contains text.
func (e *environment) says(claim, condition, reason, text string) {
	e.t.Helper()
	e.eventually(claim+" says "+reason, func(ctx context.Context) error {
		c, err := e.get(ctx, e.claim(claim))
		if err != nil {
			return err
		}
		cond, _ := manifest.Condition(c, condition)
		if cond.Status != "False" || cond.Reason != reason || !strings.Contains(cond.Message, text) {
			return fmt.Errorf("it says %s %s, %s: %s", condition, cond.Status, cond.Reason, cond.Message)
		}
		return nil
	})
}

// isNotReady waits until a claim is not Ready.
func (e *environment) isNotReady(claim string) {
	e.t.Helper()
	e.eventually(claim+" is not Ready", func(ctx context.Context) error {
		c, err := e.get(ctx, e.claim(claim))
		if err != nil {
			return err
		}
		if cond, _ := manifest.Condition(c, "Ready"); cond.Status != "False" {
			return fmt.Errorf("its condition Ready is %q", cond.Status)
		}
		return nil
	})
}

// networkSays is says for the environment's first Network.
func (e *environment) networkSays(reason, text string) {
	e.t.Helper()
	e.says(harness.Title(e.claims[0]), "NetworkReady", reason, text)
}

// hasStatus returns a map in its first claim's status, which must not be empty.
func (e *environment) hasStatus(path ...string) map[string]string {
	e.t.Helper()
	claim, err := e.get(e.t.Context(), e.claims[0])
	if err != nil {
		e.t.Fatal(err)
	}
	found, _, _ := unstructured.NestedStringMap(claim.Object, append([]string{"status"}, path...)...)
	if len(found) == 0 {
		e.t.Errorf("%s: status.%s is empty", e.name, strings.Join(path, "."))
	}
	return found
}

// isReadyNow reports whether a claim is Ready.
func (e *environment) isReadyNow(ctx context.Context, claim *unstructured.Unstructured) (bool, error) {
	c, err := e.get(ctx, claim)
	if err != nil {
		return false, err
	}
	ready, _ := manifest.Condition(c, "Ready")
	return ready.Status == "True", nil
}

// isHalfDone waits until some of its resources exist in the cloud, and its first claim is not Ready yet.
func (e *environment) isHalfDone() {
	e.t.Helper()
	const some = 5 // of more than fifty
	ready := false
	e.eventually("is half done", func(ctx context.Context) error {
		live, err := e.live(ctx)
		if err != nil {
			return err
		}
		if len(live) < some {
			return fmt.Errorf("the cloud has %d of its resources", len(live))
		}
		ready, err = e.isReadyNow(ctx, e.claims[0])
		return err
	})
	if ready {
		e.t.Fatalf("%s was Ready before it was found half done", e.name)
	}
}

// inside is a client of the environment's cluster.
func (e *environment) inside() client.Client {
	e.t.Helper()
	var c client.Client
	e.eventually("gives access to its cluster", func(ctx context.Context) error {
		kubeconfig, err := e.clusterKubeconfig(ctx)
		if err != nil {
			return err
		}
		config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
		if err != nil {
			return err
		}
		c, err = client.New(config, client.Options{})
		return err
	})
	return c
}

// clusterKubeconfig is the users' kubeconfig of the environment's cluster.
func (e *environment) clusterKubeconfig(ctx context.Context) (string, error) {
	claim, err := e.get(ctx, e.claim("Cluster "+e.name))
	if err != nil {
		return "", err
	}
	name, _, _ := unstructured.NestedString(claim.Object, "status", "clusterName")
	return e.dir.ClusterKubeconfig(name), nil
}

func (e *environment) isProduction() bool { return strings.HasSuffix(e.name, "-prod") }

// inTheCloud are its resources that exist, as "kind identifier", sorted.
func (e *environment) inTheCloud() []string {
	e.t.Helper()
	var all []string
	e.eventually("is listed by the cloud", func(ctx context.Context) error {
		live, err := e.live(ctx)
		all = nil
		for _, r := range live {
			all = append(all, r.Kind.String()+" "+r.ID)
		}
		return err
	})
	slices.Sort(all)
	return all
}

// live resources of the account that belong to the environment.
func (e *environment) live(ctx context.Context) ([]account.Resource, error) {
	for _, c := range e.claims {
		if e.owners[harness.Title(c)] != "" {
			continue
		}
		if _, _, err := e.read(ctx, c); err != nil {
			return nil, err
		}
	}
	all, err := e.mine(ctx)
	return slices.DeleteFunc(all, func(r account.Resource) bool { return r.State != account.Live }), err
}

// mine are the account's resources, deleted ones too, of the environment's composites.
func (e *environment) mine(ctx context.Context) ([]account.Resource, error) {
	inv, err := e.cloud.Inventory(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(inv.Resources, func(r account.Resource) bool { return e.ownerOf(r.Name) == "" }), nil
}

// ownerOf a resource is the title of its claim.
func (e *environment) ownerOf(resource string) string {
	for claim, xr := range e.owners {
		if strings.HasPrefix(resource, xr+"-") {
			return claim
		}
	}
	return ""
}

// hasNothingTwice checks that the cloud has no resource twice.
func (e *environment) hasNothingTwice() {
	e.t.Helper()
	inv, err := e.cloud.Inventory(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	for _, r := range inv.Twice {
		if e.ownerOf(r.Name) != "" {
			e.t.Errorf("%s: the cloud has %s %s twice", e.name, r.Kind, r.Name)
		}
	}
}

// hasNothingFoughtOver checks, once everything is Ready, that no resource was written in turn by two sides.
func (e *environment) hasNothingFoughtOver() {
	e.t.Helper()
	for _, c := range e.claims {
		_, xr, err := e.read(e.t.Context(), c)
		if err != nil {
			e.t.Fatal(err)
		}
		for _, ref := range harness.ComposedBy(xr) {
			u, err := e.get(e.t.Context(), ref)
			if err != nil {
				e.t.Fatal(err)
			}
			if err := harness.FoughtOver(u); err != nil {
				e.t.Error(err)
			}
		}
	}
}

// read a claim and its composite, and remember the composite's name and its resources.
func (e *environment) read(ctx context.Context, claim *unstructured.Unstructured) (c, xr *unstructured.Unstructured, err error) {
	if c, xr, err = harness.Composite(ctx, e.client, claim); err != nil {
		return nil, nil, err
	}
	e.owners[harness.Title(claim)] = xr.GetName()
	e.made[harness.Title(claim)] = append(harness.ComposedBy(xr), xr)
	return c, xr, nil
}

func (e *environment) eventually(what string, try func(context.Context) error) {
	e.t.Helper()
	e.eventuallyIn(e.t.Context(), what, try)
}

func (e *environment) eventuallyIn(ctx context.Context, what string, try func(context.Context) error) {
	e.t.Helper()
	if err := options.Eventually(ctx, pollInterval, try); err != nil {
		e.t.Fatalf("%s: want that %s, but %v", e.name, what, err)
	}
}
