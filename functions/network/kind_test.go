package network

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func TestNetwork(t *testing.T) { functiontest.Run(t, kit()) }

func FuzzRunFunction(f *testing.F) { functiontest.FuzzRunFunction(f, kit()) }

func BenchmarkRunFunction(b *testing.B) { functiontest.Benchmark(b, kit()) }

// kit is what the test kit must know of networks.
func kit() functiontest.Kind {
	return functiontest.Kind{
		Name: "Network", Function: New(logging.NewNopLogger()),
		Metadata: func(name, namespace string) map[string]any {
			out := map[string]any{"name": name, "uid": "5f2b7c1e-" + name}
			if namespace != "" {
				out["labels"] = functiontest.ClaimLabels(name, namespace)
			}
			return out
		},
		Complete: func(_ string, spec map[string]any) { functiontest.SetDefault(spec, "environment", "dev") },
		AWS:      addresses,
		Placed:   []string{"au-prod"}, Protected: []string{"au-prod"},
		Sensitive: []map[string]any{{}, {"flowLogs": map[string]any{"enabled": true, "destination": "CloudWatchLogs"}}},
		Typical:   []string{"au-prod"}, Small: []map[string]any{{}}, Seeds: []string{"au-dev", "us-prod"},
		Corpora: []string{"FuzzRunFunction", "FuzzClaim"},
		Goldens: []functiontest.Step{
			{Folder: "00-fresh", Reason: "Nothing exists yet: everything is desired, and everything is pending."},
			{
				Folder: "01-vpc-ready",
				Reason: "The VPC, its gateway and the key are ready: addresses may be used, policies name the account, and the bucket the key.",
				Ready:  []string{"vpc", "internet-gateway", "subnet-app-a", "key-s3"},
			},
			{Folder: "02-all-ready", Reason: "Everything is ready: the status is complete and nothing is pending."},
		},
		Configured: true,
		Variants:   variants(),
		Random:     randomSpec, Change: changeSpec, Removes: removes, Rounds: 100, Orders: 8,
		Settings: map[string][]any{
			"kms": {true, false}, "natGateways": {"None", "Single", "PerZone"}, "flowLogs": {true, false}, "accessLogs": {true, false}, "vpcEndpoints": {true, false},
			"retentionDays": {7, 400}, "deletionProtection": {true, false},
		},
		Stateful: []string{"Bucket", "EIP", "Group", "Key", "Subnet", "VPC"},
		Stateless: []string{
			"Alias", "ClusterUsage", "Usage", "BucketLifecycleConfiguration", "BucketOwnershipControls", "BucketPolicy", "BucketPublicAccessBlock", "BucketServerSideEncryptionConfiguration",
			"DefaultSecurityGroup", "FlowLog", "InternetGateway", "NATGateway", "Role", "RolePolicy", "Route", "RouteTable", "RouteTableAssociation",
			"SecurityGroup", "SecurityGroupEgressRule", "SecurityGroupIngressRule",
			"VPCEndpoint", "VPCEndpointRouteTableAssociation", "VPCEndpointSecurityGroupAssociation", "VPCEndpointSubnetAssociation",
		},
	}
}

// addresses that AWS assigns, one for each zone. The ARNs of these kinds are older than the
// model of AWS: they stay until a golden changes for another reason.
func addresses(_, kind, name string, at map[string]any, _ func(string) string) {
	switch kind {
	case "EIP":
		at["publicIp"] = "203.0.113." + string('1'+rune(name[len(name)-1]-'a'))
		fallthrough
	case "Key", "VPCEndpoint":
		at["arn"] = "arn:aws:simulated:::" + at["id"].(string)
	}
}

// variants have the platform's plan of subnets, and one of their own.
func variants() []functiontest.Variant {
	full := map[string]any{
		"environment": "dev", "region": "us-west-2", "providerConfigName": "one", "cidr": "10.0.0.0/16",
		"availabilityZones": []any{"a", "b"},
		"natGateways":       "Single",
		"vpcEndpoints":      map[string]any{"enabled": false, "additionalServices": []any{"kms"}, "trustedAccounts": []any{"111111111111"}},
		"flowLogs":          map[string]any{"enabled": true, "retentionDays": 7, "destination": "CloudWatchLogs"},
		"iamPath":           "/one/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/one",
		"kms": map[string]any{"enabled": false}, "accessLogs": map[string]any{"enabled": false},
		"deletionProtection": false,
		"tags":               map[string]any{"team": "store"},
	}
	explicit := maps.Clone(full)
	explicit["subnets"] = map[string]any{
		"public": map[string]any{"a": "10.0.1.0/24", "b": "10.0.2.0/24"},
		"app":    map[string]any{"a": "10.0.10.0/24", "b": "10.0.11.0/24"},
		"data":   map[string]any{"a": "10.0.20.0/24", "b": "10.0.21.0/24"},
	}
	return []functiontest.Variant{
		{Name: "planned", Spec: full, Other: map[string]any{
			"environment": "prod", "region": "us-east-1", "providerConfigName": "two", "cidr": "10.1.0.0/16", "availabilityZones": []any{"a", "c"},
			"natGateways": "PerZone", "vpcEndpoints.enabled": true, "vpcEndpoints.additionalServices": []any{"sqs"}, "vpcEndpoints.trustedAccounts": []any{"222222222222"}, "flowLogs.enabled": false,
			"flowLogs.retentionDays": 30, "flowLogs.destination": "S3", "kms.enabled": true, "accessLogs.enabled": true, "deletionProtection": true, "tags.team": "search", "iamPath": "/two/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/two",
		}},
		{Name: "explicit", Spec: explicit, Other: map[string]any{
			"subnets.public.a": "10.0.3.0/24", "subnets.app.b": "10.0.13.0/24", "subnets.data.b": "10.0.23.0/24",
		}},
	}
}

func randomZones(r functiontest.Random) []any {
	letters := []any{"a", "b", "c", "d", "e", "f"}
	r.Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
	return letters[:2+r.IntN(5)]
}

func randomSpec(r functiontest.Random) map[string]any {
	s := map[string]any{
		"environment":       r.One("dev", "staging", "prod"),
		"region":            "us-east-1", // The one region with all six zones.
		"cidr":              r.One("10.0.0.0/16", "10.1.0.0/18", "172.16.8.0/21", "192.168.0.0/20"),
		"availabilityZones": randomZones(r),
	}
	r.Sometimes(s, "natGateways", r.One("None", "Single", "PerZone"))
	r.Sometimes(s, "vpcEndpoints", map[string]any{"enabled": r.One(true, false), "additionalServices": r.One([]any{}, []any{"kms"}, []any{"ssm", "sqs"})})
	r.Sometimes(s, "flowLogs", map[string]any{
		"enabled": r.One(true, false), "retentionDays": r.One(1, 365), "destination": r.One("S3", "CloudWatchLogs"),
	})
	r.Sometimes(s, "accessLogs", map[string]any{"enabled": r.One(true, false)})
	r.Sometimes(s, "kms", map[string]any{"enabled": r.One(true, false)})
	r.Sometimes(s, "tags", map[string]any{"team": r.One("store", "search")})
	r.Sometimes(s, "permissionsBoundary", r.One("arn:aws:iam::111122223333:policy/one", "arn:aws:iam::111122223333:policy/two"))
	return s
}

// changeSpec changes what may change.
func changeSpec(r functiontest.Random, before map[string]any) map[string]any {
	after := r.Mix(before, randomSpec, 4, "environment", "natGateways", "kms", "flowLogs")
	if r.IntN(3) == 0 {
		after["availabilityZones"] = randomZones(r)
	}
	return after
}

// removes reports whether a change of the claim is why a resource went.
func removes(name string, before, after map[string]any) bool {
	changed := func(fields ...string) bool {
		return slices.ContainsFunc(fields, func(f string) bool { return !cmp.Equal(before[f], after[f]) })
	}
	switch {
	case name == "key-s3":
		return changed("kms", "environment") || after["kms"] != nil
	case name == "flow-log-group":
		return changed("flowLogs", "environment") || after["flowLogs"] != nil
	case strings.HasPrefix(name, "subnet-"):
		return changed("availabilityZones")
	case strings.HasPrefix(name, "eip-"):
		return changed("availabilityZones", "natGateways", "environment") || after["natGateways"] != nil
	default:
		return false
	}
}
