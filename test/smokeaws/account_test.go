package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answers of AWS's APIs, by operation, with the fields that this program reads. One thing of each
// kind belongs to the run.
func answers() map[string]string {
	const (
		tags  = `<tagSet><item><key>ausmart-smoke</key><value>smoke</value></item><item><key>ausmart.io/environment</key><value>dev</value></item></tagSet>`
		other = `<tagSet><item><key>ausmart-smoke</key><value>another</value></item></tagSet>`
	)
	set := func(name string, items ...string) string {
		return `<R><` + name + `><item>` + strings.Join(items, `</item><item>`) + `</item></` + name + `></R>`
	}
	return map[string]string{
		"GetCallerIdentity": `<R><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></R>`,
		"DescribeVpcs": set("vpcSet", `<vpcId>vpc-1</vpcId><ownerId>1</ownerId><state>available</state>`+tags,
			`<vpcId>vpc-2</vpcId><ownerId>1</ownerId><state>available</state>`+other),
		"DescribeSubnets":          set("subnetSet", `<subnetId>subnet-1</subnetId><ownerId>1</ownerId><state>pending</state>`+tags),
		"DescribeRouteTables":      set("routeTableSet", `<routeTableId>rtb-1</routeTableId>`+tags, `<routeTableId>rtb-2</routeTableId>`+other),
		"DescribeSecurityGroups":   set("securityGroupInfo", `<groupId>sg-1</groupId>`+tags),
		"DescribeInternetGateways": set("internetGatewaySet", `<internetGatewayId>igw-1</internetGatewayId>`+tags),
		"DescribeNatGateways": set("natGatewaySet", `<natGatewayId>nat-1</natGatewayId><state>deleted</state>`+tags,
			`<natGatewayId>nat-2</natGatewayId><state>deleting</state>`+tags),
		"DescribeAddresses":    set("addressesSet", `<allocationId>eipalloc-1</allocationId>`+tags),
		"DescribeVpcEndpoints": set("vpcEndpointSet", `<vpcEndpointId>vpce-1</vpcEndpointId><state>Deleted</state>`+tags),
		"DescribeDBInstances": `<R><DescribeDBInstancesResult><DBInstances><DBInstance><DBInstanceIdentifier>db</DBInstanceIdentifier>` +
			`<DBInstanceStatus>available</DBInstanceStatus><StorageEncrypted>true</StorageEncrypted><PubliclyAccessible>false</PubliclyAccessible>` +
			`<MasterUserSecret><SecretArn>arn</SecretArn></MasterUserSecret>` +
			`<TagList><Tag><Key>ausmart-smoke</Key><Value>smoke</Value></Tag></TagList></DBInstance></DBInstances></DescribeDBInstancesResult></R>`,
		"GetResources": `{"ResourceTagMappingList":[{"ResourceARN":"arn:aws:ec2:us-east-1:1:natgateway/nat-1"},{"ResourceARN":"arn:aws:s3:::logs"}]}`,
	}
}

// fakeServer of AWS.
func fakeServer(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operation := r.Header.Get("X-Amz-Target")
		operation = operation[strings.LastIndexByte(operation, '.')+1:]
		if operation == "" {
			operation = r.PostFormValue("Action")
		}
		answer, found := answers()[operation]
		if !found {
			http.Error(w, "there is no "+operation, http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestAccount(t *testing.T) {
	cfg, err := imitation{Endpoint: fakeServer(t).URL}.config("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	a := newAccount(cfg)
	if id, err := a.ID(t.Context()); err != nil || id != "1" {
		t.Errorf("ID: want 1, got %q, %v", id, err)
	}
	tags := map[string]string{runTag: "smoke", "ausmart.io/environment": "dev"}
	vpcs, err := a.VPCs(t.Context(), "smoke")
	if diff := cmp.Diff([]thing{{ID: "vpc-1", Owner: "1", State: "available", Tags: tags}}, vpcs); err != nil || diff != "" {
		t.Errorf("VPCs of the run: %v, -want, +got:\n%s", err, diff)
	}
	subnets, err := a.Subnets(t.Context(), "smoke")
	if diff := cmp.Diff([]thing{{ID: "subnet-1", Owner: "1", State: "pending", Tags: tags}}, subnets); err != nil || diff != "" {
		t.Errorf("subnets of the run: %v, -want, +got:\n%s", err, diff)
	}
	databases, err := a.Databases(t.Context(), "smoke")
	want := []thing{{ID: "db", State: "available", Tags: map[string]string{runTag: "smoke"}, Encrypted: true, Secret: true}}
	if diff := cmp.Diff(want, databases); err != nil || diff != "" {
		t.Errorf("databases of the run: %v, -want, +got:\n%s", err, diff)
	}
	left, err := a.Left(t.Context(), "smoke")
	wantLeft := []string{
		"NAT gateway nat-2", "address eipalloc-1", "arn:aws:s3:::logs", "database db", "internet gateway igw-1", "route table rtb-1",
		"security group sg-1", "subnet subnet-1", "vpc vpc-1",
	}
	if diff := cmp.Diff(wantLeft, left); err != nil || diff != "" {
		t.Errorf("left is what belongs to the run and is not deleted: %v, -want, +got:\n%s", err, diff)
	}
	if left, err := a.Left(t.Context(), "a third"); err != nil || !cmp.Equal(left, []string{"arn:aws:s3:::logs"}) {
		t.Errorf("of another run only what the search by tag finds, which this server does not filter: got %v, %v", left, err)
	}
}

// TestProxy: a local control plane has AWS's imitation in its own network.
func TestProxy(t *testing.T) {
	server := fakeServer(t)
	target := strings.TrimPrefix(server.URL, "http://")
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != "inside:80" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		out, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", target)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		in, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		go func() { _, _ = io.Copy(out, bufio.NewReader(in)) }()
		_, _ = io.Copy(in, out)
	}))
	t.Cleanup(proxy.CloseClientConnections)
	for endpoint, want := range map[string]string{"http://inside:80": "", "http://elsewhere:80": "the control plane's proxy answers 403"} {
		cfg, err := imitation{Endpoint: endpoint, Proxy: proxy.URL}.config("us-east-1")
		if err != nil {
			t.Fatal(err)
		}
		cfg.RetryMaxAttempts = 1
		_, err = newAccount(cfg).ID(t.Context())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: want %q, got %v", endpoint, want, err)
		}
	}
}
