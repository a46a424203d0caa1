package region

import "slices"

// A Service of AWS that some regions lack.
type Service string

// The services that the platform composes, or that its pods need, and that some region
// lacks. All others that it uses are in every region of the table: ACM, CloudWatch Logs,
// DynamoDB, EC2, ECR, EKS, ElastiCache, Elastic Load Balancing, EventBridge, IAM, KMS, RDS,
// Route 53, S3, Secrets Manager, SQS, SSM, STS, X-Ray; and WAF wherever Pod Identity is.
const (
	Grafana     Service = "Amazon Managed Grafana"
	Prometheus  Service = "Amazon Managed Service for Prometheus"
	PodIdentity Service = "EKS Pod Identity"
)

// Read is the month in which the table was last compared with its sources.
const Read = "2026-11"

// A row of the table: regions with the same services.
type row struct {
	has     []Service
	regions []string
}

// table of the regions by which of the services they have. Sources:
// docs.aws.amazon.com/general/latest/gr/grafana-service.html and prometheus-service.html;
// botocore 1.43.11, data/endpoints.json (services grafana, aps, eks-auth), which has no
// service of the two regions that are not open yet; all read in the month of Read. The
// regions are those of the SDK's partitions.json, which a test compares.
func table() []row {
	return []row{
		{[]Service{Grafana, Prometheus, PodIdentity}, []string{
			"ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2", "eu-central-1", "eu-west-1", "eu-west-2",
			"us-east-1", "us-east-2", "us-west-2", "us-gov-east-1", "us-gov-west-1",
		}},
		{[]Service{Prometheus, PodIdentity}, []string{
			"af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4",
			"ap-southeast-5", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2",
			"eu-west-3", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-west-1",
		}},
		{[]Service{PodIdentity}, []string{
			"ap-southeast-6", "cn-north-1", "cn-northwest-1", "eusc-de-east-1",
			"me-west-1", "sa-west-1", // Not open yet.
		}},
		{nil, []string{"us-iso-east-1", "us-iso-west-1", "us-isob-east-1", "us-isob-west-1", "eu-isoe-west-1", "us-isof-east-1", "us-isof-south-1"}},
	}
}

// Has reports whether a region has a service. A region that is newer than the table has
// what EKS itself needs, and no more.
func Has(region string, s Service) bool {
	for _, r := range table() {
		if slices.Contains(r.regions, region) {
			return slices.Contains(r.has, s)
		}
	}
	return s == PodIdentity
}

// StandardEndpoints are the services of the interface endpoints that a network has where the
// settings ask for endpoints: what nodes and the platform's services call for images,
// credentials, secrets, queues, logs, traces and metrics.
func StandardEndpoints(region string) []string {
	services := []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager", "sqs", "sts", "xray"}
	if Has(region, Prometheus) {
		services = append(services, "aps-workspaces")
	}
	if Has(region, PodIdentity) {
		services = append(services, "eks-auth")
	}
	return services
}
