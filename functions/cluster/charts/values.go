package charts

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

const (
	// criticalToCluster evicts a workload's pod where a controller would be pending
	// otherwise; criticalToNode is for what each pod of a node needs to start.
	criticalToCluster = "system-cluster-critical"
	criticalToNode    = "system-node-critical"
)

// An account is how all charts write a service account.
type account struct {
	Create bool   `json:"create"`
	Name   string `json:"name"`
}

// A budget is how all charts write a pod disruption budget.
type budget struct {
	Enabled        *bool  `json:"enabled,omitempty"`
	Name           string `json:"name,omitempty"`
	MaxUnavailable int32  `json:"maxUnavailable,omitempty"`
}

// plain is a value of only JSON's own types, as a Release takes it. The types of
// this package hold nothing that cannot be converted, which a test checks.
func plain(v any) map[string]any {
	out, _ := incluster.Plain(v)
	return out
}

// baseline prefers the managed node group to Karpenter's nodes, which come and go. It
// is no condition: a controller on any node is better than a pending one.
func baseline() *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{
			Weight:     100,
			Preference: corev1.NodeSelectorTerm{MatchExpressions: notOfKarpenter()},
		}},
	}}
}

func notOfKarpenter() []corev1.NodeSelectorRequirement {
	return []corev1.NodeSelectorRequirement{{Key: conventions.NodePoolLabel, Operator: corev1.NodeSelectorOpDoesNotExist}}
}

// everywhere is what a pod tolerates that each node needs, spot nodes included.
func everywhere() []corev1.Toleration {
	return []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
}
