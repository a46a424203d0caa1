package database

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestGuards changes a database that is ready, and looks at what stays.
func TestGuards(t *testing.T) {
	table := map[string]any{"engine": "dynamodb", "table": map[string]any{"partitionKey": map[string]any{"name": "id"}}}
	own := func(engine string) map[string]any {
		if engine == "dynamodb" {
			return functiontest.With(table, "kms.enabled", true)
		}
		return map[string]any{"engine": engine, "kms": map[string]any{"enabled": true}}
	}
	field := func(path string, value any) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) { p.Set(path, value) }
	}
	team := func(data map[string]any) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) { p.Configure(data) }
	}
	cases := map[string]struct {
		reason string
		spec   map[string]any
		config map[string]any
		change func(p *functiontest.ControlPlane)
		fatal  string
	}{
		"Region": {
			reason: "A database does not move.",
			spec:   map[string]any{"engine": "mysql"},
			change: field("region", "us-east-1"),
			fatal:  "spec.region: the database is in ap-southeast-2 and cannot move to us-east-1: create a new claim",
		},
		"TableRegion": {
			reason: "Nor does a table.",
			spec:   table,
			change: field("region", "us-east-1"),
			fatal:  "spec.region: the database is in ap-southeast-2 and cannot move to us-east-1: create a new claim",
		},
		"Engine": {
			reason: "MySQL's data are not PostgreSQL's.",
			spec:   map[string]any{"engine": "mysql"},
			change: field("engine", "postgres"),
			fatal:  "spec.engine: the database is mysql and cannot become postgres: create a new claim and move the data",
		},
		"EngineOfAnotherKind": {
			reason: "What the other engine is made of holds data.",
			spec:   map[string]any{"engine": "mysql"},
			change: field("engine", "redis"),
			fatal:  `refusing to delete Instance "instance": nothing in the claim asks for that; or annotate the claim with platform.ausmart.io/allow-removal: instance`,
		},
		"KeyLaterByEnvironment": {
			reason: "RDS encrypts once: dev to prod says so before anything happens.",
			spec:   map[string]any{"engine": "mysql"},
			change: field("environment", "prod"),
			fatal:  "spec.kms.enabled: the database was made without a key of its own, and AWS cannot encrypt it anew as the platform wants: set spec.kms.enabled: false to keep it, or create a new claim and move the data",
		},
		"KeyLaterByTeam": {
			reason: "The message names who wants it.",
			spec:   map[string]any{"engine": "redis"},
			change: team(map[string]any{"kms": true}),
			fatal:  "spec.kms.enabled: the database was made without a key of its own, and AWS cannot encrypt it anew as EnvironmentConfig/dev wants: set spec.kms.enabled: false to keep it, or create a new claim and move the data",
		},
		"KeyLaterAgreed": {
			reason: "The way out that the message names works.",
			spec:   map[string]any{"engine": "mysql"},
			change: func(p *functiontest.ControlPlane) {
				field("environment", "prod")(p)
				field("kms", map[string]any{"enabled": false})(p)
			},
		},
		"KeyLaterOfTable": {
			reason: "DynamoDB encrypts anew in place.",
			spec:   table,
			change: field("environment", "prod"),
		},
		"KeyTakenAway": {
			reason: "Without its key data is noise.",
			spec:   own("postgres"),
			change: field("kms.enabled", false),
			fatal:  "spec.kms.enabled: the database is encrypted with a key of its own, and the claim would take it away: set spec.kms.enabled: true to keep it",
		},
		"KeyTakenFromTable": {
			reason: "A table's backups stay under the key that they were made with.",
			spec:   own("dynamodb"),
			change: field("kms.enabled", false),
			fatal:  "spec.kms.enabled: the database is encrypted with a key of its own, and the claim would take it away: set spec.kms.enabled: true to keep it",
		},
		"KeyTakenByTeam": {
			reason: "What the platform team switches off for everyone takes nobody's key.",
			spec:   map[string]any{"engine": "redis"},
			config: map[string]any{"kms": true},
			change: team(nil),
			fatal:  "spec.kms.enabled: the database is encrypted with a key of its own, and the platform would take it away: set spec.kms.enabled: true to keep it",
		},
		"Downgrade": {
			reason: "AWS has no way back.",
			spec:   map[string]any{"engine": "postgres", "version": "17"},
			change: field("version", "16"),
			fatal:  "spec.version: 17.6 runs, and AWS cannot go back to 16: set 17, or restore a backup into a new claim",
		},
		"MajorUnasked": {
			reason: "A composite that is edited by hand meets the rule too.",
			spec:   map[string]any{"engine": "mysql", "version": "8.0"},
			change: field("version", "8.4"),
			fatal:  "spec.version: 8.0.6 runs, and 8.4 is a new major version: set spec.allowMajorVersionUpgrade: true too, since there is no way back",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "guard", tc.spec)
			p.Configure(tc.config)
			p.Settle(t)
			before := p.Names()
			held := kit().Held(p)
			tc.change(p)

			rsp := p.Reconcile(t)
			if diff := cmp.Diff(tc.fatal, functiontest.Fatal(rsp)); diff != "" {
				t.Fatalf("%s\nfatal result: -want, +got:\n%s", tc.reason, diff)
			}
			if tc.fatal != "" {
				if diff := cmp.Diff(before, p.Names()); diff != "" {
					t.Errorf("%s\na refused change changes nothing: -want, +got:\n%s", tc.reason, diff)
				}
				return
			}
			p.Settle(t)
			for _, name := range held {
				if !p.Has(name) {
					t.Errorf("%s\n%s is gone", tc.reason, name)
				}
			}
		})
	}
}
