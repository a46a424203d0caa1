package database

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestDeletionTakesTwoSteps follows a production database to where it may be
// deleted: each step says what comes next, and its data have somewhere to stay.
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
			if diff := cmp.Diff(want, holds(p)); diff != "" {
				t.Errorf("what refuses the deletion, and with which words: -want, +got:\n%s", diff)
			}
			if diff := cmp.Diff(tc.fields, only(p.ForProvider(primaryOf(p)), tc.fields)); diff != "" {
				t.Errorf("AWS's own protection: -want, +got:\n%s", diff)
			}
			if got := protected(rsp); !strings.HasPrefix(got, "True Protected: to delete this database, first set spec.deletionProtection: false") {
				t.Errorf("the condition does not say what comes first: %s", got)
			}

			p.Spec()["deletionProtection"] = false
			if diff := cmp.Diff("True Releasing: "+releasing, protected(p.Reconcile(t))); diff != "" {
				t.Errorf("while the protection is taken off: -want, +got:\n%s", diff)
			}
			p.MarkReady()
			rsp = p.Settle(t)
			if diff := cmp.Diff(map[string]string{}, holds(p)); diff != "" {
				t.Errorf("nothing refuses the deletion any more: -want, +got:\n%s", diff)
			}
			if diff := cmp.Diff(tc.after, only(p.ForProvider(primaryOf(p)), tc.after)); diff != "" {
				t.Errorf("AWS's own protection is off, and the data stay: -want, +got:\n%s", diff)
			}
			if got := protected(rsp); !strings.HasPrefix(got, "False Unprotected: "+tc.last) {
				t.Errorf("the condition does not say what the second step does: %s", got)
			}
			if got := p.Get("key-database")["spec"].(map[string]any)["deletionPolicy"]; got != "Orphan" {
				t.Errorf("the key's deletionPolicy is %v: what stays would be noise without it", got)
			}
		})
	}
}

// TestDevGoesAtOnce has a database that nobody protects.
func TestDevGoesAtOnce(t *testing.T) {
	for claim, last := range map[string]string{
		"catalog": "deleting the claim deletes the database and its data",
		"cart":    "deleting the claim deletes the database; AWS keeps a backup of the table for 35 days",
	} {
		p := kit().NewExample(t, "au-dev/"+claim)
		rsp := p.Settle(t)
		if diff := cmp.Diff([]any{map[string]string{}, "False Unprotected: " + last}, []any{holds(p), protected(rsp)}); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", claim, diff)
		}
	}
}

// holds are the Usages that refuse a deletion with a reason.
func holds(p *functiontest.ControlPlane) map[string]string {
	out := map[string]string{}
	for _, name := range p.Names() {
		r := p.Get(name)
		s := r["spec"].(map[string]any)
		reason, ok := s["reason"].(string)
		if !ok {
			continue
		}
		namespace, _ := r["metadata"].(map[string]any)["namespace"].(string)
		of := s["of"].(map[string]any)
		out[name] = fmt.Sprintf("%s %q of %s %q: %s", r["kind"], namespace, of["kind"], of["resourceRef"].(map[string]any)["name"], reason)
		if s["replayDeletion"] != nil {
			out[name] += " (and deletes later what somebody once tried to)"
		}
	}
	return out
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
	for _, c := range rsp.GetConditions() {
		if c.GetType() == "DeletionProtected" {
			return map[bool]string{true: "True ", false: "False "}[c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE] + c.GetReason() + ": " + c.GetMessage()
		}
	}
	return "no such condition"
}

// TestDeletionOrder deletes everything of a database at once, as Crossplane does,
// with Usages that refuse what they protect: what is left each time shows the
// order.
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
			if diff := cmp.Diff(want, waves(p)); diff != "" {
				t.Errorf("what goes in each wave: -want, +got:\n%s", diff)
			}
		})
	}
}

// waves of a deletion: all that no Usage protects goes, then the Usages of what
// is gone go, and so on.
func waves(p *functiontest.ControlPlane) [][]string {
	inComposition := map[string]string{} // by name in Kubernetes
	left := map[string]bool{}
	for _, name := range p.Names() {
		if k := p.Kind(name); k != "ClusterUsage" {
			inComposition[p.Get(name)["metadata"].(map[string]any)["name"].(string)] = name
			left[name] = true
		}
	}
	uses := map[string][]string{} // users by what they use
	for _, name := range p.Names() {
		s := p.Get(name)["spec"].(map[string]any)
		by, ok := s["by"].(map[string]any)
		if !ok {
			continue
		}
		of := s["of"].(map[string]any)
		target, ok := inComposition[refName(of)]
		if !ok { // Another claim's composite, which somebody deletes at the same time.
			target = of["kind"].(string) + "/" + strings.TrimSuffix(refName(of), "-x7k2p")
			left[target] = true
		}
		uses[target] = append(uses[target], inComposition[refName(by)])
	}
	var out [][]string
	for len(left) > 0 {
		var wave []string
		for name := range left {
			if !slices.ContainsFunc(uses[name], func(user string) bool { return left[user] }) {
				wave = append(wave, name)
			}
		}
		if wave == nil {
			return append(out, []string{"deadlock"})
		}
		for _, name := range wave {
			delete(left, name)
		}
		slices.Sort(wave)
		out = append(out, wave)
	}
	return out
}

func refName(ref map[string]any) string {
	return ref["resourceRef"].(map[string]any)["name"].(string)
}
