package network

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// TestEndpointPolicies reads who may use each endpoint of a network in production.
func TestEndpointPolicies(t *testing.T) {
	type may map[string]map[string][]string // the conditions, by the statement
	own := func(accounts ...string) may {
		return may{"OwnAccounts": {"aws:PrincipalAccount": accounts}}
	}
	cases := map[string]struct {
		reason    string
		endpoints map[string]any
		want      map[string]may // for the endpoints that are not as all others
		others    may
	}{
		"Own": {
			reason: "Only principals of the own account get through; everyone reads objects, such as the layers of images.",
			want: map[string]may{
				"endpoint-s3":       {"OwnAccounts": {"aws:PrincipalAccount": {"123456789012"}}, "EveryoneReads": nil},
				"endpoint-sts":      {"OwnAccounts": {"aws:PrincipalAccount": {"123456789012"}}, "Federation": {"aws:ResourceAccount": {"123456789012"}}},
				"endpoint-eks-auth": nil,
			},
			others: own("123456789012"),
		},
		"Trusted": {
			reason:    "Accounts that the claim trusts get through too, in one order and each once. An additional service keeps AWS's own policy.",
			endpoints: map[string]any{"additionalServices": []any{"kms"}, "trustedAccounts": []any{"222222222222", "111111111111", "123456789012"}},
			want: map[string]may{
				"endpoint-s3": {"OwnAccounts": {"aws:PrincipalAccount": {"111111111111", "123456789012", "222222222222"}}, "EveryoneReads": nil},
				"endpoint-sts": {
					"OwnAccounts": {"aws:PrincipalAccount": {"111111111111", "123456789012", "222222222222"}},
					"Federation":  {"aws:ResourceAccount": {"111111111111", "123456789012", "222222222222"}},
				},
				"endpoint-eks-auth": nil, "endpoint-kms": nil,
			},
			others: own("111111111111", "123456789012", "222222222222"),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "endpoints", functiontest.Merge(map[string]any{"environment": "prod"}, map[string]any{"vpcEndpoints": functiontest.Merge(tc.endpoints)}))
			p.Settle(t)
			for _, resource := range p.Names() {
				if p.Kind(resource) != "VPCEndpoint" {
					continue
				}
				var got may
				if text, ok := p.ForProvider(resource)["policy"].(string); ok {
					var d iampolicy.Document
					if err := json.Unmarshal([]byte(text), &d); err != nil {
						t.Fatal(err)
					}
					got = may{}
					for _, s := range d.Statement {
						got[s.Sid] = s.Condition["StringEquals"]
					}
				}
				want, special := tc.want[resource]
				if !special {
					want = tc.others
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s\n%s: -want, +got:\n%s", tc.reason, resource, diff)
				}
			}
		})
	}
}

// TestStandardEndpoints has those that pods of the platform send to all day: without them traces
// and metrics pay for the NAT gateway.
func TestStandardEndpoints(t *testing.T) {
	p := kit().New(t, "endpoints", map[string]any{"environment": "prod"})
	p.Reconcile(t)
	var got []string
	for _, name := range p.Names() {
		if p.Kind(name) == "VPCEndpoint" {
			got = append(got, strings.TrimPrefix(name, "endpoint-"))
		}
	}
	want := []string{"aps-workspaces", "dynamodb", "ecr.api", "ecr.dkr", "eks-auth", "logs", "s3", "secretsmanager", "sqs", "sts", "xray"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
