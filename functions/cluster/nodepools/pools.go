package nodepools

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
)

const (
	// defaultCores limits a pool unless the claim sets its own limit: enough for ten
	// nodes of m-type xlarge, and an end to what a mistake can cost.
	defaultCores = 40

	// gibPerCore is the memory of m-type instances; the claim may give only one of
	// the two.
	gibPerCore = 4

	// settle is how long the pods of a node must stay the same before Karpenter checks
	// whether they fit elsewhere: longer than the five minutes for which an autoscaler
	// keeps its replicas before it removes some.
	settle = "10m"

	// oldest a node gets. New images replace nodes earlier, within the budgets.
	// Expiry knows no budgets, so it is late, and only for nodes that never
	// drifted.
	oldest = "1440h"

	// drain ends the wait for a pod that cannot be evicted, such as the only one
	// under its disruption budget: by then people have had a working day to notice it.
	drain = "24h"
)

func onDemand(arch string, limits *v1alpha1.NodePoolLimits) nodePool {
	return pool(conventions.OnDemand, arch, 10, limits, "10%")
}

// spot nodes are taken away at two minutes' notice. The pods on them tolerate that, so
// more of the nodes may be replaced at once.
func spot(arch string, limits *v1alpha1.NodePoolLimits) nodePool {
	return pool(conventions.Spot, arch, 50, limits, "20%", corev1.Taint{Key: conventions.SpotTaint, Value: conventions.SpotTaintValue, Effect: corev1.TaintEffectNoSchedule})
}

// pool of nodes of a type of capacity. Of those that are not empty, a step is replaced at
// once.
func pool(capacity, arch string, weight int32, limits *v1alpha1.NodePoolLimits, step string, taints ...corev1.Taint) nodePool {
	return nodePool{
		TypeMeta:   metav1.TypeMeta{APIVersion: "karpenter.sh/v1", Kind: "NodePool"},
		ObjectMeta: metav1.ObjectMeta{Name: capacity},
		Spec: nodePoolSpec{
			Weight: weight,
			Limits: within(limits),
			Disruption: disruption{
				ConsolidationPolicy: "WhenEmptyOrUnderutilized",
				ConsolidateAfter:    settle,
				Budgets: []budget{
					{Nodes: "100%", Reasons: []string{"Empty"}},
					{Nodes: step, Reasons: []string{"Underutilized", "Drifted"}},
				},
			},
			Template: nodeTemplate{Spec: nodeSpec{
				NodeClassRef:           classRef{Group: classGroup, Kind: classKind, Name: class},
				Requirements:           requirements(capacity, arch),
				Taints:                 taints,
				ExpireAfter:            oldest,
				TerminationGracePeriod: drain,
			}},
		},
	}
}

func requirements(capacity, arch string) []corev1.NodeSelectorRequirement {
	in := func(key string, values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
	}
	return []corev1.NodeSelectorRequirement{
		in(conventions.CapacityTypeLabel, capacity),
		in(corev1.LabelOSStable, "linux"),
		// One architecture for all nodes: a pod that names none runs wherever it is put,
		// and on another architecture than its image's it would never start.
		in(corev1.LabelArchStable, arch),
		// No burstable types: a pod's speed would depend on its neighbours' credits.
		in("karpenter.k8s.aws/instance-category", "c", "m", "r"),
		// The fourth generation and older ones do not run on Nitro.
		{Key: "karpenter.k8s.aws/instance-generation", Operator: corev1.NodeSelectorOpGt, Values: []string{"4"}},
		// Up to 16 cores: the loss of one node must not be the loss of most pods.
		{Key: "karpenter.k8s.aws/instance-cpu", Operator: corev1.NodeSelectorOpLt, Values: []string{"17"}},
	}
}

// Cores that a pool may have in total.
func Cores(limits *v1alpha1.NodePoolLimits) int {
	n, _ := strconv.Atoi(within(limits)["cpu"]) // within wrote it.
	return n
}

func within(limits *v1alpha1.NodePoolLimits) map[string]string {
	var cores, gib int32
	if limits != nil {
		cores, gib = limits.CPU, limits.MemoryGiB
	}
	if cores == 0 && gib == 0 {
		cores = defaultCores
	}
	if cores == 0 {
		cores = max(1, gib/gibPerCore)
	}
	if gib == 0 {
		gib = cores * gibPerCore
	}
	return map[string]string{"cpu": strconv.Itoa(int(cores)), "memory": fmt.Sprintf("%dGi", gib)}
}
