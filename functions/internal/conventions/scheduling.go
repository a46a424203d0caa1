package conventions

import (
	corev1 "k8s.io/api/core/v1"
)

// How pods choose their nodes: the Cluster function puts these names on nodes, and the
// Service function asks for them. A pod without any runs on the baseline node group or
// on Karpenter's on-demand nodes. A pod that tolerates SpotTaint may run on spot nodes
// too, and prefers them with PreferSpot.
const (
	// CapacityTypeLabel is what Karpenter puts on every node that it starts
	// (karpenter.sh/docs/concepts/scheduling, read 2026-11).
	CapacityTypeLabel = "karpenter.sh/capacity-type"

	// NodePoolLabel is on every node that Karpenter starts, and on no other.
	NodePoolLabel = "karpenter.sh/nodepool"

	// DiscoveryTag is on the subnets and the security group that nodes belong to;
	// its value is the network's name.
	DiscoveryTag = "karpenter.sh/discovery"

	// Spot is the value of CapacityTypeLabel on nodes that AWS may take back.
	Spot = "spot"

	// OnDemand is its value on nodes that stay.
	OnDemand = "on-demand"

	// SpotTaint keeps pods off spot nodes unless they tolerate it: such a pod ends at two
	// minutes' notice.
	SpotTaint = "platform.ausmart.io/spot"

	// SpotTaintValue is the taint's value.
	SpotTaintValue = "true"
)

// TolerateSpot lets a pod run on spot nodes.
func TolerateSpot() corev1.Toleration {
	return corev1.Toleration{Key: SpotTaint, Operator: corev1.TolerationOpEqual, Value: SpotTaintValue, Effect: corev1.TaintEffectNoSchedule}
}

// PreferSpot makes a pod prefer spot nodes where there are any. It needs TolerateSpot too.
func PreferSpot() *corev1.NodeAffinity {
	return &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{
		Weight: 100,
		Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{
			Key:      CapacityTypeLabel,
			Operator: corev1.NodeSelectorOpIn,
			Values:   []string{Spot},
		}}},
	}}}
}
