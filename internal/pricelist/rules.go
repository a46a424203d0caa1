package pricelist

import (
	"regexp"
	"slices"
	"strings"
)

// A Rule says which product of which offer has the price of a key.
type Rule struct {
	Offer  string
	Family string // any where empty

	// Usage is the usage type without its region, a regular expression; any where empty.
	Usage string

	Attributes map[string]string

	// Per is how many units of the offer one unit of the table has; 0 is 1.
	Per int64
}

// RuleOf a key of the table; false where there is none.
func RuleOf(key string) (Rule, bool) {
	if r, ok := rules()[key]; ok {
		return r, true
	}
	service, rest, _ := strings.Cut(key, ".")
	first, class, _ := strings.Cut(rest, ".")
	switch service {
	case "ec2":
		return Rule{Offer: "AmazonEC2", Family: "Compute Instance", Usage: "BoxUsage:.*", Attributes: map[string]string{
			"instanceType": rest, "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used",
		}}, true
	case "cache":
		engine := map[string]string{"redis": "Redis", "valkey": "Valkey"}[first]
		return Rule{Offer: "AmazonElastiCache", Family: "Cache Instance", Usage: "NodeUsage:.*", Attributes: map[string]string{
			"instanceType": class, "cacheEngine": engine,
		}}, engine != ""
	case "rds":
		zones, class, _ := strings.Cut(class, ".")
		engine := map[string]string{"mysql": "MySQL", "postgres": "PostgreSQL"}[first]
		usage := map[string]string{"single": "InstanceUsage:", "multi": "Multi-AZUsage:"}[zones]
		return Rule{Offer: "AmazonRDS", Family: "Database Instance", Usage: usage + regexp.QuoteMeta(class), Attributes: map[string]string{
			"databaseEngine": engine,
		}}, engine != "" && usage != ""
	}
	return Rule{}, false
}

// rules of the keys that are no instance. The usage types were read on 2026-11-30 in programs that
// read the same list, for us-east-1; the names in other regions differ by their prefix.
func rules() map[string]Rule {
	const million = 1_000_000
	alb := map[string]string{"operation": "LoadBalancing:Application"}
	out := map[string]string{"toLocation": "External", "transferType": "AWS Outbound"}
	postgres := map[string]string{"databaseEngine": "PostgreSQL"}
	return map[string]Rule{
		"alb.hour":               {Offer: "AWSELB", Family: "Load Balancer-Application", Usage: "LoadBalancerUsage", Attributes: alb},
		"alb.lcu":                {Offer: "AWSELB", Family: "Load Balancer-Application", Usage: "LCUUsage", Attributes: alb},
		"amp.samples":            {Offer: "AmazonPrometheus", Usage: "AMP:MetricSampleCount", Per: million},
		"amp.storage":            {Offer: "AmazonPrometheus", Usage: "AMP:MetricStorageByteHrs"},
		"cache.backup":           {Offer: "AmazonElastiCache", Usage: "ElastiCache:BackupUsage"},
		"data.out":               {Offer: "AWSDataTransfer", Attributes: out},
		"dynamodb.reads":         {Offer: "AmazonDynamoDB", Usage: "ReadRequestUnits", Per: million},
		"dynamodb.recovery":      {Offer: "AmazonDynamoDB", Usage: "TimedPITRStorage-ByteHrs"},
		"dynamodb.storage":       {Offer: "AmazonDynamoDB", Usage: "TimedStorage-ByteHrs"},
		"dynamodb.writes":        {Offer: "AmazonDynamoDB", Usage: "WriteRequestUnits", Per: million},
		"ebs.gp3":                {Offer: "AmazonEC2", Family: "Storage", Usage: "EBS:VolumeUsage.gp3"},
		"ecr.storage":            {Offer: "AmazonECR", Usage: "TimedStorage-ByteHrs"},
		"eks.cluster":            {Offer: "AmazonEKS", Usage: "AmazonEKS-Hours:perCluster"},
		"endpoint.gb":            {Offer: "AmazonVPC", Usage: "VpcEndpoint-Bytes"},
		"endpoint.hour":          {Offer: "AmazonVPC", Usage: "VpcEndpoint-Hours"},
		"grafana.editor":         {Offer: "AmazonGrafana", Usage: "Grafana:EditorUser"},
		"grafana.viewer":         {Offer: "AmazonGrafana", Usage: "Grafana:ViewerUser"},
		"ipv4.hour":              {Offer: "AmazonVPC", Usage: "PublicIPv4:InUseAddress"},
		"kms.key":                {Offer: "awskms", Usage: "KMS-Keys"},
		"kms.requests":           {Offer: "awskms", Usage: "KMS-Requests", Per: 10_000},
		"logs.ingested":          {Offer: "AmazonCloudWatch", Usage: "DataProcessing-Bytes"},
		"logs.storage":           {Offer: "AmazonCloudWatch", Usage: "TimedStorage-ByteHrs"},
		"logs.vended":            {Offer: "AmazonCloudWatch", Usage: "VendedLog-Bytes"},
		"logs.vended-s3":         {Offer: "AmazonCloudWatch", Usage: "S3-Egress-Bytes"},
		"nat.gb":                 {Offer: "AmazonEC2", Family: "NAT Gateway", Usage: "NatGateway-Bytes"},
		"nat.hour":               {Offer: "AmazonEC2", Family: "NAT Gateway", Usage: "NatGateway-Hours"},
		"rds.backup":             {Offer: "AmazonRDS", Usage: "RDS:ChargedBackupUsage", Attributes: postgres},
		"rds.storage.multi.gp3":  {Offer: "AmazonRDS", Usage: "RDS:Multi-AZ-GP3-Storage", Attributes: postgres},
		"rds.storage.single.gp3": {Offer: "AmazonRDS", Usage: "RDS:GP3-Storage", Attributes: postgres},
		"s3.storage":             {Offer: "AmazonS3", Family: "Storage", Usage: "TimedStorage-ByteHrs"},
		"secret":                 {Offer: "AWSSecretsManager", Usage: "AWSSecretsManager-Secrets"},
		"sqs.requests":           {Offer: "AWSQueueService", Usage: "Requests-RBP", Per: million},
		"waf.acl":                {Offer: "awswaf", Usage: "WebACLV2"},
		"waf.requests":           {Offer: "awswaf", Usage: `RequestV2-\d+KB`, Per: million},
		"waf.rule":               {Offer: "awswaf", Usage: "RuleV2"},
	}
}

// prefixes of usage types in a region. Some have the name of the region itself, and some none.
func prefixes(region string) []string {
	short := map[string][]string{"ap-southeast-2": {"APS2-"}, "eu-west-1": {"EU-", "EUW1-"}, "us-east-1": {"USE1-"}}
	return append(short[region], region+"-", "")
}

// in a region, the rule reports whether a product follows it.
func (r Rule) in(region string) func(Product) bool {
	usage := regexp.MustCompile("^(?:" + r.Usage + ")$")
	return func(p Product) bool { return r.follows(p, region, usage) }
}

func (r Rule) follows(p Product, region string, usage *regexp.Regexp) bool {
	if in, ok := p.Attributes["regionCode"]; ok && in != "" && in != region {
		return false
	}
	if r.Family != "" && p.Family != r.Family {
		return false
	}
	for name, want := range r.Attributes {
		if p.Attributes[name] != want {
			return false
		}
	}
	if r.Usage == "" {
		return true
	}
	return slices.ContainsFunc(prefixes(region), func(prefix string) bool {
		name, ok := strings.CutPrefix(p.Attributes["usagetype"], prefix)
		return ok && usage.MatchString(name)
	})
}
