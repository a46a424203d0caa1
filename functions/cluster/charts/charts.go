// Package charts decides which Helm charts a cluster gets, at which versions and
// with which values.
//
// It reads what the cluster is (its name, region, VPC, queue) and writes Helm
// releases. It makes no AWS resource: the role of a controller is bound to the
// namespace and service account that a release names, by Pod Identity. A pod gets
// its credentials when it starts, so that binding must exist before the release.
package charts

import (
	"github.com/ausmart/platform/functions/internal/incluster"
)

// Names of the releases.
const (
	MetricsServer   = "metrics-server"
	LoadBalancer    = "aws-load-balancer-controller"
	SecretsDriver   = "secrets-store-csi-driver"
	SecretsProvider = "secrets-store-csi-driver-provider-aws"
	ExternalDNS     = "external-dns"
	KarpenterCRDs   = "karpenter-crd"
	Karpenter       = "karpenter"
)

// systemNamespace is the only one that is sure to exist.
const systemNamespace = "kube-system"

// Inputs are what the values depend on.
type Inputs struct {
	// Cluster is the name of the EKS cluster.
	Cluster string

	// Region of AWS.
	Region string

	// VPCID that the cluster is in.
	VPCID string

	// InterruptionQueue is the name of the SQS queue that tells Karpenter which
	// nodes AWS is about to take away. Empty where Karpenter is off: its charts are left out.
	InterruptionQueue string

	// HostedZoneIDs that external-dns may write to. Without any it is left out.
	HostedZoneIDs []string

	// Redundant runs two of each controller that can have two, in two zones.
	Redundant bool
}

// replicas of a controller that elects a leader or answers requests.
func (in Inputs) replicas() int32 {
	if in.Redundant {
		return 2
	}
	return 1
}

// A Release is a chart in the cluster.
type Release struct {
	// Name of the Helm release. It is the external name of the composed resource,
	// whose own name ends in it.
	Name string

	// Namespace and ServiceAccount that the controller's role is bound to. The
	// account is empty where a chart's pods need nothing of AWS.
	Namespace, ServiceAccount string

	// Parameters of the release.
	Parameters incluster.ReleaseParameters
}

// All releases in the order in which they are installed. Karpenter comes after its
// CRDs; the others need no order.
func All(in Inputs) []Release {
	values := map[string]map[string]any{
		MetricsServer:   plain(metricsServer(in)),
		LoadBalancer:    plain(loadBalancer(in)),
		SecretsDriver:   plain(secretsDriver()),
		SecretsProvider: plain(secretsProvider(in)),
	}
	if len(in.HostedZoneIDs) > 0 {
		values[ExternalDNS] = plain(externalDNS(in))
	}
	if in.InterruptionQueue != "" {
		values[KarpenterCRDs] = nil
		values[Karpenter] = plain(karpenter(in))
	}
	var out []Release
	for _, pin := range Pins() {
		if v, ok := values[pin.Chart.Name]; ok {
			out = append(out, pin.release(v))
		}
	}
	return out
}

func (p Pin) release(values map[string]any) Release {
	return Release{
		Name:           p.Chart.Name,
		Namespace:      p.Namespace,
		ServiceAccount: p.ServiceAccount,
		Parameters: incluster.ReleaseParameters{
			Chart:               p.Chart,
			Namespace:           p.Namespace,
			SkipCreateNamespace: p.Namespace == systemNamespace,
			// Karpenter's CRDs have a chart of their own: Helm updates none that come in
			// a chart's crds folder.
			SkipCRDs: p.Chart.Name == Karpenter,
			Values:   values,
			// Ready means that its pods are, so that what needs a controller can come
			// after its release.
			Wait:        true,
			WaitTimeout: waitTimeout,
			MaxHistory:  maxHistory,
		},
	}
}

const (
	// waitTimeout leaves a node time to start and pull the images.
	waitTimeout = "10m"

	// maxHistory revisions are kept: Helm stores each as a Secret in the cluster.
	maxHistory = 5
)
