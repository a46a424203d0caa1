package network

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"
	s3v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/s3/v1beta1"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/policy"
)

const (
	keyName          = "key-s3"
	bucketName       = "log-bucket"
	encryptionName   = bucketName + "-encryption"
	flowLogName      = "flow-log"
	flowLogGroupName = "flow-log-group"
	flowLogRoleName  = "flow-log-role"

	// logDelivery is the service that writes AWS's own logs to buckets
	// (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
	logDelivery = "delivery.logs.amazonaws.com"

	// KMS waits 7 to 30 days before it deletes a key (ScheduleKeyDeletion API).
	deletionWindowMin = 7
	deletionWindowMax = 30

	// bucketNameMax is the longest name of a bucket, of which the suffix and the
	// digest that makes it unique in all of AWS take their part.
	bucketNameMax    = 63
	bucketDigestSize = 5
)

// externalName is annotated on a resource whose name in AWS is ours to choose.
// A resource that has one keeps it.
func (n *network) externalName(resource, name string) metav1.ObjectMeta {
	if is := n.obs.ExternalName(resource); is != "" {
		name = is
	}
	return metav1.ObjectMeta{Annotations: map[string]string{observed.ExternalNameAnnotation: name}}
}

func (n *network) arn(service, resource string) string {
	return policy.ARN(policy.Partition(n.spec.Region), service, "", "", resource)
}

// addKey adds the key for S3, where the environment wants keys of its own.
func (n *network) addKey() {
	if !n.set.KMS.V {
		return
	}
	window := float64(deletionWindowMin)
	if n.set.DeletionProtection.V {
		window = deletionWindowMax
	}
	n.want.Add(keyName, kmsv1beta1.Key_GroupVersionKind, &kmsv1beta1.Key{
		Spec: kmsv1beta1.KeySpec{ForProvider: kmsv1beta1.KeyParameters{
			Region:               &n.spec.Region,
			Description:          new("S3 buckets of network " + n.name),
			EnableKeyRotation:    new(true),
			DeletionWindowInDays: &window,
			Policy:               n.keyPolicy(),
			Tags:                 n.tags(keyName),
		}},
	})
	n.want.Add(keyName+"-alias", kmsv1beta1.Alias_GroupVersionKind, &kmsv1beta1.Alias{
		ObjectMeta: n.externalName(keyName+"-alias", n.name+"-s3"),
		Spec: kmsv1beta1.AliasSpec{ForProvider: kmsv1beta1.AliasParameters{
			Region:              &n.spec.Region,
			TargetKeyIDSelector: desired.Selector(keyName),
		}},
	})
}

// keyPolicy lets the account's own policies govern the key, as the policy that
// AWS gives a key by default does, and lets log delivery write to the bucket.
// Until the account is known it is nil, and AWS's default holds.
func (n *network) keyPolicy() *string {
	if n.seen.account == "" {
		return nil
	}
	root := policy.ARN(policy.Partition(n.spec.Region), "iam", "", n.seen.account, "root")
	text := policy.JSON(
		policy.Statement{
			Sid: "AccountPoliciesGovern", Effect: policy.Allow, Principal: policy.AWS(root),
			// In a key's policy, * is that key and nothing else.
			Action: []string{"kms:*"}, Resource: []string{"*"},
		},
		policy.Statement{
			Sid: "LogDeliveryEncrypts", Effect: policy.Allow, Principal: policy.Service(logDelivery),
			Action: []string{"kms:GenerateDataKey", "kms:Decrypt"}, Resource: []string{"*"},
			Condition: n.fromThisAccount(),
		},
	)
	return &text
}

// fromThisAccount keeps AWS services from acting for another account.
func (n *network) fromThisAccount() policy.Conditions {
	return policy.Conditions{"StringEquals": {"aws:SourceAccount": {n.seen.account}}}
}

// bucket is the log bucket's name in AWS, where names are one space for
// everybody.
func (n *network) bucket() string {
	if is := n.obs.ExternalName(bucketName); is != "" {
		return is
	}
	sum := sha256.Sum256([]byte(n.spec.Region + "/" + n.uid + "/" + n.name))
	suffix := "-logs-" + hex.EncodeToString(sum[:bucketDigestSize])
	prefix := strings.ReplaceAll(n.name, ".", "-")
	if room := bucketNameMax - len(suffix); len(prefix) > room {
		prefix = prefix[:room]
	}
	return prefix + suffix
}

// addLogBucket adds the bucket for logs that AWS delivers: encrypted, private,
// TLS only, emptied by age.
func (n *network) addLogBucket() {
	n.want.Add(bucketName, s3v1beta1.Bucket_GroupVersionKind, &s3v1beta1.Bucket{
		ObjectMeta: n.externalName(bucketName, n.bucket()),
		Spec: s3v1beta1.BucketSpec{ForProvider: s3v1beta1.BucketParameters{
			Region: &n.spec.Region,
			// A protected bucket is not deleted while logs are in it.
			ForceDestroy: new(!n.set.DeletionProtection.V),
			Tags:         n.tags(bucketName),
		}},
	})
	n.want.Add(bucketName+"-public-access", s3v1beta1.BucketPublicAccessBlock_GroupVersionKind, &s3v1beta1.BucketPublicAccessBlock{
		Spec: s3v1beta1.BucketPublicAccessBlockSpec{ForProvider: s3v1beta1.BucketPublicAccessBlockParameters{
			Region:                &n.spec.Region,
			BucketSelector:        desired.Selector(bucketName),
			BlockPublicAcls:       new(true),
			BlockPublicPolicy:     new(true),
			IgnorePublicAcls:      new(true),
			RestrictPublicBuckets: new(true),
		}},
	})
	n.want.Add(bucketName+"-ownership", s3v1beta1.BucketOwnershipControls_GroupVersionKind, &s3v1beta1.BucketOwnershipControls{
		Spec: s3v1beta1.BucketOwnershipControlsSpec{ForProvider: s3v1beta1.BucketOwnershipControlsParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucketName),
			Rule:           []s3v1beta1.BucketOwnershipControlsRuleParameters{{ObjectOwnership: new("BucketOwnerEnforced")}},
		}},
	})
	n.addLogEncryption()
	n.want.Add(bucketName+"-lifecycle", s3v1beta1.BucketLifecycleConfiguration_GroupVersionKind, &s3v1beta1.BucketLifecycleConfiguration{
		Spec: s3v1beta1.BucketLifecycleConfigurationSpec{ForProvider: s3v1beta1.BucketLifecycleConfigurationParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucketName),
			Rule: []s3v1beta1.BucketLifecycleConfigurationRuleParameters{{
				ID:         new("expire"),
				Status:     new("Enabled"),
				Filter:     []s3v1beta1.RuleFilterParameters{{Prefix: new("")}},
				Expiration: []s3v1beta1.RuleExpirationParameters{{Days: new(float64(n.set.RetentionDays.V))}},
			}},
		}},
	})
	n.want.Add(bucketName+"-policy", s3v1beta1.BucketPolicy_GroupVersionKind, &s3v1beta1.BucketPolicy{
		Spec: s3v1beta1.BucketPolicySpec{ForProvider: s3v1beta1.BucketPolicyParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucketName),
			Policy:         new(n.bucketPolicy()),
		}},
	})
}

// addLogEncryption encrypts the bucket with the network's own key from when that
// exists, and until then with one of S3's. The key is no reference: the provider
// resolves none in a list, since Crossplane applies the list without it again.
func (n *network) addLogEncryption() {
	with := s3v1beta1.RuleApplyServerSideEncryptionByDefaultParameters{SseAlgorithm: new("AES256")}
	if key := cmp.Or(n.seen.keyARN, n.seen.bucketKey); n.set.KMS.V && key != "" {
		with = s3v1beta1.RuleApplyServerSideEncryptionByDefaultParameters{SseAlgorithm: new("aws:kms"), KMSMasterKeyID: &key}
	}
	n.want.Add(encryptionName, s3v1beta1.BucketServerSideEncryptionConfiguration_GroupVersionKind, &s3v1beta1.BucketServerSideEncryptionConfiguration{
		Spec: s3v1beta1.BucketServerSideEncryptionConfigurationSpec{ForProvider: s3v1beta1.BucketServerSideEncryptionConfigurationParameters{
			Region:         &n.spec.Region,
			BucketSelector: desired.Selector(bucketName),
			Rule: []s3v1beta1.BucketServerSideEncryptionConfigurationRuleParameters{{
				ApplyServerSideEncryptionByDefault: []s3v1beta1.RuleApplyServerSideEncryptionByDefaultParameters{with},
				// One data key for many objects: fewer calls to KMS, which cost.
				BucketKeyEnabled: new(with.KMSMasterKeyID != nil),
			}},
		}},
	})
}

func (n *network) bucketPolicy() string {
	bucket := n.arn("s3", n.bucket())
	statements := []policy.Statement{{
		Sid: "TLSOnly", Effect: policy.Deny, Principal: policy.Everyone(),
		Action: []string{"s3:*"}, Resource: []string{bucket, bucket + "/*"},
		Condition: policy.Conditions{"Bool": {"aws:SecureTransport": {"false"}}},
	}}
	if n.seen.account != "" {
		statements = append(statements,
			policy.Statement{
				Sid: "LogDeliveryWrites", Effect: policy.Allow, Principal: policy.Service(logDelivery),
				Action: []string{"s3:PutObject"}, Resource: []string{bucket + "/AWSLogs/" + n.seen.account + "/*"},
				Condition: n.fromThisAccount(),
			},
			policy.Statement{
				Sid: "LogDeliveryChecks", Effect: policy.Allow, Principal: policy.Service(logDelivery),
				Action: []string{"s3:GetBucketAcl"}, Resource: []string{bucket},
				Condition: n.fromThisAccount(),
			})
	}
	return policy.JSON(statements...)
}

// addFlowLogs records the VPC's traffic in a log group.
func (n *network) addFlowLogs() {
	if !n.set.FlowLogs.V {
		return
	}
	meta := n.externalName(flowLogGroupName, "/ausmart/"+n.name+"/flow-logs")
	group := meta.Annotations[observed.ExternalNameAnnotation]
	n.want.Add(flowLogGroupName, logsv1beta1.Group_GroupVersionKind, &logsv1beta1.Group{
		ObjectMeta: meta,
		Spec: logsv1beta1.GroupSpec{ForProvider: logsv1beta1.GroupParameters{
			Region:          &n.spec.Region,
			RetentionInDays: new(float64(n.set.RetentionDays.V)),
			Tags:            n.tags(flowLogGroupName),
		}},
	})
	n.want.Add(flowLogRoleName, iamv1beta1.Role_GroupVersionKind, &iamv1beta1.Role{
		Spec: iamv1beta1.RoleSpec{ForProvider: iamv1beta1.RoleParameters{
			AssumeRolePolicy: new(policy.Trust("vpc-flow-logs.amazonaws.com", nil)),
			Description:      new("Writes the flow logs of network " + n.name),
			Tags:             n.tags(flowLogRoleName),
		}},
	})
	allowed := n.flowLogPolicy(group)
	n.want.Add(flowLogRoleName+"-policy", iamv1beta1.RolePolicy_GroupVersionKind, &iamv1beta1.RolePolicy{
		Spec: iamv1beta1.RolePolicySpec{ForProvider: iamv1beta1.RolePolicyParameters{
			RoleSelector: desired.Selector(flowLogRoleName),
			Policy:       &allowed,
		}},
	})
	n.want.Add(flowLogName, ec2v1beta1.FlowLog_GroupVersionKind, &ec2v1beta1.FlowLog{
		Spec: ec2v1beta1.FlowLogSpec{ForProvider: ec2v1beta1.FlowLogParameters{
			Region:                 &n.spec.Region,
			VPCIDSelector:          desired.Selector(vpcName),
			TrafficType:            new("ALL"),
			LogDestinationType:     new("cloud-watch-logs"),
			LogDestinationSelector: desired.Selector(flowLogGroupName),
			IAMRoleArnSelector:     desired.Selector(flowLogRoleName),
			Tags:                   n.tags(flowLogName),
		}},
	})
}

// flowLogPolicy lets the flow logs' role write to their group. The account in the
// ARN is any, since it is the role's own: a role cannot write to another
// account's log groups without that account's say.
func (n *network) flowLogPolicy(group string) string {
	arn := policy.ARN(policy.Partition(n.spec.Region), "logs", n.spec.Region, "*", "log-group:"+group)
	return policy.JSON(policy.Statement{
		Effect:   policy.Allow,
		Action:   []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"},
		Resource: []string{arn, arn + ":*"},
	})
}
