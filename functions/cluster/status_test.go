package cluster

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func effective(value, origin string) map[string]any {
	return map[string]any{"value": value, "origin": origin}
}

// TestStatus follows a cluster through what can happen to it.
func TestStatus(t *testing.T) {
	settings := func() map[string]any {
		return map[string]any{
			"kms": effective("off", "built-in"), "waf": effective("on", "claim"), "multiAZ": effective("off", "built-in"),
			"retentionDays": effective("14", "built-in"), "deletionProtection": effective("off", "built-in"), "publicAPI": effective("on", "built-in"),
			"iamPath": effective("/", "built-in"), "permissionsBoundary": effective("none", "built-in"),
		}
	}
	public := []any{"10.0.20.0/22", "10.0.52.0/22", "10.0.84.0/22"} // the network's
	p := kit().New(t, "status", map[string]any{"waf": map[string]any{"enabled": true}})
	at := func(name, field string) any {
		return p.Get(name)["status"].(map[string]any)["atProvider"].(map[string]any)[field]
	}
	complete := func() map[string]any {
		return map[string]any{
			"environment": "dev", "settings": settings(), "vpcCidr": "10.0.0.0/16", "publicCidrs": public,
			"clusterName": "status", "endpoint": at(clusterName, "endpoint"), "version": "1.35",
			"kubernetesProviderConfig": p.Get(kubernetesConfigName)["metadata"].(map[string]any)["name"],
			"interruptionQueue":        at(queueName, "url"),
			"webACLArn":                at(webACLName, "arn"),
			"prometheusURL":            at(prometheusName, "prometheusEndpoint"),
			"grafanaURL":               "https://" + at(grafanaName, "endpoint").(string),
		}
	}
	steps := []struct {
		reason    string
		do        func()
		status    func() map[string]any
		condition [3]string // status, reason, message
	}{
		{
			reason: "Nothing exists: the settings are known, and nothing else is made up.",
			do:     func() {},
			status: func() map[string]any {
				return map[string]any{
					"environment": "dev", "settings": settings(), "vpcCidr": "10.0.0.0/16", "publicCidrs": public,
					"waitingFor": "stage 1 of 5: foundation: 0 of 7 resources ready; waiting for log-group-control-plane, role-cluster, role-cluster-amazoneksclusterpolicy and 4 more",
				}
			},
			condition: [3]string{"FALSE", "Creating", "stage 1 of 5: foundation: 0 of 7 resources ready; waiting for log-group-control-plane, role-cluster, role-cluster-amazoneksclusterpolicy and 4 more"},
		},
		{
			reason: "A problem comes before what is pending, and says in which stage it is.",
			do: func() {
				p.MarkReady(clusterRoleName, queueName)
				p.Fail(groupName, "create failed: api error SecurityGroupLimitExceeded: no")
			},
			status: func() map[string]any {
				return map[string]any{
					"environment": "dev", "settings": settings(), "vpcCidr": "10.0.0.0/16", "publicCidrs": public,
					"interruptionQueue": at(queueName, "url"),
					"waitingFor":        "stage 1 of 5: foundation: security-group-control-plane: an AWS quota is used up (SecurityGroupLimitExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then",
				}
			},
			condition: [3]string{
				"FALSE", "QuotaExceeded",
				"stage 1 of 5: foundation: security-group-control-plane: an AWS quota is used up (SecurityGroupLimitExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then",
			},
		},
		{
			reason:    "All is there, and nothing is awaited.",
			do:        func() { p.MarkReady(); p.Settle(t) },
			status:    complete,
			condition: [3]string{"TRUE", "Available", ""},
		},
		{
			reason: "What the claim switches off is in the status no more.",
			do: func() {
				p.XR["spec"] = functiontest.With(functiontest.With(p.Spec(), "waf.enabled", false), "karpenter.enabled", false)
			},
			status: func() map[string]any {
				s := complete()
				delete(s, "webACLArn")
				delete(s, "interruptionQueue")
				s["settings"].(map[string]any)["waf"] = effective("off", "claim")
				return s
			},
			condition: [3]string{"TRUE", "Available", ""},
		},
	}
	for _, step := range steps {
		step.do()
		want := step.status() // Before what goes is gone.
		rsp := p.Reconcile(t)
		if diff := cmp.Diff(want, functiontest.Status(rsp)); diff != "" {
			t.Fatalf("%s\nstatus: -want, +got:\n%s", step.reason, diff)
		}
		var got [3]string
		for _, c := range rsp.GetConditions() {
			if c.GetType() == kind+"Ready" {
				got = [3]string{c.GetStatus().String()[len("STATUS_CONDITION_"):], c.GetReason(), c.GetMessage()}
			}
		}
		if diff := cmp.Diff(step.condition, got); diff != "" {
			t.Fatalf("%s\ncondition %s: -want, +got:\n%s", step.reason, kind+"Ready", diff)
		}
	}
}
