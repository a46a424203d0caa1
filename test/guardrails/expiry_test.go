package guardrails_test

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/test/controlplane/manifest"
)

// TestApprovalsEnd runs the CronJob's command with the CronJob's arguments and rights, at several
// times: an approval is valid for an hour and then removed, for each kind of object, and nothing
// else of the object changes.
func TestApprovalsEnd(t *testing.T) {
	config := server.Get(t).Config
	root, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, config: config, kind: "Database", root: root, suffix: "-ends"}
	environment := object("apiextensions.crossplane.io/v1beta1", "EnvironmentConfig", "", s.name("staging"))
	environment.Object["data"] = map[string]any{"retentionDays": int64(30)} // The API server records no field manager for an empty object.
	given := []*unstructured.Unstructured{
		s.namespace(production), s.claim("prod", ""), s.composite("prod"), environment, s.definition(crd("platform.ausmart.io")),
		s.definition(xrd), s.definition(pkg("Configuration")), s.definition(pkg("Provider")), s.definition(pkg("Function")),
	}
	for _, u := range given[3:] {
		s.create(u)
	}
	// The API server changes a new definition once more.
	ready := func() error { return manifest.WaitFor(t.Context(), root, given[4:5], "Established") }
	if err := ready(); err != nil {
		t.Fatal(err)
	}
	before := map[*unstructured.Unstructured]any{}
	for _, u := range given {
		s.get(u)
		before[u] = stable(u)
		if err := s.annotate(s.client(administrator), u, approved, approval(u)); err != nil {
			t.Fatal(err)
		}
	}
	changed := s.claimNamed("changed")
	s.approve(changed)
	s.mustMerge(changed, `{spec: {tags: {a: b}}}`)

	now, binary := time.Now(), buildExpiry(t)
	s.expireApprovals(binary, now.Add(59*time.Minute))
	for _, u := range given {
		if s.get(u); u.GetAnnotations()[approved] == "" {
			t.Errorf("the approval of %s %s ended within the hour", u.GetKind(), u.GetName())
		}
	}
	if s.get(changed); changed.GetAnnotations()[approved] != "" {
		t.Error("an approval that a change has voided is still there")
	}
	s.expireApprovals(binary, now.Add(61*time.Minute))
	for _, u := range given {
		s.get(u)
		if diff := cmp.Diff(before[u], stable(u)); diff != "" {
			t.Errorf("%s %s: -before the approval, +after its end:\n%s", u.GetKind(), u.GetName(), diff)
		}
	}
}

func buildExpiry(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "expire-approvals")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../guardrails/cmd/expire-approvals").CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	return binary
}

// expireApprovals as the CronJob would at a time.
func (s *scene) expireApprovals(binary string, now time.Time) {
	s.Helper()
	args := append(cronJobArgs(s.T), "--kubeconfig="+kubeconfig(s.T, s.config, expirer), "--now="+now.Format(time.RFC3339))
	out, err := exec.CommandContext(s.Context(), binary, args...).CombinedOutput()
	if err != nil {
		s.Fatalf("cannot run %v: %v\n%s", args, err, out)
	}
	s.Logf("at %s:\n%s", now.Format(time.RFC3339), out)
}

func cronJobArgs(t *testing.T) []string {
	t.Helper()
	objs, err := manifest.Read(filepath.Join(guardrails, "expiry.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objs {
		if o.GetKind() != "CronJob" {
			continue
		}
		raw, err := yaml.Marshal(o.Object)
		if err != nil {
			t.Fatal(err)
		}
		job := decodeInto[batchv1.CronJob](t, raw)
		return job.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Args
	}
	t.Fatal("there is no CronJob")
	return nil
}

func (s *scene) get(u *unstructured.Unstructured) {
	s.Helper()
	if err := s.root.Get(s.Context(), client.ObjectKeyFromObject(u), u); err != nil {
		s.Fatal(err)
	}
}

// stable returns the fields of an object that do not change with every request.
func stable(u *unstructured.Unstructured) map[string]any {
	out := u.DeepCopy()
	out.SetResourceVersion("")
	out.SetManagedFields(nil)
	if len(out.GetAnnotations()) == 0 {
		out.SetAnnotations(nil)
	}
	return out.Object
}
