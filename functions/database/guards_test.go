package database

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// TestGuards changes a database that is ready, and looks at what stays.
func TestGuards(t *testing.T) {
	table := map[string]any{"engine": "dynamodb", "table": map[string]any{"partitionKey": map[string]any{"name": "id"}}}
	own := func(engine string) map[string]any {
		if engine == "dynamodb" {
			return set(table, "kms.enabled", true)
		}
		return map[string]any{"engine": engine, "kms": map[string]any{"enabled": true}}
	}
	field := func(path string, value any) func(*simulation.Plane) {
		return func(p *simulation.Plane) { p.XR["spec"] = set(spec(p), path, value) }
	}
	team := func(data map[string]any) func(*simulation.Plane) {
		return func(p *simulation.Plane) { configure(p, data) }
	}
	cases := map[string]struct {
		reason string
		spec   map[string]any
		config map[string]any
		change func(p *simulation.Plane)
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
			change: func(p *simulation.Plane) {
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
			p := plane(t, xr("guard", tc.spec))
			configure(p, tc.config)
			settle(t, p)
			before := p.Names()
			held := holding(p)
			tc.change(p)

			rsp := reconcile(t, p)
			if diff := cmp.Diff(tc.fatal, simulation.Fatal(rsp)); diff != "" {
				t.Fatalf("%s\nfatal result: -want, +got:\n%s", tc.reason, diff)
			}
			if tc.fatal != "" {
				if diff := cmp.Diff(before, p.Names()); diff != "" {
					t.Errorf("%s\na refused change changes nothing: -want, +got:\n%s", tc.reason, diff)
				}
				return
			}
			settle(t, p)
			for _, name := range held {
				if p.Get(name) == nil {
					t.Errorf("%s\n%s is gone", tc.reason, name)
				}
			}
		})
	}
}

// TestStateful sorts every kind that databases are made of by whether it holds
// state, so that nobody adds a kind without an answer.
func TestStateful(t *testing.T) {
	got := map[bool][]string{}
	for _, claim := range examples()["au-prod"] {
		p := plane(t, example(t, "au-prod", claim))
		settle(t, p)
		for _, name := range p.Names() {
			if kind := p.Get(name)["kind"].(string); !slices.Contains(got[stateful(kind)], kind) {
				got[stateful(kind)] = append(got[stateful(kind)], kind)
			}
		}
	}
	slices.Sort(got[true])
	slices.Sort(got[false])
	want := map[bool][]string{
		true:  {"Group", "Instance", "Key", "ReplicationGroup", "Table"},
		false: {"Alias", "ClusterUsage", "ParameterGroup", "SecurityGroup", "SecurityGroupIngressRule", "SubnetGroup", "Usage", "User", "UserGroup"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds that hold state: -want, +got:\n%s", diff)
	}
}

// TestForgotten has a resource that exists and that this version of the function
// no longer composes.
func TestForgotten(t *testing.T) {
	refuses := func(kind string) string {
		return "refusing to delete " + kind + ` "old": nothing in the claim asks for that; or annotate the claim with platform.ausmart.io/allow-removal: old`
	}
	cases := map[string]struct {
		reason string
		kind   string
		allow  string
		want   string
	}{
		"Instance":  {"An instance is the data.", "Instance", "", refuses("Instance")},
		"Redis":     {"So is a replication group.", "ReplicationGroup", "", refuses("ReplicationGroup")},
		"Table":     {"So is a table.", "Table", "", refuses("Table")},
		"Key":       {"Without its key data is noise.", "Key", "", refuses("Key")},
		"Group":     {"Logs are data.", "Group", "", refuses("Group")},
		"Parameter": {"Parameters are written down here.", "ParameterGroup", "", ""},
		"Allowed":   {"Whoever names it means it.", "Table", "some, old", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := plane(t, xr("forgotten", map[string]any{"engine": "mysql"}))
			if tc.allow != "" {
				p.XR["metadata"].(map[string]any)["annotations"] = map[string]any{"platform.ausmart.io/allow-removal": tc.allow}
			}
			req := request(t, p)
			old, err := structpb.NewStruct(map[string]any{"kind": tc.kind})
			if err != nil {
				t.Fatal(err)
			}
			req.Observed.Resources["old"] = &fnv1.Resource{Resource: old}
			rsp, err := p.Function.RunFunction(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, simulation.Fatal(rsp)); diff != "" {
				t.Errorf("%s\nfatal result: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
