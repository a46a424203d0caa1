package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/e2e/harness"
)

// isUnprotected switches deletion protection off wherever it is on, and waits until that is done.
func (e *environment) isUnprotected() {
	e.t.Helper()
	e.unprotectIn(e.t.Context())
}

func (e *environment) unprotectIn(ctx context.Context) {
	e.t.Helper()
	for _, c := range e.claims {
		e.eventuallyIn(ctx, harness.Title(c)+" is unprotected", func(ctx context.Context) error {
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

// refusesDeletion checks that the deletion of a claim is refused, with a text that says what to do
// first, and that the claim does not change.
func (e *environment) refusesDeletion(claim, text string) {
	e.t.Helper()
	c := e.claim(claim)
	err := e.client.Delete(e.t.Context(), c.DeepCopy())
	if err == nil || !strings.Contains(err.Error(), text) {
		e.t.Errorf("%s: want its deletion refused because %q, got: %v", claim, text, err)
	}
	now, err := e.get(e.t.Context(), c)
	if err != nil || now.GetDeletionTimestamp() != nil {
		e.t.Fatalf("%s: a refused deletion must leave it as it is: %v", claim, err)
	}
}

// refusesDeletionOfComposite checks that the deletion of a claim's composite is refused.
func (e *environment) refusesDeletionOfComposite(claim string) {
	e.t.Helper()
	_, xr, err := e.read(e.t.Context(), e.claim(claim))
	if err != nil {
		e.t.Fatal(err)
	}
	if err := e.client.Delete(e.t.Context(), xr); err == nil {
		e.t.Fatalf("%s: want the deletion of its composite refused too", claim)
	}
}

// isDeleted deletes all of its claims at once.
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
			return options.Eventually(ctx, pollInterval, func(ctx context.Context) error { return client.IgnoreNotFound(e.client.Delete(ctx, c.DeepCopy())) })
		})
	}
	return g.Wait()
}

// isGone waits until every claim and everything behind it is gone.
func (e *environment) isGone() {
	e.t.Helper()
	e.isGoneIn(e.t.Context())
}

func (e *environment) isGoneIn(ctx context.Context) {
	e.t.Helper()
	for _, c := range e.claims {
		e.eventuallyIn(ctx, harness.Title(c)+" is gone", func(ctx context.Context) error {
			if _, err := e.get(ctx, c); kerrors.IsNotFound(err) {
				return nil
			}
			_, xr, err := e.read(ctx, c)
			if err != nil {
				return fmt.Errorf("it is still there: %w", err)
			}
			return errors.New("it still has " + e.remaining(ctx, xr))
		})
		e.eventuallyIn(ctx, "all of "+harness.Title(c)+" is gone", func(ctx context.Context) error {
			for _, ref := range e.made[harness.Title(c)] {
				if _, err := e.get(ctx, ref); !kerrors.IsNotFound(err) {
					return errors.Join(fmt.Errorf("%s is still there", harness.Title(ref)), err)
				}
			}
			return nil
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

// outlives reports whether a resource outlives its claim: the key of a production database, because
// its final snapshot cannot be read without it.
func (e *environment) outlives(r account.Resource) bool {
	return e.isProduction() && strings.HasPrefix(e.ownerOf(r.Name), "Database ") && slices.Contains([]string{"kms/Key", "kms/Alias"}, r.Kind.String())
}

// keepsKeys checks that the keys of production databases outlive their claims, each with its alias,
// and no others.
func (e *environment) keepsKeys(all []account.Resource) {
	e.t.Helper()
	want, got := map[string]int{}, map[string]int{}
	for _, c := range e.claims {
		if e.isProduction() && c.GetKind() == "Database" {
			want[harness.Title(c)] = 2
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

// goesInOrder checks the deletion order when all of its claims are deleted at once.
func (e *environment) goesInOrder() {
	e.t.Helper()
	stop := harness.WatchRemovals(e.client, e.composites())
	e.isDeleted()
	e.isGone()
	order := stop()
	e.t.Log("objects went in this order:\n" + harness.List(order))
	for _, wrong := range harness.OutOfOrder(order) {
		e.t.Errorf("%s: %s", e.name, wrong)
	}

	all, err := e.mine(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	e.keepsKeys(all)
	logRecreated(e.t, all)
}

// composites are the titles of claims by the name of their composite.
func (e *environment) composites() map[string]string {
	out := map[string]string{}
	for claim, xr := range maps.All(e.owners) {
		out[xr] = claim
	}
	return out
}

// deletedInOrder are the environment's resources in the order in which the cloud accepted their deletion.
func (e *environment) deletedInOrder() []account.Resource {
	e.t.Helper()
	all, err := e.mine(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b account.Resource) int { return a.Deleted - b.Deleted })
	return all
}

// logRecreated logs the resources that were created again during their deletion. Crossplane may
// still be composing when a composite is deleted: the deletion of the last Usage changes the
// composite, Crossplane composes it once more, and two seconds later it replays the deletion. On a
// busy machine the two overlap, and resources that were deleted first are created again. They are
// deleted too: isGone checks that.
func logRecreated(t *testing.T, resources []account.Resource) {
	t.Helper()
	if again := recreated(resources); len(again) > 0 {
		t.Logf("made again during the deletion, and deleted again:\n  %s", strings.Join(again, "\n  "))
	}
}

// recreated lists the resources that were created after their deletion, by kind and name.
func recreated(resources []account.Resource) []string {
	var again []string
	for _, r := range resources {
		if r.Made > 1 {
			again = append(again, fmt.Sprintf("%s %s (%d times)", r.Kind, r.Name, r.Made))
		}
	}
	return again
}
