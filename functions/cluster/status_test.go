package cluster

import (
	"testing"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestStatus follows a cluster through what can happen to it.
func TestStatus(t *testing.T) {
	settings := func(waf string) map[string]any {
		return kit().BuiltIn(t, "dev", map[string]any{"waf": functiontest.Effective(waf, "claim")})
	}
	public := []any{"10.0.20.0/22", "10.0.52.0/22", "10.0.84.0/22"} // the network's
	p := kit().New(t, "status", map[string]any{"waf": map[string]any{"enabled": true}})
	at := func(name, field string) any { return p.AtProvider(name)[field] }
	base := func(more map[string]any) map[string]any {
		return functiontest.Merge(map[string]any{"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "dev", "settings": settings("on"), "vpcCidr": "10.0.0.0/16", "publicCidrs": public}, more)
	}
	complete := func() map[string]any {
		return base(map[string]any{
			"clusterName": "status", "endpoint": at(clusterName, "endpoint"), "version": "1.35",
			"kubernetesProviderConfig": p.Get(kubernetesConfigName)["metadata"].(map[string]any)["name"],
			"interruptionQueue":        at(queueName, "url"),
			"webACLArn":                at(webACLName, "arn"),
			"prometheusURL":            at(prometheusName, "prometheusEndpoint"),
			"grafanaURL":               "https://" + at(grafanaName, "endpoint").(string),
		})
	}
	const (
		pending = "stage 1 of 5: foundation: 0 of 7 resources ready; waiting for log-group-control-plane, role-cluster, role-cluster-amazoneksclusterpolicy and 4 more"
		quota   = "stage 1 of 5: foundation: security-group-control-plane: an AWS quota is used up (SecurityGroupLimitExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then. AWS says: no"
	)
	ready := map[string]string{"ClusterReady": "True Available"}
	functiontest.FollowStatus(t, p, []functiontest.Moment{
		{
			Reason:     "Nothing exists: the status has the settings and the network's fields, and no others.",
			Status:     func() map[string]any { return base(map[string]any{"waitingFor": pending}) },
			Conditions: map[string]string{"ClusterReady": "False Creating: " + pending},
		},
		{
			Reason: "A problem comes before what is pending, and the message has its stage.",
			Do: func() {
				p.MarkReady(clusterRoleName, queueName)
				p.Fail(groupName, "create failed: api error SecurityGroupLimitExceeded: no")
			},
			Status: func() map[string]any {
				return base(map[string]any{"interruptionQueue": at(queueName, "url"), "waitingFor": quota})
			},
			Conditions: map[string]string{"ClusterReady": "False QuotaExceeded: " + quota},
		},
		{
			Reason:     "Everything exists, and nothing is pending.",
			Do:         func() { p.MarkReady(); p.Settle(t) },
			Status:     complete,
			Conditions: ready,
		},
		{
			Reason: "What the claim switches off is no longer in the status.",
			Do: func() {
				p.Set("waf.enabled", false)
				p.Set("karpenter.enabled", false)
			},
			Status: func() map[string]any {
				s := functiontest.Merge(complete(), map[string]any{"settings": settings("off")})
				delete(s, "webACLArn")
				delete(s, "interruptionQueue")
				return s
			},
			Conditions: ready,
		},
	})
}
