package database

import (
	"strings"
	"testing"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestStatus follows one PostgreSQL through what can happen to it.
func TestStatus(t *testing.T) {
	settings := kit().BuiltIn(t, "dev", map[string]any{
		"multiAZ": functiontest.Effective("on", "claim"), "retentionDays": functiontest.Effective("30", "EnvironmentConfig/dev"),
	})
	delete(settings, "redisLogin")
	const pending = "stage 1 of 2: foundations: 0 of 6 resources ready; waiting for log-group-postgresql, log-group-upgrade, parameter-group-postgres18 and 3 more"
	const quota = "stage 2 of 2: database: instance: an AWS quota is used up (InstanceQuotaExceeded): ask for more in the Service Quotas console of this account and region, or delete what is unused; it goes on by itself then. AWS says: no"
	p := kit().New(t, "status", map[string]any{"engine": "postgres", "databaseName": "shop", "multiAZ": true})
	p.Configure(map[string]any{"retentionDays": int64(30)})
	base := func(more map[string]any) map[string]any {
		return functiontest.Merge(map[string]any{"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "dev", "settings": settings, "databaseName": "shop", "tls": true}, more)
	}
	const unprotected = "False Unprotected: deleting the claim deletes the database and its data"
	functiontest.FollowStatus(t, p, []functiontest.Moment{
		{
			Reason: "Nothing exists: the status has the settings, and no field that AWS answers.",
			Status: func() map[string]any { return base(map[string]any{"waitingFor": pending}) },
			Conditions: map[string]string{
				"SettingsResolved": "True Resolved", "ReferencesMatch": "True Match", "DatabaseReady": "False Creating: " + pending, "DeletionProtected": unprotected,
				"FoundationsReady": "False Creating: " + strings.TrimPrefix(pending, "stage 1 of 2: foundations: "),
			},
		},
		{
			Reason: "The foundations exist, and a problem comes before what is pending.",
			Do: func() {
				p.MarkReady()
				p.Reconcile(t)
				p.Fail("instance", "create failed: operation error RDS: CreateDBInstance, api error InstanceQuotaExceeded: no")
			},
			Status: func() map[string]any {
				return base(map[string]any{"securityGroup": p.AtProvider("security-group")["id"], "waitingFor": quota})
			},
			Conditions: map[string]string{
				"SettingsResolved": "True Resolved", "ReferencesMatch": "True Match", "FoundationsReady": "True Available", "DatabaseReady": "False QuotaExceeded: " + quota, "DeletionProtected": unprotected,
			},
		},
		{
			Reason: "Everything exists, and nothing is pending.",
			Do: func() {
				for range 3 {
					p.MarkReady()
					p.Reconcile(t)
				}
			},
			Status: func() map[string]any {
				return base(map[string]any{
					"securityGroup": p.AtProvider("security-group")["id"],
					"endpoint":      "status-x7k2p.c1a2b3.ap-southeast-2.rds.amazonaws.com", "port": 5432.0,
					"arn":           "arn:aws:rds:ap-southeast-2:123456789012:db:status-x7k2p",
					"secretArn":     "arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:rds!db-status-x7k2p",
					"engineVersion": "18.6",
				})
			},
			Conditions: map[string]string{
				"SettingsResolved": "True Resolved", "ReferencesMatch": "True Match", "FoundationsReady": "True Available", "DatabaseReady": "True Available", "DeletionProtected": unprotected,
			},
		},
	})
}
