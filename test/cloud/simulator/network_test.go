package simulator_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/cloud/account"
)

func TestNetworkBecomesReadyAndGoes(t *testing.T) {
	w := newWorld(t, account.New(time.Now))
	objects := load(t, "testdata/network.yaml")
	w.apply(objects...)
	w.ready(objects...)

	byTitle := map[string]*unstructured.Unstructured{}
	for _, o := range objects {
		byTitle[title(o)] = w.get(o)
	}
	nat, eip := byTitle["NATGateway a"], byTitle["EIP a"]
	got := map[string]string{
		"nat allocation": text(nat, "spec", "forProvider", "allocationId"),
		"nat subnet":     text(nat, "spec", "forProvider", "subnetId"),
		"nat subnet ref": text(nat, "spec", "forProvider", "subnetIdRef", "name"),
		"nat address":    text(nat, "status", "atProvider", "publicIp"),
		"route target":   text(byTitle["Route app-default"], "status", "atProvider", "natGatewayId"),
		"flow log role":  text(byTitle["FlowLog net"], "status", "atProvider", "iamRoleArn"),
		"flow log group": text(byTitle["FlowLog net"], "spec", "forProvider", "logDestination"),
		"default group":  externalName(byTitle["DefaultSecurityGroup net"]),
		"alias target":   text(byTitle["Alias s3"], "status", "atProvider", "targetKeyArn"),
		"group key":      text(byTitle["Group flow-logs"], "spec", "forProvider", "kmsKeyId"),
		"vpc tag":        text(byTitle["VPC net"], "status", "atProvider", "tagsAll", "crossplane-kind"),
		"bucket domain":  text(byTitle["Bucket logs"], "status", "atProvider", "bucketRegionalDomainName"),
	}
	want := map[string]string{
		"nat allocation": externalName(eip),
		"nat subnet":     externalName(byTitle["Subnet public"]),
		"nat subnet ref": "public",
		"nat address":    text(eip, "status", "atProvider", "publicIp"),
		"route target":   externalName(nat),
		"flow log role":  "arn:aws:iam::000000000000:role/flow-logs",
		"flow log group": "arn:aws:logs:ap-southeast-2:000000000000:log-group:/platform/net/flow-logs",
		"default group":  text(byTitle["VPC net"], "status", "atProvider", "defaultSecurityGroupId"),
		"alias target":   text(byTitle["Key s3"], "status", "atProvider", "arn"),
		"group key":      text(byTitle["Key s3"], "status", "atProvider", "arn"),
		"vpc tag":        "vpc.ec2.aws.upbound.io",
		"bucket domain":  "logs.s3.ap-southeast-2.amazonaws.com",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("references between the resources: -want, +got:\n%s", diff)
	}

	w.delete(objects...)
	w.gone(objects...)
	inv := w.inventory()
	counts := account.Inventory{Made: len(objects), Deleted: len(objects), Twice: []account.Resource{}}
	if diff := cmp.Diff(counts, inv, cmpopts.IgnoreFields(account.Inventory{}, "Resources")); diff != "" {
		t.Errorf("everything was made once and is gone: -want, +got:\n%s", diff)
	}
}
