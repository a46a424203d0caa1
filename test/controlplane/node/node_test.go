package node

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func TestChoose(t *testing.T) {
	all := []*corev1.Node{newNode("c", "r", "ra"), newNode("c", "r", "rb"), newNode("c", "r", "rc")}
	owned := func(change func(*corev1.Pod)) *corev1.Pod {
		p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{OwnerReferences: []metav1.OwnerReference{{UID: types.UID("rs"), Controller: new(true)}}}}
		change(p)
		return p
	}
	cases := map[string]struct {
		reason string
		pod    *corev1.Pod
		load   map[share]int
		want   string
	}{
		"First":  {reason: "An empty cluster starts with its first zone.", pod: owned(func(*corev1.Pod) {}), want: "c-ra"},
		"Spread": {reason: "The next pod of the same owner goes to another zone.", pod: owned(func(*corev1.Pod) {}), load: map[share]int{{"rs", "c-ra"}: 1, {"other", "c-rb"}: 7}, want: "c-rb"},
		"Selector": {
			reason: "A selector is respected.", want: "c-rc",
			pod: owned(func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "rc"} }),
		},
		"NoSuchNode": {
			reason: "Without a node that suits it a pod stays Pending.",
			pod:    owned(func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"disk": "fast"} }),
		},
		"DaemonSet": {
			reason: "A DaemonSet's pod names its node.", want: "c-rb",
			pod: owned(func(p *corev1.Pod) {
				p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
					NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{{Key: metav1.ObjectNameField, Values: []string{"c-rb"}}}}},
				}}}
			}),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, choose(all, tc.pod, tc.load)); diff != "" {
				t.Errorf("\n%s\nchoose(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
