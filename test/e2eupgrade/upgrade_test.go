package e2eupgrade

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/e2e/harness"
)

var (
	enabled     = flag.Bool("upgrade", false, "run the upgrade, which takes a quarter of an hour")
	from        = flag.String("from", "c327f45", "the commit of the older release")
	fromVersion = flag.String("from-version", "v0.1.0", "the version of the older release")
	toVersion   = flag.String("to-version", "v0.2.0", "the version that this checkout is built as")
	options     = harness.PatienceFlag()
)

const (
	// environment is the folder of examples that is present.
	environment = "au-dev"

	// poll is how often the test checks again.
	poll = 500 * time.Millisecond

	// pause is the time between two snapshots, each of which takes hundreds of requests.
	pause = 5 * time.Second

	// quiet is for how long nothing may change before an upgrade counts as done. The functions ask
	// to be called again after one minute: with Crossplane's jitter of a tenth every composite
	// passes through the new ones in this time.
	quiet = 75 * time.Second
)

// TestUpgrade moves the platform to the version of this checkout and back.
func TestUpgrade(t *testing.T) {
	if !*enabled {
		t.Skip("make e2e-upgrade runs this test")
	}
	listed, err := readChanges()
	if err != nil {
		t.Fatal(err)
	}
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	older, err := released(t.Context(), t.Output(), root, *from, *fromVersion)
	if err != nil {
		t.Fatal(err)
	}
	newer, err := checkout(t.Context(), t.Output(), root, registry, *toVersion)
	if err != nil {
		t.Fatal(err)
	}
	next, err := checkout(t.Context(), t.Output(), root, beside, *toVersion)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, older)
	w.hasReleases(older, newer, next)
	w.apply(older.claims(t))
	w.becomesReady()
	w.settles()

	steps := []struct {
		name   string
		do     func()
		listed []change
	}{
		{name: "to " + newer.version, do: func() { w.moves(newer) }, listed: listed.Upgrade},
		{name: "to the examples of " + newer.version, do: func() { w.apply(keeping(newer.claims(t), older.claims(t))) }, listed: listed.Claims},
		{name: "back to the examples of " + older.version, do: func() { w.apply(older.claims(t)) }, listed: backwards(listed.Claims)},
		{name: "back to " + older.version, do: func() { w.moves(older) }, listed: backwards(listed.Upgrade)},
	}
	for _, s := range steps {
		w.step(s.name, s.do, s.listed)
	}
	w.rollsOut(next, older, listed.Upgrade)
}

// step does something to the platform, and compares what happened with what is listed.
func (w *world) step(name string, do func(), listed []change) {
	w.t.Helper()
	before, start := w.takeSnapshot(), time.Now()
	stop := w.watchConditions(w.t)
	do()
	w.settles()
	w.becomesReady()
	unready := stop()
	after := w.takeSnapshot()

	happened := differences(before, after)
	w.t.Logf("%s, in %s: %d resources before and %d after, %d and %d in the cloud, which made %d; what happened:\n  %s", name,
		time.Since(start).Round(time.Second), len(before.resources), len(after.resources), len(before.cloud), len(after.cloud), after.made-before.made,
		strings.Join(append(slices.Concat(happened, unready), inCloud(before, after)...), "\n  "))
	for _, wrong := range verdict(slices.Concat(happened, unready), listed) {
		w.t.Errorf("%s: %s", name, wrong)
	}
	w.accountFor(name, happened, before, after)
}

// accountFor the changes in the cloud: they must be the same as those in the control plane.
func (w *world) accountFor(name string, happened []string, before, after snapshot) {
	w.t.Helper()
	replaced := ofCloud(happened, "replaces ")
	want := map[string]int{"made": ofCloud(happened, "makes ") + replaced, "lost": ofCloud(happened, "deletes ") + replaced}
	got := map[string]int{"made": after.made - before.made, "lost": 0}
	for _, line := range inCloud(before, after) {
		if strings.HasPrefix(line, "lost ") {
			got["lost"]++
		}
	}
	if !maps.Equal(want, got) {
		w.t.Errorf("%s: want the cloud to have made and lost %v, as the control plane says, got %v", name, want, got)
	}
}

// ofCloud counts the changes with this verb to resources in the cloud, not inside a cluster or only
// in the control plane.
func ofCloud(happened []string, verb string) int {
	n := 0
	for _, line := range happened {
		_, resource, _ := strings.Cut(line, ": ")
		group, _, _ := strings.Cut(resource, "/")
		if strings.HasPrefix(line, verb) && !slices.Contains([]string{"kubernetes", "helm", "protection"}, group) {
			n++
		}
	}
	return n
}

// A world is a control plane with an environment.
type world struct {
	t            *testing.T
	controlPlane *harness.ControlPlane
	client       client.Client
	watching     client.WithWatch
	claims       []*unstructured.Unstructured
}

// newWorld returns a world that starts with a release.
func newWorld(t *testing.T, r release) *world {
	t.Helper()
	p, stop, err := harness.StartBuilt("e2e-upgrade", "-packages="+r.packages)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			harness.KeepLogs(p.Dir)
		}
		stop()
	})
	config, err := clientcmd.BuildConfigFromFlags("", p.Dir.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	watching, err := client.NewWithWatch(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, controlPlane: p, client: p.Client, watching: watching}
}

// hasReleases pushes releases to its registry.
func (w *world) hasReleases(all ...release) {
	w.t.Helper()
	registry, err := w.controlPlane.Dir.Registry()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range all {
		if err := r.push(w.t.Context(), registry); err != nil {
			w.t.Fatal(err)
		}
	}
}

// claims of a release's examples.
func (r release) claims(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	claims, err := manifest.Read(filepath.Join(r.examples, environment))
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// keeping returns the newer claims with the older ones' account, which cannot change.
func keeping(newer, older []*unstructured.Unstructured) []*unstructured.Unstructured {
	for _, n := range newer {
		unstructured.RemoveNestedField(n.Object, "spec", "providerConfigName")
		for _, o := range older {
			account, set, _ := unstructured.NestedString(o.Object, "spec", "providerConfigName")
			if set && harness.Title(o) == harness.Title(n) {
				_ = unstructured.SetNestedField(n.Object, account, "spec", "providerConfigName") // The spec is a map.
			}
		}
	}
	return newer
}

func (w *world) apply(claims []*unstructured.Unstructured) {
	w.t.Helper()
	namespaces := map[string]*unstructured.Unstructured{}
	for _, c := range claims {
		ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
		ns.SetName(c.GetNamespace())
		namespaces[ns.GetName()] = ns
	}
	if err := manifest.Apply(w.t.Context(), w.client, slices.Collect(maps.Values(namespaces))...); err != nil {
		w.t.Fatal(err)
	}
	if err := manifest.Apply(w.t.Context(), w.client, claims...); err != nil {
		w.t.Fatal(err)
	}
	w.claims = claims
}

// moves the Configuration to a release, and waits until Crossplane has moved its dependencies.
func (w *world) moves(to release) {
	w.t.Helper()
	platform := harness.Reference("pkg.crossplane.io/v1", "Configuration", "platform")
	configuration, err := to.configuration()
	if err != nil {
		w.t.Fatal(err)
	}
	patch := client.RawPatch("application/merge-patch+json", fmt.Appendf(nil, `{"spec":{"package":%q}}`, configuration))
	if err := w.client.Patch(w.t.Context(), platform.DeepCopy(), patch); err != nil {
		w.t.Fatal(err)
	}
	start := time.Now()
	w.eventually("every package is at "+to.version, func(ctx context.Context) error {
		now, err := w.get(ctx, platform)
		if err != nil {
			return err
		}
		if err := isAt(now, configuration); err != nil {
			return err
		}
		functions, err := w.functions(ctx, to.registry)
		if err != nil {
			return err
		}
		if len(functions) == 0 {
			return errors.New("there is no function of ours")
		}
		for i := range functions {
			source, _, _ := unstructured.NestedString(functions[i].Object, "spec", "package")
			name, _, _ := strings.Cut(source, ":")
			if err := isAt(&functions[i], name+":"+to.version); err != nil {
				return err
			}
		}
		return nil
	})
	w.t.Logf("every package is at %s and Healthy after %s", to.version, time.Since(start).Round(time.Second))
	w.eventually("the older functions have ended", func(context.Context) error {
		all, err := controlplane.ProcessesOf(w.controlPlane.Dir)
		if err != nil {
			return err
		}
		running := map[string]int{}
		for _, p := range all {
			if running[p.Name]++; running[p.Name] > 1 {
				return fmt.Errorf("%s runs twice", p.Name)
			}
		}
		return nil
	})
}

// functions that come from a registry.
func (w *world) functions(ctx context.Context, registry string) ([]unstructured.Unstructured, error) {
	l := &unstructured.UnstructuredList{}
	l.SetGroupVersionKind(schema.GroupVersionKind{Group: "pkg.crossplane.io", Version: "v1", Kind: "FunctionList"})
	if err := w.client.List(ctx, l); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(l.Items, func(u unstructured.Unstructured) bool {
		source, _, _ := unstructured.NestedString(u.Object, "spec", "package")
		return !strings.HasPrefix(source, registry+"/")
	}), nil
}

// isAt returns an error unless the package is Healthy at this version.
func isAt(pkg *unstructured.Unstructured, want string) error {
	source, _, _ := unstructured.NestedString(pkg.Object, "spec", "package")
	current, _, _ := unstructured.NestedString(pkg.Object, "status", "currentIdentifier")
	missing := manifest.Missing(pkg, "Installed", "Healthy")
	if source != want || current != want || missing != "" {
		return fmt.Errorf("%s asks for %s and has %s, not %s: %s", harness.Title(pkg), source, current, want, missing)
	}
	return nil
}

// settles waits until no resource's desired state has changed for a while.
func (w *world) settles() {
	w.t.Helper()
	var last snapshot
	since := time.Now()
	w.eventuallyEvery(pause, "it settles", func(ctx context.Context) error {
		now, err := w.snapshot(ctx)
		if err != nil {
			return err
		}
		if news := append(differences(last, now), inCloud(last, now)...); len(news) > 0 {
			last, since = now, time.Now()
			return fmt.Errorf("%d resources changed a moment ago, such as: it %s", len(news), news[0])
		}
		if time.Since(since) < quiet {
			return errors.New("it is quiet for a moment only")
		}
		return nil
	})
}

func (w *world) takeSnapshot() snapshot {
	w.t.Helper()
	var s snapshot
	w.eventually("it can be read", func(ctx context.Context) (err error) {
		s, err = w.snapshot(ctx)
		return err
	})
	return s
}

// becomesReady waits until every claim and its composite are Ready.
func (w *world) becomesReady() {
	w.t.Helper()
	for _, c := range w.claims {
		w.eventually(harness.Title(c)+" is Ready", func(ctx context.Context) error {
			now, err := w.get(ctx, c)
			if err != nil {
				return err
			}
			xr, err := w.composite(ctx, c)
			if err != nil {
				return err
			}
			if missing := manifest.Missing(now, watched...) + manifest.Missing(xr, watched...); missing != "" {
				return errors.New(missing)
			}
			return nil
		})
	}
}

// composite of a claim.
func (w *world) composite(ctx context.Context, claim *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	_, xr, err := harness.Composite(ctx, w.client, claim)
	return xr, err
}

// get an object in the version that the API server prefers: what two releases compose in two versions
// of an API is compared in one.
func (w *world) get(ctx context.Context, of *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	m, err := w.client.RESTMapper().RESTMapping(of.GroupVersionKind().GroupKind())
	if err != nil {
		return nil, err
	}
	of = of.DeepCopy()
	of.SetGroupVersionKind(m.GroupVersionKind)
	return harness.Get(ctx, w.client, of)
}

func (w *world) eventually(what string, try func(context.Context) error) {
	w.t.Helper()
	w.eventuallyEvery(poll, what, try)
}

func (w *world) eventuallyEvery(pause time.Duration, what string, try func(context.Context) error) {
	w.t.Helper()
	if err := options.Eventually(w.t.Context(), pause, try); err != nil {
		w.t.Fatalf("want that %s, but %v", what, err)
	}
}
