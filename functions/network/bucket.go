package network

import (
	"cmp"
	"strings"

	s3v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/s3/v1beta1"
	s3v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/s3/v1beta2"

	"github.com/ausmart/platform/functions/internal/awsname"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

const (
	keyName    = "key-s3"
	bucketName = "log-bucket"

	// logDelivery is the service that writes AWS's own logs to buckets
	// (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
	logDelivery = "delivery.logs.amazonaws.com"

	// bucketDigestDigits make a bucket's name unique in all of AWS.
	bucketDigestDigits = 10

	// aliasDigestDigits tell two networks' aliases apart where their names have dots, which KMS
	// does not take (CreateAlias API, read 2026-11-30).
	aliasDigestDigits = 6
)

// The parts of a bucket, by the bucket's name in the composition.
func encryptionName(bucket string) string { return bucket + "-encryption" }
func policyName(bucket string) string     { return bucket + "-policy" }

// addKey adds the key for S3, where the settings ask for one. Log delivery encrypts with
// it what it writes to the bucket
// (docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-cmk-policy.html, read 2026-11-30).
func (n *network) addKey() {
	if !n.Settings.KMS.V {
		return
	}
	n.AddKey(composition.Key{
		Name: keyName, Alias: awsname.WithoutDots(n.Name, aliasDigestDigits).Fit("-s3", composition.AliasMax), Description: "S3 buckets of network " + n.Name,
		Statements: []iampolicy.Statement{{
			Sid: "LogDeliveryEncrypts", Effect: iampolicy.Allow, Principal: iampolicy.Service(logDelivery),
			Action: []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"}, Resource: []string{"*"},
			Condition: n.OnBehalfOf("logs", "*"),
		}},
		Protected: n.Settings.DeletionProtection.V,
	})
}

// bucket is a bucket's name in AWS, where all customers' buckets share one space of names.
func (n *network) bucket(name string) string {
	suffix := "-" + strings.TrimSuffix(name, "-bucket") + "s-" + awsname.Digest(bucketDigestDigits, n.spec.Region+"/"+n.UID+"/"+n.Name)
	rule := awsname.Bucket()
	return n.NameInAWS(name, awsname.Cut(rule.Prefixed(strings.ReplaceAll(n.Name, ".", "-")), suffix, rule.Most))
}

func (n *network) bucketARN(name string) string {
	return iampolicy.ARN(n.Partition(), "s3", "", "", n.bucket(name))
}

// addLogBucket adds the bucket for logs that AWS delivers, where there are any. It is encrypted
// with the network's own key once that exists, and until then with a key of S3. A bucket that
// exists stays, since there may be logs in it.
func (n *network) addLogBucket() {
	if !n.bucketTakesFlowLogs() && !n.Stays(bucketName) {
		return
	}
	key := ""
	if n.Settings.KMS.V {
		key = cmp.Or(n.state.keyARN, n.state.bucketKey)
	}
	n.addBucket(bucketName, key, n.deliveryStatements())
}

// addBucket adds a bucket for logs: encrypted, private, TLS only, emptied by age. The key's ARN is
// empty for a key of S3. Its policy is pending until the account is known, which it names.
func (n *network) addBucket(name, key string, statements []iampolicy.Statement) {
	n.Desired.Add(name, &s3v1beta2.Bucket{
		ObjectMeta: n.Named(name, n.bucket(name)),
		Spec: s3v1beta2.BucketSpec{ForProvider: s3v1beta2.BucketParameters{
			Region: &n.spec.Region,
			// A protected bucket is not deleted while logs are in it.
			ForceDestroy: new(!n.Settings.DeletionProtection.V),
			Tags:         n.Tags(name),
		}},
	})
	n.Desired.Add(name+"-public-access", &s3v1beta1.BucketPublicAccessBlock{
		Spec: s3v1beta1.BucketPublicAccessBlockSpec{ForProvider: s3v1beta1.BucketPublicAccessBlockParameters{
			Region:                &n.spec.Region,
			BucketSelector:        desired.Selector(name),
			BlockPublicAcls:       new(true),
			BlockPublicPolicy:     new(true),
			IgnorePublicAcls:      new(true),
			RestrictPublicBuckets: new(true),
		}},
	})
	n.Desired.Add(name+"-ownership", &s3v1beta2.BucketOwnershipControls{
		Spec: s3v1beta2.BucketOwnershipControlsSpec{ForProvider: s3v1beta2.BucketOwnershipControlsParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(name),
			Rule:           &s3v1beta2.BucketOwnershipControlsRuleParameters{ObjectOwnership: new("BucketOwnerEnforced")},
		}},
	})
	n.addEncryption(name, key)
	n.Desired.Add(name+"-lifecycle", &s3v1beta1.BucketLifecycleConfiguration{
		Spec: s3v1beta1.BucketLifecycleConfigurationSpec{ForProvider: s3v1beta1.BucketLifecycleConfigurationParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(name),
			Rule: []s3v1beta1.BucketLifecycleConfigurationRuleParameters{{
				ID:         new("expire"),
				Status:     new("Enabled"),
				Filter:     []s3v1beta1.RuleFilterParameters{{Prefix: new("")}},
				Expiration: []s3v1beta1.RuleExpirationParameters{{Days: new(float64(n.Settings.RetentionDays.V))}},
			}},
		}},
	})
	n.addBucketPolicy(name, statements)
}

// addEncryption of a bucket. The key is no reference: the provider resolves none in a list, since
// Crossplane applies the list without it again.
func (n *network) addEncryption(bucket, key string) {
	with := s3v1beta2.RuleApplyServerSideEncryptionByDefaultParameters{SseAlgorithm: new("AES256")}
	if key != "" {
		with = s3v1beta2.RuleApplyServerSideEncryptionByDefaultParameters{SseAlgorithm: new("aws:kms"), KMSMasterKeyID: &key}
	}
	n.Desired.Add(encryptionName(bucket), &s3v1beta2.BucketServerSideEncryptionConfiguration{
		Spec: s3v1beta2.BucketServerSideEncryptionConfigurationSpec{ForProvider: s3v1beta2.BucketServerSideEncryptionConfigurationParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucket),
			Rule: []s3v1beta2.BucketServerSideEncryptionConfigurationRuleParameters{{
				ApplyServerSideEncryptionByDefault: &with,
				// One data key for many objects: fewer calls to KMS, which cost.
				BucketKeyEnabled: new(with.KMSMasterKeyID != nil),
			}},
		}},
	})
}

func (n *network) addBucketPolicy(bucket string, statements []iampolicy.Statement) {
	if n.Account == "" {
		n.Desired.Pending(policyName(bucket))
		return
	}
	arn := n.bucketARN(bucket)
	tlsOnly := iampolicy.Statement{
		Sid: "TLSOnly", Effect: iampolicy.Deny, Principal: iampolicy.Everyone(),
		Action: []string{"s3:*"}, Resource: []string{arn, arn + "/*"},
		Condition: iampolicy.Conditions{"Bool": {"aws:SecureTransport": {"false"}}},
	}
	policy := iampolicy.JSON(append([]iampolicy.Statement{tlsOnly}, statements...)...)
	n.Desired.Add(policyName(bucket), &s3v1beta1.BucketPolicy{
		Spec: s3v1beta1.BucketPolicySpec{ForProvider: s3v1beta1.BucketPolicyParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucket),
			Policy:         &policy,
		}},
	})
}

// deliveryStatements let AWS's log delivery write to the log bucket for this account, with the
// conditions of AWS's own policy for flow logs. Those with partitions have a path of their own
// (docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html, read 2026-11-30).
func (n *network) deliveryStatements() []iampolicy.Statement {
	bucket, writes := n.bucketARN(bucketName), n.OnBehalfOf("logs", "*")
	writes["StringEquals"] = map[string][]string{"aws:SourceAccount": {n.Account}, "s3:x-amz-acl": {"bucket-owner-full-control"}}
	return []iampolicy.Statement{
		{
			Sid: "AWSLogDeliveryWrite", Effect: iampolicy.Allow, Principal: iampolicy.Service(logDelivery), Action: []string{"s3:PutObject"},
			Resource:  []string{bucket + "/AWSLogs/" + n.Account + "/*", bucket + "/AWSLogs/aws-account-id=" + n.Account + "/*"},
			Condition: writes,
		},
		{
			Sid: "AWSLogDeliveryAclCheck", Effect: iampolicy.Allow, Principal: iampolicy.Service(logDelivery),
			Action: []string{"s3:GetBucketAcl"}, Resource: []string{bucket},
			Condition: n.OnBehalfOf("logs", "*"),
		},
	}
}
