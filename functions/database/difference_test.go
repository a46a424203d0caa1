package database

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestDevAndProd lists all differences between a database in dev and the same one in
// prod, by the setting that makes the difference. The tags that name the environment are
// left out.
func TestDevAndProd(t *testing.T) {
	// retention, kms and deletionProtection mean the same to every engine.
	logs := func(names ...string) []string {
		var out []string
		for _, n := range names {
			out = append(out, "log-group-"+n+" spec.forProvider.retentionInDays: 14 -> 90")
		}
		return out
	}
	held := func(names ...string) []string {
		out := []string{"+ hold-database", "+ hold-xdatabase"}
		for _, n := range append(names, "key-database") {
			out = append(out, "+ hold-of-"+n)
		}
		return out
	}
	const key = `"arn:aws:kms:ap-southeast-2:123456789012:key/key-`
	rds := func(name string, logs ...string) map[string][]string {
		return map[string][]string{
			"kms": {
				"+ key-database", "+ key-database-alias", "+ usage-instance-of-key-database",
				`instance metadata.labels.platform.ausmart.io/key: "aws" -> "own"`,
				"instance spec.forProvider.kmsKeyId: none -> " + key,
				"instance spec.forProvider.masterUserSecretKmsKeyId: none -> " + key,
			},
			"multiAZ":             {"instance spec.forProvider.multiAz: false -> true"},
			"deletionProtection":  append(held("instance", logs[0], logs[1]), "instance spec.forProvider.deletionProtection: false -> true"),
			"applyImmediately":    {"instance spec.forProvider.applyImmediately: true -> false"},
			"backupRetentionDays": {"instance spec.forProvider.backupRetentionPeriod: 1 -> 30"},
			"finalSnapshot": {
				"instance spec.forProvider.deleteAutomatedBackups: true -> false",
				"instance spec.forProvider.skipFinalSnapshot: true -> false",
				"instance spec.forProvider.finalSnapshotIdentifier: none -> \"" + name + "-x7k2p-final-",
			},
		}
	}
	catalog, orders := rds("catalog", "log-group-error", "log-group-slowquery"), rds("orders", "log-group-postgresql", "log-group-upgrade")
	catalog["retentionDays"] = logs("error", "slowquery")
	orders["retentionDays"] = logs("postgresql", "upgrade")
	orders["kms"] = append(orders["kms"], "instance spec.forProvider.performanceInsightsKmsKeyId: none -> "+key)

	cases := map[string]map[string][]string{
		"catalog": catalog,
		"orders":  orders,
		"checkout": {
			"kms": {
				"+ key-database", "+ key-database-alias", "+ usage-replication-group-of-key-database",
				`replication-group metadata.labels.platform.ausmart.io/key: "aws" -> "own"`,
				"replication-group spec.forProvider.kmsKeyId: none -> " + key,
			},
			"redisLogin": {
				"+ user-app", "+ user-default", "+ user-group",
				"+ usage-user-group-of-user-app", "+ usage-user-group-of-user-default", "+ usage-replication-group-of-user-group",
				"replication-group spec.forProvider.transitEncryptionEnabled: false -> true",
				`replication-group spec.forProvider.transitEncryptionMode: none -> "required"`,
				`replication-group spec.forProvider.userGroupIds: none -> ["checkout-x7k2p"]`,
			},
			"multiAZ": {
				"replication-group spec.forProvider.automaticFailoverEnabled: false -> true",
				"replication-group spec.forProvider.multiAzEnabled: false -> true",
				"replication-group spec.forProvider.numCacheClusters: 1 -> 2",
			},
			"deletionProtection":  held("replication-group", "log-group-engine-log", "log-group-slow-log"),
			"applyImmediately":    {"replication-group spec.forProvider.applyImmediately: true -> false"},
			"backupRetentionDays": {"replication-group spec.forProvider.snapshotRetentionLimit: 1 -> 30"},
			"finalSnapshot":       {`replication-group spec.forProvider.finalSnapshotIdentifier: none -> "checkout-x7k2p-final-`},
			"retentionDays":       logs("engine-log", "slow-log"),
		},
		"cart": {
			"kms": {
				"+ key-database", "+ key-database-alias", "+ usage-table-of-key-database",
				`table metadata.labels.platform.ausmart.io/key: "aws" -> "own"`,
				"table spec.forProvider.serverSideEncryption.enabled: none -> true",
				"table spec.forProvider.serverSideEncryption.kmsKeyArn: none -> " + key,
			},
			"deletionProtection":  append(held("table"), "table spec.forProvider.deletionProtectionEnabled: false -> true"),
			"backupRetentionDays": {"table spec.forProvider.pointInTimeRecovery.recoveryPeriodInDays: 1 -> 30"},
		},
	}
	for claim, rows := range cases {
		t.Run(claim, func(t *testing.T) {
			var want []string
			for _, row := range rows {
				want = append(want, row...)
			}
			slices.Sort(want)
			got := functiontest.Differences(
				kit().ControlPlane(t, in("dev", kit().Example(t, "au-dev/"+claim))).Settle(t),
				kit().ControlPlane(t, in("prod", kit().Example(t, "au-dev/"+claim))).Settle(t),
			)
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b string) bool {
				// A line of the table that ends in - is the start of one that ends in an id.
				return a == b || strings.HasSuffix(a, "-") && strings.HasPrefix(b, a) || strings.HasSuffix(b, "-") && strings.HasPrefix(a, b)
			})); diff != "" {
				t.Errorf("differences between dev and prod: -table, +got:\n%s", diff)
			}
		})
	}
}

// in an environment, with the same network.
func in(environment string, xr map[string]any) map[string]any {
	spec := xr["spec"].(map[string]any)
	spec["environment"], spec["allowCrossEnvironment"] = environment, true
	return xr
}
