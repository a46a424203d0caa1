package database

import (
	"testing"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func TestDatabase(t *testing.T) { functiontest.Run(t, kit()) }

func FuzzRunFunction(f *testing.F) { functiontest.FuzzRunFunction(f, kit()) }

func BenchmarkRunFunction(b *testing.B) { functiontest.Benchmark(b, kit()) }

// kit is what the test kit must know of databases.
func kit() functiontest.Kind {
	return functiontest.Kind{
		Name: "Database", Function: New(logging.NewNopLogger()),
		Metadata: functiontest.ClaimMetadata,
		Complete: func(_ string, spec map[string]any) {
			functiontest.SetDefault(spec, "environment", "dev")
			if spec["engine"] != "dynamodb" {
				functiontest.SetDefault(spec, "networkRef", map[string]any{"name": "au-dev"})
			}
		},
		References: []string{"Network"},
		Placed:     []string{"au-prod/orders", "au-prod/checkout", "au-prod/cart"},
		Protected:  []string{"au-prod/orders", "au-prod/checkout", "au-prod/cart"},
		Sensitive:  []map[string]any{{"engine": "postgres"}, {"engine": "redis"}},
		Typical:    []string{"au-prod/orders", "au-prod/checkout", "au-prod/cart"}, Seeds: []string{"au-prod/orders", "au-prod/checkout", "au-prod/cart"},
		Small:   []map[string]any{{"environment": "prod", "engine": "postgres"}, {"environment": "prod", "engine": "redis"}},
		Corpora: []string{"FuzzClaim", "FuzzNamesInAWS"},
		Goldens: []functiontest.Step{
			{Folder: "00-fresh", Reason: "Nothing exists yet: the foundations are desired, and the database is pending."},
			{Folder: "01-foundations-ready", Reason: "What the database stands on exists: it is desired.", Until: []string{"instance", "replication-group", "table"}},
			{Folder: "02-all-ready", Reason: "Everything is ready: the status is complete and nothing is pending."},
		},
		Variants: variants(),
		Inert:    functiontest.Compared("allowCrossEnvironment"),
		Random:   randomSpec, Rounds: 60, Orders: 60,
		Change: func(r functiontest.Random, before map[string]any) map[string]any { // Another engine is another database.
			after := randomSpec(r)
			for after["engine"] != before["engine"] {
				after = randomSpec(r)
			}
			return after
		},
		Settings: map[string][]any{
			"kms": {true, false}, "multiAZ": {true, false}, "deletionProtection": {true, false}, "finalSnapshot": {true, false}, "applyImmediately": {true, false},
			"redisLogin":    {true, false},
			"retentionDays": {7, 400}, "backupRetentionDays": {0, 14},
		},
		Stateful:  []string{"Group", "Instance", "Key", "ReplicationGroup", "Table"},
		Stateless: []string{"Alias", "ClusterUsage", "ParameterGroup", "SecurityGroup", "SecurityGroupIngressRule", "SubnetGroup", "Usage", "User", "UserGroup"},
	}
}

// variants are one for each family of engines, which share few fields.
func variants() []functiontest.Variant {
	shared := map[string]any{
		"environment":         "dev",
		"backupRetentionDays": 7, "deletionProtection": false, "kms": map[string]any{"enabled": false}, "tags": map[string]any{"team": "store"},
	}
	networked := map[string]any{"networkRef": map[string]any{"name": "au-dev"}, "multiAZ": false, "finalSnapshot": false, "applyImmediately": true}
	others := map[string]any{
		"environment":         "prod",
		"backupRetentionDays": 8, "deletionProtection": true, "kms.enabled": true, "tags.team": "search",
	}
	otherNetworked := map[string]any{"networkRef.name": "au-prod", "multiAZ": true, "finalSnapshot": true, "applyImmediately": false, "size": "large"}
	return []functiontest.Variant{
		{
			Name: "mysql",
			Spec: functiontest.Merge(shared, networked, map[string]any{
				"engine": "mysql", "allowMajorVersionUpgrade": false, "storageGiB": 20, "maxStorageGiB": 100, "databaseName": "shop",
			}),
			Other: functiontest.Merge(others, otherNetworked, map[string]any{
				"engine": "postgres", "version": "9.7", "allowMajorVersionUpgrade": true, "storageGiB": 21, "maxStorageGiB": 101, "databaseName": "store",
				"instanceClass": "db.m7g.large", "restoreFrom.snapshot": "rds:orders-2026-01-01",
			}),
		},
		{
			Name:  "redis",
			Spec:  functiontest.Merge(shared, networked, map[string]any{"engine": "redis", "version": "7.0", "redisLogin": false}),
			Other: functiontest.Merge(others, otherNetworked, map[string]any{"version": "7.1", "redisLogin": true, "instanceClass": "cache.m7g.large"}),
		},
		{
			Name: "dynamodb",
			Spec: functiontest.Merge(shared, map[string]any{"region": "ap-southeast-2", "providerConfigName": "one", "engine": "dynamodb", "table": map[string]any{
				"partitionKey": map[string]any{"name": "id", "type": "string"}, "sortKey": map[string]any{"name": "at", "type": "string"}, "ttlAttribute": "gone",
				"indexes": []any{map[string]any{"name": "by_a", "partitionKey": map[string]any{"name": "a"}, "sortKey": map[string]any{"name": "b"}}},
			}}),
			Other: functiontest.Merge(others, map[string]any{
				"region": "us-west-2", "providerConfigName": "two",
				"table.partitionKey.name": "key", "table.partitionKey.type": "number", "table.sortKey.name": "when", "table.sortKey.type": "number",
				"table.ttlAttribute": "expires", "table.indexes[].name": "by_b",
				"table.indexes[].partitionKey.name": "c", "table.indexes[].partitionKey.type": "number",
				"table.indexes[].sortKey.name": "c", "table.indexes[].sortKey.type": "number",
			}),
		},
	}
}

// randomSpec of a claim that the schema accepts.
func randomSpec(r functiontest.Random) map[string]any {
	s := map[string]any{"environment": r.One("dev", "staging", "prod"), "engine": r.One("mysql", "postgres", "redis", "dynamodb")}
	r.Sometimes(s, "backupRetentionDays", r.One(0, 1, 35))
	r.Sometimes(s, "deletionProtection", r.One(true, false))
	r.Sometimes(s, "kms", map[string]any{"enabled": r.One(true, false)})
	r.Sometimes(s, "tags", map[string]any{"team": r.One("store", "search")})
	if s["engine"] == "dynamodb" {
		s["table"] = randomTable(r)
		return s
	}
	r.Sometimes(s, "multiAZ", r.One(true, false))
	r.Sometimes(s, "finalSnapshot", r.One(true, false))
	r.Sometimes(s, "applyImmediately", r.One(true, false))
	r.Sometimes(s, "size", r.One("micro", "small", "medium", "large", "xlarge"))
	r.Sometimes(s, "version", map[any]any{
		"mysql": r.One("8.4", "8.4.5", "9.7"), "postgres": r.One("15", "17", "17.4"), "redis": r.One("7.0", "7.1"),
	}[s["engine"]])
	if s["engine"] == "redis" {
		r.Sometimes(s, "redisLogin", r.One(true, false))
	} else {
		r.Sometimes(s, "storageGiB", r.One(20, 400))
		r.Sometimes(s, "databaseName", r.One("shop", "orders"))
	}
	return s
}

func randomTable(r functiontest.Random) map[string]any {
	key := func(name string) map[string]any {
		return map[string]any{"name": name, "type": r.One("string", "number", "binary")}
	}
	t := map[string]any{"partitionKey": key("id")}
	r.Sometimes(t, "sortKey", key("at"))
	r.Sometimes(t, "ttlAttribute", "expires")
	r.Sometimes(t, "indexes", []any{
		map[string]any{"name": "by_b", "partitionKey": key("b")},
		map[string]any{"name": "by_a", "partitionKey": key("a"), "sortKey": key("c")},
	})
	return t
}

// primaryOf is the resource that is the database itself.
func primaryOf(p *functiontest.ControlPlane) string {
	switch p.Spec()["engine"] {
	case "dynamodb":
		return "table"
	case "redis":
		return "replication-group"
	default:
		return "instance"
	}
}
