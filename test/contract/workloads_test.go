package contract_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// objectsOf are the objects that a Service creates in its cluster, by the name of the composed
// resource, once all of them are composed.
func objectsOf(t *testing.T, golden string) map[string]*unstructured.Unstructured {
	t.Helper()
	raw, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var r response
	if err := yaml.Unmarshal(raw, &r); err != nil {
		t.Fatalf("cannot decode %s: %v", golden, err)
	}
	out := map[string]*unstructured.Unstructured{}
	for name, resource := range r.Desired.Resources {
		if resource.Resource["kind"] != "Object" {
			continue
		}
		m, ok, err := unstructured.NestedMap(resource.Resource, "spec", "forProvider", "manifest")
		if err != nil || !ok {
			t.Fatalf("%s: %s has no manifest: %v", golden, name, err)
		}
		out[name] = &unstructured.Unstructured{Object: m}
	}
	return out
}

// TestWorkloadsAreValid sends the objects that Services create in their clusters to the API server,
// strictly, and then the pods of their Deployments, into the Services' namespace, which enforces
// the restricted Pod Security Standard.
func TestWorkloadsAreValid(t *testing.T) {
	t.Parallel()
	if err := server.Get(t).InstallFiles("../controlplane/crds/charts/secrets-store-csi-driver"); err != nil {
		t.Fatal(err)
	}
	c, err := client.New(server.Get(t).Config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c = client.WithFieldValidation(c, metav1.FieldValidationStrict)

	goldens, err := filepath.Glob("../../functions/service/testdata/*/03-all-ready/response.yaml")
	if err != nil || len(goldens) == 0 {
		t.Fatalf("cannot find golden responses of Services: %v", err)
	}
	for _, golden := range goldens {
		t.Run(short(golden), func(t *testing.T) {
			objects := objectsOf(t, golden)
			for _, first := range []string{"namespace", "service-account"} {
				if err := c.Create(t.Context(), objects[first].DeepCopy()); err != nil && !apierrors.IsAlreadyExists(err) {
					t.Fatalf("%s is refused: %v", first, err)
				}
			}
			for name, o := range objects {
				if name == "namespace" || name == "service-account" {
					continue
				}
				if err := c.Create(t.Context(), o.DeepCopy(), client.DryRunAll); err != nil {
					t.Errorf("%s is refused: %v", name, err)
				}
			}
			var d appsv1.Deployment
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(objects["deployment"].Object, &d); err != nil {
				t.Fatal(err)
			}
			if err := c.Create(t.Context(), pod(d), client.DryRunAll); err != nil {
				t.Errorf("its pods are refused: %v", err)
			}
			refusesUnguarded(t, c, d)
		})
	}
}

func pod(d appsv1.Deployment) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: d.Spec.Template.ObjectMeta, Spec: *d.Spec.Template.Spec.DeepCopy()}
	p.Name, p.Namespace = d.Name, d.Namespace
	return p
}

// refusesUnguarded removes one setting of the pod's security after another: the API server must
// refuse each such pod. Otherwise accepting the whole pod would prove nothing.
func refusesUnguarded(t *testing.T, c client.Client, d appsv1.Deployment) {
	t.Helper()
	security := func(p *corev1.Pod) *corev1.SecurityContext { return p.Spec.Containers[0].SecurityContext }
	guards := map[string]func(p *corev1.Pod){
		"runAsNonRoot": func(p *corev1.Pod) { p.Spec.SecurityContext.RunAsNonRoot, security(p).RunAsNonRoot = nil, nil },
		"seccompProfile": func(p *corev1.Pod) {
			p.Spec.SecurityContext.SeccompProfile, security(p).SeccompProfile = nil, nil
		},
		"allowPrivilegeEscalation": func(p *corev1.Pod) { security(p).AllowPrivilegeEscalation = nil },
		"capabilities":             func(p *corev1.Pod) { security(p).Capabilities = nil },
	}
	missed := map[string]bool{}
	for guard, off := range guards {
		p := pod(d)
		off(p)
		err := c.Create(t.Context(), p, client.DryRunAll)
		missed[guard] = err != nil && strings.Contains(err.Error(), `violates PodSecurity "restricted`)
	}
	want := map[string]bool{"runAsNonRoot": true, "seccompProfile": true, "allowPrivilegeEscalation": true, "capabilities": true}
	if diff := cmp.Diff(want, missed); diff != "" {
		t.Errorf("guards that the API server misses: -want, +got:\n%s", diff)
	}
}
