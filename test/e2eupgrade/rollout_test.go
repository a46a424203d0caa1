package e2eupgrade

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/e2e/harness"
)

// first is the claim that moves before the others.
const first = "Service ui"

// rollsOut a release to one claim first, as docs/upgrades.md says: the new functions come from
// another path of the registry, and so have other names; every claim is held at the revision of its
// Composition, and one is released.
func (w *world) rollsOut(next, older release, listed []change) {
	w.t.Helper()
	w.holds("Manual", w.titles()...)
	held := w.revisions()
	w.step("other functions beside the running ones", func() { w.moves(next) }, listed)
	if diff := cmp.Diff(held, w.revisions()); diff != "" {
		w.t.Errorf("want every held claim at its revision: -before, +after:\n%s", diff)
	}
	both, err := w.functions(w.t.Context(), older.registry)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range both {
		source, _, _ := unstructured.NestedString(both[i].Object, "spec", "package")
		name, _, _ := strings.Cut(source, ":")
		if err := isAt(&both[i], name+":"+older.version); err != nil {
			w.t.Errorf("want the older functions as they are: %v", err)
		}
	}

	w.holds("Automatic", first)
	w.eventually(first+" moves", func(context.Context) error {
		if w.revisions()[first] == held[first] {
			return fmt.Errorf("it is at %s", held[first])
		}
		return nil
	})
	w.settles()
	w.becomesReady()
	now := w.revisions()
	w.t.Logf("held at %s\n%s is at %s", strings.Join(slices.Sorted(maps.Values(held)), ", "), first, now[first])
	want := maps.Clone(held)
	want[first] = now[first]
	if diff := cmp.Diff(want, now); diff != "" {
		w.t.Errorf("want only %s moved: -before, +after:\n%s", first, diff)
	}
	w.takesBack(held)
}

// takesBack the claim that moved first. The policy changes before the revision: while the composite
// follows the newest revision, Crossplane overwrites the claim's value.
func (w *world) takesBack(held map[string]string) {
	w.t.Helper()
	w.holds("Manual", first)
	i := slices.IndexFunc(w.claims, func(c *unstructured.Unstructured) bool { return harness.Title(c) == first })
	patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"compositionRevisionRef":{"name":%q}}}`, held[first]))
	if err := w.client.Patch(w.t.Context(), w.claims[i].DeepCopy(), patch); err != nil {
		w.t.Fatal(err)
	}
	w.eventually(first+" is back", func(context.Context) error {
		if diff := cmp.Diff(held, w.revisions()); diff != "" {
			return fmt.Errorf("revisions: -want, +got:\n%s", diff)
		}
		return nil
	})
	w.becomesReady()
}

// holds claims at their current revision of the Composition, or releases them.
func (w *world) holds(policy string, titles ...string) {
	w.t.Helper()
	for _, c := range w.claims {
		if !slices.Contains(titles, harness.Title(c)) {
			continue
		}
		patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"compositionUpdatePolicy":%q}}`, policy))
		if err := w.client.Patch(w.t.Context(), c.DeepCopy(), patch); err != nil {
			w.t.Fatal(err)
		}
		w.eventually(harness.Title(c)+"'s composite is "+policy, func(ctx context.Context) error {
			xr, err := w.composite(ctx, c)
			if err != nil {
				return err
			}
			if is, _, _ := unstructured.NestedString(xr.Object, "spec", "compositionUpdatePolicy"); is != policy {
				return fmt.Errorf("it is %s", is)
			}
			return nil
		})
	}
}

func (w *world) titles() []string {
	all := make([]string, 0, len(w.claims))
	for _, c := range w.claims {
		all = append(all, harness.Title(c))
	}
	return all
}

// revisions are the Composition revisions of the claims' composites, by claim.
func (w *world) revisions() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	for _, c := range w.claims {
		w.eventually(harness.Title(c)+" has a revision", func(ctx context.Context) error {
			xr, err := w.composite(ctx, c)
			if err != nil {
				return err
			}
			all[harness.Title(c)], _, _ = unstructured.NestedString(xr.Object, "spec", "compositionRevisionRef", "name")
			return nil
		})
	}
	return all
}
