package database

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestOrderMeansNothing deals the indexes of a table in another order.
func TestOrderMeansNothing(t *testing.T) {
	index := func(name string) any {
		return map[string]any{"name": name, "partitionKey": map[string]any{"name": name + "Key"}}
	}
	all := []any{index("one"), index("two"), index("three")}
	var first *fnv1.RunFunctionResponse
	for seed := range 6 {
		dealt := slices.Clone(all)
		functiontest.NewRandom(seed).Shuffle(len(dealt), func(i, j int) { dealt[i], dealt[j] = dealt[j], dealt[i] })
		p := kit().New(t, "order", map[string]any{"engine": "dynamodb", "table": map[string]any{"partitionKey": map[string]any{"name": "id"}, "indexes": dealt}})
		rsp := p.Settle(t)
		if first == nil {
			first = rsp
		}
		if !proto.Equal(first, rsp) {
			t.Fatalf("the order of indexes changes the answer: %v", dealt)
		}
	}
}

// TestWaitsForItsNetwork has a network that is missing, and then one that lacks
// what a database needs of it.
func TestWaitsForItsNetwork(t *testing.T) {
	lacks := func(path string) func(p *functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) {
			n := p.Required("XNetwork/au-dev")
			status := functiontest.With(n["status"].(map[string]any), path, nil)
			p.Require("XNetwork/au-dev", map[string]any{"apiVersion": n["apiVersion"], "kind": n["kind"], "metadata": n["metadata"], "status": status})
		}
	}
	cases := map[string]struct {
		reason string
		change func(p *functiontest.ControlPlane)
		want   string
	}{
		"None": {
			"A network may come later than its database.",
			func(p *functiontest.ControlPlane) { p.Require("XNetwork/au-dev", nil) },
			`waiting for Network "au-dev" (spec.networkRef): there is none in this namespace; apply it, or correct the name`,
		},
		"VPC":     {"A group needs a VPC.", lacks("vpcId"), `waiting for Network "au-dev" (spec.networkRef): it has no VPC yet`},
		"Subnets": {"A database needs subnets.", lacks("subnets.data"), `waiting for Network "au-dev" (spec.networkRef): it has no data subnets in two zones yet`},
		"Nodes":   {"Without the nodes' group nobody is let in.", lacks("securityGroups.node"), `waiting for Network "au-dev" (spec.networkRef): it has no security group for nodes yet`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			fresh := kit().New(t, "wait", map[string]any{"engine": "mysql"})
			tc.change(fresh)
			rsp := fresh.Reconcile(t)
			if diff := cmp.Diff([]any{tc.want, 0}, []any{functiontest.Status(rsp)["waitingFor"], len(functiontest.Names(rsp))}); diff != "" {
				t.Errorf("%s\nwhat is awaited, and how many resources there are: -want, +got:\n%s", tc.reason, diff)
			}

			ready := kit().New(t, "wait", map[string]any{"engine": "mysql"})
			before := functiontest.Names(ready.Settle(t))
			tc.change(ready)
			rsp = ready.Reconcile(t)
			if diff := cmp.Diff([]any{tc.want, before}, []any{functiontest.Status(rsp)["waitingFor"], functiontest.Names(rsp)}); diff != "" {
				t.Errorf("%s\nwhat is awaited, and what stays: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
