// Package region knows how AWS differs from region to region: the partition and its
// domain, how principals and endpoint services are called there, and which services
// are missing. Its facts are AWS's, with their sources and dates; it decides nothing
// about what a claim becomes.
package region

import (
	"slices"
	"strings"
)

// A partition of AWS.
type partition struct {
	id string

	// prefix of the names of its regions.
	prefix string

	// domain of its services.
	domain string
}

// partitions of AWS, the most specific prefix first. Source:
// github.com/aws/aws-sdk-go-v2 v1.48.0, internal/endpoints/awsrulesfn/partitions.json,
// read 2026-11; a test compares them.
func partitions() []partition {
	return []partition{
		{"aws-cn", "cn-", "amazonaws.com.cn"},
		{"aws-us-gov", "us-gov-", "amazonaws.com"},
		{"aws-eusc", "eusc-", "amazonaws.eu"},
		{"aws-iso", "us-iso-", "c2s.ic.gov"},
		{"aws-iso-b", "us-isob-", "sc2s.sgov.gov"},
		{"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk"},
		{"aws-iso-f", "us-isof-", "csp.hci.ic.gov"},
		{"aws", "", "amazonaws.com"},
	}
}

func partitionOf(region string) partition {
	all := partitions()
	return all[slices.IndexFunc(all, func(p partition) bool { return strings.HasPrefix(region, p.prefix) })]
}

// Partition of AWS that a region is in, as ARNs name it: aws, aws-cn, aws-us-gov.
func Partition(region string) string { return partitionOf(region).id }

// Host of a service in a region, which is how KMS names the service that calls it
// (docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service,
// read 2026-11).
func Host(region, service string) string {
	return service + "." + region + "." + partitionOf(region).domain
}

// EC2 is the principal by which EC2 assumes a role. It alone of the principals that we
// use is called after the domain of its partition, but not in the European Sovereign Cloud
// (Karpenter 1.14's CloudFormation; aws-cdk, region-info/lib/default.ts; a comment in a
// public Terraform module: "ESC uses the standard ec2.amazonaws.com", so second-hand; read
// 2026-11). The others end in amazonaws.com everywhere.
func EC2(region string) string {
	p := partitionOf(region)
	if p.id == "aws-eusc" {
		return "ec2.amazonaws.com"
	}
	return "ec2." + p.domain
}

// EndpointService is the full name of a service of interface endpoints, such as
// com.amazonaws.ap-southeast-2.ecr.api.
func EndpointService(region, service string) string {
	prefix, suffix := "com.amazonaws", ""
	for _, e := range endpointExceptions() {
		if slices.Contains(e.regions, region) && slices.Contains(e.services, service) {
			prefix = e.prefix
		}
	}
	if Partition(region) == "aws-cn" && service == "transcribe" {
		suffix = ".cn"
	}
	return prefix + "." + region + "." + service + suffix
}

// GatewayService is the full name of a service of gateway endpoints, S3's or DynamoDB's,
// which has one form everywhere (aws-cdk, vpc-endpoint.ts, GatewayVpcEndpointAwsService,
// read 2026-11).
func GatewayService(region, service string) string { return "com.amazonaws." + region + "." + service }

// An endpointException is a prefix that some services have in some regions.
type endpointException struct {
	prefix   string
	regions  []string
	services []string
}

// endpointExceptions outside the commercial regions and GovCloud. All other services are
// com.amazonaws.<region>.<service> there too, such as logs and secretsmanager in China.
// Source: github.com/aws/aws-cdk, packages/aws-cdk-lib/aws-ec2/lib/vpc-endpoint.ts,
// getDefaultEndpointPrefix, read 2026-11.
func endpointExceptions() []endpointException {
	const china, c2s = "cn.com.amazonaws", "gov.ic.c2s"
	return []endpointException{
		{china, []string{"cn-north-1", "cn-northwest-1"}, []string{
			"application-autoscaling", "appmesh-envoy-management", "athena", "autoscaling", "awsconnector", "backup", "batch", "cassandra",
			"cloudcontrolapi", "cloudformation", "codedeploy-commands-secure", "databrew", "dms", "ebs", "ec2", "ecr.api", "ecr.dkr", "eks",
			"elasticache", "elasticbeanstalk", "elasticfilesystem", "elasticfilesystem-fips", "emr-containers", "execute-api", "fsx",
			"imagebuilder", "iot.data", "kinesis-streams", "lambda", "license-manager", "monitoring", "rds", "redshift", "redshift-data",
			"s3", "sagemaker.api", "sagemaker.featurestore-runtime", "sagemaker.runtime", "securityhub", "servicecatalog", "sms", "sqs",
			"states", "sts", "sync-states", "synthetics", "transcribe", "transcribestreaming", "transfer", "xray",
		}},
		{china, []string{"cn-north-1"}, []string{"iotsitewise.api", "iotsitewise.data"}},
		{china, []string{"cn-northwest-1"}, []string{"account", "polly", "workspaces"}},
		{"eu.amazonaws", []string{"eusc-de-east-1"}, []string{"ecr.dkr", "ecr.api", "execute-api", "securityhub"}},
		{c2s, []string{"us-iso-east-1"}, []string{
			"application-autoscaling", "athena", "autoscaling", "comprehend", "diode-messaging", "diode-messaging-proxy", "ebs", "ec2",
			"ecr.api", "ecr.dkr", "elasticfilesystem", "elasticfilesystem-fips", "execute-api", "sagemaker.api", "sagemaker.runtime", "sns",
			"sqs", "textract", "textract-fips", "transcribe", "workspaces",
		}},
		{c2s, []string{"us-iso-west-1"}, []string{
			"autoscaling", "ebs", "ec2", "ecr.api", "ecr.dkr", "elasticfilesystem", "elasticfilesystem-fips", "execute-api", "monitoring",
			"sns", "sqs", "workspaces",
		}},
		{"gov.sgov.sc2s", []string{"us-isob-east-1"}, []string{
			"application-autoscaling", "autoscaling", "diode-messaging", "diode-messaging-proxy", "ebs", "ec2", "ecr.api", "ecr.dkr",
			"elasticfilesystem", "elasticfilesystem-fips", "execute-api", "sagemaker.api", "sagemaker.runtime", "sns", "sqs", "workspaces",
		}},
		{"gov.sgov.sc2s", []string{"us-isob-west-1"}, []string{"ecr.api", "ecr.dkr", "elasticfilesystem-fips", "execute-api"}},
		{"gov.ic.hci.csp", []string{"us-isof-south-1", "us-isof-east-1"}, []string{"ebs", "ecr.api", "ecr.dkr", "execute-api"}},
		{"uk.adc-e.cloud", []string{"eu-isoe-west-1"}, []string{"ebs", "ecr.api", "ecr.dkr", "execute-api"}},
	}
}
