package contract_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/cluster/nodepools"
	"github.com/ausmart/platform/functions/cluster/telemetry"
)

// karpenterCRDs is the folder of the CRDs of the pinned version of Karpenter's chart.
func karpenterCRDs(t *testing.T) string {
	t.Helper()
	const folder = "../controlplane/crds/charts/karpenter-crd"
	version, err := os.ReadFile(filepath.Join(folder, "VERSION"))
	if err != nil {
		t.Fatal(err)
	}
	pins := charts.Pins()
	i := slices.IndexFunc(pins, func(p charts.Pin) bool { return p.Chart.Name == charts.KarpenterCRDs })
	if i < 0 || pins[i].Chart.Version != strings.TrimSpace(string(version)) {
		t.Fatalf("%s has the CRDs of Karpenter %s: put those of the pinned version there, and write the version to VERSION", folder, version)
	}
	return folder
}

// TestNodePoolsAreValid sends the node class and the pools to the API server,
// which knows Karpenter's own CRDs and refuses any field that those do not have.
func TestNodePoolsAreValid(t *testing.T) {
	t.Parallel()
	if err := server.Get(t).InstallFiles(karpenterCRDs(t)); err != nil {
		t.Fatalf("cannot install Karpenter's CRDs: %v", err)
	}
	c := connect(t)
	for image, of := range map[string]nodepools.Image{"pinned": nodepools.Pinned(), "newest": nodepools.Newest(), "older": nodepools.Of("1.35", "amd64")} {
		pools, err := nodepools.All(nodepools.Inputs{
			Network: "au-prod", InstanceProfile: "au-prod-node", Architecture: "amd64", Image: of, DiskGiB: 30,
			Tags: map[string]string{"ausmart.io/environment": "prod"},
		})
		if err != nil || len(pools) == 0 {
			t.Fatalf("cannot make node pools: %d made, %v", len(pools), err)
		}
		for _, m := range pools {
			t.Run(image+"/"+m.Name, func(t *testing.T) {
				u := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(m.Object)}
				if err := c.Create(t.Context(), u, client.DryRunAll); err != nil {
					t.Errorf("it is refused: %v", err)
				}
				compare(t, m.Object, u.Object, m.Name)
			})
		}
	}
}

// compare fails on a field that the server has dropped or changed.
func compare(t *testing.T, sent, kept any, at string) {
	t.Helper()
	switch sent := sent.(type) {
	case map[string]any:
		kept, _ := kept.(map[string]any)
		for k, v := range sent {
			compare(t, v, kept[k], at+"."+k)
		}
	case []any:
		kept, _ := kept.([]any)
		if len(kept) != len(sent) {
			t.Errorf("%s: %d sent, %d kept", at, len(sent), len(kept))
			return
		}
		for i := range sent {
			compare(t, sent[i], kept[i], at)
		}
	default:
		if asNumber(sent) != asNumber(kept) {
			t.Errorf("%s: %v sent, %v kept", at, sent, kept)
		}
	}
}

// asNumber makes the number types of JSON and of the API comparable.
func asNumber(v any) any {
	if i, ok := v.(int64); ok {
		return float64(i)
	}
	return v
}

// TestTelemetryIsValid creates the collectors' namespaces, and sends all that
// belongs there, and each pod on its own: pods are what a namespace's pod security
// standard refuses.
func TestTelemetryIsValid(t *testing.T) {
	t.Parallel()
	all, err := telemetry.All(telemetry.Inputs{
		Cluster: "au-prod", Region: "ap-southeast-2", Redundant: true,
		PrometheusEndpoint: "https://aps-workspaces.ap-southeast-2.amazonaws.com/workspaces/ws-1/",
	})
	if err != nil {
		t.Fatalf("cannot make collectors: %v", err)
	}
	c, err := client.New(server.Get(t).Config, client.Options{})
	if err != nil {
		t.Fatalf("cannot make a client: %v", err)
	}
	c = client.WithFieldValidation(c, metav1.FieldValidationStrict)
	pods := 0
	for _, m := range all {
		u := &unstructured.Unstructured{Object: runtime.DeepCopyJSON(m.Object)}
		if u.GetKind() == "Namespace" {
			if err := c.Create(t.Context(), u); err != nil {
				t.Fatalf("%s is refused: %v", m.Name, err)
			}
			continue
		}
		if err := c.Create(t.Context(), u, client.DryRunAll); err != nil {
			t.Errorf("%s is refused: %v", m.Name, err)
		}
		compare(t, m.Object, u.Object, m.Name)
		if pod := podOf(t, m.Name, m.Object); pod != nil {
			pods++
			if err := c.Create(t.Context(), pod, client.DryRunAll); err != nil {
				t.Errorf("a pod of %s is refused: %v", m.Name, err)
			}
		}
	}
	if pods != 4 {
		t.Errorf("%d pods were tried, want 4: three collectors and kube-state-metrics", pods)
	}
}

// podOf a workload, or nil. It has the server's default account, since those of
// the manifests are sent and not kept.
func podOf(t *testing.T, name string, object map[string]any) *corev1.Pod {
	t.Helper()
	u := unstructured.Unstructured{Object: object}
	template, ok, _ := unstructured.NestedMap(object, "spec", "template")
	if !ok {
		return nil
	}
	pod := &corev1.Pod{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(template, pod); err != nil {
		t.Fatalf("cannot convert pod of %s: %v", name, err)
	}
	pod.Namespace = u.GetNamespace()
	pod.Name = strings.TrimPrefix(name, "deployment-") + "-0"
	return pod
}
