package gitops

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane/manifest"
)

// repository is the address from which Argo CD reads this repository.
const repository = "https://github.com/ausmart/platform.git"

// TestWaves checks the order in which a new cluster is set up.
func TestWaves(t *testing.T) {
	want := map[string]string{
		"settings": "0", "projects": "0", "crossplane": "1", "platform": "2", "environments": "3", "guardrails": "4", "claims": "5",
	}
	got := map[string]string{}
	for _, app := range read(t, "argocd/apps") {
		got[app.GetName()] = app.GetAnnotations()["argocd.argoproj.io/sync-wave"]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("waves of argocd/apps: -want, +got:\n%s", diff)
	}
}

// TestApplicationsDeleteNothingWhenTheyGo fails on a finalizer: it would delete the application's objects.
func TestApplicationsDeleteNothingWhenTheyGo(t *testing.T) {
	for _, app := range append(read(t, "argocd/apps"), read(t, "argocd/bootstrap/root.yaml")...) {
		if len(app.GetFinalizers()) > 0 {
			t.Errorf("%s has finalizers: %v", app.GetName(), app.GetFinalizers())
		}
		if limit, _, _ := unstructured.NestedFieldNoCopy(app.Object, "spec", "syncPolicy", "retry", "limit"); fmt.Sprint(limit) != "-1" {
			t.Errorf("%s: spec.syncPolicy.retry.limit: want -1, got %v: Argo CD would give up", app.GetName(), limit)
		}
	}
}

// TestProjectsAllow checks that projects allow the objects of their applications, by kind and
// namespace, and that projects of claims allow only claims.
func TestProjectsAllow(t *testing.T) {
	projects := map[string]*unstructured.Unstructured{}
	for _, p := range read(t, "argocd/projects") {
		projects[p.GetName()] = p
	}
	for _, app := range append(read(t, "argocd/apps"), read(t, "argocd/bootstrap/root.yaml")...) {
		source, _, _ := unstructured.NestedMap(app.Object, "spec", "source")
		project := projects[nested(app, "spec", "project")]
		if project == nil {
			t.Errorf("%s: there is no project %q", app.GetName(), nested(app, "spec", "project"))
			continue
		}
		if sources, _, _ := unstructured.NestedStringSlice(project.Object, "spec", "sourceRepos"); !slices.Contains(sources, source["repoURL"].(string)) {
			t.Errorf("%s: project %s does not allow %s", app.GetName(), project.GetName(), source["repoURL"])
		}
		if source["chart"] != nil {
			continue // Its objects are in the chart.
		}
		for _, o := range read(t, source["path"].(string)) {
			if o.GetKind() == "Kustomization" {
				continue // It is not included.
			}
			if why := forbidden(project, o, nested(app, "spec", "destination", "namespace")); why != "" {
				t.Errorf("%s: %s %s: %s", app.GetName(), o.GetKind(), o.GetName(), why)
			}
		}
	}
}

// TestProjectsOfClaimsAllow checks that each environment's claims are allowed in its own project,
// and not in the other one.
func TestProjectsOfClaimsAllow(t *testing.T) {
	root := repositoryRoot(t)
	folders, err := filepath.Glob(filepath.Join(root, "examples", "*"))
	if err != nil {
		t.Fatal(err)
	}
	dev, prod := read(t, "argocd/projects/dev.yaml")[0], read(t, "argocd/projects/prod.yaml")[0]
	checked := 0
	for _, folder := range folders {
		name := filepath.Base(folder)
		if name == "environments" {
			continue
		}
		right, wrong := dev, prod
		if strings.HasSuffix(name, "-prod") {
			right, wrong = prod, dev
		}
		for _, o := range read(t, path.Join("examples", name)) {
			checked++
			if why := forbidden(right, o, ""); why != "" {
				t.Errorf("examples/%s: project %s: %s %s: %s", name, right.GetName(), o.GetKind(), o.GetName(), why)
			}
			if forbidden(wrong, o, "") == "" {
				t.Errorf("examples/%s: project %s allows %s %s too", name, wrong.GetName(), o.GetKind(), o.GetName())
			}
		}
	}
	if checked == 0 {
		t.Error("there are no claims in examples")
	}
}

// TestClaimsAreNeverDeletedByAccident checks the settings that keep a lost folder, or a deleted
// ApplicationSet, from deleting claims.
func TestClaimsAreNeverDeletedByAccident(t *testing.T) {
	set := read(t, "argocd/claims")[0]
	policy, _, _ := unstructured.NestedMap(set.Object, "spec", "syncPolicy")
	if diff := cmp.Diff(map[string]any{"applicationsSync": "create-update", "preserveResourcesOnDeletion": true}, policy); diff != "" {
		t.Errorf("spec.syncPolicy: -want, +got:\n%s", diff)
	}
	if finalizers, _, _ := unstructured.NestedSlice(set.Object, "spec", "template", "metadata", "finalizers"); len(finalizers) > 0 {
		t.Errorf("spec.template.metadata.finalizers: want none, got %v", finalizers)
	}
	if _, progressive, _ := unstructured.NestedMap(set.Object, "spec", "strategy"); progressive {
		t.Error("spec.strategy: a progressive sync waits until every claim is healthy, and with a removal that waits it never ends")
	}
	if project := nested(set, "spec", "template", "spec", "project"); !strings.Contains(project, `"-prod" .path.basename }}prod`) {
		t.Errorf("spec.template.spec.project: want prod for the folders of production, got %s", project)
	}
	options, _, _ := unstructured.NestedStringSlice(set.Object, "spec", "template", "spec", "syncPolicy", "syncOptions")
	patch := nested(set, "spec", "templatePatch")
	for _, o := range options {
		if !strings.Contains(patch, "- "+o) {
			t.Errorf("spec.templatePatch replaces the sync options, and forgets %s", o)
		}
	}
	for _, want := range []string{"Prune=false", "allowEmpty: false"} {
		if !strings.Contains(patch, want) {
			t.Errorf("spec.templatePatch: want %q for production in:\n%s", want, patch)
		}
	}
}

// TestOneRepository checks that every file names the same repository, so that a fork can replace it everywhere.
func TestOneRepository(t *testing.T) {
	for _, o := range append(read(t, "argocd"), read(t, "argocd/bootstrap")...) {
		for _, at := range [][]string{{"spec", "source", "repoURL"}, {"spec", "template", "spec", "source", "repoURL"}} {
			if url := nested(o, at...); url != "" && url != repository && !strings.HasPrefix(url, "https://charts.") {
				t.Errorf("%s %s: %s: want %s, got %s", o.GetKind(), o.GetName(), strings.Join(at, "."), repository, url)
			}
		}
	}
}

// forbidden returns why a project does not allow an object.
func forbidden(project, o *unstructured.Unstructured, namespace string) string {
	field := "namespaceResourceWhitelist"
	if clusterWide(o) {
		field = "clusterResourceWhitelist"
	}
	list, _, _ := unstructured.NestedSlice(project.Object, "spec", field)
	allowed := slices.ContainsFunc(list, func(item any) bool {
		m, _ := item.(map[string]any)
		return m["group"] == o.GroupVersionKind().Group && m["kind"] == o.GetKind()
	})
	if !allowed {
		return "its kind is not in spec." + field
	}
	if clusterWide(o) {
		return ""
	}
	if own := o.GetNamespace(); own != "" {
		namespace = own
	}
	destinations, _, _ := unstructured.NestedSlice(project.Object, "spec", "destinations")
	for _, d := range destinations {
		m, _ := d.(map[string]any)
		if ok, err := path.Match(m["namespace"].(string), namespace); err == nil && ok {
			return ""
		}
	}
	return "its namespace " + namespace + " is not in spec.destinations"
}

// clusterWide kinds of argocd/.
func clusterWide(o *unstructured.Unstructured) bool {
	return slices.Contains([]string{
		"Namespace", "ClusterRole", "ClusterRoleBinding", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "Configuration",
		"DeploymentRuntimeConfig", "ImageConfig", "EnvironmentConfig", "ManagedResourceActivationPolicy", "ProviderConfig", "ClusterUsage",
	}, o.GetKind())
}

// settings of Argo CD.
func settings(t *testing.T) map[string]string {
	t.Helper()
	data, _, err := unstructured.NestedStringMap(read(t, "argocd/bootstrap/settings/argocd-cm.yaml")[0].Object, "data")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func read(t *testing.T, name string) []*unstructured.Unstructured {
	t.Helper()
	objs, err := manifest.Read(filepath.Join(repositoryRoot(t), name))
	if err != nil {
		t.Fatal(err)
	}
	if len(objs) == 0 {
		t.Fatalf("%s has no objects", name)
	}
	return objs
}

func repositoryRoot(t *testing.T) string {
	t.Helper()
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func nested(o *unstructured.Unstructured, at ...string) string {
	s, _, _ := unstructured.NestedString(o.Object, at...)
	return s
}
