package composition

import (
	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

const (
	// KMS waits 7 to 30 days before it deletes a key (ScheduleKeyDeletion API, read
	// 2026-11-29).
	deletionWindowMin = 7
	deletionWindowMax = 30

	// AliasMax is the longest alias of a key, after its prefix alias/ (CreateAlias
	// API: 256 with it, read 2026-11-29).
	AliasMax = 250
)

// A Key of the customer in KMS.
type Key struct {
	// Name in the composition. The alias has it too, with -alias after it.
	Name string

	// Alias in AWS, without its prefix.
	Alias string

	// Description in AWS.
	Description string

	// Statements of the key's policy beside the one by which the account's own
	// policies govern the key.
	Statements []iampolicy.Statement

	// Protected keys wait as long as AWS lets them before they are deleted.
	Protected bool

	// Orphan leaves the key in AWS when the claim goes.
	Orphan bool
}

// AddKey adds a key and its alias. Its policy has the statement of AWS's default policy and
// the key's Statements. A change by hand is reverted, since the policy is part of the spec.
// While the account is not known, the key has AWS's default policy.
func (c *Composition) AddKey(k Key, order ...desired.Order) {
	window, policy := float64(deletionWindowMin), xpv1.DeletionPolicy("")
	if k.Protected {
		window = deletionWindowMax
	}
	if k.Orphan {
		policy = xpv1.DeletionOrphan
	}
	c.Desired.Add(k.Name, &kmsv1beta1.Key{
		Spec: kmsv1beta1.KeySpec{
			ResourceSpec: xpv1.ResourceSpec{DeletionPolicy: policy},
			ForProvider: kmsv1beta1.KeyParameters{
				Region:               &c.common.Region,
				Description:          &k.Description,
				EnableKeyRotation:    new(true),
				DeletionWindowInDays: &window,
				Policy:               c.keyPolicy(k.Statements),
				Tags:                 c.Tags(k.Name),
			},
		},
	}, order...)
	alias := AliasName(k.Name)
	c.Desired.Add(alias, &kmsv1beta1.Alias{
		ObjectMeta: c.Named(alias, k.Alias),
		Spec: kmsv1beta1.AliasSpec{
			ResourceSpec: xpv1.ResourceSpec{DeletionPolicy: policy},
			ForProvider:  kmsv1beta1.AliasParameters{Region: &c.common.Region, TargetKeyIDSelector: desired.Selector(k.Name)},
		},
	}, order...)
}

// AliasName in the composition of a key's alias.
func AliasName(key string) string { return key + "-alias" }

// keyPolicy is nil while the account is not known.
func (c *Composition) keyPolicy(more []iampolicy.Statement) *string {
	if c.Account == "" {
		return nil
	}
	account := iampolicy.Statement{
		Sid: "AccountPoliciesGovern", Effect: iampolicy.Allow,
		Principal: iampolicy.AWS(iampolicy.ARN(c.Partition(), "iam", "", c.Account, "root")),
		// In a key's policy, * is that key and nothing else.
		Action: []string{"kms:*"}, Resource: []string{"*"},
	}
	text := iampolicy.JSON(append([]iampolicy.Statement{account}, more...)...)
	return &text
}

// AddLogGroup adds a log group of CloudWatch, and returns its name in AWS: a group that
// exists keeps its name. Where there is no group, AWS makes one when something is logged,
// and keeps its logs for ever.
func (c *Composition) AddLogGroup(name, inAWS string, order ...desired.Order) string {
	c.Desired.Add(name, &logsv1beta1.Group{
		ObjectMeta: c.Named(name, inAWS),
		Spec: logsv1beta1.GroupSpec{ForProvider: logsv1beta1.GroupParameters{
			Region:          &c.common.Region,
			RetentionInDays: new(float64(c.Settings.RetentionDays.V)),
			Tags:            c.Tags(name),
		}},
	}, order...)
	return c.NameInAWS(name, inAWS)
}
