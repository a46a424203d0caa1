package database

import (
	"testing"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestGuards changes a database that is ready.
func TestGuards(t *testing.T) {
	table := map[string]any{"engine": "dynamodb", "table": map[string]any{"partitionKey": map[string]any{"name": "id"}}}
	own := func(engine string) map[string]any {
		if engine == "dynamodb" {
			return functiontest.With(table, "kms.enabled", true)
		}
		return map[string]any{"engine": engine, "kms": map[string]any{"enabled": true}}
	}
	functiontest.RunGuards(t, kit(), map[string]functiontest.Guard{
		"Region": {
			Reason: "A database does not move.",
			Spec:   map[string]any{"engine": "mysql"},
			Change: functiontest.SetField("region", "us-east-1"),
			Fatal:  "spec.region: the database is in ap-southeast-2 and cannot move to us-east-1: create a new claim",
		},
		"TableRegion": {
			Reason: "Nor does a table.",
			Spec:   table,
			Change: functiontest.SetField("region", "us-east-1"),
			Fatal:  "spec.region: the database is in ap-southeast-2 and cannot move to us-east-1: create a new claim",
		},
		"Engine": {
			Reason: "Another engine cannot read the data.",
			Spec:   map[string]any{"engine": "mysql"},
			Change: functiontest.SetField("engine", "postgres"),
			Fatal:  "spec.engine: the database is mysql and cannot become postgres: create a new claim and move the data",
		},
		"EngineOfAnotherKind": {
			Reason: "The resource of the old engine holds data, and nothing is built beside it.",
			Spec:   map[string]any{"engine": "mysql"},
			Change: functiontest.SetField("engine", "redis"),
			Fatal:  "spec.engine: the database is mysql and cannot become redis: create a new claim and move the data",
		},
		"KeyLaterByEnvironment": {
			Reason: "RDS encrypts a database only when it is made: dev to prod is refused.",
			Spec:   map[string]any{"engine": "mysql"},
			Change: functiontest.SetField("environment", "prod"),
			Fatal:  "spec.kms.enabled: the database was made without a key of its own, and AWS cannot encrypt it anew as the platform wants: set spec.kms.enabled: false to keep it, or create a new claim and move the data",
		},
		"KeyLaterByTeam": {
			Reason: "The message names the EnvironmentConfig that asks for the key.",
			Spec:   map[string]any{"engine": "redis"},
			Change: functiontest.Configure(map[string]any{"kms": true}),
			Fatal:  "spec.kms.enabled: the database was made without a key of its own, and AWS cannot encrypt it anew as EnvironmentConfig/dev wants: set spec.kms.enabled: false to keep it, or create a new claim and move the data",
		},
		"KeyLaterAgreed": {
			Reason: "The remedy that the message names works.",
			Spec:   map[string]any{"engine": "mysql"},
			Change: functiontest.InTurn(functiontest.SetField("environment", "prod"), functiontest.SetField("kms.enabled", false)),
		},
		"KeyLaterOfTable": {
			Reason: "DynamoDB can encrypt a table that exists with another key.",
			Spec:   table,
			Change: functiontest.SetField("environment", "prod"),
		},
		"KeyTakenAway": {
			Reason: "No one can read the data without their key.",
			Spec:   own("postgres"),
			Change: functiontest.SetField("kms.enabled", false),
			Fatal:  "spec.kms.enabled: the database is encrypted with a key of its own, and the claim would take it away: set spec.kms.enabled: true to keep it",
		},
		"KeyTakenFromTable": {
			Reason: "The backups of a table stay encrypted with the key that they were made with.",
			Spec:   own("dynamodb"),
			Change: functiontest.SetField("kms.enabled", false),
			Fatal:  "spec.kms.enabled: the database is encrypted with a key of its own, and the claim would take it away: set spec.kms.enabled: true to keep it",
		},
		"KeyTakenByTeam": {
			Reason: "An EnvironmentConfig that switches keys off takes no key away.",
			Spec:   map[string]any{"engine": "redis"},
			Config: map[string]any{"kms": true},
			Change: functiontest.Configure(nil),
			Fatal:  "spec.kms.enabled: the database is encrypted with a key of its own, and the platform would take it away: set spec.kms.enabled: true to keep it",
		},
		"LoginLaterByEnvironment": {
			Reason: "A Redis without TLS would refuse all its clients at once: dev to staging is refused.",
			Spec:   map[string]any{"engine": "redis"},
			Change: functiontest.SetField("environment", "staging"),
			Fatal: "spec.redisLogin: the database was made with redisLogin: false, and cannot change as the platform wants: " +
				"set spec.redisLogin: false to keep it, or create a new claim and move the data",
		},
		"LoginLaterAgreed": {
			Reason: "The remedy that the message names works.",
			Spec:   map[string]any{"engine": "redis"},
			Change: functiontest.InTurn(functiontest.SetField("environment", "staging"), functiontest.SetField("redisLogin", false)),
		},
		"LoginTakenAway": {
			Reason: "A claim cannot open a database that requires a login.",
			Spec:   map[string]any{"engine": "redis", "redisLogin": true},
			Change: functiontest.SetField("redisLogin", false),
			Fatal: "spec.redisLogin: the database was made with redisLogin: true, and cannot change as the claim wants: " +
				"set spec.redisLogin: true to keep it, or create a new claim and move the data",
		},
		"RestoreLater": {
			Reason: "The data of a database that exists are its own.",
			Spec:   map[string]any{"engine": "postgres", "version": "17"},
			Change: functiontest.SetField("restoreFrom", map[string]any{"snapshot": "orders"}),
			Fatal:  "spec.restoreFrom.snapshot: the database exists, and was not made of orders: remove spec.restoreFrom, or restore into a new claim",
		},
		"RestoreOther": {
			Reason: "The provider would have to make it anew.",
			Spec:   map[string]any{"engine": "mysql", "version": "8.4", "restoreFrom": map[string]any{"snapshot": "orders"}},
			Change: functiontest.SetField("restoreFrom.snapshot", "other"),
			Fatal:  "spec.restoreFrom.snapshot: the database was made of orders: set it to that, or restore into a new claim",
		},
		"RestoreRemoved": {
			Reason: "The provider refuses that too.",
			Spec:   map[string]any{"engine": "redis", "restoreFrom": map[string]any{"snapshot": "checkout"}},
			Change: functiontest.SetField("restoreFrom", nil),
			Fatal:  "spec.restoreFrom.snapshot: the database was made of checkout: set it to that, or restore into a new claim",
		},
		"RestoreFile": {
			Reason: "A file is no other than a snapshot.",
			Spec:   map[string]any{"engine": "redis", "restoreFrom": map[string]any{"snapshot": "arn:aws:s3:::backups/dump.rdb"}},
			Change: functiontest.SetField("restoreFrom.snapshot", "arn:aws:s3:::backups/other.rdb"),
			Fatal:  "spec.restoreFrom.snapshot: the database was made of arn:aws:s3:::backups/dump.rdb: set it to that, or restore into a new claim",
		},
		"VolumeGrown": {
			Reason: "RDS shrinks no volume: a bound below the size is refused.",
			Spec:   map[string]any{"engine": "mysql", "storageGiB": 20, "maxStorageGiB": 100},
			Change: functiontest.InTurn(grow(60), functiontest.SetField("maxStorageGiB", 50)),
			Fatal:  "spec.maxStorageGiB: the volume has 60 GiB, and RDS cannot shrink it to 50: set spec.maxStorageGiB: 60, or more",
		},
		"VolumeGrownAgreed": {
			Reason: "The remedy that the message names works.",
			Spec:   map[string]any{"engine": "mysql", "storageGiB": 20, "maxStorageGiB": 100},
			Change: functiontest.InTurn(grow(60), functiontest.SetField("maxStorageGiB", 60)),
		},
		"VolumeGrownWithoutMax": {
			Reason: "Without a bound of the claim it is five times the first size.",
			Spec:   map[string]any{"engine": "postgres", "storageGiB": 400},
			Change: functiontest.SetField("storageGiB", 20),
			Fatal:  "spec.storageGiB: the volume has 400 GiB, and RDS cannot shrink it to 100: set spec.maxStorageGiB: 400, or more",
		},
		"Downgrade": {
			Reason: "AWS cannot go back to an older version: the newer one stays, and a condition says so.",
			Spec:   map[string]any{"engine": "postgres", "version": "17"},
			Change: functiontest.SetField("version", "16"),
		},
		"MajorNotAllowed": {
			Reason: "The rule holds for a composite that is edited by hand too.",
			Spec:   map[string]any{"engine": "mysql", "version": "8.4"},
			Change: functiontest.SetField("version", "9.7"),
			Fatal:  "spec.version: 8.4.6 runs, and 9.7 is a new major version: set spec.allowMajorVersionUpgrade: true too, since there is no way back",
		},
	})
}

// grow the volume of an instance, as RDS does by itself.
func grow(gib float64) functiontest.Change {
	return func(p *functiontest.ControlPlane) {
		p.Answer(func(kind string, at map[string]any) {
			if kind == "Instance" {
				at["allocatedStorage"] = gib
			}
		})
		p.MarkReady("instance")
	}
}
