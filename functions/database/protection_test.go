package database

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestDeletionTakesTwoSteps removes the protection of production databases: the
// condition names the next step, and the data stay in a backup.
func TestDeletionTakesTwoSteps(t *testing.T) {
	const reason = "this database is protected: first set spec.deletionProtection: false in the claim, then read its condition DeletionProtected"
	const releasing = "the protection is being taken off: wait for this condition to become False, then delete the claim"
	cases := map[string]struct {
		fields map[string]bool // of AWS that refuse or keep, by name in forProvider; before the first step and after it
		after  map[string]bool
		last   string
	}{
		"catalog": {
			fields: map[string]bool{"deletionProtection": true, "skipFinalSnapshot": false, "deleteAutomatedBackups": false},
			after:  map[string]bool{"deletionProtection": false, "skipFinalSnapshot": false, "deleteAutomatedBackups": false},
			last:   "deleting the claim deletes the database; its data stay in the snapshot catalog-x7k2p-final-",
		},
		"checkout": {
			last: "deleting the claim deletes the database; its data stay in the snapshot checkout-x7k2p-final-",
		},
		"cart": {
			fields: map[string]bool{"deletionProtectionEnabled": true},
			after:  map[string]bool{"deletionProtectionEnabled": false},
			last:   "deleting the claim deletes the database; AWS keeps a backup of the table for 35 days",
		},
	}
	for claim, tc := range cases {
		t.Run(claim, func(t *testing.T) {
			p := kit().NewExample(t, "au-prod/"+claim)
			rsp := p.Settle(t)

			want := map[string]string{
				"hold-database":  `Usage "au-prod" of Database "` + claim + `": ` + reason,
				"hold-xdatabase": `ClusterUsage "" of XDatabase "` + claim + `-x7k2p": ` + reason,
			}
			if diff := cmp.Diff(want, p.Protections()); diff != "" {
				t.Errorf("what refuses the deletion, and the reasons: -want, +got:\n%s", diff)
			}
			if diff := cmp.Diff(tc.fields, only(p.ForProvider(primaryOf(p)), tc.fields)); diff != "" {
				t.Errorf("AWS's own protection: -want, +got:\n%s", diff)
			}
			if got := protected(rsp); !strings.HasPrefix(got, "True Protected: to delete this database, first set spec.deletionProtection: false") {
				t.Errorf("the condition does not name the first step: %s", got)
			}

			p.Spec()["deletionProtection"] = false
			if diff := cmp.Diff("True Releasing: "+releasing, protected(p.Reconcile(t))); diff != "" {
				t.Errorf("while the protection is removed: -want, +got:\n%s", diff)
			}
			p.MarkReady()
			rsp = p.Settle(t)
			if diff := cmp.Diff(map[string]string{}, p.Protections()); diff != "" {
				t.Errorf("nothing refuses the deletion any more: -want, +got:\n%s", diff)
			}
			if diff := cmp.Diff(tc.after, only(p.ForProvider(primaryOf(p)), tc.after)); diff != "" {
				t.Errorf("AWS's own protection is off, and the data stay: -want, +got:\n%s", diff)
			}
			if got := protected(rsp); !strings.HasPrefix(got, "False Unprotected: "+tc.last) {
				t.Errorf("the condition does not say what the second step does: %s", got)
			}
			if got := p.Get("key-database")["spec"].(map[string]any)["deletionPolicy"]; got != "Orphan" {
				t.Errorf("the key's deletionPolicy is %v: without the key no one can read the backup", got)
			}
		})
	}
}

// TestUnprotected has databases in dev, which can be deleted at once.
func TestUnprotected(t *testing.T) {
	for claim, last := range map[string]string{
		"catalog": "deleting the claim deletes the database and its data",
		"cart":    "deleting the claim deletes the database; AWS keeps a backup of the table for 35 days",
	} {
		p := kit().NewExample(t, "au-dev/"+claim)
		rsp := p.Settle(t)
		if diff := cmp.Diff([]any{map[string]string{}, "False Unprotected: " + last}, []any{p.Protections(), protected(rsp)}); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", claim, diff)
		}
	}
}

// TestProtectedAtAWS has databases whose protection is off in the claim and not yet at AWS,
// which would refuse the deletion last, when everything else is deleted.
func TestProtectedAtAWS(t *testing.T) {
	for claim, field := range map[string]string{"catalog": "deletionProtection", "cart": "deletionProtectionEnabled"} {
		p := kit().NewExample(t, "au-dev/"+claim)
		p.Settle(t)
		p.AtProvider(primaryOf(p))[field] = true
		want := "True Releasing: the protection is being taken off: wait for this condition to become False, then delete the claim"
		if diff := cmp.Diff(want, protected(p.Reconcile(t))); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", claim, diff)
		}
	}
}

func only(fields map[string]any, names map[string]bool) map[string]bool {
	var out map[string]bool
	for name := range names {
		if out == nil {
			out = map[string]bool{}
		}
		out[name], _ = fields[name].(bool)
	}
	return out
}

func protected(rsp *fnv1.RunFunctionResponse) string {
	return functiontest.ConditionText(rsp, "DeletionProtected")
}

// TestDeletionOrder deletes everything of a database at once, and lists what is deleted
// in each round.
func TestDeletionOrder(t *testing.T) {
	cases := map[string][][]string{
		"orders": {
			{"instance", "key-database-alias", "parameter-group-postgres18", "rule-nodes"},
			{"key-database", "log-group-postgresql", "log-group-upgrade", "security-group", "subnet-group"},
			{"XNetwork/au-prod"},
		},
		"checkout": {
			{"key-database-alias", "parameter-group-redis7", "replication-group", "rule-nodes"},
			{"key-database", "log-group-engine-log", "log-group-slow-log", "security-group", "subnet-group", "user-group"},
			{"XNetwork/au-prod", "user-app", "user-default"},
		},
		"cart": {{"key-database-alias", "table"}, {"key-database"}},
	}
	for claim, want := range cases {
		t.Run(claim, func(t *testing.T) {
			p := kit().ControlPlane(t, functiontest.With(kit().Example(t, "au-prod/"+claim), "spec.deletionProtection", false))
			p.Settle(t)
			if diff := cmp.Diff(want, p.DeletionWaves(t)); diff != "" {
				t.Errorf("what is deleted in each round: -want, +got:\n%s", diff)
			}
		})
	}
}
