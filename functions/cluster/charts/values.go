package charts

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ausmart/platform/functions/internal/scheduling"
)

const (
	// criticalToCluster evicts a workload's pod rather than let a controller wait
	// for room; criticalToNode is for what each pod of a node needs to start.
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
// this package hold nothing that cannot be marshalled, which a test sees to.
func plain(v any) map[string]any {
	b, _ := json.Marshal(v) //nolint:errchkjson // See above.
	var out map[string]any
	_ = json.Unmarshal(b, &out)
	return out
}

// resources with a limit on memory only: a controller that is throttled is slow
// when most is to be done.
func resources(cpu, memory, memoryLimit string) corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)},
		Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(memoryLimit)},
	}
}

// spread puts the replicas of a controller on different nodes and zones where it
// can. It does not insist: a baseline of one node must still run them all.
func spread(app string) []corev1.TopologySpreadConstraint {
	over := func(key string) corev1.TopologySpreadConstraint {
		return corev1.TopologySpreadConstraint{
			MaxSkew:           1,
			TopologyKey:       key,
			WhenUnsatisfiable: corev1.ScheduleAnyway,
			LabelSelector:     &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": app}},
		}
	}
	return []corev1.TopologySpreadConstraint{over(corev1.LabelTopologyZone), over(corev1.LabelHostname)}
}

// baseline prefers the managed node group to Karpenter's nodes, which come and
// go. It does not insist: a controller on any node is better than a pending one.
func baseline() *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{
			Weight:     100,
			Preference: corev1.NodeSelectorTerm{MatchExpressions: notOfKarpenter()},
		}},
	}}
}

func notOfKarpenter() []corev1.NodeSelectorRequirement {
	return []corev1.NodeSelectorRequirement{{Key: scheduling.NodePoolLabel, Operator: corev1.NodeSelectorOpDoesNotExist}}
}

// everywhere is what a pod tolerates that each node needs, spot nodes included.
func everywhere() []corev1.Toleration {
	return []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
}

// scraped tells the collector of metrics where a pod has some.
func scraped(port string) map[string]string {
	return map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": port}
}
