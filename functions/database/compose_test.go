package database

import (
	"bytes"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestIngress expects one rule: the nodes reach the database on its port.
func TestIngress(t *testing.T) {
	for claim, port := range map[string]float64{"catalog": 3306, "orders": 5432, "checkout": 6379} {
		p := kit().NewExample(t, "au-prod/"+claim)
		p.Settle(t)
		nodes := p.Required("XNetwork/au-prod")["status"].(map[string]any)["securityGroups"].(map[string]any)["node"]
		var rules []map[string]any
		for _, name := range p.Names() {
			if strings.HasPrefix(p.Kind(name), "SecurityGroup") && p.Kind(name) != "SecurityGroup" {
				rules = append(rules, p.ForProvider(name))
			}
		}
		want := []map[string]any{{
			"region": "ap-southeast-2", "description": "Nodes to the database", "ipProtocol": "tcp", "fromPort": port, "toPort": port,
			"referencedSecurityGroupId": nodes,
			"securityGroupIdSelector":   map[string]any{"matchControllerRef": true, "matchLabels": map[string]any{"platform.ausmart.io/resource": "security-group"}},
			"tags":                      p.ForProvider("rule-nodes")["tags"],
		}}
		if diff := cmp.Diff(want, rules); diff != "" {
			t.Errorf("%s: rules of the security group: -want, +got:\n%s", claim, diff)
		}
	}
}

func TestStorage(t *testing.T) {
	type volume struct{ Storage, Max any }
	cases := map[string]struct {
		reason string
		spec   map[string]any
		grown  float64
		want   volume
	}{
		"Default":    {reason: "20 GiB, and up to 100 GiB.", want: volume{20.0, 100.0}},
		"Given":      {reason: "The bound is five times the initial size.", spec: map[string]any{"storageGiB": int64(50)}, want: volume{50.0, 250.0}},
		"Max":        {reason: "The claim sets the bound.", spec: map[string]any{"maxStorageGiB": int64(30)}, want: volume{20.0, 30.0}},
		"Fixed":      {reason: "A volume whose bound is its size does not grow.", spec: map[string]any{"storageGiB": int64(50), "maxStorageGiB": int64(50)}, want: volume{50.0, nil}},
		"Largest":    {reason: "No volume is larger than AWS allows.", spec: map[string]any{"storageGiB": int64(65536)}, want: volume{65536.0, nil}},
		"Grown":      {reason: "A volume that AWS has enlarged does not shrink.", grown: 40, want: volume{40.0, 100.0}},
		"NoRoom":     {reason: "AWS requires a bound of at least a tenth more than the size.", spec: map[string]any{"storageGiB": int64(60000)}, want: volume{60000.0, nil}},
		"Rounded":    {reason: "AWS rounds growth up to a tenth.", spec: map[string]any{"storageGiB": int64(105), "maxStorageGiB": int64(105)}, grown: 110, want: volume{110.0, nil}},
		"GrownToMax": {reason: "A volume may have grown to its bound.", spec: map[string]any{"maxStorageGiB": int64(40)}, grown: 40, want: volume{40.0, 40.0}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := map[string]any{"engine": "postgres"}
			maps.Copy(s, tc.spec)
			p := kit().New(t, "storage", s)
			if tc.grown > 0 {
				p.Answer(func(kind string, at map[string]any) {
					if kind == "Instance" {
						at["allocatedStorage"] = tc.grown
					}
				})
			}
			p.Settle(t)
			i := p.ForProvider("instance")
			if diff := cmp.Diff(tc.want, volume{i["allocatedStorage"], i["maxAllocatedStorage"]}); diff != "" {
				t.Errorf("%s\nvolume: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestSizes compares what is composed with the table that people read.
func TestSizes(t *testing.T) {
	page, err := os.ReadFile("../../docs/databases.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| `(db[^`]+)` \\|[^|]*\\|[^|]*\\| `(cache[^`]+)` \\|")
	documented := map[v1alpha1.DatabaseSize]size{}
	for _, m := range row.FindAllSubmatch(page, -1) {
		documented[v1alpha1.DatabaseSize(m[1])] = size{rds: string(m[2]), cache: string(m[3])}
	}
	if diff := cmp.Diff(documented, sizes(), cmp.AllowUnexported(size{})); diff != "" {
		t.Errorf("sizes: -documented, +composed:\n%s", diff)
	}
	source, err := os.ReadFile("../../apis/v1alpha1/database_types.go")
	if err != nil {
		t.Fatal(err)
	}
	for name := range sizes() {
		if !bytes.Contains(source, []byte(string(name)+";")) && !bytes.Contains(source, []byte(";"+string(name)+"\n")) {
			t.Errorf("the schema does not allow size %s", name)
		}
	}
	for _, engine := range []string{"mysql", "redis"} {
		for name, want := range sizes() {
			p := kit().New(t, "size", map[string]any{"engine": engine, "size": string(name)})
			p.Settle(t)
			got := size{}
			if engine == "redis" {
				got.cache, want.rds = p.ForProvider("replication-group")["nodeType"].(string), ""
			} else {
				got.rds, want.cache = p.ForProvider("instance")["instanceClass"].(string), ""
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(size{})); diff != "" {
				t.Errorf("%s %s: -want, +got:\n%s", engine, name, diff)
			}
		}
	}
}

// TestInsights expects Database Insights where AWS offers it, in the mode that costs nothing.
func TestInsights(t *testing.T) {
	cases := map[string]struct {
		engine, class string
		want          bool
	}{
		"MySQLMicro":    {"mysql", "db.t3.micro", false},
		"MySQLSmall":    {"mysql", "db.t4g.small", false},
		"MySQLMedium":   {"mysql", "db.t4g.medium", true},
		"MySQLLarge":    {"mysql", "db.m7g.large", true},
		"PostgresMicro": {"postgres", "db.t3.micro", true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "insights", map[string]any{"engine": tc.engine, "instanceClass": tc.class})
			p.Settle(t)
			i := p.ForProvider("instance")
			var mode, days any
			if tc.want {
				mode, days = "standard", 7.0
			}
			got := []any{i["performanceInsightsEnabled"], i["databaseInsightsMode"], i["performanceInsightsRetentionPeriod"]}
			if diff := cmp.Diff([]any{tc.want, mode, days}, got); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
		})
	}
}

// TestExtendedSupport checks the field by which AWS bills a version after its standard
// support.
func TestExtendedSupport(t *testing.T) {
	const on, off = "open-source-rds-extended-support", "open-source-rds-extended-support-disabled"
	cases := map[string]struct {
		reason string
		aws    string
		want   string
	}{
		"New":    {reason: "A new database has no Extended Support, which costs.", aws: off, want: off},
		"Bought": {reason: "The provider cannot change it: a value other than that of AWS would never be applied.", aws: on, want: on},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for _, engine := range []string{"mysql", "postgres"} {
				p := kit().New(t, "lifecycle", map[string]any{"engine": engine})
				for range 4 {
					p.Reconcile(t)
					p.MarkReady()
				}
				if diff := cmp.Diff(any(off), p.ForProvider("instance")["engineLifecycleSupport"]); diff != "" {
					t.Errorf("%s is made with: -want, +got:\n%s", engine, diff)
				}
				p.Answer(func(kind string, at map[string]any) {
					if kind == "Instance" {
						at["engineLifecycleSupport"] = tc.aws
					}
				})
				p.MarkReady()
				p.Settle(t)
				if diff := cmp.Diff(any(tc.want), p.ForProvider("instance")["engineLifecycleSupport"]); diff != "" {
					t.Errorf("%s\n%s has later: -want, +got:\n%s", tc.reason, engine, diff)
				}
			}
		})
	}
}

// TestRefused has specs that the schema does not refuse, or that did not pass the schema.
func TestRefused(t *testing.T) {
	key := func(name, typ string) map[string]any { return map[string]any{"name": name, "type": typ} }
	cases := map[string]struct {
		reason string
		spec   map[string]any
		want   string
	}{
		"TwoTypes": {
			reason: "An attribute has one type.",
			spec: map[string]any{"engine": "dynamodb", "table": map[string]any{
				"partitionKey": key("id", "string"), "indexes": []any{map[string]any{"name": "by_id", "partitionKey": key("id", "number")}},
			}},
			want: "spec.table: id has two types: give it the same one wherever it is a key",
		},
		"UnknownType": {
			reason: "DynamoDB has three.",
			spec:   map[string]any{"engine": "dynamodb", "table": map[string]any{"partitionKey": key("id", "map")}},
			want:   `spec.table: id has unknown type "map": use string, number or binary`,
		},
		"OldRedisWithLogin": {
			reason: "Without IAM it would need a password.",
			spec:   map[string]any{"engine": "redis", "version": "6.2", "environment": "staging"},
			want:   "spec.version: Redis 6.2 knows no IAM, by which services log in: use 7.1, or set spec.redisLogin: false",
		},
		"NoTable":       {reason: "A table needs a key.", spec: map[string]any{"engine": "dynamodb"}, want: "spec.table: is needed for dynamodb: give its partitionKey"},
		"UnknownEngine": {reason: "There are four.", spec: map[string]any{"engine": "oracle"}, want: `spec.engine: unknown engine "oracle": use mysql, postgres, redis or dynamodb`},
		"Version":       {reason: "AWS has no latest.", spec: map[string]any{"engine": "mysql", "version": "latest"}, want: `spec.version: "latest" is not a version: write numbers with dots between them, such as 8.4`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := kit().New(t, "refused", tc.spec).Reconcile(t)
			if diff := cmp.Diff(tc.want, functiontest.Refusal(rsp)); diff != "" {
				t.Errorf("%s\nrefusal: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestLoginStays changes the setting for all claims: a Redis that exists stays as it was made,
// and its status shows what it has.
func TestLoginStays(t *testing.T) {
	for name, made := range map[string]bool{"With": true, "Without": false} {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "cache", map[string]any{"engine": "redis"})
			p.Configure(map[string]any{"redisLogin": made})
			before := p.Settle(t)
			p.Configure(map[string]any{"redisLogin": !made})
			after := p.Settle(t)
			if changes := functiontest.Changes(before, after); len(changes) > 0 {
				t.Errorf("the new setting changes what exists: %v", changes)
			}
			s := functiontest.Status(after)
			_, shown := s["settings"].(map[string]any)["redisLogin"]
			if tls, _ := s["tls"].(bool); tls != made || shown {
				t.Errorf("status: tls %t, want %t; redisLogin is shown: %t, and it has no effect", tls, made, shown)
			}
		})
	}
}

// TestKeyOfATable adds a key to a table that exists: the table stays as it is until the
// key exists.
func TestKeyOfATable(t *testing.T) {
	p := kit().New(t, "table", map[string]any{"engine": "dynamodb", "table": map[string]any{"partitionKey": map[string]any{"name": "id"}}})
	p.Settle(t)
	p.Set("kms.enabled", true)
	p.Reconcile(t)
	if !slices.Contains(p.Names(), "key-database") || p.ForProvider("table")["serverSideEncryption"] != nil {
		t.Errorf("the table uses a key that does not exist, or there is no key: %v, %v", p.Names(), p.ForProvider("table")["serverSideEncryption"])
	}
	p.Settle(t)
	want := map[string]any{"enabled": true, "kmsKeyArn": "arn:aws:kms:ap-southeast-2:123456789012:key/" + p.AtProvider("key-database")["id"].(string)}
	if diff := cmp.Diff(want, p.ForProvider("table")["serverSideEncryption"]); diff != "" {
		t.Errorf("then the table uses it: -want, +got:\n%s", diff)
	}
}

// TestKeyStays has a composed key that is another one than the database was made with: AWS
// cannot change the key of what is stored.
func TestKeyStays(t *testing.T) {
	for claim, name := range map[string]string{"orders": "instance", "checkout": "replication-group", "cart": "table"} {
		t.Run(claim, func(t *testing.T) {
			p := kit().NewExample(t, "au-prod/"+claim)
			p.Settle(t)
			was := p.ForProvider(name)
			p.AtProvider(keyName)["arn"] = "arn:aws:kms:ap-southeast-2:123456789012:key/another"
			p.Reconcile(t)
			if diff := cmp.Diff(was, p.ForProvider(name)); diff != "" {
				t.Errorf("-before, +after:\n%s", diff)
			}
		})
	}
}
