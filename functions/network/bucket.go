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
	keyName        = "key-s3"
	bucketName     = "log-bucket"
	encryptionName = bucketName + "-encryption"

	// logDelivery is the service that writes AWS's own logs to buckets
	// (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
	logDelivery = "delivery.logs.amazonaws.com"

	// bucketNameMax is the longest name of a bucket, with its suffix and the digest that
	// makes it unique in all of AWS.
	bucketNameMax      = 63
	bucketDigestDigits = 10
)

// addKey adds the key for S3, where the settings ask for one. Log delivery encrypts with
// it what it writes to the bucket.
func (n *network) addKey() {
	if !n.Settings.KMS.V {
		return
	}
	n.AddKey(composition.Key{
		Name: keyName, Alias: n.Name + "-s3", Description: "S3 buckets of network " + n.Name,
		Statements: []iampolicy.Statement{{
			Sid: "LogDeliveryEncrypts", Effect: iampolicy.Allow, Principal: iampolicy.Service(logDelivery),
			Action: []string{"kms:GenerateDataKey", "kms:Decrypt"}, Resource: []string{"*"},
			Condition: n.fromThisAccount(),
		}},
		Protected: n.Settings.DeletionProtection.V,
	})
}

// fromThisAccount allows AWS services to act for this account only.
func (n *network) fromThisAccount() iampolicy.Conditions {
	return iampolicy.Conditions{"StringEquals": {"aws:SourceAccount": {n.Account}}}
}

// bucket is the log bucket's name in AWS, where all customers' buckets share one
// space of names.
func (n *network) bucket() string {
	suffix := "-logs-" + awsname.Digest(bucketDigestDigits, n.spec.Region+"/"+n.UID+"/"+n.Name)
	return n.NameInAWS(bucketName, awsname.Cut(strings.ReplaceAll(n.Name, ".", "-"), suffix, bucketNameMax))
}

// addLogBucket adds the bucket for logs that AWS delivers: encrypted, private,
// TLS only, emptied by age.
func (n *network) addLogBucket() {
	n.Desired.Add(bucketName, &s3v1beta2.Bucket{
		ObjectMeta: n.Named(bucketName, n.bucket()),
		Spec: s3v1beta2.BucketSpec{ForProvider: s3v1beta2.BucketParameters{
			Region: &n.spec.Region,
			// A protected bucket is not deleted while logs are in it.
			ForceDestroy: new(!n.Settings.DeletionProtection.V),
			Tags:         n.Tags(bucketName),
		}},
	})
	n.Desired.Add(bucketName+"-public-access", &s3v1beta1.BucketPublicAccessBlock{
		Spec: s3v1beta1.BucketPublicAccessBlockSpec{ForProvider: s3v1beta1.BucketPublicAccessBlockParameters{
			Region:                &n.spec.Region,
			BucketSelector:        desired.Selector(bucketName),
			BlockPublicAcls:       new(true),
			BlockPublicPolicy:     new(true),
			IgnorePublicAcls:      new(true),
			RestrictPublicBuckets: new(true),
		}},
	})
	n.Desired.Add(bucketName+"-ownership", &s3v1beta2.BucketOwnershipControls{
		Spec: s3v1beta2.BucketOwnershipControlsSpec{ForProvider: s3v1beta2.BucketOwnershipControlsParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucketName),
			Rule:           &s3v1beta2.BucketOwnershipControlsRuleParameters{ObjectOwnership: new("BucketOwnerEnforced")},
		}},
	})
	n.addLogEncryption()
	n.Desired.Add(bucketName+"-lifecycle", &s3v1beta1.BucketLifecycleConfiguration{
		Spec: s3v1beta1.BucketLifecycleConfigurationSpec{ForProvider: s3v1beta1.BucketLifecycleConfigurationParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucketName),
			Rule: []s3v1beta1.BucketLifecycleConfigurationRuleParameters{{
				ID:         new("expire"),
				Status:     new("Enabled"),
				Filter:     []s3v1beta1.RuleFilterParameters{{Prefix: new("")}},
				Expiration: []s3v1beta1.RuleExpirationParameters{{Days: new(float64(n.Settings.RetentionDays.V))}},
			}},
		}},
	})
	n.Desired.Add(bucketName+"-policy", &s3v1beta1.BucketPolicy{
		Spec: s3v1beta1.BucketPolicySpec{ForProvider: s3v1beta1.BucketPolicyParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucketName),
			Policy:         new(n.bucketPolicy()),
		}},
	})
}

// addLogEncryption encrypts the bucket with the network's own key once that exists, and
// until then with a key of S3. The key is no reference: the provider
// resolves none in a list, since Crossplane applies the list without it again.
func (n *network) addLogEncryption() {
	with := s3v1beta2.RuleApplyServerSideEncryptionByDefaultParameters{SseAlgorithm: new("AES256")}
	if key := cmp.Or(n.state.keyARN, n.state.bucketKey); n.Settings.KMS.V && key != "" {
		with = s3v1beta2.RuleApplyServerSideEncryptionByDefaultParameters{SseAlgorithm: new("aws:kms"), KMSMasterKeyID: &key}
	}
	n.Desired.Add(encryptionName, &s3v1beta2.BucketServerSideEncryptionConfiguration{
		Spec: s3v1beta2.BucketServerSideEncryptionConfigurationSpec{ForProvider: s3v1beta2.BucketServerSideEncryptionConfigurationParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucketName),
			Rule: []s3v1beta2.BucketServerSideEncryptionConfigurationRuleParameters{{
				ApplyServerSideEncryptionByDefault: &with,
				// One data key for many objects: fewer calls to KMS, which cost.
				BucketKeyEnabled: new(with.KMSMasterKeyID != nil),
			}},
		}},
	})
}

func (n *network) bucketPolicy() string {
	bucket := iampolicy.ARN(n.Partition(), "s3", "", "", n.bucket())
	statements := []iampolicy.Statement{{
		Sid: "TLSOnly", Effect: iampolicy.Deny, Principal: iampolicy.Everyone(),
		Action: []string{"s3:*"}, Resource: []string{bucket, bucket + "/*"},
		Condition: iampolicy.Conditions{"Bool": {"aws:SecureTransport": {"false"}}},
	}}
	if n.Account != "" {
		statements = append(statements,
			iampolicy.Statement{
				Sid: "LogDeliveryWrites", Effect: iampolicy.Allow, Principal: iampolicy.Service(logDelivery),
				Action: []string{"s3:PutObject"}, Resource: []string{bucket + "/AWSLogs/" + n.Account + "/*"},
				Condition: n.fromThisAccount(),
			},
			iampolicy.Statement{
				Sid: "LogDeliveryChecks", Effect: iampolicy.Allow, Principal: iampolicy.Service(logDelivery),
				Action: []string{"s3:GetBucketAcl"}, Resource: []string{bucket},
				Condition: n.fromThisAccount(),
			})
	}
	return iampolicy.JSON(statements...)
}
