package cluster

import (
	"github.com/ausmart/platform/apis/v1alpha1"
)

func (c *cluster) status(waitingFor string) *v1alpha1.ClusterStatus {
	s := &v1alpha1.ClusterStatus{
		CommonStatus:             c.Status(waitingFor),
		ClusterName:              c.Observed.ExternalName(clusterName),
		Endpoint:                 c.state.endpoint,
		Version:                  c.state.version,
		KubernetesProviderConfig: c.Observed.Name(kubernetesConfigName),
		VPCCIDR:                  v1alpha1.AddressRange(c.network.cidr),
		PublicCIDRs:              c.network.public,
		AccessLogBucket:          c.network.accessLogs,
		PrometheusURL:            c.state.workspaceEndpoint,
	}
	if c.Settings.WAF.V {
		s.WebACLARN = c.state.webACLARN
	}
	if c.karpenterOn() {
		s.InterruptionQueue = c.state.queueURL
	}
	if c.state.grafanaEndpoint != "" {
		s.GrafanaURL = "https://" + c.state.grafanaEndpoint
	}
	return s
}
