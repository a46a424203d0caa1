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
)

// first is the claim that moves before the others.
const first = "Service ui"

// rollsOut a release to some claims first, as docs/upgrades.md has it: its functions come from another path of the registry, and so have
// other names; every claim is held at the revision of its Composition, and one is let go.
func (w *world) rollsOut(next, older release, listed []change) {
	w.t.Helper()
	w.holds("Manual", w.titles()...)
	held := w.revisions()
	w.step("other functions beside those that run", func() { w.moves(next) }, listed)
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
	delete(held, first)
	delete(now, first)
	if diff := cmp.Diff(held, now); diff != "" {
		w.t.Errorf("want only %s moved: -before, +after:\n%s", first, diff)
	}
}

// holds claims at the revision of their Composition that they have, or lets them go.
func (w *world) holds(policy string, titles ...string) {
	w.t.Helper()
	for _, c := range w.claims {
		if !slices.Contains(titles, title(c)) {
			continue
		}
		patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"compositionUpdatePolicy":%q}}`, policy))
		if err := w.client.Patch(w.t.Context(), c.DeepCopy(), patch); err != nil {
			w.t.Fatal(err)
		}
		w.eventually(title(c)+"'s composite is "+policy, func(ctx context.Context) error {
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
		all = append(all, title(c))
	}
	return all
}

// revisions of their Compositions that the claims' composites use, by claim.
func (w *world) revisions() map[string]string {
	w.t.Helper()
	all := map[string]string{}
	for _, c := range w.claims {
		w.eventually(title(c)+" has a revision", func(ctx context.Context) error {
			xr, err := w.composite(ctx, c)
			if err != nil {
				return err
			}
			all[title(c)], _, _ = unstructured.NestedString(xr.Object, "spec", "compositionRevisionRef", "name")
			return nil
		})
	}
	return all
}
