package network

import (
	"github.com/ausmart/platform/functions/internal/iampolicy"
	"github.com/ausmart/platform/functions/internal/progress"
)

// accessBucketName is the bucket of load balancers' access logs. It is apart from the log bucket,
// since they write to a bucket with S3's own keys only
// (docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html, read
// 2026-11-30).
const accessBucketName = "access-log-bucket"

// addAccessLogs adds the bucket of access logs, where the settings ask for them. One that exists
// stays, since there may be logs in it.
func (n *network) addAccessLogs() {
	if n.Settings.AccessLogs.V || n.Stays(accessBucketName) {
		n.addBucket(accessBucketName, "", n.loadBalancerStatements())
	}
}

// conditionAccessLogs shows whether there is a bucket for access logs that the claim does not want.
const conditionAccessLogs = "AccessLogsAsClaimed"

func (n *network) accessLogCondition() progress.Condition {
	if !n.Settings.AccessLogs.V && n.Stays(accessBucketName) {
		return oldLogsStay(conditionAccessLogs, "spec.accessLogs", accessBucketName)
	}
	return progress.Condition{Type: conditionAccessLogs, True: true, Reason: "AsClaimed"}
}

// accessBucket is the name of the bucket to which load balancers may write; empty while they may
// not: the load balancer controller tries nothing else when AWS refuses its bucket.
func (n *network) accessBucket() string {
	if !n.Settings.AccessLogs.V || !n.Observed.Ready(policyName(accessBucketName)) {
		return ""
	}
	return n.Observed.ExternalName(accessBucketName)
}

// loadBalancerStatements let this account's load balancers write: by ELB's service, and in older
// regions by ELB's account too, as AWS's page had it before the service was in every region.
func (n *network) loadBalancerStatements() []iampolicy.Statement {
	write := iampolicy.Statement{
		Sid: "LoadBalancersWrite", Effect: iampolicy.Allow, Principal: iampolicy.Service("logdelivery.elasticloadbalancing.amazonaws.com"),
		Action: []string{"s3:PutObject"}, Resource: []string{n.bucketARN(accessBucketName) + "/AWSLogs/" + n.Account + "/*"},
		// The page has this key alone, which has the account in it.
		Condition: iampolicy.Conditions{"ArnLike": {"aws:SourceArn": {n.ARN("elasticloadbalancing", "loadbalancer/*")}}},
	}
	account := loadBalancerAccounts()[n.spec.Region]
	if account == "" {
		return []iampolicy.Statement{write}
	}
	older := write
	older.Sid, older.Condition = "LoadBalancersOfOlderRegionsWrite", nil
	older.Principal = iampolicy.AWS(iampolicy.ARN(n.Partition(), "iam", "", account, "root"))
	return []iampolicy.Statement{write, older}
}

// loadBalancerAccounts are ELB's own accounts by region, in the regions that AWS opened before
// August 2022 (the same page, by way of internal/service/elb/service_account_data_source.go of
// github.com/hashicorp/terraform-provider-aws at 01f431114674, read 2026-11-30).
func loadBalancerAccounts() map[string]string {
	return map[string]string{
		"af-south-1": "098369216593", "ap-east-1": "754344448648", "ap-northeast-1": "582318560864", "ap-northeast-2": "600734575887",
		"ap-northeast-3": "383597477331", "ap-south-1": "718504428378", "ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266",
		"ap-southeast-3": "589379963580", "ca-central-1": "985666609251", "cn-north-1": "638102146993", "cn-northwest-1": "037604701340",
		"eu-central-1": "054676820928", "eu-north-1": "897822967062", "eu-south-1": "635631232127", "eu-west-1": "156460612806",
		"eu-west-2": "652711504416", "eu-west-3": "009996457667", "me-south-1": "076674570225", "sa-east-1": "507241528517",
		"us-east-1": "127311923021", "us-east-2": "033677994240", "us-gov-east-1": "190560391635", "us-gov-west-1": "048591011584",
		"us-west-1": "027434742980", "us-west-2": "797873946194",
	}
}
