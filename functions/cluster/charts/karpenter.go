package charts

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

type karpenterValues struct {
	FullnameOverride          string                            `json:"fullnameOverride"`
	Replicas                  int32                             `json:"replicas"`
	PodDisruptionBudget       budget                            `json:"podDisruptionBudget"`
	ServiceAccount            account                           `json:"serviceAccount"`
	PriorityClassName         string                            `json:"priorityClassName"`
	DNSPolicy                 corev1.DNSPolicy                  `json:"dnsPolicy"`
	PodAnnotations            map[string]string                 `json:"podAnnotations"`
	Affinity                  karpenterAffinity                 `json:"affinity"`
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints"`
	Controller                karpenterController               `json:"controller"`
	Settings                  karpenterSettings                 `json:"settings"`
}

type karpenterAffinity struct {
	NodeAffinity    corev1.NodeAffinity `json:"nodeAffinity"`
	PodAntiAffinity noAntiAffinity      `json:"podAntiAffinity"`
}

// noAntiAffinity empties the chart's own list, which Helm would merge in.
type noAntiAffinity struct {
	Required []corev1.PodAffinityTerm `json:"requiredDuringSchedulingIgnoredDuringExecution"`
}

type karpenterController struct {
	Resources corev1.ResourceRequirements `json:"resources"`
}

type karpenterSettings struct {
	ClusterName       string `json:"clusterName"`
	InterruptionQueue string `json:"interruptionQueue"`
	EKSControlPlane   bool   `json:"eksControlPlane"`
	EnableZonalShift  bool   `json:"enableZonalShift"`
}

func karpenter(in Inputs) karpenterValues {
	return karpenterValues{
		FullnameOverride:    Karpenter,
		Replicas:            in.replicas(),
		PodDisruptionBudget: budget{Name: Karpenter, MaxUnavailable: 1},
		ServiceAccount:      account{Create: true, Name: Karpenter},
		PriorityClassName:   criticalToCluster,
		// The node's resolver: the cluster's own DNS may be pending until there is a node.
		DNSPolicy:      corev1.DNSDefault,
		PodAnnotations: conventions.ScrapeAnnotations("8080", ""),
		Affinity: karpenterAffinity{
			// Never on a node that Karpenter started: it would remove the node that it runs on.
			NodeAffinity: corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
				NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: notOfKarpenter()}},
			}},
			// The chart requires one node for each replica, and so a baseline of two. The
			// spread below prefers it.
			PodAntiAffinity: noAntiAffinity{Required: []corev1.PodAffinityTerm{}},
		},
		TopologySpreadConstraints: incluster.Spread(Karpenter),
		Controller: karpenterController{
			// Half of what the chart's notes name as an example, since a baseline of
			// t3.medium must hold it beside the rest; the limit is theirs.
			Resources: incluster.Resources("250m", "512Mi", "1Gi"),
		},
		Settings: karpenterSettings{
			ClusterName:       in.Cluster,
			InterruptionQueue: in.InterruptionQueue,
			// Karpenter finds the endpoint and its CA by the cluster's name.
			EKSControlPlane: true,
			// No nodes in a zone that traffic is shifted away from.
			EnableZonalShift: true,
		},
	}
}
