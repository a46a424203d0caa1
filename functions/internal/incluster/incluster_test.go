package incluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
)

func TestManifest(t *testing.T) {
	cases := map[string]struct {
		reason string
		obj    runtime.Object
		want   map[string]any
	}{
		"Pod": {
			reason: "Status and nulls, which Go types cannot leave out, are left out.",
			obj: &corev1.Pod{
				TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
				ObjectMeta: metav1.ObjectMeta{Name: "p"},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Ports: []corev1.ContainerPort{{ContainerPort: 8080}}}}},
			},
			want: map[string]any{
				"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "p"},
				"spec": map[string]any{"containers": []any{map[string]any{"name": "c", "ports": []any{map[string]any{"containerPort": float64(8080)}}, "resources": map[string]any{}}}},
			},
		},
		"Lists": {
			reason: "Nulls in lists' elements go too.",
			obj: &corev1.PodList{Items: []corev1.Pod{{
				Spec: corev1.PodSpec{},
			}}},
			want: map[string]any{"metadata": map[string]any{}, "items": []any{map[string]any{"metadata": map[string]any{}, "spec": map[string]any{}, "status": map[string]any{}}}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Manifest(tc.obj)
			if err != nil {
				t.Fatalf("%s\nManifest(...): %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nManifest(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCopies(t *testing.T) {
	o := NewObject("config", map[string]any{"kind": "ConfigMap"}, ObjectReadiness{Policy: WhenCreated})
	o.SetLabels(map[string]string{"a": "b"})
	c := NewHelmConfig(xpv1.SecretKeySelector{Key: "kubeconfig"})
	r := &Release{Spec: ReleaseSpec{ForProvider: ReleaseParameters{Namespace: "n"}}}
	for _, obj := range []runtime.Object{o, c, r} {
		if diff := cmp.Diff(obj, obj.DeepCopyObject()); diff != "" {
			t.Errorf("a copy of %T is the same: -want, +got:\n%s", obj, diff)
		}
	}
	o.DeepCopyObject().(*Object).SetLabels(nil)
	o.DeepCopyObject().(*Object).GetLabels()["a"] = "c"
	if got := o.GetLabels()["a"]; got != "b" {
		t.Errorf("a change of a copy's labels changes the original: %q", got)
	}
}
