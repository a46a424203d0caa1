package charts

import (
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

// A Pin is a chart at the one version that the platform installs.
type Pin struct {
	Chart incluster.Chart

	// Namespace that it goes to, and the service account that needs an AWS role.
	Namespace, ServiceAccount string

	// Released is the day on which that version came out, in UTC, Source where that
	// and its values were read (all of them 2026-11-29).
	Released, Source string
}

// Pins of all charts, in the order in which they are installed.
//
// All controllers that every pod depends on are in kube-system, whose requests
// the API server's default priority levels favour.
func Pins() []Pin {
	return []Pin{
		{
			Chart:     incluster.Chart{Repository: "https://kubernetes-sigs.github.io/metrics-server/", Name: MetricsServer, Version: "3.13.1"},
			Namespace: systemNamespace,
			Released:  "2026-06-11",
			Source:    "github.com/kubernetes-sigs/metrics-server, tag metrics-server-helm-chart-3.13.1",
		},
		{
			Chart:     incluster.Chart{Repository: "https://aws.github.io/eks-charts", Name: LoadBalancer, Version: "3.5.0"},
			Namespace: systemNamespace, ServiceAccount: LoadBalancer,
			Released: "2026-08-03",
			Source:   "github.com/aws/eks-charts, stable/aws-load-balancer-controller",
		},
		{
			Chart:     incluster.Chart{Repository: "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts", Name: SecretsDriver, Version: "1.6.0"},
			Namespace: systemNamespace,
			Released:  "2026-04-29",
			Source:    "github.com/kubernetes-sigs/secrets-store-csi-driver, tag v1.6.0",
		},
		{
			Chart:     incluster.Chart{Repository: "https://aws.github.io/secrets-store-csi-driver-provider-aws", Name: SecretsProvider, Version: "3.1.1"},
			Namespace: systemNamespace,
			Released:  "2026-06-02",
			Source:    "github.com/aws/secrets-store-csi-driver-provider-aws, charts",
		},
		{
			Chart:     incluster.Chart{Repository: "https://kubernetes-sigs.github.io/external-dns/", Name: ExternalDNS, Version: "1.21.1"},
			Namespace: conventions.ExternalDNSNamespace, ServiceAccount: ExternalDNS,
			Released: "2026-04-30",
			Source:   "github.com/kubernetes-sigs/external-dns, tag external-dns-helm-chart-1.21.1",
		},
		{
			Chart:     incluster.Chart{Repository: "oci://public.ecr.aws/karpenter", Name: KarpenterCRDs, Version: karpenterVersion},
			Namespace: systemNamespace,
			Released:  "2026-10-23",
			Source:    "Go module github.com/aws/karpenter-provider-aws v1.15.1, charts/karpenter-crd",
		},
		{
			Chart:     incluster.Chart{Repository: "oci://public.ecr.aws/karpenter", Name: Karpenter, Version: karpenterVersion},
			Namespace: systemNamespace, ServiceAccount: Karpenter,
			Released: "2026-10-23",
			Source:   "Go module github.com/aws/karpenter-provider-aws v1.15.1, charts/karpenter",
		},
	}
}

// karpenterVersion of both of its charts: a controller needs the CRDs of its own
// version. test/contract validates the node pools against the CRDs of this version.
const karpenterVersion = "1.15.1"
