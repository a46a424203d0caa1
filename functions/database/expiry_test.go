package database

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestExpiry changes the attribute by which a table's items expire, and says what it asks for after
// each reconcile.
func TestExpiry(t *testing.T) {
	on := func(attribute string) map[string]any {
		return map[string]any{"enabled": true, "attributeName": attribute}
	}
	off := func(attribute string) map[string]any {
		return map[string]any{"enabled": false, "attributeName": attribute}
	}
	const (
		working  = "True ByAttribute"
		notAsked = "False NotAsked"
	)
	type step struct {
		TTL       map[string]any
		Condition string
	}
	cases := map[string]struct {
		reason       string
		before, then any
		want         []step
	}{
		"Stays": {"Nothing changes.", "gone", "gone", []step{{on("gone"), working}, {on("gone"), working}}},
		"Never": {"A table without one asks for none.", nil, nil, []step{{nil, notAsked}, {nil, notAsked}}},
		"SwitchedOn": {
			"It is on once AWS says so.", nil, "gone",
			[]step{{on("gone"), "False SwitchingOn"}, {on("gone"), working}},
		},
		"SwitchedOff": {
			"Left out it would go on: it is switched off, by the attribute that AWS has.", "gone", nil,
			[]step{
				{off("gone"), "False SwitchingOff: spec.table.ttlAttribute is gone: DynamoDB switches expiry by gone off, which can take an hour"},
				{nil, notAsked}, {nil, notAsked},
			},
		},
		"AnotherAttribute": {
			"DynamoDB takes another attribute in two steps.", "gone", "expires",
			[]step{
				{off("gone"), "False ChangingAttribute: spec.table.ttlAttribute: expires follows once DynamoDB has switched expiry by gone off; each step can take an hour"},
				{on("expires"), "False SwitchingOn"}, {on("expires"), working},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			table := map[string]any{"partitionKey": map[string]any{"name": "id"}}
			spec := map[string]any{"engine": "dynamodb", "table": table}
			p := kit().New(t, "expiry", functiontest.With(spec, "table.ttlAttribute", tc.before))
			p.Settle(t)
			functiontest.SetField("table.ttlAttribute", tc.then)(p)
			var got []step
			for range tc.want {
				rsp := p.Reconcile(t)
				ttl, _ := p.ForProvider("table")["ttl"].(map[string]any)
				got = append(got, step{ttl, functiontest.ConditionText(rsp, conditionExpiry)})
				p.MarkReady()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestIndexThatReturned has an index that late initialization wrote back before this platform took
// that policy away: the field is the provider's, and goes all the same.
func TestIndexThatReturned(t *testing.T) {
	table := map[string]any{"partitionKey": map[string]any{"name": "id"}}
	p := kit().New(t, "index", map[string]any{"engine": "dynamodb", "table": functiontest.Merge(table, map[string]any{
		"indexes": []any{map[string]any{"name": "by_a", "partitionKey": map[string]any{"name": "a"}}},
	})})
	p.Settle(t)
	spec, _ := p.Get("table")["spec"].(map[string]any)
	spec["managementPolicies"] = []any{"*"}
	delete(p.ForProvider("table"), "globalSecondaryIndex")
	p.MarkReady("table")
	if p.ForProvider("table")["globalSecondaryIndex"] == nil {
		t.Fatal("late initialization wrote no index back")
	}

	p.Spec()["table"] = table
	p.Settle(t)
	p.Settle(t)
	if got := p.AtProvider("table")["globalSecondaryIndex"]; got != nil {
		t.Errorf("AWS has the indexes %v", got)
	}
	if diff := cmp.Diff([]any{map[string]any{"name": "id", "type": "S"}}, p.AtProvider("table")["attribute"]); diff != "" {
		t.Errorf("attributes that AWS has: -want, +got:\n%s", diff)
	}
}
