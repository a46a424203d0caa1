package catalog

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/internal/toolchain"
)

// services are those that the platform's claims compose.
var services = []string{
	"acm", "amp", "autoscaling", "cloudwatch", "cloudwatchevents", "cloudwatchlogs", "dynamodb", "ec2", "ecr", "eks", "elasticache",
	"elbv2", "grafana", "iam", "kms", "rds", "route53", "s3", "secretsmanager", "sns", "sqs", "wafv2", "xray",
}

const header = `# Derived from the source of github.com/upbound/provider-aws/v2 by catalog_test.go; rewrite it with
#   go test ./test/cloud/catalog -update
# service version Kind naming
#	field ref selector service/Kind extract GoPath
`

var update = flag.Bool("update", false, "rewrite kinds.txt from the provider's source")

func TestKindsAreThoseOfTheProvider(t *testing.T) {
	got, err := derive(providerDir(t), services)
	if err != nil {
		t.Fatalf("derive(...): %v", err)
	}
	got = header + got
	if *update {
		if err := os.WriteFile("kinds.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("kinds.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("kinds.txt differs from the provider's source, run with -update: -want, +got:\n%s", diff)
	}
}

// providerDir has the source of provider-aws.
func providerDir(t *testing.T) string {
	t.Helper()
	dir, err := toolchain.Source(t.Context(), "provider-aws-crds", "github.com/upbound/provider-aws/v2")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestKind(t *testing.T) {
	cases := map[string]struct {
		reason string
		kind   GroupKind
		want   Kind
	}{
		"ByProvider": {
			reason: "An internet gateway takes the id of another resource and is itself identified by AWS.",
			kind:   GroupKind{"ec2", "InternetGateway"},
			want: Kind{
				GroupKind: GroupKind{"ec2", "InternetGateway"}, Version: "v1beta1", Naming: ByProvider,
				References: []Reference{{
					Field: "vpcId", Ref: "vpcIdRef", Selector: "vpcIdSelector", GoPath: "mg.Spec.ForProvider.VPCID",
					To: GroupKind{"ec2", "VPC"}, Extract: "external-name",
				}},
				Kept: []string{"vpcId"},
			},
		},
		"ListInObject": {
			reason: "A list in an object, which was a list of one in the API's older version.",
			kind:   GroupKind{"eks", "Cluster"},
			want: Kind{
				GroupKind: GroupKind{"eks", "Cluster"}, Version: "v1beta2", Naming: ByName,
				References: []Reference{
					{
						Field: "roleArn", Ref: "roleArnRef", Selector: "roleArnSelector", GoPath: "mg.Spec.ForProvider.RoleArn",
						To: GroupKind{"iam", "Role"}, Extract: "status.atProvider.arn",
					},
					{
						Field: "vpcConfig.securityGroupIds", Many: true, Ref: "securityGroupIdRefs", Selector: "securityGroupIdSelector",
						GoPath: "mg.Spec.ForProvider.VPCConfig.SecurityGroupIds",
						To:     GroupKind{"ec2", "SecurityGroup"}, Extract: "external-name",
					},
					{
						Field: "vpcConfig.subnetIds", Many: true, Ref: "subnetIdRefs", Selector: "subnetIdSelector",
						GoPath: "mg.Spec.ForProvider.VPCConfig.SubnetIds",
						To:     GroupKind{"ec2", "Subnet"}, Extract: "external-name",
					},
				},
				Kept: []string{
					"accessConfig", "accessConfig.authenticationMode", "computeConfig.enabled", "controlPlaneScalingConfig.tier", "deletionProtection", "kubernetesNetworkConfig",
					"kubernetesNetworkConfig.elasticLoadBalancing.enabled", "kubernetesNetworkConfig.ipFamily", "kubernetesNetworkConfig.serviceIpv4Cidr",
					"outpostConfig.controlPlanePlacement.spreadLevel", "outpostConfig.etcdInstanceType", "outpostConfig.etcdPlacement.spreadLevel",
					"storageConfig.blockStorage.enabled", "upgradePolicy", "upgradePolicy.supportType", "version", "vpcConfig.controlPlaneEgressMode",
					"vpcConfig.publicAccessCidrs",
				},
			},
		},
		"ObjectInList": {
			reason: "A field of every object in a list.",
			kind:   GroupKind{"s3", "BucketServerSideEncryptionConfiguration"},
			want: Kind{
				GroupKind: GroupKind{"s3", "BucketServerSideEncryptionConfiguration"}, Version: "v1beta2", Naming: ByProvider,
				References: []Reference{
					{
						Field: "bucket", Ref: "bucketRef", Selector: "bucketSelector", GoPath: "mg.Spec.ForProvider.Bucket",
						To: GroupKind{"s3", "Bucket"}, Extract: "status.atProvider.id",
					},
					{
						Field: "rule[*].applyServerSideEncryptionByDefault.kmsMasterKeyId", Ref: "kmsMasterKeyIdRef", Selector: "kmsMasterKeyIdSelector",
						GoPath: "mg.Spec.ForProvider.Rule[*].ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
						To:     GroupKind{"kms", "Key"}, Extract: "status.atProvider.arn",
					},
				},
			},
		},
		"NoReference": {
			reason: "A policy refers to nothing and is named by the user.",
			kind:   GroupKind{"iam", "Policy"},
			want:   Kind{GroupKind: GroupKind{"iam", "Policy"}, Version: "v1beta1", Naming: ByName},
		},
	}
	c, err := New()
	if err != nil {
		t.Fatalf("New(): %v", err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, _ := c.Kind(tc.kind)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nKind(%s): -want, +got:\n%s", tc.reason, tc.kind, diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	cases := map[string]struct{ reason, text, want string }{
		"WordMissing": {
			reason: "A line that was cut is no kind.",
			text:   "ec2 v1beta1 VPC",
			want:   "cannot read line 1 of the catalog: it has 3 words",
		},
		"NoService": {
			reason: "A referenced kind needs its service.",
			text:   "ec2 v1beta1 Subnet by-provider\n\tvpcId vpcIdRef vpcIdSelector VPC external-name mg.Spec.ForProvider.VPCID",
			want:   `cannot read line 2 of the catalog: cannot parse kind "VPC": write it as service/Kind, such as ec2/VPC`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tc.text))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nRead(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
