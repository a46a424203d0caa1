package e2eaws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/e2e/harness"
)

// An environment is a folder of claims.
type environment struct {
	name   string
	claims []*unstructured.Unstructured
	files  []string // of the claims
}

// environments in examples, each in a namespace of its own, because their databases have the same
// names. Claims of kinds without a composition are left out.
func environments(root string, names ...string) ([]environment, error) {
	var all []environment
	for _, name := range names {
		e := environment{name: name}
		for _, kind := range []string{"network.yaml", "cluster.yaml", "databases/*.yaml", "services/*.yaml"} {
			files, err := filepath.Glob(filepath.Join(root, "examples", name, kind))
			if err != nil {
				return nil, err
			}
			for _, file := range files {
				if err := e.read(root, file); err != nil {
					return nil, err
				}
			}
		}
		all = append(all, e)
	}
	return all, nil
}

func (e *environment) read(root, file string) error {
	objs, err := manifest.Read(file)
	if err != nil {
		return err
	}
	for _, o := range objs {
		if _, err := os.Stat(filepath.Join(root, "compositions", strings.ToLower(o.GetKind())+"s")); err != nil {
			continue
		}
		o.SetNamespace(e.name)
		e.claims = append(e.claims, o)
		relative, _ := filepath.Rel(root, file) // It is below root.
		e.files = append(e.files, relative)
	}
	return nil
}

// A world is the control plane as the test reads it: claims and their composed resources.
type world struct {
	t      *testing.T
	client client.Client
}

func (w world) apply(envs []environment) {
	w.t.Helper()
	for _, e := range envs {
		ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
		ns.SetName(e.name)
		if err := manifest.Apply(w.t.Context(), w.client, ns); err != nil {
			w.t.Fatal(err)
		}
		for _, c := range e.claims {
			if err := manifest.Apply(w.t.Context(), w.client, c); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

// settle waits until every claim is Ready, or until nothing changes any more.
func (w world) settle(envs []environment) {
	w.t.Helper()
	waitForQuiet(w.t.Context(), w.t, func(ctx context.Context) (string, bool, error) {
		claims, ready := 0, 0
		for _, e := range envs {
			for _, c := range e.claims {
				now, err := w.get(ctx, c)
				if err != nil {
					return "", false, err
				}
				claims++
				if manifest.Missing(now, "Synced", "Ready") == "" {
					ready++
				}
			}
		}
		composed, err := w.composedBy(ctx, envs)
		if err != nil {
			return "", false, err
		}
		return fmt.Sprintf("%d of %d claims Ready, %s", ready, claims, progress(composed)), ready == claims, nil
	})
}

// progress of resources in one line, with the kinds that are not Ready yet.
func progress(composed []*unstructured.Unstructured) string {
	ready, waiting := 0, map[string]bool{}
	for _, u := range composed {
		if r := stateOf(u); r.Ready {
			ready++
		} else {
			waiting[r.kind()] = true
		}
	}
	says := fmt.Sprintf("%d of %d resources", ready, len(composed))
	if len(waiting) > 0 {
		says += ", not yet: " + strings.Join(slices.Sorted(maps.Keys(waiting)), " ")
	}
	return says
}

func (w world) claims(envs []environment) []claim {
	w.t.Helper()
	var all []claim
	for _, e := range envs {
		for i, c := range e.claims {
			now, err := w.get(w.t.Context(), c)
			if err != nil {
				w.t.Fatal(err)
			}
			refs, err := w.references(w.t.Context(), now)
			if err != nil {
				w.t.Fatal(err)
			}
			says := manifest.Missing(now, "Synced", "Ready")
			all = append(all, claim{
				File: e.files[i], Kind: c.GetKind(), Name: c.GetName(), Ready: says == "", Took: took(now), Resources: len(refs), Says: says,
			})
		}
	}
	return all
}

func (w world) resources(envs []environment) []resource {
	w.t.Helper()
	composed, err := w.composedBy(w.t.Context(), envs)
	if err != nil {
		w.t.Fatal(err)
	}
	all := make([]resource, 0, len(composed))
	for _, u := range composed {
		all = append(all, stateOf(u))
	}
	return all
}

// foughtOver are the resources that Crossplane and the provider wrote in turn.
func (w world) foughtOver(envs []environment) (all []string) {
	w.t.Helper()
	composed, err := w.composedBy(w.t.Context(), envs)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, u := range composed {
		if err := harness.FoughtOver(u); err != nil {
			all = append(all, err.Error())
		}
	}
	return all
}

// delete the claims of an environment at once, and wait until everything behind them is gone or
// nothing changes any more.
func (w world) delete(e environment) *deletion {
	w.t.Helper()
	composed, err := w.composedBy(w.t.Context(), []environment{e})
	if err != nil {
		w.t.Fatal(err)
	}
	start := time.Now()
	for _, c := range slices.Backward(e.claims) {
		w.deleteClaim(c)
	}
	d := &deletion{Claims: len(e.claims), Resources: len(composed)}
	waitForQuiet(w.t.Context(), w.t, func(ctx context.Context) (string, bool, error) {
		left, err := w.left(ctx, composed)
		if err != nil {
			return "", false, err
		}
		d.Left, d.Took = left, time.Since(start)
		return fmt.Sprintf("deleting %s: %d of %d resources are left", e.name, len(left), len(composed)), len(left) == 0, nil
	})
	return d
}

// deleteClaim, whose deletion is refused until that of all who name it has begun.
func (w world) deleteClaim(c *unstructured.Unstructured) {
	w.t.Helper()
	err := harness.Options{Patience: new(quiet)}.Eventually(w.t.Context(), poll, func(ctx context.Context) error {
		return client.IgnoreNotFound(w.client.Delete(ctx, c.DeepCopy()))
	})
	if err != nil {
		w.t.Fatalf("%s: %v", harness.Title(c), err)
	}
}

// left of resources, in the order of their kinds and names.
func (w world) left(ctx context.Context, composed []*unstructured.Unstructured) ([]resource, error) {
	existing, err := w.existing(ctx, composed)
	if err != nil {
		return nil, err
	}
	var all []resource
	for _, now := range existing {
		r := stateOf(now)
		r.Says = cmp.Or(failing(now), "it is not being deleted")
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b resource) int { return cmp.Or(cmp.Compare(a.kind(), b.kind()), cmp.Compare(a.Name, b.Name)) })
	return all, nil
}

// composedBy returns the resources of environments' claims. It lists each kind once: hundreds of
// single requests take minutes on a busy machine.
func (w world) composedBy(ctx context.Context, envs []environment) ([]*unstructured.Unstructured, error) {
	var refs []*unstructured.Unstructured
	for _, e := range envs {
		for _, c := range e.claims {
			of, err := w.references(ctx, c)
			if err != nil {
				return nil, err
			}
			refs = append(refs, of...)
		}
	}
	return w.existing(ctx, refs)
}

// existing returns the referenced objects that exist. A composite refers to a resource before it creates it.
func (w world) existing(ctx context.Context, refs []*unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	lists := map[schema.GroupVersionKind]map[client.ObjectKey]*unstructured.Unstructured{}
	var all []*unstructured.Unstructured
	for _, ref := range refs {
		gvk := ref.GroupVersionKind()
		if lists[gvk] == nil {
			found, err := w.list(ctx, gvk)
			if err != nil {
				return nil, err
			}
			lists[gvk] = found
		}
		if u := lists[gvk][client.ObjectKeyFromObject(ref)]; u != nil {
			all = append(all, u)
		}
	}
	return all, nil
}

func (w world) list(ctx context.Context, gvk schema.GroupVersionKind) (map[client.ObjectKey]*unstructured.Unstructured, error) {
	l := &unstructured.UnstructuredList{}
	l.SetGroupVersionKind(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
	if err := w.client.List(ctx, l); err != nil {
		return nil, fmt.Errorf("cannot list every %s: %w", gvk.Kind, err)
	}
	found := map[client.ObjectKey]*unstructured.Unstructured{}
	for i := range l.Items {
		found[client.ObjectKeyFromObject(&l.Items[i])] = &l.Items[i]
	}
	return found, nil
}

// references of a claim's composite to its resources; none before there is a composite.
func (w world) references(ctx context.Context, c *unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	_, xr, err := harness.Composite(ctx, w.client, c)
	if errors.Is(err, harness.ErrNoComposite) {
		return nil, nil
	}
	if err != nil {
		return nil, client.IgnoreNotFound(err)
	}
	return harness.ComposedBy(xr), nil
}

func (w world) get(ctx context.Context, of *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	return harness.Get(ctx, w.client, of)
}

// stateOf a resource now.
func stateOf(u *unstructured.Unstructured) resource {
	ready := manifest.Missing(u, "Ready") == ""
	r := resource{
		Group: u.GroupVersionKind().Group, Kind: u.GetKind(), Name: u.GetName(),
		Synced: manifest.Missing(u, "Synced") == "", Ready: ready, Took: took(u),
	}
	if !ready || !r.Synced && r.aws() {
		r.Says = cmp.Or(failing(u), manifest.Missing(u, "Synced", "Ready"))
	}
	return r
}

// failing returns the provider's message about its last attempt. The failure of an asynchronous
// operation has its own condition.
func failing(u *unstructured.Unstructured) string {
	for _, kind := range []string{"LastAsyncOperation", "Synced", "Ready"} {
		if c, found := manifest.Condition(u, kind); found && c.Status == "False" {
			return strings.TrimSpace(c.Reason + " " + c.Message)
		}
	}
	return ""
}

// took is the time from an object's creation until it was Ready; zero while it is not.
func took(u *unstructured.Unstructured) time.Duration {
	c, found := manifest.Condition(u, "Ready")
	if !found || c.Status != "True" {
		return 0
	}
	since, err := time.Parse(time.RFC3339, c.Since)
	if err != nil {
		return 0
	}
	return since.Sub(u.GetCreationTimestamp().Time)
}

// kindOf a CRD's file.
func kindOf(file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("cannot read a CRD: %w", err)
	}
	crd := struct {
		Spec struct {
			Names struct {
				Kind string `json:"kind"`
			} `json:"names"`
		} `json:"spec"`
	}{}
	if err := yaml.Unmarshal(content, &crd); err != nil {
		return "", fmt.Errorf("cannot read %s: %w", file, err)
	}
	if crd.Spec.Names.Kind == "" {
		return "", errors.New("cannot read " + file + ": it names no kind")
	}
	return crd.Spec.Names.Kind, nil
}
