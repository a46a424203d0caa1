package e2eargo

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/e2e/harness"
)

var (
	enabled = flag.Bool("argocd", false, "run against the real Argo CD; it is built first when the cache does not have it")
	options = harness.Flags()
)

const (
	devApp  = "claims-au-dev"
	prodApp = "claims-au-prod"

	devFolder = "examples/au-dev"

	// forgets is longer than Argo CD caches that it could not list a cluster.
	forgets = 11 * time.Second
	network = devFolder + "/network.yaml"
)

// TestGitOps runs one sequence of commits.
func TestGitOps(t *testing.T) {
	if !*enabled {
		t.Skip("make e2e-argocd runs this test, and builds Argo CD first (once)")
	}
	p := options.Connect(t, "e2e-argocd")
	s := &stage{ControlPlane: p, t: t, argo: startArgoCD(t, p)}
	s.repo = aRepository(t, s.argo.dir, s.configuration())
	for _, step := range []struct {
		name string
		run  func(*stage)
	}{
		{"TheRootBringsThePlatform", (*stage).theRootBringsThePlatform},
		{"APushedClaimBecomesReady", (*stage).aPushedClaimBecomesReady},
		{"AnEditBehindGitIsReverted", (*stage).anEditBehindGitIsReverted},
		{"APendingClaimShowsProgressing", (*stage).aPendingClaimShowsProgressing},
		{"ARefusedClaimShowsDegraded", (*stage).aRefusedClaimShowsDegraded},
		{"AnUnsyncedClaimShowsDegraded", (*stage).anUnsyncedClaimShowsDegraded},
		{"ABrokenWebhookTurnsNothingUnknown", (*stage).aBrokenWebhookTurnsNothingUnknown},
		{"ARenamedFolderDeletesNothing", (*stage).aRenamedFolderDeletesNothing},
		{"ADeletedApplicationSetDeletesNothing", (*stage).aDeletedApplicationSetDeletesNothing},
		{"ARemovalFromProductionWaits", (*stage).aRemovalFromProductionWaits},
		{"AnEnvironmentComes", (*stage).anEnvironmentComes},
		{"AClusterIsRegisteredWithoutCredentials", (*stage).aClusterIsRegisteredWithoutCredentials},
		{"ARevertRollsAnImageBack", (*stage).aRevertRollsAnImageBack},
		{"ARemovedFileGoesInOrder", (*stage).aRemovedFileGoesInOrder},
		{"AWholeEnvironmentGoesInOrder", (*stage).aWholeEnvironmentGoesInOrder},
	} {
		start := time.Now()
		if !t.Run(step.name, func(t *testing.T) { step.run(s.on(t)) }) {
			t.Fatalf("%s failed: the next steps need it", step.name)
		}
		t.Logf("%6.1f s  %s", time.Since(start).Seconds(), step.name)
	}
}

// configuration is the installed Configuration package.
func (s *stage) configuration() string {
	s.t.Helper()
	u := object(schema.GroupVersionKind{Group: "pkg.crossplane.io", Version: "v1", Kind: "Configuration"}, "", "platform")
	if err := s.Client.Get(s.t.Context(), client.ObjectKeyFromObject(u), u); err != nil {
		s.t.Fatal(err)
	}
	source, _, _ := unstructured.NestedString(u.Object, "spec", "package")
	return source
}

// theRootBringsThePlatform applies what a person applies: the projects and the root application.
func (s *stage) theRootBringsThePlatform() {
	objs, err := manifest.Read(s.repo.work+"/argocd/projects", s.repo.work+"/argocd/bootstrap/root.yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := manifest.Apply(s.t.Context(), s.Client, objs...); err != nil {
		s.t.Fatal(err)
	}
	apps := []string{"settings", "projects", "platform", "environments", "guardrails", "claims"}
	for _, app := range append(apps, "platform-root") {
		s.isWell(app)
	}
	s.cameInOrder(apps)
}

// cameInOrder checks the waves: each started after everything of the previous wave was applied and healthy.
func (s *stage) cameInOrder(apps []string) {
	s.t.Helper()
	made := map[string]time.Time{}
	for _, name := range apps {
		a, err := s.application(s.t.Context(), name)
		if err != nil {
			s.t.Fatal(err)
		}
		made[name] = a.GetCreationTimestamp().Time
	}
	for i := 2; i < len(apps); i++ { // settings and projects are in one wave.
		before, after := apps[i-1], apps[i]
		if made[after].Before(made[before]) {
			s.t.Errorf("%s came before %s", after, before)
		}
	}
}

func (s *stage) aPushedClaimBecomesReady() {
	s.repo.brings(network)
	s.pushes("a network")
	claim := claims(s.t, network)[0]
	s.shows(devApp, harness.Title(claim), "Progressing", "")
	s.becomesReady(claim)
	s.isWell(devApp)
	s.hasNoComposites(devApp, claim)
}

// hasNoComposites checks that a composite, which has its claim's tracking annotation, is none of
// the application's resources.
func (s *stage) hasNoComposites(app string, claim *unstructured.Unstructured) {
	s.t.Helper()
	const tracking = "argocd.argoproj.io/tracking-id"
	u, err := s.get(s.t.Context(), claim)
	if err != nil {
		s.t.Fatal(err)
	}
	xr, err := s.composite(s.t.Context(), claim)
	if err != nil {
		s.t.Fatal(err)
	}
	if own, inherited := u.GetAnnotations()[tracking], xr.GetAnnotations()[tracking]; own == "" || own != inherited {
		s.t.Errorf("%s: want its tracking annotation %q on its composite, got %q: this test has nothing to check", harness.Title(claim), own, inherited)
	}
	a, err := s.application(s.t.Context(), app)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range a.resources() {
		if strings.HasPrefix(r.Kind, "X") {
			s.t.Errorf("%s has the composite %s %s", app, r.Kind, r.Name)
		}
	}
}

func (s *stage) composite(ctx context.Context, claim *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	_, xr, err := harness.Composite(ctx, s.Client, claim)
	return xr, err
}

func (s *stage) anEditBehindGitIsReverted() {
	claim := claims(s.t, network)[0]
	want, _, err := unstructured.NestedStringMap(claim.Object, "spec", "tags")
	if err != nil {
		s.t.Fatal(err)
	}
	s.repo.replaces(network, "spec:\n", "spec:\n  tags: {owner: git}\n")
	if len(want) > 0 {
		s.t.Fatalf("%s has tags now: give this test another field to edit", network)
	}
	s.pushes("whose it is")
	s.has(claim, "git", "spec", "tags", "owner")
	s.isWell(devApp)
	s.patch(claim, `{"spec":{"tags":{"owner":"someone"}}}`)
	s.has(claim, "git", "spec", "tags", "owner")
	s.isWell(devApp)
}

func (s *stage) aPendingClaimShowsProgressing() {
	const file = devFolder + "/databases/lost.yaml"
	s.repo.write(file, `apiVersion: platform.ausmart.io/v1alpha1
kind: Database
metadata: {name: lost, namespace: ausmart}
spec: {environment: dev, networkRef: {name: nowhere}, engine: mysql, databaseName: lost}
`)
	s.pushes("a database without a network")
	s.shows(devApp, "Database lost", "Progressing", "nowhere")
	s.repo.git("revert", "--no-edit", "HEAD")
	s.repo.push()
	s.refresh()
	s.isGone(object(claims(s.t, network)[0].GroupVersionKind().GroupVersion().WithKind("Database"), "ausmart", "lost"))
	s.isWell(devApp)
}

// aRefusedClaimShowsDegraded checks a Ready claim whose environment's settings are invalid.
func (s *stage) aRefusedClaimShowsDegraded() {
	const file = "examples/environments/dev.yaml"
	claim := claims(s.t, network)[0]
	s.repo.replaces(file, "\ndata:\n", "\ndata:\n  retentionDay: 3\n")
	s.pushes("a misspelt setting")
	s.shows(devApp, harness.Title(claim), "Degraded", "retentionDay")
	u, err := s.get(s.t.Context(), claim)
	if err != nil {
		s.t.Fatal(err)
	}
	if missing := manifest.Missing(u, "Ready"); missing != "" {
		s.t.Errorf("%s: want it refused and Ready, or the health check has nothing to show, but %s", harness.Title(claim), missing)
	}
	s.repo.git("revert", "--no-edit", "HEAD")
	s.repo.push()
	s.refresh()
	s.isWell(devApp)
}

// anUnsyncedClaimShowsDegraded checks a claim whose change Crossplane cannot write to its composite.
func (s *stage) anUnsyncedClaimShowsDegraded() {
	claim := claims(s.t, network)[0]
	policy := refusal("e2eargo-frozen", "xnetworks", "UPDATE", "this composite is frozen by a test", "object.spec != oldObject.spec")
	if err := manifest.Apply(s.t.Context(), s.Client, policy...); err != nil {
		s.t.Fatal(err)
	}
	s.repo.replaces(network, "owner: git", "owner: git, cost: none")
	s.pushes("what it costs")
	s.shows(devApp, harness.Title(claim), "Degraded", "frozen by a test")
	u, err := s.get(s.t.Context(), claim)
	if err != nil {
		s.t.Fatal(err)
	}
	if missing := manifest.Missing(u, "Ready"); missing != "" {
		s.t.Errorf("%s: want it Ready and not Synced, but %s", harness.Title(claim), missing)
	}
	for _, o := range policy {
		if err := s.Client.Delete(s.t.Context(), o); err != nil {
			s.t.Fatal(err)
		}
	}
	s.isWell(devApp)
}

// refusal returns a policy, and its binding, that refuses an operation on one of our kinds when an
// expression is true.
func refusal(name, resource, operation, message, when string) []*unstructured.Unstructured {
	kind := func(k string) schema.GroupVersionKind {
		return schema.GroupVersionKind{Group: "admissionregistration.k8s.io", Version: "v1", Kind: k}
	}
	policy := object(kind("ValidatingAdmissionPolicy"), "", name)
	policy.Object["spec"] = map[string]any{
		"failurePolicy": "Fail",
		"matchConstraints": map[string]any{"resourceRules": []any{map[string]any{
			"apiGroups": []any{"platform.ausmart.io"}, "apiVersions": []any{"v1alpha1"}, "operations": []any{operation}, "resources": []any{resource},
		}}},
		"validations": []any{map[string]any{"expression": "!(" + when + ")", "message": message}},
	}
	binding := object(kind("ValidatingAdmissionPolicyBinding"), "", name)
	binding.Object["spec"] = map[string]any{"policyName": name, "validationActions": []any{"Deny"}}
	return []*unstructured.Unstructured{policy, binding}
}

// aBrokenWebhookTurnsNothingUnknown checks a broken conversion webhook of a provider's kind. It
// first checks that one of another group does turn the application Unknown, or the test would prove
// nothing. Argo CD lists everything when it starts.
func (s *stage) aBrokenWebhookTurnsNothingUnknown() {
	s.hasBrokenKind("broken.aws.upbound.io")
	s.argo.restart(s.t, controller)
	s.repo.replaces(network, "cost: none", "cost: some")
	s.pushes("a change while a webhook is broken")
	s.has(claims(s.t, network)[0], "some", "spec", "tags", "cost")
	s.isWell(devApp)

	s.hasBrokenKind("broken.example.org")
	s.argo.restart(s.t, controller)
	s.eventually("a broken webhook of a kind that is not excluded turns the application Unknown", func(ctx context.Context) error {
		s.refresh()
		a, err := s.application(ctx, devApp)
		if err == nil && a.at("status", "sync", "status") != "Unknown" {
			err = fmt.Errorf("it is %s", a.at("status", "sync", "status"))
		}
		return err
	})
	for _, group := range []string{"broken.aws.upbound.io", "broken.example.org"} {
		if err := s.Client.Delete(s.t.Context(), brokenKind(group, false)); err != nil {
			s.t.Fatal(err)
		}
	}
	// Argo CD caches for ten seconds that it could not list everything.
	s.eventually("Argo CD sees the cluster again", func(ctx context.Context) error {
		a, err := s.application(ctx, devApp)
		if err == nil && a.at("status", "sync", "status") == "Unknown" {
			s.refresh()
			time.Sleep(forgets)
			err = errors.New(a.says())
		}
		return err
	})
	s.isWell(devApp)
}

// hasBrokenKind installs a kind with an object that can only be listed through a webhook that does not exist.
func (s *stage) hasBrokenKind(group string) {
	s.t.Helper()
	crd := brokenKind(group, false)
	if err := manifest.Apply(s.t.Context(), s.Client, crd); err != nil {
		s.t.Fatal(err)
	}
	if err := manifest.WaitFor(s.t.Context(), s.Client, []*unstructured.Unstructured{crd}, "Established"); err != nil {
		s.t.Fatal(err)
	}
	s.eventually("an object of "+group, func(ctx context.Context) error {
		return manifest.Apply(ctx, s.Client, object(schema.GroupVersionKind{Group: group, Version: "v1", Kind: "Broken"}, "", "one"))
	})
	if err := manifest.Apply(s.t.Context(), s.Client, brokenKind(group, true)); err != nil {
		s.t.Fatal(err)
	}
}

func brokenKind(group string, webhook bool) *unstructured.Unstructured {
	version := func(name string, stored bool) map[string]any {
		return map[string]any{
			"name": name, "served": true, "storage": stored,
			"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
		}
	}
	versions := []any{version("v1", true)}
	conversion := map[string]any{"strategy": "None"}
	if webhook {
		versions = append(versions, version("v2", false))
		conversion = map[string]any{"strategy": "Webhook", "webhook": map[string]any{
			"conversionReviewVersions": []any{"v1"}, "clientConfig": map[string]any{"url": "https://127.0.0.1:1/convert"},
		}}
	}
	u := object(schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"}, "", "brokens."+group)
	u.Object["spec"] = map[string]any{
		"group": group, "scope": "Cluster", "names": map[string]any{"kind": "Broken", "plural": "brokens", "singular": "broken", "listKind": "BrokenList"},
		"versions": versions, "conversion": conversion,
	}
	return u
}

func (s *stage) aRenamedFolderDeletesNothing() {
	claim := claims(s.t, network)[0]
	before := s.uids(claim)
	const renamed, app = "examples/au-renamed", "claims-au-renamed"
	s.repo.git("mv", devFolder, renamed)
	s.pushes("a renamed folder")
	s.says(devApp, devFolder+": app path does not exist")
	s.says(app, "Shared resource found")
	if diff := cmp.Diff(before, s.uids(claim)); diff != "" {
		s.t.Errorf("claims of a renamed folder: -before, +after:\n%s", diff)
	}
	// As docs/gitops.md says: the new application may own them.
	s.patch(claim, `{"metadata":{"annotations":{"argocd.argoproj.io/tracking-id":null}}}`)
	s.isWell(app)
	if err := s.Client.Delete(s.t.Context(), object(argo("Application"), argoNamespace, devApp)); err != nil {
		s.t.Fatal(err)
	}

	s.repo.git("mv", renamed, devFolder)
	s.pushes("and back")
	s.says(devApp, "Shared resource found")
	s.patch(claim, `{"metadata":{"annotations":{"argocd.argoproj.io/tracking-id":null}}}`)
	s.isWell(devApp)
	if err := s.Client.Delete(s.t.Context(), object(argo("Application"), argoNamespace, app)); err != nil {
		s.t.Fatal(err)
	}
	if diff := cmp.Diff(before, s.uids(claim)); diff != "" {
		s.t.Errorf("claims of a folder that was renamed twice: -before, +after:\n%s", diff)
	}
}

func (s *stage) aDeletedApplicationSetDeletesNothing() {
	claim := claims(s.t, network)[0]
	before := s.uids(claim)
	set := object(argo("ApplicationSet"), argoNamespace, "claims")
	old, err := s.get(s.t.Context(), set)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.Client.Delete(s.t.Context(), set); err != nil {
		s.t.Fatal(err)
	}
	s.eventually("the ApplicationSet is back", func(ctx context.Context) error {
		now, err := s.get(ctx, set)
		if err == nil && now.GetUID() == old.GetUID() {
			err = errors.New("it is the old one")
		}
		return err
	})
	s.isWell("claims")
	s.isWell(devApp)
	if diff := cmp.Diff(before, s.uids(claim)); diff != "" {
		s.t.Errorf("claims of a deleted ApplicationSet: -before, +after:\n%s", diff)
	}
}

// aRemovalFromProductionWaits checks that a removal waits for its approval, and that other changes do not.
func (s *stage) aRemovalFromProductionWaits() {
	const file, other = "examples/au-prod/databases/scratch.yaml", "examples/au-prod/databases/cart.yaml"
	s.repo.write(file, `apiVersion: platform.ausmart.io/v1alpha1
kind: Database
metadata: {name: scratch, namespace: au-prod}
spec:
  environment: prod
  providerConfigName: prod
  engine: dynamodb
  deletionProtection: false
  table: {partitionKey: {name: id}}
`)
	s.repo.brings(other)
	s.pushes("two tables of production")
	cart, scratch := claims(s.t, other)[0], object(claims(s.t, other)[0].GroupVersionKind(), "au-prod", "scratch")
	s.becomesReady(scratch)
	s.isWell(prodApp)
	before := s.uids(cart, scratch)

	s.repo.git("rm", "-q", file)
	s.repo.replaces(other, "  tags:\n", "  tags:\n    same: push\n")
	s.pushes("a table less, and a tag")
	s.has(cart, "push", "spec", "tags", "same")
	s.eventually("the removal waits", func(ctx context.Context) error {
		a, err := s.application(ctx, prodApp)
		if err != nil {
			return err
		}
		r, err := a.resource("Database scratch")
		if err == nil && (!r.Prune || a.at("status", "sync", "status") != "OutOfSync" || s.outcome(a, "Database scratch") != "ignored (no prune)") {
			err = fmt.Errorf("it is %s, to be pruned: %v, and the last sync said %q", a.at("status", "sync", "status"), r.Prune, s.outcome(a, "Database scratch"))
		}
		return err
	})
	s.repo.replaces(other, "  tags:\n", "  tags:\n    next: push\n")
	s.pushes("the next push while a removal waits")
	s.has(cart, "push", "spec", "tags", "next")
	if diff := cmp.Diff(before, s.uids(cart, scratch)); diff != "" {
		s.t.Errorf("claims of production: -before, +after:\n%s", diff)
	}
	if err := s.Client.Delete(s.t.Context(), scratch.DeepCopy()); !kerrors.IsForbidden(err) && !kerrors.IsInvalid(err) {
		s.t.Errorf("want its deletion refused without an approval, for every user, got: %v", err)
	}

	s.approves(scratch)
	s.isGone(scratch)
	s.isWell(prodApp)
	if diff := cmp.Diff(before["Database cart"], s.uids(cart)["Database cart"]); diff != "" {
		s.t.Errorf("the claim that stayed: -before, +after:\n%s", diff)
	}
}

// approves the removal of the claim's current version, as docs/gitops.md says.
func (s *stage) approves(claim *unstructured.Unstructured) {
	s.t.Helper()
	u, err := s.get(s.t.Context(), claim)
	if err != nil {
		s.t.Fatal(err)
	}
	s.patch(u, fmt.Sprintf(`{"metadata":{"annotations":{"platform.ausmart.io/approved-removal":"%s/%d","argocd.argoproj.io/sync-options":"Prune=true"}}}`,
		u.GetUID(), u.GetGeneration()))
}

// outcome of the last sync for one resource.
func (s *stage) outcome(a application, title string) string {
	list, _, _ := unstructured.NestedSlice(a.Object, "status", "operationState", "syncResult", "resources")
	for _, item := range list {
		m, _ := item.(map[string]any)
		if fmt.Sprint(m["kind"])+" "+fmt.Sprint(m["name"]) == title {
			return fmt.Sprint(m["message"])
		}
	}
	return ""
}

// environmentClaims are those of examples/au-dev.
func (s *stage) environmentClaims() []*unstructured.Unstructured { return claims(s.t, devFolder) }

func (s *stage) anEnvironmentComes() {
	s.repo.brings(devFiles(s.t)...)
	s.pushes("all of au-dev")
	for _, c := range s.environmentClaims() {
		s.becomesReady(c)
	}
	s.isWell(devApp)
}

func devFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, dir := range []string{"", "databases/", "services/"} {
		for _, path := range glob(t, root(t)+"/"+devFolder+"/"+dir+"*.yaml") {
			files = append(files, strings.TrimPrefix(path, root(t)+"/"))
		}
	}
	return files
}

func (s *stage) aRevertRollsAnImageBack() {
	const file, service = devFolder + "/services/catalog.yaml", "catalog"
	image := func() (string, error) {
		d := &appsv1.Deployment{}
		if err := s.inside().Get(s.t.Context(), client.ObjectKey{Namespace: "store", Name: service}, d); err != nil {
			return "", err
		}
		return d.Spec.Template.Spec.Containers[0].Image, nil
	}
	old, err := image()
	if err != nil {
		s.t.Fatal(err)
	}
	next := strings.Replace(old, ":v0.1.0", ":v0.2.0", 1)
	if next == old {
		s.t.Fatalf("%s runs %s: give this test another tag to change", service, old)
	}
	runs := func(want string) {
		s.eventually(service+" runs "+want, func(context.Context) error {
			got, err := image()
			if err == nil && got != want {
				err = errors.New("it runs " + got)
			}
			return err
		})
		s.isWell(devApp)
	}
	s.repo.replaces(file, old, next)
	s.pushes("a new catalog")
	runs(next)
	s.repo.git("revert", "--no-edit", "HEAD")
	s.repo.push()
	s.refresh()
	runs(old)
}

// inside is a client of au-dev's cluster.
func (s *stage) inside() client.Client {
	s.t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", s.Dir.ClusterKubeconfig(s.clusterName()))
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := client.New(config, client.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// clusterName of au-dev in AWS.
func (s *stage) clusterName() string {
	s.t.Helper()
	u, err := s.get(s.t.Context(), claims(s.t, devFolder+"/cluster.yaml")[0])
	if err != nil {
		s.t.Fatal(err)
	}
	name, _, _ := unstructured.NestedString(u.Object, "status", "clusterName")
	return name
}

// aRemovedFileGoesInOrder removes a service, and the database that it uses, in one push. The
// database must stay while it is used.
func (s *stage) aRemovedFileGoesInOrder() {
	files := []string{devFolder + "/databases/checkout.yaml", devFolder + "/services/checkout.yaml"}
	gone := claims(s.t, files...)
	s.repo.git(append([]string{"rm", "-q"}, files...)...)
	s.pushes("no checkout any more")
	database, service := gone[0], gone[1]
	s.eventually("the service goes before its database", func(ctx context.Context) error {
		_, databaseErr := s.get(ctx, database)
		_, serviceErr := s.get(ctx, service) // Read last: if it exists now, it existed when the database was read.
		switch {
		case kerrors.IsNotFound(databaseErr) && serviceErr == nil:
			s.t.Error("the database was deleted while its service was there")
			return nil
		case kerrors.IsNotFound(serviceErr):
			return nil
		}
		return errors.Join(errors.New("it is there"), databaseErr, serviceErr)
	})
	s.isGone(gone...)
	s.isWell(devApp)
}

// aWholeEnvironmentGoesInOrder removes every claim in one push. The folder stays.
func (s *stage) aWholeEnvironmentGoesInOrder() {
	all := s.environmentClaims()
	owners := map[string]string{}
	var left []*unstructured.Unstructured
	for _, c := range all {
		xr, err := s.composite(s.t.Context(), c)
		if kerrors.IsNotFound(err) {
			continue // It was deleted before.
		}
		if err != nil {
			s.t.Fatal(err)
		}
		owners[xr.GetName()] = harness.Title(c)
		left = append(left, c)
	}
	if len(left) < 9 {
		s.t.Fatalf("only %v are left of au-dev", slices.Sorted(maps.Values(owners)))
	}
	stop := harness.WatchRemovals(s.Client, owners)
	s.repo.git("rm", "-q", "-r", devFolder)
	s.repo.write(devFolder+"/README.md", "This environment was taken down.\n")
	s.pushes("no au-dev any more")
	s.isGone(left...)
	order := stop()
	s.t.Log("objects were deleted in this order:\n" + harness.List(order))
	for _, wrong := range harness.OutOfOrder(order) {
		s.t.Error(wrong)
	}
	s.isWell(devApp)
}
