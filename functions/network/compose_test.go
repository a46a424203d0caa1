package network

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestGatewayTrouble has an internet gateway that becomes ready, and then fails.
func TestGatewayTrouble(t *testing.T) {
	labels := func(p *functiontest.ControlPlane) any { return p.Get("eip-a")["metadata"].(map[string]any)["labels"] }
	waits := map[string]any{"platform.ausmart.io/resource": "eip-a"}
	goes := map[string]any{"platform.ausmart.io/resource": "eip-a", "platform.ausmart.io/internet": "attached"}
	p := kit().New(t, "gateway", nil)
	steps := []struct {
		reason string
		do     func()
		want   map[string]any
	}{
		{"A NAT gateway fails without an internet gateway: its address has no label, so its selector does not find it.", func() {}, waits},
		{"The internet gateway is ready.", func() { p.MarkReady("internet-gateway") }, goes},
		{"A gateway that AWS cannot describe for a minute is still attached.", func() { p.Fail("internet-gateway", "throttled") }, goes},
	}
	for _, step := range steps {
		step.do()
		p.Reconcile(t)
		if diff := cmp.Diff(step.want, labels(p)); diff != "" {
			t.Errorf("%s\nlabels of the address: -want, +got:\n%s", step.reason, diff)
		}
	}
}

// TestNamesInAWS checks the names that the function chooses.
func TestNamesInAWS(t *testing.T) {
	cases := map[string]struct {
		reason string
		name   string
		uid    string
		given  map[string]string // names that resources have already
		want   map[string]string
	}{
		"Plain": {
			reason: "Names start with the network's name. A bucket's name is unique in all of AWS.",
			name:   "shop", uid: "1",
			want: map[string]string{"key-s3-alias": "shop-s3", "flow-log-group": "/ausmart/shop/flow-logs", "log-bucket": "shop-logs-a0a233a705"},
		},
		"OtherUID": {
			reason: "A later network of the same name has another bucket.",
			name:   "shop", uid: "2",
			want: map[string]string{"key-s3-alias": "shop-s3", "flow-log-group": "/ausmart/shop/flow-logs", "log-bucket": "shop-logs-e64eb42194"},
		},
		"Dots": {
			reason: "The certificates of S3 do not cover bucket names with dots.",
			name:   "shop.au", uid: "1",
			want: map[string]string{"key-s3-alias": "shop-au-fb89e9-s3", "flow-log-group": "/ausmart/shop.au/flow-logs", "log-bucket": "shop-au-logs-2dd9fdae17"},
		},
		"Long": {
			reason: "A bucket's name has at most 63 letters, and keeps its digest.",
			name:   strings.Repeat("x", 63), uid: "1",
			want: map[string]string{
				"key-s3-alias":   strings.Repeat("x", 63) + "-s3",
				"flow-log-group": "/ausmart/" + strings.Repeat("x", 63) + "/flow-logs",
				"log-bucket":     strings.Repeat("x", 47) + "-logs-8a573309f2",
			},
		},
		"Given": {
			reason: "A resource that exists keeps its name: another name is another bucket.",
			name:   "shop", uid: "1",
			given: map[string]string{"key-s3-alias": "old-key", "flow-log-group": "/old", "log-bucket": "old-logs"},
			want:  map[string]string{"key-s3-alias": "old-key", "flow-log-group": "/old", "log-bucket": "old-logs"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, policies := map[string]string{}, map[string]string{}
			for _, destination := range []string{"S3", "CloudWatchLogs"} {
				x := kit().Composite(t, tc.name, map[string]any{"environment": "prod", "flowLogs": map[string]any{"destination": destination}})
				x["metadata"].(map[string]any)["uid"] = tc.uid
				p := kit().ControlPlane(t, x)
				p.Reconcile(t)
				for resource, n := range tc.given {
					if p.Has(resource) {
						p.Get(resource)["metadata"].(map[string]any)["annotations"].(map[string]any)["crossplane.io/external-name"] = n
					}
				}
				p.MarkReady("vpc")
				for resource, r := range p.Reconcile(t).GetDesired().GetResources() {
					meta := r.GetResource().AsMap()["metadata"].(map[string]any)
					if annotations, ok := meta["annotations"].(map[string]any); ok && tc.want[resource] != "" {
						got[resource] = annotations["crossplane.io/external-name"].(string)
					}
					if policy, ok := p.ForProvider(resource)["policy"].(string); ok {
						policies[resource] = policy
					}
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nnames in AWS: -want, +got:\n%s", tc.reason, diff)
			}
			// The policies use the same names.
			for resource, arn := range map[string]string{
				"log-bucket-policy":    "arn:aws:s3:::" + tc.want["log-bucket"] + `/*"`,
				"flow-log-role-policy": "arn:aws:logs:ap-southeast-2:123456789012:log-group:" + tc.want["flow-log-group"] + `:*"`,
			} {
				if !strings.Contains(policies[resource], arn) {
					t.Errorf("%s\n%s does not name %s: %s", tc.reason, resource, arn, policies[resource])
				}
			}
		})
	}
}

// TestUnanswered has resources whose fields are empty in AWS: the status leaves them out.
func TestUnanswered(t *testing.T) {
	p := kit().New(t, "unanswered", nil)
	p.Reconcile(t)
	p.AWS = func(_, kind, _ string, at map[string]any, _ func(string) string) {
		at["id"], at["arn"] = "", ""
		if kind == "EIP" {
			at["publicIp"] = ""
		}
	}
	p.MarkReady()
	rsp := p.Reconcile(t)
	if diff := cmp.Diff("", functiontest.Refusal(rsp)); diff != "" {
		t.Fatalf("refusal: -want, +got:\n%s", diff)
	}
	got := functiontest.Status(rsp)
	for _, field := range []string{"natAddresses", "subnets", "vpcId", "securityGroups"} {
		if v, ok := got[field]; ok {
			t.Errorf("status.%s has a value that AWS did not answer: %v", field, v)
		}
	}
}
