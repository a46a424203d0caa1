package e2eupgrade

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/e2e/harness"
)

// A resource is a composed resource, with the values that show whether it was replaced.
type resource struct {
	uid      string         // of the object in the control plane
	external string         // its identifier in the cloud
	inside   string         // uid of an Object's content in its cluster
	asks     map[string]any // its desired state
}

// A snapshot holds everything behind the claims at one moment.
type snapshot struct {
	resources map[string]resource // by claim, kind and the name that the function gave it
	cloud     []string            // live resources of the account, as "kind identifier"
	made      int                 // how many the account has created
}

// snapshot reads everything behind the claims.
func (w *world) snapshot(ctx context.Context) (snapshot, error) {
	s := snapshot{resources: map[string]resource{}}
	for _, c := range w.claims {
		if err := w.readInto(ctx, c, s.resources); err != nil {
			return snapshot{}, err
		}
	}
	inv, err := w.controlPlane.Dir.Cloud().Inventory(ctx)
	if err != nil {
		return snapshot{}, err
	}
	if len(inv.Twice) > 0 {
		return snapshot{}, fmt.Errorf("the cloud has %s %s twice", inv.Twice[0].Kind, inv.Twice[0].Name)
	}
	s.made = inv.Made
	for _, r := range inv.Resources {
		if r.State == account.Live {
			s.cloud = append(s.cloud, r.Kind.String()+" "+r.ID)
		}
	}
	slices.Sort(s.cloud)
	return s, nil
}

func (w *world) readInto(ctx context.Context, claim *unstructured.Unstructured, into map[string]resource) error {
	xr, err := w.composite(ctx, claim)
	if err != nil {
		return err
	}
	refs := harness.ComposedBy(xr)
	found := make([]*unstructured.Unstructured, len(refs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i, ref := range refs {
		g.Go(func() (err error) {
			found[i], err = w.get(ctx, ref)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, u := range found {
		into[nameOf(claim, u)] = read(u)
	}
	return nil
}

// nameOf a composed resource, as in changes.yaml.
func nameOf(claim, u *unstructured.Unstructured) string {
	return harness.Title(claim) + ": " + fullKind(u) + " " + u.GetAnnotations()["crossplane.io/composition-resource-name"]
}

// fullKind with the API group's first word, since two providers have a ProviderConfig and a Cluster.
func fullKind(u *unstructured.Unstructured) string {
	group, _, _ := strings.Cut(u.GroupVersionKind().Group, ".")
	return group + "/" + u.GetKind()
}

func read(u *unstructured.Unstructured) resource {
	inside, _, _ := unstructured.NestedString(u.Object, "status", "atProvider", "manifest", "metadata", "uid")
	spec, _, _ := unstructured.NestedMap(u.Object, "spec")
	return resource{uid: string(u.GetUID()), external: u.GetAnnotations()["crossplane.io/external-name"], inside: inside, asks: spec}
}

// differences between two moments, each as a line: a verb, the resource, and for a change the fields.
func differences(before, after snapshot) []string {
	var all []string
	for name, was := range before.resources {
		is, there := after.resources[name]
		switch {
		case !there:
			all = append(all, "deletes "+name)
		case was.uid != is.uid || was.external != is.external || was.inside != is.inside:
			all = append(all, "replaces "+name)
		default:
			for _, field := range changed(was.asks, is.asks, "") {
				all = append(all, "changes "+name+" "+field)
			}
		}
	}
	for name := range after.resources {
		if _, there := before.resources[name]; !there {
			all = append(all, "makes "+name)
		}
	}
	slices.Sort(all)
	return all
}

// inCloud returns the differences of the account: how many of each kind were added or removed, and
// how many it created.
func inCloud(before, after snapshot) []string {
	var all []string
	for _, r := range before.cloud {
		if !slices.Contains(after.cloud, r) {
			all = append(all, "lost "+r)
		}
	}
	for _, r := range after.cloud {
		if !slices.Contains(before.cloud, r) {
			all = append(all, "has new "+r)
		}
	}
	return all
}

// changed fields of a resource's desired state. Lists and deeply nested values are compared as a whole.
func changed(was, is any, path string) []string {
	const deep = 4 // forProvider.manifest.spec.template, and forProvider.versioning.status
	a, aMap := was.(map[string]any)
	b, bMap := is.(map[string]any)
	if !aMap || !bMap || strings.Count(path, ".") >= deep {
		if reflect.DeepEqual(was, is) {
			return nil
		}
		return []string{strings.TrimPrefix(path, ".")}
	}
	keys := map[string]bool{}
	for key := range a {
		keys[key] = true
	}
	for key := range b {
		keys[key] = true
	}
	var all []string
	for _, key := range slices.SortedFunc(maps.Keys(keys), cmp.Compare[string]) {
		all = append(all, changed(a[key], b[key], path+"."+key)...)
	}
	return all
}
