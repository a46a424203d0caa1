package region

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sdk is what AWS's SDK knows of the partitions.
type sdk struct {
	Partitions []struct {
		ID      string
		Regions map[string]any
		Outputs struct{ DNSSuffix string }
	}
}

func readSDK(t *testing.T) sdk {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2").Output()
	if err != nil {
		t.Fatalf("cannot find the SDK: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "internal/endpoints/awsrulesfn/partitions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out sdk
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEveryRegion compares the tables with the SDK: each of its regions is in one row, and
// in its partition, with its domain.
func TestEveryRegion(t *testing.T) {
	var want, got []string
	for _, p := range readSDK(t).Partitions {
		for r := range p.Regions {
			if strings.HasSuffix(r, "-global") {
				continue
			}
			want = append(want, r)
			if diff := cmp.Diff([2]string{p.ID, p.Outputs.DNSSuffix}, [2]string{partitionOf(r).id, partitionOf(r).domain}); diff != "" {
				t.Errorf("%s: partition and domain: -want, +got:\n%s", r, diff)
			}
		}
	}
	for _, r := range table() {
		got = append(got, r.regions...)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("regions of the table: -SDK, +table:\n%s", diff)
	}
	for _, e := range endpointExceptions() {
		for _, r := range e.regions {
			if !slices.Contains(want, r) {
				t.Errorf("endpoint services of %s, which is no region", r)
			}
		}
	}
}

func TestNames(t *testing.T) {
	cases := map[string]struct{ got, want string }{
		"EC2":             {EC2("ap-southeast-2"), "ec2.amazonaws.com"},
		"EC2China":        {EC2("cn-north-1"), "ec2.amazonaws.com.cn"},
		"EC2Gov":          {EC2("us-gov-west-1"), "ec2.amazonaws.com"},
		"EC2Sovereign":    {EC2("eusc-de-east-1"), "ec2.amazonaws.com"},
		"EC2Secret":       {EC2("us-iso-east-1"), "ec2.c2s.ic.gov"},
		"Via":             {Host("ap-southeast-2", "dynamodb"), "dynamodb.ap-southeast-2.amazonaws.com"},
		"ViaSovereign":    {Host("eusc-de-east-1", "dynamodb"), "dynamodb.eusc-de-east-1.amazonaws.eu"},
		"Endpoint":        {EndpointService("ap-southeast-2", "ecr.api"), "com.amazonaws.ap-southeast-2.ecr.api"},
		"EndpointGov":     {EndpointService("us-gov-east-1", "sts"), "com.amazonaws.us-gov-east-1.sts"},
		"ChinaECR":        {EndpointService("cn-north-1", "ecr.api"), "cn.com.amazonaws.cn-north-1.ecr.api"},
		"ChinaGateway":    {GatewayService("cn-north-1", "s3"), "com.amazonaws.cn-north-1.s3"},
		"ChinaS3":         {EndpointService("cn-northwest-1", "s3"), "cn.com.amazonaws.cn-northwest-1.s3"},
		"ChinaLogs":       {EndpointService("cn-north-1", "logs"), "com.amazonaws.cn-north-1.logs"},
		"ChinaDynamoDB":   {EndpointService("cn-north-1", "dynamodb"), "com.amazonaws.cn-north-1.dynamodb"},
		"ChinaNorthwest":  {EndpointService("cn-northwest-1", "polly"), "cn.com.amazonaws.cn-northwest-1.polly"},
		"ChinaTranscribe": {EndpointService("cn-north-1", "transcribe"), "cn.com.amazonaws.cn-north-1.transcribe.cn"},
		"SovereignECR":    {EndpointService("eusc-de-east-1", "ecr.dkr"), "eu.amazonaws.eusc-de-east-1.ecr.dkr"},
		"SovereignSTS":    {EndpointService("eusc-de-east-1", "sts"), "com.amazonaws.eusc-de-east-1.sts"},
		"SecretEC2":       {EndpointService("us-iso-east-1", "ec2"), "gov.ic.c2s.us-iso-east-1.ec2"},
		"TopSecretECR":    {EndpointService("us-isob-west-1", "ecr.api"), "gov.sgov.sc2s.us-isob-west-1.ecr.api"},
		"ISOF":            {EndpointService("us-isof-east-1", "ebs"), "gov.ic.hci.csp.us-isof-east-1.ebs"},
		"ISOE":            {EndpointService("eu-isoe-west-1", "ebs"), "uk.adc-e.cloud.eu-isoe-west-1.ebs"},
	}
	for name, tc := range cases {
		if tc.got != tc.want {
			t.Errorf("%s: got %s, want %s", name, tc.got, tc.want)
		}
	}
}

func TestHas(t *testing.T) {
	has := func(region string) [3]bool {
		return [3]bool{Has(region, Grafana), Has(region, Prometheus), Has(region, PodIdentity)}
	}
	cases := map[string][3]bool{
		"ap-southeast-2": {true, true, true},
		"ca-central-1":   {false, true, true},
		"ap-southeast-6": {false, false, true},
		"cn-north-1":     {false, false, true},
		"us-gov-west-1":  {true, true, true},
		"us-iso-east-1":  {false, false, false},
		"xx-new-1":       {false, false, true},
	}
	for region, want := range cases {
		if got := has(region); got != want {
			t.Errorf("%s: Grafana, Prometheus, Pod Identity: got %v, want %v", region, got, want)
		}
	}
}
