package account

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ausmart/platform/test/cloud/catalog"
)

const region = "ap-southeast-2"

func noon() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

// params is short for the parameters of a resource.
type params = map[string]any

// mustMake creates a resource and returns its identifier.
func (a *Account) mustMake(t *testing.T, kind, name string, p params) string {
	t.Helper()
	r, err := a.try(kind, name, p)
	if err != nil {
		t.Fatalf("cannot make %s %s: %v", kind, name, err)
	}
	return r.ID
}

// kinds is read once: it is large.
var kinds = sync.OnceValues(catalog.New)

// try promises and creates a resource. A kind whose name the user chooses has the name as its identifier.
func (a *Account) try(kind, name string, p params) (Resource, error) {
	gk, err := catalog.Parse(kind)
	if err != nil {
		return Resource{}, err
	}
	req := Request{Kind: gk, Region: region, Name: name, Owner: "uid-" + name, Params: p}
	if known, err := kinds(); err != nil {
		return Resource{}, err
	} else if k, ok := known.Kind(gk); !ok || k.Naming == catalog.ByName {
		req.ExternalName = name
	}
	r, err := a.Promise(req)
	if err != nil {
		return Resource{}, err
	}
	return r, a.Create(r.Key)
}

func (a *Account) key(kind, id string) Key {
	gk, _ := catalog.Parse(kind)
	return Key{Kind: gk, Region: region, Within: a.Within(gk, params{"role": "n"}), ID: id}
}

// network makes a VPC with everything in it that a Network has, and returns the identifiers by kind.
func network(t *testing.T, a *Account) map[string]string {
	t.Helper()
	id := map[string]string{}
	build := func(kind string, p params) { id[kind] = a.mustMake(t, kind, "n", p) }
	build("ec2/VPC", params{"cidrBlock": "10.0.0.0/16"})
	vpc := id["ec2/VPC"]
	build("ec2/Subnet", params{"vpcId": vpc, "cidrBlock": "10.0.1.0/24"})
	build("ec2/InternetGateway", params{"vpcId": vpc})
	build("ec2/EIP", params{"domain": "vpc"})
	build("ec2/NATGateway", params{"subnetId": id["ec2/Subnet"], "allocationId": id["ec2/EIP"]})
	build("ec2/RouteTable", params{"vpcId": vpc})
	build("ec2/Route", params{"routeTableId": id["ec2/RouteTable"], "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": id["ec2/NATGateway"]})
	build("ec2/RouteTableAssociation", params{"routeTableId": id["ec2/RouteTable"], "subnetId": id["ec2/Subnet"]})
	build("ec2/SecurityGroup", params{"vpcId": vpc, "name": "nodes"})
	build("ec2/VPCEndpoint", params{"vpcId": vpc, "serviceName": "com.amazonaws." + region + ".sqs", "vpcEndpointType": "Interface"})
	build("ec2/VPCEndpointSecurityGroupAssociation", params{"vpcEndpointId": id["ec2/VPCEndpoint"], "securityGroupId": id["ec2/SecurityGroup"]})
	build("ec2/VPCEndpointSubnetAssociation", params{"vpcEndpointId": id["ec2/VPCEndpoint"], "subnetId": id["ec2/Subnet"]})
	build("iam/Role", params{})
	build("iam/RolePolicy", params{"role": "n"})
	build("iam/Policy", params{})
	build("iam/RolePolicyAttachment", params{"role": "n", "policyArn": "arn:aws:iam::000000000000:policy/n"})
	build("s3/Bucket", params{})
	build("s3/Object", params{"bucket": "n", "key": "log"})
	build("cloudwatchlogs/Group", params{})
	build("kms/Key", params{})
	build("kms/Alias", params{"targetKeyId": id["kms/Key"]})
	return id
}

// textOf returns an error's text with {kind} for each identifier of the network and X for the request's id.
func textOf(err error, id map[string]string) string {
	if err == nil {
		return ""
	}
	s := regexp.MustCompile(`RequestID: [0-9a-f-]+`).ReplaceAllString(err.Error(), "RequestID: X")
	for kind, value := range id {
		if strings.Contains(value, "-0") || kind == "kms/Key" {
			s = strings.ReplaceAll(s, value, "{"+kind+"}")
		}
	}
	return s
}

// api is the text of an API's error.
func api(what, service, operation string, status int, message string) string {
	return fmt.Sprintf("%s: operation error %s: %s, https response error StatusCode: %d, RequestID: X, api error %s",
		what, service, operation, status, message)
}

func TestDelete(t *testing.T) {
	cases := map[string]struct {
		reason string
		kind   string

		// before is deleted first.
		before []string
		want   string
	}{
		"VPCInUse": {
			reason: "A VPC is deleted last.", kind: "ec2/VPC",
			want: api("deleting EC2 VPC ({ec2/VPC})", "EC2", "DeleteVpc", 400, "DependencyViolation: The vpc '{ec2/VPC}' has dependencies and cannot be deleted."),
		},
		"SubnetWithNATGateway": {
			reason: "A NAT gateway has a network interface in its subnet.", kind: "ec2/Subnet", before: []string{"ec2/VPCEndpointSubnetAssociation"},
			want: api("deleting EC2 Subnet ({ec2/Subnet})", "EC2", "DeleteSubnet", 400, "DependencyViolation: The subnet '{ec2/Subnet}' has dependencies and cannot be deleted."),
		},
		"SubnetWithEndpoint": {
			reason: "So has an interface endpoint.", kind: "ec2/Subnet", before: []string{"ec2/NATGateway"},
			want: api("deleting EC2 Subnet ({ec2/Subnet})", "EC2", "DeleteSubnet", 400, "DependencyViolation: The subnet '{ec2/Subnet}' has dependencies and cannot be deleted."),
		},
		"SubnetIsFree": {
			reason: "A route table's association does not hold a subnet.", kind: "ec2/Subnet", before: []string{"ec2/NATGateway", "ec2/VPCEndpointSubnetAssociation"},
		},
		"GatewayWithMappedAddress": {
			reason: "A public address in the VPC holds the internet gateway.", kind: "ec2/InternetGateway",
			want: api("deleting EC2 Internet Gateway ({ec2/InternetGateway})", "EC2", "DetachInternetGateway", 400,
				"DependencyViolation: Network {ec2/VPC} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."),
		},
		"GatewayIsFree": {reason: "Without one it is deleted.", kind: "ec2/InternetGateway", before: []string{"ec2/NATGateway"}},
		"AddressOfNATGateway": {
			reason: "AWS reports it as a missing permission.", kind: "ec2/EIP",
			want: api("deleting EC2 EIP ({ec2/EIP})", "EC2", "ReleaseAddress", 400, "AuthFailure: You do not have permission to access the specified resource."),
		},
		"AddressIsFree": {reason: "Without its gateway it is deleted.", kind: "ec2/EIP", before: []string{"ec2/NATGateway"}},
		"RouteTableOfSubnet": {
			reason: "A route table that a subnet uses stays.", kind: "ec2/RouteTable",
			want: api("deleting EC2 Route Table ({ec2/RouteTable})", "EC2", "DeleteRouteTable", 400, "DependencyViolation: The routeTable '{ec2/RouteTable}' has dependencies and cannot be deleted."),
		},
		"RouteTableIsFree": {reason: "Its routes go with it.", kind: "ec2/RouteTable", before: []string{"ec2/RouteTableAssociation"}},
		"GroupOfEndpoint": {
			reason: "A group that an endpoint uses stays.", kind: "ec2/SecurityGroup",
			want: api("deleting EC2 Security Group ({ec2/SecurityGroup})", "EC2", "DeleteSecurityGroup", 400, "DependencyViolation: resource {ec2/SecurityGroup} has a dependent object"),
		},
		"GroupIsFree": {reason: "An endpoint takes its associations along.", kind: "ec2/SecurityGroup", before: []string{"ec2/VPCEndpoint"}},
		"RoleWithInlinePolicy": {
			reason: "Inline policies go first.", kind: "iam/Role", before: []string{"iam/RolePolicyAttachment"},
			want: api("deleting IAM Role (n)", "IAM", "DeleteRole", 409, "DeleteConflict: Cannot delete entity, must delete policies first."),
		},
		"RoleWithAttachedPolicy": {
			reason: "So do attached ones.", kind: "iam/Role", before: []string{"iam/RolePolicy"},
			want: api("deleting IAM Role (n)", "IAM", "DeleteRole", 409, "DeleteConflict: Cannot delete entity, must detach all policies first."),
		},
		"RoleIsFree": {reason: "Then it is deleted.", kind: "iam/Role", before: []string{"iam/RolePolicy", "iam/RolePolicyAttachment"}},
		"PolicyInUse": {
			reason: "An attached policy stays.", kind: "iam/Policy",
			want: api("deleting IAM Policy (n)", "IAM", "DeletePolicy", 409, "DeleteConflict: Cannot delete a policy attached to entities."),
		},
		"BucketWithObjects": {
			reason: "A bucket is emptied first.", kind: "s3/Bucket",
			want: api("deleting S3 Bucket (n)", "S3", "DeleteBucket", 409, "BucketNotEmpty: The bucket you tried to delete is not empty"),
		},
		"LogGroup":     {reason: "A log group goes with what is in it.", kind: "cloudwatchlogs/Group"},
		"Key":          {reason: "A key with an alias is scheduled for deletion.", kind: "kms/Key"},
		"NotThere":     {reason: "A missing resource counts as deleted.", kind: "ec2/NATGateway", before: []string{"ec2/NATGateway"}},
		"UnknownKinds": {reason: "No dependency of these is modelled.", kind: "kms/Alias"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := New(noon)
			id := network(t, a)
			for _, kind := range tc.before {
				if err := a.Delete(a.key(kind, id[kind])); err != nil {
					t.Fatal(err)
				}
			}
			err := a.Delete(a.key(tc.kind, id[tc.kind]))
			if diff := cmp.Diff(tc.want, textOf(err, id)); diff != "" {
				t.Errorf("\n%s\nDelete(%s): -want, +got:\n%s", tc.reason, tc.kind, diff)
			}
			if _, exists, _ := a.Describe(a.key(tc.kind, id[tc.kind])); exists != (tc.want != "") {
				t.Errorf("\n%s\nafter Delete(%s) it exists: %t", tc.reason, tc.kind, exists)
			}
		})
	}
}

func TestDeleteTakesPartsAlong(t *testing.T) {
	a := New(noon)
	id := network(t, a)
	for _, kind := range []string{"ec2/RouteTableAssociation", "ec2/RouteTable", "ec2/VPCEndpoint"} {
		if err := a.Delete(a.key(kind, id[kind])); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]bool{
		"ec2/Route": false, "ec2/VPCEndpointSubnetAssociation": false, "ec2/VPCEndpointSecurityGroupAssociation": false, "ec2/NATGateway": true,
	}
	got := map[string]bool{}
	for kind := range want {
		_, got[kind], _ = a.Describe(a.key(kind, id[kind]))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes go with their table and associations with their endpoint: -want, +got:\n%s", diff)
	}
}

func TestSecurityGroupReferences(t *testing.T) {
	cases := map[string]struct {
		reason string
		owner  string
		want   string
	}{
		"ByOther": {
			reason: "A group that another group's rule names stays.", owner: "b",
			want: api("deleting EC2 Security Group ({a})", "EC2", "DeleteSecurityGroup", 400, "DependencyViolation: resource {a} has a dependent object"),
		},
		"ByItself": {reason: "Its own rules go with it.", owner: "a"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := New(noon)
			vpc := a.mustMake(t, "ec2/VPC", "v", params{"cidrBlock": "10.0.0.0/16"})
			id := map[string]string{
				"a": a.mustMake(t, "ec2/SecurityGroup", "a", params{"vpcId": vpc, "name": "a"}),
				"b": a.mustMake(t, "ec2/SecurityGroup", "b", params{"vpcId": vpc, "name": "b"}),
			}
			a.mustMake(t, "ec2/SecurityGroupIngressRule", "r", params{"securityGroupId": id[tc.owner], "referencedSecurityGroupId": id["a"], "ipProtocol": "-1"})
			err := a.Delete(a.key("ec2/SecurityGroup", id["a"]))
			if diff := cmp.Diff(tc.want, textOf(err, id)); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCreateRefuses(t *testing.T) {
	cases := map[string]struct {
		reason string
		kind   string
		params params
		want   string
	}{
		"NoVPC": {
			reason: "A subnet needs its VPC.", kind: "ec2/Subnet", params: params{"vpcId": "vpc-1", "cidrBlock": "10.0.2.0/24"},
			want: api("creating EC2 Subnet", "EC2", "CreateSubnet", 400, "InvalidVpcID.NotFound: The vpc ID 'vpc-1' does not exist"),
		},
		"VPCTooLarge": {
			reason: "A VPC is a /16 at most.", kind: "ec2/VPC", params: params{"cidrBlock": "10.0.0.0/8"},
			want: api("creating EC2 VPC", "EC2", "CreateVpc", 400, "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."),
		},
		"SubnetOutside": {
			reason: "A subnet is part of its VPC.", kind: "ec2/Subnet", params: params{"vpcId": "{ec2/VPC}", "cidrBlock": "10.1.0.0/24"},
			want: api("creating EC2 Subnet", "EC2", "CreateSubnet", 400, "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid."),
		},
		"SubnetOverlaps": {
			reason: "Subnets do not overlap.", kind: "ec2/Subnet", params: params{"vpcId": "{ec2/VPC}", "cidrBlock": "10.0.0.0/22"},
			want: api("creating EC2 Subnet", "EC2", "CreateSubnet", 400, "InvalidSubnet.Conflict: The CIDR '10.0.0.0/22' conflicts with another subnet"),
		},
		"AddressTaken": {
			reason: "An address belongs to one gateway.", kind: "ec2/NATGateway", params: params{"subnetId": "{ec2/Subnet}", "allocationId": "{ec2/EIP}"},
			want: api("creating EC2 NAT Gateway", "EC2", "CreateNatGateway", 400, "Resource.AlreadyAssociated: Elastic IP address [{ec2/EIP}] is already associated"),
		},
		"SecondGateway": {
			reason: "A VPC has one internet gateway.", kind: "ec2/InternetGateway", params: params{"vpcId": "{ec2/VPC}"},
			want: api("creating EC2 Internet Gateway", "EC2", "AttachInternetGateway", 400,
				"Resource.AlreadyAssociated: resource {ec2/InternetGateway} is already attached to network {ec2/VPC}"),
		},
		"SecondAssociation": {
			reason: "A subnet has one route table.", kind: "ec2/RouteTableAssociation", params: params{"subnetId": "{ec2/Subnet}", "routeTableId": "{ec2/RouteTable}"},
			want: api("creating EC2 Route Table Association", "EC2", "AssociateRouteTable", 400,
				"Resource.AlreadyAssociated: the specified association for route table {ec2/RouteTable} conflicts with an existing association"),
		},
		"SameGroupName": {
			reason: "A group's name is unique in the VPC.", kind: "ec2/SecurityGroup", params: params{"vpcId": "{ec2/VPC}", "name": "nodes"},
			want: api("creating EC2 Security Group", "EC2", "CreateSecurityGroup", 400,
				"InvalidGroup.Duplicate: The security group 'nodes' already exists for VPC '{ec2/VPC}'"),
		},
		"NoBucket": {
			reason: "A bucket's policy needs the bucket; AWS does not repeat its name.", kind: "s3/BucketPolicy", params: params{"bucket": "nowhere"},
			want: api("creating S3 BucketPolicy", "S3", "PutBucketPolicy", 404, "NoSuchBucket: The specified bucket does not exist"),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := New(noon)
			id := network(t, a)
			before := a.Inventory()
			for field, v := range tc.params {
				if kind, ok := strings.CutPrefix(v.(string), "{"); ok {
					tc.params[field] = id[strings.TrimSuffix(kind, "}")]
				}
			}
			_, err := a.try(tc.kind, "another", tc.params)
			if diff := cmp.Diff(tc.want, textOf(err, id)); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(before, a.Inventory()); diff != "" {
				t.Errorf("\n%s\nwhat exists changed: -before, +after:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestNATGatewayNeedsInternetGateway(t *testing.T) {
	a := New(noon)
	vpc := a.mustMake(t, "ec2/VPC", "v", params{"cidrBlock": "10.0.0.0/16"})
	id := map[string]string{"vpc": vpc}
	subnet := a.mustMake(t, "ec2/Subnet", "s", params{"vpcId": vpc, "cidrBlock": "10.0.1.0/24"})
	eip := a.mustMake(t, "ec2/EIP", "e", params{})
	_, err := a.try("ec2/NATGateway", "n", params{"subnetId": subnet, "allocationId": eip})
	want := api("creating EC2 NAT Gateway", "EC2", "CreateNatGateway", 400, "Gateway.NotAttached: Network {vpc} has no Internet gateway attached")
	if diff := cmp.Diff(want, textOf(err, id)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestUpdate(t *testing.T) {
	cases := map[string]struct {
		reason string
		kind   string
		params params
		want   string
	}{
		"InPlace":      {reason: "A VPC's settings change.", kind: "ec2/VPC", params: params{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true}},
		"Route":        {reason: "A route's target changes.", kind: "ec2/Route", params: params{"routeTableId": "{ec2/RouteTable}", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "{ec2/InternetGateway}"}},
		"FieldDropped": {reason: "A field that is no longer set is no change.", kind: "ec2/EIP", params: params{}},
		"Immutable": {
			reason: "A subnet's range does not.", kind: "ec2/Subnet", params: params{"vpcId": "{ec2/VPC}", "cidrBlock": "10.0.2.0/24"},
			want: `refuse to update the external resource because the following update requires replacing it: ` +
				`cannot change the value of the argument "cidr_block" from "10.0.1.0/24" to "10.0.2.0/24"`,
		},
		"ImmutableDefault": {
			reason: "A value that AWS chose cannot change either.", kind: "kms/Key", params: params{"keyUsage": "SIGN_VERIFY"},
			want: `refuse to update the external resource because the following update requires replacing it: ` +
				`cannot change the value of the argument "key_usage" from "ENCRYPT_DECRYPT" to "SIGN_VERIFY"`,
		},
		"NewTargetMissing": {
			reason: "A new target must exist.", kind: "ec2/Route", params: params{"routeTableId": "{ec2/RouteTable}", "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"},
			want: api("updating EC2 Route ({ec2/Route})", "EC2", "ReplaceRoute", 400, "InvalidNatGatewayID.NotFound: The natGateway ID 'nat-1' does not exist"),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := New(noon)
			id := network(t, a)
			for field, v := range tc.params {
				if s, ok := v.(string); ok && strings.HasPrefix(s, "{") {
					tc.params[field] = id[strings.Trim(s, "{}")]
				}
			}
			k := a.key(tc.kind, id[tc.kind])
			before, _, _ := a.Describe(k)
			err := a.Update(k, tc.params)
			if diff := cmp.Diff(tc.want, textOf(err, map[string]string{"ec2/Route": id["ec2/Route"]})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
			after, _, _ := a.Describe(k)
			want := tc.params
			if tc.want != "" {
				want = before.Params
			}
			if diff := cmp.Diff(want, after.Params); diff != "" {
				t.Errorf("\n%s\nthe parameters: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestIdentifiers(t *testing.T) {
	formats := map[string]string{
		"ec2/VPC": `^vpc-0[0-9a-f]{16}$`, "ec2/Subnet": `^subnet-0[0-9a-f]{16}$`, "ec2/InternetGateway": `^igw-0[0-9a-f]{16}$`,
		"ec2/EIP": `^eipalloc-0[0-9a-f]{16}$`, "ec2/NATGateway": `^nat-0[0-9a-f]{16}$`, "ec2/RouteTable": `^rtb-0[0-9a-f]{16}$`,
		"ec2/Route": `^r-rtb-0[0-9a-f]{16}1080289494$`, "ec2/RouteTableAssociation": `^rtbassoc-0[0-9a-f]{16}$`,
		"ec2/SecurityGroup": `^sg-0[0-9a-f]{16}$`, "ec2/VPCEndpoint": `^vpce-0[0-9a-f]{16}$`,
		"kms/Key": `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`, "iam/Role": `^n$`, "s3/Bucket": `^n$`,
	}
	a, b := New(noon), New(noon)
	id := network(t, a)
	if diff := cmp.Diff(id, network(t, b)); diff != "" {
		t.Errorf("the same requests get the same identifiers: -first, +second:\n%s", diff)
	}
	for kind, format := range formats {
		if !regexp.MustCompile(format).MatchString(id[kind]) {
			t.Errorf("%s has identifier %q, want %s", kind, id[kind], format)
		}
	}
	if err := a.Delete(a.key("ec2/RouteTableAssociation", id["ec2/RouteTableAssociation"])); err != nil {
		t.Fatal(err)
	}
	again := a.mustMake(t, "ec2/RouteTableAssociation", "n", params{"routeTableId": id["ec2/RouteTable"], "subnetId": id["ec2/Subnet"]})
	if again == id["ec2/RouteTableAssociation"] {
		t.Errorf("a new resource of the same name got the identifier %q of the deleted one", again)
	}
}

func TestAddressesAreUnique(t *testing.T) {
	a := New(noon)
	taken := map[string]string{}
	for i := range 500 {
		name := fmt.Sprintf("eip-%d", i)
		r, _, _ := a.Describe(a.key("ec2/EIP", a.mustMake(t, "ec2/EIP", name, params{})))
		ip := r.text("publicIp")
		if other, ok := taken[ip]; ok || !regexp.MustCompile(`^198\.1[89]\.\d+\.\d+$`).MatchString(ip) {
			t.Fatalf("%s has address %q, which %q has", name, ip, other)
		}
		taken[ip] = name
	}
}

// A promise is not a resource; a second promise is the same one.
func TestPromise(t *testing.T) {
	a := New(noon)
	req := Request{Kind: ec2("VPC"), Region: region, Name: "v", Owner: "uid", Params: params{"cidrBlock": "10.0.0.0/16"}}
	first, err := a.Promise(req)
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Promise(req)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("-first, +second:\n%s", diff)
	}
	if _, exists, _ := a.Describe(first.Key); exists {
		t.Error("a promised resource exists")
	}
	for range 2 {
		if err := a.Create(first.Key); err != nil {
			t.Fatal(err)
		}
	}
	inv := a.Inventory()
	if diff := cmp.Diff([]int{1, 1, 0}, []int{inv.Made, inv.Live, len(inv.Twice)}); diff != "" {
		t.Errorf("made, live, twice: -want, +got:\n%s", diff)
	}

	third, err := a.Promise(req)
	if err != nil {
		t.Fatal(err)
	}
	a.Withdraw(third.Key)
	if err := a.Create(third.Key); !errors.Is(err, ErrNotFound) {
		t.Errorf("a withdrawn promise still counts: %v", err)
	}
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "account.jsonl")
	open := func() *Account {
		t.Helper()
		a, err := Open(path, noon)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := open()
	id := network(t, a)
	pending, err := a.Promise(Request{Kind: ec2("EIP"), Region: region, Name: "p", Owner: "uid-p", Params: params{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Delete(a.key("ec2/NATGateway", id["ec2/NATGateway"])); err != nil {
		t.Fatal(err)
	}
	if err := a.Drift(Target{Kind: "ec2/VPC"}, params{"enableDnsSupport": false}); err != nil {
		t.Fatal(err)
	}
	want := a.Inventory()

	for range 2 { // The second time it reads what the first time rewrote.
		a = open()
		if diff := cmp.Diff(want, a.Inventory(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("what exists after a restart: -want, +got:\n%s", diff)
		}
	}
	if err := a.Create(pending.Key); err != nil {
		t.Errorf("the promise was forgotten: %v", err)
	}
	if again := a.mustMake(t, "ec2/NATGateway", "n", params{"subnetId": id["ec2/Subnet"], "allocationId": id["ec2/EIP"]}); again == id["ec2/NATGateway"] {
		t.Errorf("the identifier %q was given out again", again)
	}
}

func TestOpenDamagedFile(t *testing.T) {
	good := `{"kind":"ec2/VPC","region":"r","id":"vpc-1","name":"v","owner":"u","state":"live","created":1,"made":1}` + "\n"
	cases := map[string]struct{ reason, content, want string }{
		"CutOff": {
			reason: "A kill may cut off the last line, which was never confirmed.", content: good + `{"kind":"ec2/Sub`,
		},
		"DamagedInside": {
			reason: "A kill does not damage other lines.", content: "{]\n" + good,
			want: "cannot read the state file FILE: line 1: invalid character ']' looking for beginning of object key string; " +
				"delete it to start with an empty account",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "account.jsonl")
			if err := os.WriteFile(path, []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			a, err := Open(path, noon)
			if diff := cmp.Diff(tc.want, strings.ReplaceAll(textOf(err, nil), path, "FILE")); diff != "" {
				t.Fatalf("\n%s\nOpen(...): -want, +got:\n%s", tc.reason, diff)
			}
			if err == nil && a.Inventory().Live != 1 {
				t.Errorf("\n%s\nwant the VPC, got %v", tc.reason, a.Inventory())
			}
		})
	}
}

func TestFaults(t *testing.T) {
	vpc := params{"cidrBlock": "10.0.0.0/16"}
	cases := map[string]struct {
		reason string
		fault  Fault
		want   []bool // of three creations of VPC a, which ones fail
	}{
		"Always":         {reason: "Without a number it strikes until it is cleared.", fault: Fault{Code: "X"}, want: []bool{true, true, true}},
		"Twice":          {reason: "With a number it ends by itself.", fault: Fault{Code: "X", Times: 2}, want: []bool{true, true, false}},
		"OtherKind":      {reason: "It is for one kind.", fault: Fault{Target: Target{Kind: "ec2/Subnet"}, Code: "X"}, want: []bool{false, false, false}},
		"OtherName":      {reason: "It is for one name.", fault: Fault{Target: Target{Name: "b"}, Code: "X"}, want: []bool{false, false, false}},
		"ThisName":       {reason: "It is for this one.", fault: Fault{Target: Target{Kind: "ec2/VPC", Name: "a"}, Code: "X"}, want: []bool{true, true, true}},
		"OtherOperation": {reason: "It is for one operation.", fault: Fault{Target: Target{Operation: Delete}, Code: "X"}, want: []bool{false, false, false}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := New(noon)
			if err := a.Fail(tc.fault); err != nil {
				t.Fatal(err)
			}
			got := []bool{}
			for range tc.want {
				_, err := a.Promise(Request{Kind: ec2("VPC"), Region: region, Name: "a", Owner: "u", Params: vpc})
				got = append(got, err != nil)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nwhich creations failed: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFailRefuses(t *testing.T) {
	cases := map[string]struct {
		reason string
		fault  Fault
		want   string
	}{
		"NoCode": {
			reason: "A fault needs an error.", fault: Fault{},
			want: "cannot add a fault without a code: use one of AWS's, such as ThrottlingException",
		},
		"BadKind": {
			reason: "A kind needs its service.", fault: Fault{Target: Target{Kind: "VPC"}, Code: "X"},
			want: `cannot add a fault: cannot parse kind "VPC": write it as service/Kind, such as ec2/VPC`,
		},
		"BadOperation": {
			reason: "Operations are four.", fault: Fault{Target: Target{Operation: "make"}, Code: "X"},
			want: `cannot add a fault: unknown operation "make": use create, describe, update or delete`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, textOf(New(noon).Fail(tc.fault), nil)); diff != "" {
				t.Errorf("\n%s\nFail(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// Every kind in a rule must be one of the provider's: a rule with a typing error would never apply.
func TestRulesNameRealKinds(t *testing.T) {
	known, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	check := func(where string, gk catalog.GroupKind) {
		if _, ok := known.Kind(gk); !ok {
			t.Errorf("%s names %s, which the provider does not have", where, gk)
		}
	}
	for gk, m := range models() {
		check("the models", gk)
		for _, n := range m.needs {
			for _, k := range n.kinds {
				check("a need of "+gk.String(), k)
			}
		}
	}
	for _, d := range dependencies() {
		check("a dependency", d.holder)
		check("a dependency of "+d.holder.String(), d.user)
	}
	for _, c := range cascades() {
		check("a cascade", c.holder)
		check("a cascade of "+c.holder.String(), c.part)
	}
}
