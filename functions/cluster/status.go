package cluster

import (
	"fmt"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/runner"
)

// conditionReady says whether all of the cluster's resources are ready.
const conditionReady = "ClusterReady"

// conditionOf a stage that people wait for; empty for the others.
func conditionOf(s stage) string {
	return [...]string{"", "ControlPlaneReady", "NodesReady", "AddonsReady", "ControllersReady"}[s]
}

func (c *cluster) status(p map[stage]progress.Summary) *v1alpha1.ClusterStatus {
	_, awaited := overall(p)
	s := &v1alpha1.ClusterStatus{
		CommonStatus: v1alpha1.CommonStatus{
			Environment: c.spec.Environment,
			WaitingFor:  awaited,
			Settings:    c.set.Effective(),
		},
		ClusterName:              c.obs.ExternalName(clusterName),
		Endpoint:                 c.seen.endpoint,
		Version:                  c.seen.version,
		KubernetesProviderConfig: c.obs.Name(kubernetesConfigName),
		VPCCIDR:                  v1alpha1.AddressRange(c.in.cidr),
		PublicCIDRs:              c.in.public,
		PrometheusURL:            c.seen.workspaceEndpoint,
	}
	if c.set.WAF.V {
		s.WebACLARN = c.seen.webACLARN
	}
	if c.karpenterOn() {
		s.InterruptionQueue = c.seen.queueURL
	}
	if c.seen.grafanaEndpoint != "" {
		s.GrafanaURL = "https://" + c.seen.grafanaEndpoint
	}
	return s
}

// overall reason and message: those of the first stage that is not ready.
func overall(p map[stage]progress.Summary) (reason, message string) {
	reason = progress.ReasonAvailable
	for _, s := range stages() {
		if sum := p[s]; !sum.Ready() || sum.Trouble() != "" {
			return sum.Reason(), staged(s, sum)
		}
	}
	return reason, ""
}

func staged(s stage, sum progress.Summary) string {
	return fmt.Sprintf("stage %d of %d: %s: %s", s+1, len(stages()), s.title(), sum.Awaited())
}

func conditions(p map[stage]progress.Summary) []runner.Condition {
	var out []runner.Condition
	ready := true
	for _, s := range stages() {
		sum := p[s]
		ready = ready && sum.Ready()
		if typ := conditionOf(s); typ != "" {
			out = append(out, runner.Condition{Type: typ, True: sum.Ready(), Reason: sum.Reason(), Message: sum.Awaited()})
		}
	}
	reason, message := overall(p)
	return append(out, runner.Condition{Type: conditionReady, True: ready, Reason: reason, Message: message})
}
