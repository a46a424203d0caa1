package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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

// An environment is all the claims of a folder of examples, in a namespace of their own. Its verbs
// fail the test when they do not come true.
type environment struct {
	*stage

	t      *testing.T
	name   string
	claims []*unstructured.Unstructured
	owners map[string]string // the name of each claim's composite, by kind and name
}

// anEnvironment of the examples that nobody has applied to that namespace yet. Whatever the test
// leaves behind is removed after it.
func anEnvironment(t *testing.T, namespace, name string) *environment {
	t.Helper()
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	claims, err := manifest.Read(filepath.Join(root, "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	e := &environment{stage: theStage, t: t, name: name, claims: claims, owners: map[string]string{}}
	e.hasNamespace(t, namespace)
	for _, c := range claims {
		c.SetNamespace(namespace)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), *patience)
		defer cancel()
		e.unprotectIn(ctx)
		if err := e.deleteIn(ctx); err != nil {
			t.Error(err)
		}
		e.isGoneIn(ctx)
	})
	return e
}

// isApplied all at once: Services before what they need.
func (e *environment) isApplied() {
	e.t.Helper()
	reversed := slices.Clone(e.claims)
	slices.Reverse(reversed)
	e.eventually("is applied", func(ctx context.Context) error { return manifest.Apply(ctx, e.client, reversed...) })
}

// only some of the claims, by kind and name.
func (e *environment) only(names ...string) {
	e.claims = slices.DeleteFunc(e.claims, func(c *unstructured.Unstructured) bool { return !slices.Contains(names, title(c)) })
}

// becomesReady, every claim, with every resource behind it.
func (e *environment) becomesReady() {
	e.t.Helper()
	for _, c := range e.claims {
		e.claimBecomesReady(c)
	}
}

func (e *environment) claimBecomesReady(claim *unstructured.Unstructured) {
	e.t.Helper()
	e.eventually(title(claim)+" becomes Ready", func(ctx context.Context) error {
		c, xr, err := e.read(ctx, claim)
		if err != nil {
			return err
		}
		if err := errors.Join(upToDate(c), upToDate(xr)); err != nil {
			waits, _, _ := unstructured.NestedString(xr.Object, "status", "waitingFor")
			return fmt.Errorf("%w (%s)", err, waits)
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

// settled says whether a composed resource is as it should be. A ProviderConfig has no conditions,
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
	i := slices.IndexFunc(e.claims, func(c *unstructured.Unstructured) bool { return title(c) == name })
	if i < 0 {
		e.t.Fatalf("%s has no %s", e.name, name)
	}
	return e.claims[i]
}

// says a claim in a condition why it waits.
func (e *environment) says(claim, condition, reason, text string) {
	e.t.Helper()
	e.eventually(claim+" says "+reason, func(ctx context.Context) error {
		c, err := e.get(ctx, e.claim(claim))
		if err != nil {
			return err
		}
		cond, _ := manifest.Condition(c, condition)
		ready, _ := manifest.Condition(c, "Ready")
		if cond.Status != "False" || cond.Reason != reason || !strings.Contains(cond.Message, text) || ready.Status == "True" {
			return fmt.Errorf("it says %s %s: %s; Ready is %s", cond.Status, cond.Reason, cond.Message, ready.Status)
		}
		return nil
	})
}

// inside is a client of the environment's cluster.
func (e *environment) inside() client.Client {
	e.t.Helper()
	var c client.Client
	e.eventually("lets somebody into its cluster", func(ctx context.Context) error {
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

// clusterKubeconfig is the file with which a person reaches the environment's cluster.
func (e *environment) clusterKubeconfig(ctx context.Context) (string, error) {
	claim, err := e.get(ctx, e.claim("Cluster "+e.name))
	if err != nil {
		return "", err
	}
	name, _, _ := unstructured.NestedString(claim.Object, "status", "clusterName")
	return e.dir.ClusterKubeconfig(name), nil
}

// isUnprotected: deletion protection is switched off wherever it is on, and has been.
func (e *environment) isUnprotected() {
	e.t.Helper()
	e.unprotectIn(e.t.Context())
}

func (e *environment) unprotectIn(ctx context.Context) {
	e.t.Helper()
	for _, c := range e.claims {
		if c.GetKind() != "Database" && c.GetKind() != "Cluster" {
			continue
		}
		e.eventuallyIn(ctx, title(c)+" is unprotected", func(ctx context.Context) error {
			now, err := e.get(ctx, c)
			if err != nil {
				return client.IgnoreNotFound(err)
			}
			cond, found := manifest.Condition(now, "DeletionProtected")
			if !found || cond.Status == "False" {
				return nil
			}
			patch := client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"deletionProtection":false}}`))
			return cmp.Or(e.client.Patch(ctx, now, patch), errors.New(cond.Message))
		})
	}
}

// refusesDeletion of a claim, with a text that says what to do first.
func (e *environment) refusesDeletion(claim, text string) {
	e.t.Helper()
	err := e.client.Delete(e.t.Context(), e.claim(claim).DeepCopy())
	if err == nil || !strings.Contains(err.Error(), text) {
		e.t.Errorf("%s: want its deletion refused because %q, got: %v", claim, text, err)
	}
}

// isDeleted by somebody who deletes all claims at once.
func (e *environment) isDeleted() {
	e.t.Helper()
	if err := e.deleteIn(e.t.Context()); err != nil {
		e.t.Fatal(err)
	}
}

func (e *environment) deleteIn(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, c := range e.claims {
		g.Go(func() error {
			return eventually(ctx, func(ctx context.Context) error { return client.IgnoreNotFound(e.client.Delete(ctx, c.DeepCopy())) })
		})
	}
	return g.Wait()
}

// isGone, every claim with everything behind it.
func (e *environment) isGone() {
	e.t.Helper()
	e.isGoneIn(e.t.Context())
}

func (e *environment) isGoneIn(ctx context.Context) {
	e.t.Helper()
	for _, c := range e.claims {
		e.eventuallyIn(ctx, title(c)+" is gone", func(ctx context.Context) error {
			if _, err := e.get(ctx, c); kerrors.IsNotFound(err) {
				return nil
			}
			_, xr, err := e.read(ctx, c)
			if err != nil {
				return fmt.Errorf("it is still there: %w", err)
			}
			return errors.New("it still has " + e.remaining(ctx, xr))
		})
	}
	e.eventuallyIn(ctx, "leaves nothing in the cloud", func(ctx context.Context) error {
		all, err := e.mine(ctx)
		for _, r := range all {
			if r.State == account.Live && !e.outlives(r) {
				return fmt.Errorf("%s %s is still there", r.Kind, r.Name)
			}
		}
		return err
	})
}

// outlives its claim: the key of a production database, since its final snapshot is noise without it.
func (e *environment) outlives(r account.Resource) bool {
	return e.isProduction() && strings.HasPrefix(e.ownerOf(r.Name), "Database ") && slices.Contains([]string{"kms/Key", "kms/Alias"}, r.Kind.String())
}

func (e *environment) isProduction() bool { return strings.HasSuffix(e.name, "-prod") }

// keepsKeys of production databases, each with its alias, and no others.
func (e *environment) keepsKeys(all []account.Resource) {
	e.t.Helper()
	want, got := map[string]int{}, map[string]int{}
	for _, c := range e.claims {
		if e.isProduction() && c.GetKind() == "Database" {
			want[title(c)] = 2
		}
	}
	for _, r := range all {
		if r.State == account.Live {
			got[e.ownerOf(r.Name)]++
		}
	}
	if !maps.Equal(want, got) {
		e.t.Errorf("%s: keys and aliases that outlive their claims: want %v, got %v", e.name, want, got)
	}
}

// remaining resources of a composite, with what holds each of them.
func (e *environment) remaining(ctx context.Context, xr *unstructured.Unstructured) string {
	var all []string
	for _, ref := range harness.ComposedBy(xr) {
		u, err := e.get(ctx, ref)
		if kerrors.IsNotFound(err) {
			continue
		}
		synced, _ := manifest.Condition(u, "Synced")
		state := "not asked to go"
		if u.GetDeletionTimestamp() != nil {
			state = "held by " + strings.Join(u.GetFinalizers(), ", ")
		}
		all = append(all, fmt.Sprintf("%s %s (%s; %s)", ref.GetKind(), ref.GetName(), state, cmp.Or(synced.Message, "no complaint")))
	}
	return fmt.Sprintf("%d resources:\n  %s", len(all), strings.Join(all, "\n  "))
}

// mine are the resources of the account, dead ones too, that the environment's composites made.
func (e *environment) mine(ctx context.Context) ([]account.Resource, error) {
	inv, err := e.cloud.Inventory(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(inv.Resources, func(r account.Resource) bool { return e.ownerOf(r.Name) == "" }), nil
}

// ownerOf a resource is the title of the claim that it was made for.
func (e *environment) ownerOf(resource string) string {
	for claim, xr := range e.owners {
		if strings.HasPrefix(resource, xr+"-") {
			return claim
		}
	}
	return ""
}

// hasNothingTwice in the cloud.
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

// hasNothingFoughtOver, once all of it is Ready.
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

// read a claim and its composite, and learn the composite's name.
func (e *environment) read(ctx context.Context, claim *unstructured.Unstructured) (c, xr *unstructured.Unstructured, err error) {
	if c, err = e.get(ctx, claim); err != nil {
		return nil, nil, err
	}
	ref, _, _ := unstructured.NestedStringMap(c.Object, "spec", "resourceRef")
	if ref["name"] == "" {
		return nil, nil, errors.New("it has no composite resource yet")
	}
	e.owners[title(claim)] = ref["name"]
	xr, err = e.get(ctx, harness.Reference(ref["apiVersion"], ref["kind"], ref["name"]))
	return c, xr, err
}

func (e *environment) eventually(what string, try func(context.Context) error) {
	e.t.Helper()
	e.eventuallyIn(e.t.Context(), what, try)
}

func (e *environment) eventuallyIn(ctx context.Context, what string, try func(context.Context) error) {
	e.t.Helper()
	if err := eventually(ctx, try); err != nil {
		e.t.Fatalf("%s: want that %s, but %v", e.name, what, err)
	}
}

func title(u *unstructured.Unstructured) string { return u.GetKind() + " " + u.GetName() }

// composites are the titles of claims by the name of their composite.
func (e *environment) composites() map[string]string {
	out := map[string]string{}
	for claim, xr := range maps.All(e.owners) {
		out[xr] = claim
	}
	return out
}
