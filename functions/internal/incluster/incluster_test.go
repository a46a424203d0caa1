package incluster

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
)

func TestManifest(t *testing.T) {
	cases := map[string]struct {
		reason string
		obj    runtime.Object
		want   map[string]any
		err    string
	}{
		"Pod": {
			reason: "A status and nulls, which Go types cannot leave out, are removed.",
			obj: &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: "p"},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Ports: []corev1.ContainerPort{{ContainerPort: 8080}}}}},
			},
			want: map[string]any{
				"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "p"},
				"spec": map[string]any{"containers": []any{map[string]any{"name": "c", "ports": []any{map[string]any{"containerPort": int64(8080)}}, "resources": map[string]any{}}}},
			},
		},
		"Group": {
			reason: "The package of an API group has the first part of its name.",
			obj:    &rbacv1.ClusterRole{Rules: []rbacv1.PolicyRule{}},
			want:   map[string]any{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": map[string]any{}, "rules": []any{}},
		},
		"Other": {
			reason: "A type of another module must have its kind set.",
			obj:    &Release{},
			err:    "incluster.Release is no type of Kubernetes and has no kind",
		},
		"Lists": {
			reason: "Nulls in the elements of lists are removed too.",
			obj: &corev1.PodList{Items: []corev1.Pod{{
				Spec: corev1.PodSpec{},
			}}},
			want: map[string]any{"apiVersion": "v1", "kind": "PodList", "metadata": map[string]any{}, "items": []any{map[string]any{"metadata": map[string]any{}, "spec": map[string]any{}, "status": map[string]any{}}}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Manifest(tc.obj)
			if (err != nil || tc.err != "") && fmt.Sprint(err) != tc.err {
				t.Fatalf("%s\nManifest(...): got error %v, want %s", tc.reason, err, tc.err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nManifest(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCopies(t *testing.T) {
	o := NewObject("config", map[string]any{"kind": "ConfigMap"}, ObjectReadiness{Policy: WhenCreated})
	c := NewHelmConfig(xpv1.SecretKeySelector{Key: "kubeconfig"})
	r := &Release{Spec: ReleaseSpec{ForProvider: ReleaseParameters{Namespace: "n"}}}
	for _, obj := range []interface {
		runtime.Object
		metav1.Object
	}{o, c, r} {
		obj.SetLabels(map[string]string{"a": "b"})
		obj.DeepCopyObject().(metav1.Object).SetLabels(nil)
		again := obj.DeepCopyObject()
		if diff := cmp.Diff(obj, again); diff != "" {
			t.Errorf("a copy of %T is the same: -want, +got:\n%s", obj, diff)
		}
		again.(metav1.Object).GetLabels()["a"] = "c"
		if got := obj.GetLabels()["a"]; got != "b" {
			t.Errorf("a change of the labels of a copy of %T changes the original: %q", obj, got)
		}
	}
}
