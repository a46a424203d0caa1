package database

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func effective(value, origin string) map[string]any {
	return map[string]any{"value": value, "origin": origin}
}

// TestStatus follows one PostgreSQL through what can happen to it.
func TestStatus(t *testing.T) {
	settings := map[string]any{
		"kms": effective("off", "built-in"), "multiAZ": effective("on", "claim"), "backupRetentionDays": effective("1", "built-in"),
		"deletionProtection": effective("off", "built-in"), "finalSnapshot": effective("off", "built-in"),
		"applyImmediately": effective("on", "built-in"), "retentionDays": effective("30", "EnvironmentConfig/dev"),
	}
	const quota = "stage 2 of 2: database: instance: an AWS quota is used up (InstanceQuotaExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then"
	id := func(p *functiontest.ControlPlane, name string) any {
		return p.Get(name)["status"].(map[string]any)["atProvider"].(map[string]any)["id"]
	}
	p := kit().New(t, "status", map[string]any{"engine": "postgres", "databaseName": "shop", "multiAZ": true})
	p.Configure(map[string]any{"retentionDays": int64(30)})
	base := func(more map[string]any) map[string]any {
		out := map[string]any{"environment": "dev", "settings": settings, "databaseName": "shop", "tls": true}
		maps.Copy(out, more)
		return out
	}
	steps := []struct {
		reason     string
		do         func()
		status     func() map[string]any
		conditions map[string]bool
	}{
		{
			reason: "Nothing exists: the settings are known, and nothing else is made up.",
			do:     func() {},
			status: func() map[string]any {
				return base(map[string]any{"waitingFor": "stage 1 of 2: foundations: 0 of 6 resources ready; waiting for log-group-postgresql, log-group-upgrade, parameter-group-postgres18 and 3 more"})
			},
			conditions: map[string]bool{"SettingsResolved": true, "FoundationsReady": false, "DatabaseReady": false, "DeletionProtected": false},
		},
		{
			reason: "What it stands on exists, and a problem comes before what is awaited.",
			do: func() {
				p.MarkReady()
				p.Reconcile(t)
				p.Fail("instance", "create failed: operation error RDS: CreateDBInstance, api error InstanceQuotaExceeded: no")
			},
			status: func() map[string]any {
				return base(map[string]any{"securityGroup": id(p, "security-group"), "waitingFor": quota})
			},
			conditions: map[string]bool{"SettingsResolved": true, "FoundationsReady": true, "DatabaseReady": false, "DeletionProtected": false},
		},
		{
			reason: "All is there, and nothing is awaited.",
			do: func() {
				for range 3 {
					p.MarkReady()
					p.Reconcile(t)
				}
			},
			status: func() map[string]any {
				return base(map[string]any{
					"securityGroup": id(p, "security-group"),
					"endpoint":      "status-x7k2p.c1a2b3.ap-southeast-2.rds.amazonaws.com", "port": 5432.0,
					"arn":           "arn:aws:rds:ap-southeast-2:123456789012:db:status-x7k2p",
					"secretArn":     "arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:rds!db-status-x7k2p",
					"engineVersion": "18.6",
				})
			},
			conditions: map[string]bool{"SettingsResolved": true, "FoundationsReady": true, "DatabaseReady": true, "DeletionProtected": false},
		},
	}
	for _, step := range steps {
		step.do()
		rsp := p.Reconcile(t)
		if diff := cmp.Diff(step.status(), functiontest.Status(rsp)); diff != "" {
			t.Errorf("%s\nstatus: -want, +got:\n%s", step.reason, diff)
		}
		if diff := cmp.Diff(step.conditions, functiontest.Conditions(rsp)); diff != "" {
			t.Errorf("%s\nconditions: -want, +got:\n%s", step.reason, diff)
		}
	}
}
