package network

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// TestStateful sorts every kind that the largest network has by whether it holds
// state, so that nobody adds a kind without an answer.
func TestStateful(t *testing.T) {
	p := plane(with(xr("kinds", nil), "spec.environment", "prod"))
	settle(t, p)
	got := map[bool][]string{}
	for _, name := range p.Names() {
		if kind := p.Get(name)["kind"].(string); !slices.Contains(got[stateful(kind)], kind) {
			got[stateful(kind)] = append(got[stateful(kind)], kind)
		}
	}
	slices.Sort(got[true])
	slices.Sort(got[false])
	want := map[bool][]string{
		true: {"Bucket", "EIP", "Group", "Key", "Subnet", "VPC"},
		false: {
			"Alias", "BucketLifecycleConfiguration", "BucketOwnershipControls", "BucketPolicy", "BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration",
			"DefaultSecurityGroup", "FlowLog", "InternetGateway", "NATGateway", "Role", "RolePolicy", "Route", "RouteTable", "RouteTableAssociation",
			"SecurityGroup", "SecurityGroupEgressRule", "SecurityGroupIngressRule",
			"VPCEndpoint", "VPCEndpointRouteTableAssociation", "VPCEndpointSecurityGroupAssociation", "VPCEndpointSubnetAssociation",
		},
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
		want   string
	}{
		"VPC":    {"A VPC is everything.", "VPC", refuses("VPC")},
		"Subnet": {"Databases live in subnets.", "Subnet", refuses("Subnet")},
		"EIP":    {"Others have addresses on their lists.", "EIP", refuses("EIP")},
		"Key":    {"Without its key data is noise.", "Key", refuses("Key")},
		"Bucket": {"A bucket holds logs.", "Bucket", refuses("Bucket")},
		"Group":  {"So does a log group.", "Group", refuses("Group")},
		"Route":  {"A route holds nothing.", "Route", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := plane(xr("forgotten", nil))
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

func TestTags(t *testing.T) {
	p := plane(xr("tags", map[string]any{"tags": map[string]any{"team": "store", "Name": "mine", "ausmart.io/environment": "prod"}}))
	reconcile(t, p)
	want := map[string]any{"team": "store", "Name": "tags-vpc", "ausmart.io/environment": "dev", "ausmart.io/network": "tags"}
	if diff := cmp.Diff(want, forProvider(p, "vpc")["tags"]); diff != "" {
		t.Errorf("The platform finds its resources by its own tags, which win: -want, +got:\n%s", diff)
	}
}

// TestGatewayTrouble has an internet gateway that is ready, and then is not.
func TestGatewayTrouble(t *testing.T) {
	labels := func(p *simulation.Plane) any { return p.Get("eip-a")["metadata"].(map[string]any)["labels"] }
	waits := map[string]any{"platform.ausmart.io/resource": "eip-a"}
	goes := map[string]any{"platform.ausmart.io/resource": "eip-a", "platform.ausmart.io/internet": "attached"}
	p := plane(xr("gateway", nil))
	steps := []struct {
		reason string
		do     func()
		want   map[string]any
	}{
		{"A NAT gateway without a way to the internet fails, and so its address hides from it.", func() {}, waits},
		{"The gateway is there.", func() { p.Provide("internet-gateway") }, goes},
		{"A gateway that AWS cannot describe for a minute is attached all the same.", func() { p.Fail("internet-gateway", "throttled") }, goes},
	}
	for _, step := range steps {
		step.do()
		reconcile(t, p)
		if diff := cmp.Diff(step.want, labels(p)); diff != "" {
			t.Errorf("%s\nlabels of the address: -want, +got:\n%s", step.reason, diff)
		}
	}
}

// TestNamesInAWS checks the names that are ours to choose.
func TestNamesInAWS(t *testing.T) {
	cases := map[string]struct {
		reason string
		name   string
		uid    string
		given  map[string]string // names that resources have already
		want   map[string]string
	}{
		"Plain": {
			reason: "A name says whose it is; a bucket's is unique in all of AWS.",
			name:   "shop", uid: "1",
			want: map[string]string{"key-s3-alias": "shop-s3", "flow-log-group": "/ausmart/shop/flow-logs", "log-bucket": "shop-logs-a0a233a705"},
		},
		"OtherUID": {
			reason: "A network that is made anew does not take the bucket of the one before it.",
			name:   "shop", uid: "2",
			want: map[string]string{"key-s3-alias": "shop-s3", "flow-log-group": "/ausmart/shop/flow-logs", "log-bucket": "shop-logs-e64eb42194"},
		},
		"Dots": {
			reason: "TLS does not reach buckets with dots in their names.",
			name:   "shop.au", uid: "1",
			want: map[string]string{"key-s3-alias": "shop.au-s3", "flow-log-group": "/ausmart/shop.au/flow-logs", "log-bucket": "shop-au-logs-2dd9fdae17"},
		},
		"Long": {
			reason: "A bucket's name has 63 letters at most, and keeps those that make it unique.",
			name:   strings.Repeat("x", 63), uid: "1",
			want: map[string]string{
				"key-s3-alias":   strings.Repeat("x", 63) + "-s3",
				"flow-log-group": "/ausmart/" + strings.Repeat("x", 63) + "/flow-logs",
				"log-bucket":     strings.Repeat("x", 47) + "-logs-8a573309f2",
			},
		},
		"Given": {
			reason: "What has a name keeps it: another name is another bucket.",
			name:   "shop", uid: "1",
			given: map[string]string{"key-s3-alias": "old-key", "flow-log-group": "/old", "log-bucket": "old-logs"},
			want:  map[string]string{"key-s3-alias": "old-key", "flow-log-group": "/old", "log-bucket": "old-logs"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			x := with(xr(tc.name, nil), "spec.environment", "prod")
			x["metadata"].(map[string]any)["uid"] = tc.uid
			p := plane(x)
			reconcile(t, p)
			for resource, n := range tc.given {
				p.Get(resource)["metadata"].(map[string]any)["annotations"].(map[string]any)["crossplane.io/external-name"] = n
			}
			rsp := reconcile(t, p)
			got := map[string]string{}
			for resource := range tc.want {
				meta := rsp.GetDesired().GetResources()[resource].GetResource().AsMap()["metadata"].(map[string]any)
				got[resource] = meta["annotations"].(map[string]any)["crossplane.io/external-name"].(string)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nnames in AWS: -want, +got:\n%s", tc.reason, diff)
			}
			// What speaks of them uses the same names.
			for resource, arn := range map[string]string{
				"log-bucket-policy":    "arn:aws:s3:::" + tc.want["log-bucket"] + `/*"`,
				"flow-log-role-policy": "arn:aws:logs:ap-southeast-2:*:log-group:" + tc.want["flow-log-group"] + `:*"`,
			} {
				if policy := forProvider(p, resource)["policy"].(string); !strings.Contains(policy, arn) {
					t.Errorf("%s\n%s does not speak of %s: %s", tc.reason, resource, arn, policy)
				}
			}
		})
	}
}

// TestUnanswered has resources whose fields AWS has not filled in: they are as
// good as absent, and not in the status.
func TestUnanswered(t *testing.T) {
	p := plane(xr("unanswered", nil))
	reconcile(t, p)
	p.Provider = func(kind, _ string, at map[string]any, _ func(string) string) {
		at["id"], at["arn"] = "", ""
		if kind == "EIP" {
			at["publicIp"] = ""
		}
	}
	p.Provide()
	got := status(reconcile(t, p))
	for _, field := range []string{"natAddresses", "subnets", "vpcId", "securityGroups"} {
		if v, ok := got[field]; ok {
			t.Errorf("status.%s is made of nothing: %v", field, v)
		}
	}
}
