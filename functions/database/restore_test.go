package database

import (
	"maps"
	"os"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestRestore makes databases of snapshots: what AWS takes from a snapshot is left to it, before the
// database exists and after.
func TestRestore(t *testing.T) {
	type fields map[string]any
	cases := map[string]struct {
		reason        string
		spec          map[string]any
		aws           map[string]any // what AWS says of the database
		before, after fields
	}{
		"Postgres": {
			reason: "User, name and key are the snapshot's; version and size wait for AWS's answer.",
			spec: map[string]any{"engine": "postgres", "version": "16", "databaseName": "orders", "kms": map[string]any{"enabled": true},
				"restoreFrom": map[string]any{"snapshot": "rds:orders-2026-01-01"}},
			aws: map[string]any{"allocatedStorage": 200.0, "engineVersionActual": "16.9", "kmsKeyId": "arn:aws:kms:ap-southeast-2:123456789012:key/of-the-snapshot"},
			before: fields{
				"snapshotIdentifier": "rds:orders-2026-01-01", "username": nil, "dbName": nil, "kmsKeyId": nil, "storageEncrypted": true,
				"engineVersion": nil, "allocatedStorage": nil, "maxAllocatedStorage": nil, "manageMasterUserPassword": true,
			},
			after: fields{
				"snapshotIdentifier": "rds:orders-2026-01-01", "username": nil, "dbName": nil, "kmsKeyId": nil, "storageEncrypted": true,
				"engineVersion": "16", "allocatedStorage": 200.0, "maxAllocatedStorage": 1000.0, "manageMasterUserPassword": true,
			},
		},
		"Larger": {
			reason: "A volume may be larger than the snapshot's.",
			spec: map[string]any{"engine": "mysql", "version": "8.4", "storageGiB": int64(300), "maxStorageGiB": int64(600),
				"restoreFrom": map[string]any{"snapshot": "orders"}},
			aws:    map[string]any{"allocatedStorage": 200.0, "engineVersionActual": "8.4.7"},
			before: fields{"engineVersion": nil, "allocatedStorage": nil, "maxAllocatedStorage": nil},
			after:  fields{"engineVersion": "8.4", "allocatedStorage": 300.0, "maxAllocatedStorage": 600.0},
		},
		"Redis": {
			reason: "A backup of ElastiCache goes by its name.",
			spec:   map[string]any{"engine": "redis", "restoreFrom": map[string]any{"snapshot": "automatic.checkout-2026-11-30-03-00"}},
			before: fields{"snapshotName": "automatic.checkout-2026-11-30-03-00", "snapshotArns": nil, "engineVersion": "7.1"},
			after:  fields{"snapshotName": "automatic.checkout-2026-11-30-03-00", "snapshotArns": nil, "engineVersion": "7.1"},
		},
		"File": {
			reason: "A file goes by its ARN.",
			spec:   map[string]any{"engine": "redis", "restoreFrom": map[string]any{"snapshot": "arn:aws:s3:::backups/dump.rdb"}},
			before: fields{"snapshotName": nil, "snapshotArns": []any{"arn:aws:s3:::backups/dump.rdb"}},
			after:  fields{"snapshotName": nil, "snapshotArns": []any{"arn:aws:s3:::backups/dump.rdb"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "restored", tc.spec)
			p.Answer(func(kind string, at map[string]any) {
				if kind == "Instance" {
					maps.Copy(at, tc.aws)
				}
			})
			check := func(when string, want fields) {
				t.Helper()
				got := fields{}
				for field := range want {
					got[field] = p.ForProvider(primaryOf(p))[field]
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s\n%s: -want, +got:\n%s", tc.reason, when, diff)
				}
			}
			for !p.Has(primaryOf(p)) {
				p.Reconcile(t)
				p.MarkReady()
			}
			check("before AWS has answered", tc.before)
			p.Settle(t)
			check("later", tc.after)
			p.Reconcile(t)
			check("and again", tc.after)
			if tc.spec["kms"] != nil {
				key := p.AtProvider("key-database")["arn"]
				if got := p.ForProvider(instanceName)["masterUserSecretKmsKeyId"]; got != key {
					t.Errorf("the secret is encrypted with %v, and not with the database's own key %v", got, key)
				}
			}
		})
	}
}

// TestDocumented composes every claim of the page about databases, as it is written there.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/databases.md")
	if err != nil {
		t.Fatal(err)
	}
	restored := 0
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1) {
		var claim struct {
			Kind     string                `json:"kind"`
			Metadata struct{ Name string } `json:"metadata"`
			Spec     map[string]any        `json:"spec"`
		}
		if err := yaml.Unmarshal(block[1], &claim); err != nil {
			t.Fatalf("%s: %v", block[1], err)
		}
		if claim.Kind != "Database" {
			continue
		}
		p := kit().New(t, claim.Metadata.Name, claim.Spec)
		p.Settle(t)
		if from, ok := claim.Spec["restoreFrom"].(map[string]any); ok {
			restored++
			if got := p.ForProvider(instanceName)["snapshotIdentifier"]; got != from["snapshot"] {
				t.Errorf("%s is made of %v", claim.Metadata.Name, got)
			}
		}
	}
	if restored == 0 {
		t.Error("the page does not show how to restore a database")
	}
}

// TestSnapshotCanBeCorrected changes the name of a snapshot that AWS did not find.
func TestSnapshotCanBeCorrected(t *testing.T) {
	p := kit().New(t, "typo", map[string]any{"engine": "postgres", "version": "17", "restoreFrom": map[string]any{"snapshot": "oders"}})
	for range 3 {
		p.Reconcile(t)
		p.MarkReady()
	}
	delete(p.AtProvider(instanceName), "arn")
	p.Set("restoreFrom.snapshot", "orders")
	if m := functiontest.Refusal(p.Reconcile(t)); m != "" {
		t.Fatalf("unexpected refusal: %s", m)
	}
	if got := p.ForProvider(instanceName)["snapshotIdentifier"]; got != "orders" {
		t.Errorf("the snapshot is %v", got)
	}
}

// TestNewDatabaseIsRefused has what AWS would refuse after some minutes.
func TestNewDatabaseIsRefused(t *testing.T) {
	word := func(engine, name string) map[string]any {
		return map[string]any{"engine": engine, "databaseName": name}
	}
	const taken = " itself, and RDS refuses it: choose another name, such as "
	cases := map[string]struct {
		spec map[string]any
		want string
	}{
		"Postgres":      {word("postgres", "postgres"), "spec.databaseName: postgres is a reserved word or a database of postgres" + taken + "postgres_data"},
		"PostgresWord":  {word("postgres", "user"), "spec.databaseName: user is a reserved word or a database of postgres" + taken + "user_data"},
		"PostgresAdmin": {word("postgres", "rdsadmin"), "spec.databaseName: rdsadmin is a reserved word or a database of postgres" + taken + "rdsadmin_data"},
		"MySQL":         {word("mysql", "sys"), "spec.databaseName: sys is a reserved word or a database of mysql" + taken + "sys_data"},
		"MySQLWord":     {word("mysql", "groups"), "spec.databaseName: groups is a reserved word or a database of mysql" + taken + "groups_data"},
		"OfTheOther":    {word("mysql", "postgres"), ""},
		"OfTheOtherToo": {word("postgres", "groups"), ""},
		"OldClass": {
			map[string]any{"engine": "redis", "instanceClass": "cache.m3.large"},
			"spec.instanceClass: AWS makes no new redis on cache.m3.large: choose a newer class, such as cache.t4g.small",
		},
		"OldClassOfRDS": {
			map[string]any{"engine": "mysql", "instanceClass": "db.r3.large"},
			"spec.instanceClass: AWS makes no new mysql on db.r3.large: choose a newer class, such as db.t4g.small",
		},
		"NewClass": {map[string]any{"engine": "mysql", "instanceClass": "db.r7g.large"}, ""},
		"Valkey":   {map[string]any{"engine": "redis", "version": "7.2"}, "spec.version: AWS makes no new redis 7.2: use one of 6.2, 7.0, 7.1"},
		"OtherRegion": {
			map[string]any{"engine": "mysql", "version": "8.4", "restoreFrom": map[string]any{"snapshot": "arn:aws:rds:us-east-1:111122223333:snapshot:orders"}},
			"spec.restoreFrom.snapshot: it is in us-east-1 and the database in ap-southeast-2: copy it with aws rds copy-db-snapshot, and name the copy",
		},
		"InTheSnapshot": {map[string]any{"engine": "postgres", "version": "17", "databaseName": "postgres", "restoreFrom": map[string]any{"snapshot": "orders"}}, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, functiontest.Refusal(kit().New(t, "refused", tc.spec).Reconcile(t))); diff != "" {
				t.Errorf("refusal: -want, +got:\n%s", diff)
			}
		})
	}
}

// TestExistingNameStays has a database whose name got onto the list after it was made.
func TestExistingNameStays(t *testing.T) {
	p := kit().New(t, "stays", map[string]any{"engine": "postgres", "databaseName": "orders"})
	p.Settle(t)
	p.Set("databaseName", "user")
	if m := functiontest.Refusal(p.Reconcile(t)); m != "" {
		t.Errorf("unexpected refusal: %s", m)
	}
}

// TestMasterUserIsNotReserved holds for the one user name that the platform chooses.
func TestMasterUserIsNotReserved(t *testing.T) {
	for _, engine := range []string{"mysql", "postgres"} {
		if m := functiontest.Refusal(kit().New(t, "user", map[string]any{"engine": engine, "databaseName": masterUser}).Reconcile(t)); m != "" {
			t.Errorf("%s: %s", engine, m)
		}
	}
}
