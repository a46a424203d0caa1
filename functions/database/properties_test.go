package database

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestOrderMeansNothing shuffles the indexes of a table: the response stays the same.
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
			t.Fatalf("the order of indexes changes the response: %v", dealt)
		}
	}
}

// TestWaitsForItsNetwork has a network that does not exist, and networks without a field
// that a database needs.
func TestWaitsForItsNetwork(t *testing.T) {
	lacks := func(path string) functiontest.Change {
		return func(p *functiontest.ControlPlane) {
			n := p.Required("XNetwork/au-dev")
			status := functiontest.With(n["status"].(map[string]any), path, nil)
			p.Require("XNetwork/au-dev", map[string]any{"apiVersion": n["apiVersion"], "kind": n["kind"], "metadata": n["metadata"], "status": status})
		}
	}
	claim := func() *functiontest.ControlPlane { return kit().New(t, "wait", map[string]any{"engine": "mysql"}) }
	const waiting = `waiting for Network "au-dev" (spec.networkRef): `
	functiontest.RunMissing(t, map[string]functiontest.Missing{
		"None": {
			Reason: "A network may be created later than its database.",
			Claim:  claim, Change: func(p *functiontest.ControlPlane) { p.Require("XNetwork/au-dev", nil) },
			WaitingFor: waiting + "there is none in this namespace; apply it, or correct the name",
		},
		"VPC": {
			Reason: "The security group needs a VPC.",
			Claim:  claim, Change: lacks("vpcId"), WaitingFor: waiting + "it has no VPC yet",
		},
		"Subnets": {
			Reason: "The subnet group needs subnets.",
			Claim:  claim, Change: lacks("subnets.data"), WaitingFor: waiting + "it has no data subnets in two zones yet",
		},
		"Nodes": {
			Reason: "The rule of the database names the group of the nodes.",
			Claim:  claim, Change: lacks("securityGroups.node"), WaitingFor: waiting + "it has no security group for nodes yet",
		},
	})
}
