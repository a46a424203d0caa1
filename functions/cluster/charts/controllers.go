package charts

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

type metricsServerValues struct {
	FullnameOverride          string                            `json:"fullnameOverride"`
	Replicas                  int32                             `json:"replicas"`
	PodDisruptionBudget       budget                            `json:"podDisruptionBudget"`
	PriorityClassName         string                            `json:"priorityClassName"`
	Resources                 corev1.ResourceRequirements       `json:"resources"`
	Affinity                  *corev1.Affinity                  `json:"affinity"`
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints"`
}

// metricsServer serves horizontal pod autoscalers. Its requests are the chart's,
// good for 100 nodes (github.com/kubernetes-sigs/metrics-server, README, "Scaling",
// read 2026-11-29).
func metricsServer(in Inputs) metricsServerValues {
	return metricsServerValues{
		FullnameOverride:          MetricsServer,
		Replicas:                  in.replicas(),
		PodDisruptionBudget:       budget{Enabled: &in.Redundant, MaxUnavailable: 1},
		PriorityClassName:         criticalToCluster,
		Resources:                 incluster.Resources("100m", "200Mi", "400Mi"),
		Affinity:                  baseline(),
		TopologySpreadConstraints: incluster.Spread(MetricsServer),
	}
}

type loadBalancerValues struct {
	FullnameOverride          string                            `json:"fullnameOverride"`
	ClusterName               string                            `json:"clusterName"`
	Region                    string                            `json:"region"`
	VPCID                     string                            `json:"vpcId"`
	ReplicaCount              int32                             `json:"replicaCount"`
	PodDisruptionBudget       budget                            `json:"podDisruptionBudget"`
	ServiceAccount            account                           `json:"serviceAccount"`
	DefaultTargetType         string                            `json:"defaultTargetType"`
	EnableShield              bool                              `json:"enableShield"`
	EnableWAF                 bool                              `json:"enableWaf"`
	EnableWAFv2               bool                              `json:"enableWafv2"`
	EnableServiceMutator      bool                              `json:"enableServiceMutatorWebhook"`
	KeepTLSSecret             bool                              `json:"keepTLSSecret"`
	PriorityClassName         string                            `json:"priorityClassName"`
	Resources                 corev1.ResourceRequirements       `json:"resources"`
	Affinity                  *corev1.Affinity                  `json:"affinity"`
	TopologySpreadConstraints []corev1.TopologySpreadConstraint `json:"topologySpreadConstraints"`
}

func loadBalancer(in Inputs) loadBalancerValues {
	return loadBalancerValues{
		FullnameOverride: LoadBalancer,
		ClusterName:      in.Cluster,
		// Given, since pods cannot reach the instance metadata.
		Region:              in.Region,
		VPCID:               in.VPCID,
		ReplicaCount:        in.replicas(),
		PodDisruptionBudget: budget{MaxUnavailable: 1},
		ServiceAccount:      account{Create: true, Name: LoadBalancer},
		// Straight to the pods: no node port to open, one hop less.
		DefaultTargetType: "ip",
		// Only WAFv2 is in use. Off, the others need no permissions.
		EnableShield: false,
		EnableWAF:    false,
		EnableWAFv2:  true,
		// The webhook takes over every Service of type LoadBalancer, of which there
		// are none, and while the controller is down it would refuse all Services.
		EnableServiceMutator: false,
		// A new certificate at each upgrade would cut off the webhooks of pods that
		// still have the old one.
		KeepTLSSecret:             true,
		PriorityClassName:         criticalToCluster,
		Resources:                 incluster.Resources("50m", "128Mi", "256Mi"),
		Affinity:                  baseline(),
		TopologySpreadConstraints: incluster.Spread(LoadBalancer),
	}
}

type externalDNSValues struct {
	FullnameOverride  string                      `json:"fullnameOverride"`
	ServiceAccount    account                     `json:"serviceAccount"`
	Provider          dnsProvider                 `json:"provider"`
	Sources           []string                    `json:"sources"`
	Policy            string                      `json:"policy"`
	Registry          string                      `json:"registry"`
	TXTOwnerID        string                      `json:"txtOwnerId"`
	TXTPrefix         string                      `json:"txtPrefix"`
	ExtraArgs         dnsArgs                     `json:"extraArgs"`
	Env               []corev1.EnvVar             `json:"env"`
	PriorityClassName string                      `json:"priorityClassName"`
	PodAnnotations    map[string]string           `json:"podAnnotations"`
	Resources         corev1.ResourceRequirements `json:"resources"`
	Affinity          *corev1.Affinity            `json:"affinity"`
}

type dnsProvider struct {
	Name string `json:"name"`
}

// dnsArgs are flags that the chart has no value of its own for.
type dnsArgs struct {
	ZoneIDFilter []string `json:"zone-id-filter"`
}

// externalDNS writes the records of ingresses. It is one pod whatever the
// environment: it elects no leader, and two would fight over the records.
func externalDNS(in Inputs) externalDNSValues {
	return externalDNSValues{
		FullnameOverride: ExternalDNS,
		ServiceAccount:   account{Create: true, Name: ExternalDNS},
		Provider:         dnsProvider{Name: "aws"},
		Sources:          []string{"ingress"},
		// sync removes the records of an ingress that is gone. It touches only what
		// its own TXT records claim for this cluster.
		Policy:     "sync",
		Registry:   "txt",
		TXTOwnerID: in.Cluster,
		// A CNAME allows no other record of its name beside it.
		TXTPrefix:         "external-dns-",
		ExtraArgs:         dnsArgs{ZoneIDFilter: in.HostedZoneIDs},
		Env:               []corev1.EnvVar{{Name: "AWS_DEFAULT_REGION", Value: in.Region}},
		PriorityClassName: criticalToCluster,
		PodAnnotations:    conventions.ScrapeAnnotations("7979", ""),
		Resources:         incluster.Resources("20m", "64Mi", "128Mi"),
		Affinity:          baseline(),
	}
}
