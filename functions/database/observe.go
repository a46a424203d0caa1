package database

import (
	"cmp"
	"fmt"
	"strings"

	dynamodbv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/dynamodb/v1beta1"
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	elasticachev1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"
	rdsv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/rds/v1beta2"

	"github.com/ausmart/platform/functions/internal/observed"
)

// keyLabel on the resource that is the database says whose key it was made with.
// It outlives the key, and what a provider fills in.
const keyLabel = "platform.ausmart.io/key"

// The values of keyLabel.
const (
	keyOwn = "own"
	keyAWS = "aws"
)

// seen is what the composition reads of what exists. A field is empty where AWS
// has not answered yet.
type seen struct {
	// exists says whether the database itself was asked for before.
	exists bool

	region string
	engine string

	// ownKey says whether the database was made with a key of its own.
	ownKey bool

	// usedKey is the ARN of the key that the database was asked for with.
	usedKey string

	// keyARN of the database's own key.
	keyARN string

	// account that owns the key.
	account string

	// versionAsked is what AWS was asked for last, version what runs.
	versionAsked, version version
	versionText           string

	endpoint, readerEndpoint string
	port                     int32
	arn                      string
	secretARN                string
	userARN                  string
	groupID                  string

	// parameterGroup is the name in AWS of the one in use.
	parameterGroup string

	// storageGiB that the volume has grown to.
	storageGiB float64

	// lifecycle is what becomes of the database when its version's standard support
	// ends.
	lifecycle string

	// protected says whether AWS itself refuses the deletion.
	protected bool
}

// look reads what exists of a database that is the named resource.
func look(obs observed.Resources, primary string) (seen, error) {
	s := seen{exists: obs.Has(primary), ownKey: obs.Label(primary, keyLabel) == keyOwn}
	group, err := observed.Get[ec2v1beta1.SecurityGroup](obs, securityGroupName)
	if err != nil {
		return s, err
	}
	s.groupID, s.region = value(group.Status.AtProvider.ID), value(group.Spec.ForProvider.Region)

	key, err := observed.Get[kmsv1beta1.Key](obs, keyName)
	if err != nil {
		return s, err
	}
	s.keyARN = value(key.Status.AtProvider.Arn)
	s.account = accountOf(s.keyARN)

	read := map[string]func(observed.Resources) error{
		instanceName:         s.lookAtInstance,
		replicationGroupName: s.lookAtReplicationGroup,
		tableName:            s.lookAtTable,
	}
	return s, read[primary](obs)
}

func (s *seen) lookAtInstance(obs observed.Resources) error {
	i, err := observed.Get[rdsv1beta2.Instance](obs, instanceName)
	if err != nil {
		return err
	}
	at, asked := i.Status.AtProvider, i.Spec.ForProvider
	s.engine, s.usedKey = value(asked.Engine), value(asked.KMSKeyID)
	s.endpoint, s.arn, s.port = value(at.Address), value(at.Arn), port(at.Port)
	s.parameterGroup = value(at.ParameterGroupName)
	s.lifecycle = cmp.Or(value(at.EngineLifecycleSupport), value(asked.EngineLifecycleSupport))
	s.protected = at.DeletionProtection != nil && *at.DeletionProtection
	if at.AllocatedStorage != nil {
		s.storageGiB = *at.AllocatedStorage
	}
	if len(at.MasterUserSecret) > 0 {
		s.secretARN = value(at.MasterUserSecret[0].SecretArn)
	}
	s.sees(asked.EngineVersion, at.EngineVersionActual)
	return nil
}

func (s *seen) lookAtReplicationGroup(obs observed.Resources) error {
	g, err := observed.Get[elasticachev1beta2.ReplicationGroup](obs, replicationGroupName)
	if err != nil {
		return err
	}
	at, asked := g.Status.AtProvider, g.Spec.ForProvider
	s.usedKey = value(asked.KMSKeyID)
	s.endpoint, s.readerEndpoint = value(at.PrimaryEndpointAddress), value(at.ReaderEndpointAddress)
	s.arn, s.port = value(at.Arn), port(at.Port)
	s.parameterGroup = value(at.ParameterGroupName)
	s.sees(asked.EngineVersion, at.EngineVersionActual)

	user, err := observed.Get[elasticachev1beta1.User](obs, userName)
	if err != nil {
		return err
	}
	s.userARN = value(user.Status.AtProvider.Arn)
	return nil
}

func (s *seen) lookAtTable(obs observed.Resources) error {
	t, err := observed.Get[dynamodbv1beta1.Table](obs, tableName)
	if err != nil {
		return err
	}
	s.arn, s.region = value(t.Status.AtProvider.Arn), value(t.Spec.ForProvider.Region)
	if p := t.Status.AtProvider.DeletionProtectionEnabled; p != nil {
		s.protected = *p
	}
	for _, sse := range t.Spec.ForProvider.ServerSideEncryption {
		s.usedKey = value(sse.KMSKeyArn)
	}
	return nil
}

// sees the versions. What cannot be read counts as not answered: AWS names its
// own builds as it likes, such as 13.20-rds.20250404.
func (s *seen) sees(asked, runs *string) {
	s.versionText = value(runs)
	s.versionAsked, _ = parse(numbers(value(asked)))
	s.version, _ = parse(numbers(value(runs)))
}

// numbers that a version begins with.
func numbers(text string) string {
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		text = text[:i]
	}
	return strings.Trim(text, ".")
}

// keeps refuses a spec that would replace the database. The claim's schema refuses
// most of that already; this holds for a composite that somebody edits by hand,
// and for settings that change for everyone.
func (d *database) keeps() error {
	s := d.seen
	if s.region != "" && s.region != d.spec.Region {
		return fmt.Errorf("spec.region: the database is in %s and cannot move to %s: create a new claim", s.region, d.spec.Region)
	}
	if s.engine != "" && s.engine != string(d.spec.Engine) {
		return fmt.Errorf("spec.engine: the database is %s and cannot become %s: create a new claim and move the data", s.engine, d.spec.Engine)
	}
	if !s.exists || s.ownKey == d.set.KMS.V {
		return nil
	}
	if s.ownKey {
		return fmt.Errorf("spec.kms.enabled: the database is encrypted with a key of its own, and %s would take it away: set spec.kms.enabled: true to keep it", d.set.KMS.Origin.Who())
	}
	if d.primary() == tableName {
		return nil // The one that AWS encrypts anew in place.
	}
	return fmt.Errorf("spec.kms.enabled: the database was made without a key of its own, and AWS cannot encrypt it anew as %s wants: "+
		"set spec.kms.enabled: false to keep it, or create a new claim and move the data", d.set.KMS.Origin.Who())
}

// accountOf an ARN; empty for what is none.
func accountOf(arn string) string {
	const fields = 6
	parts := strings.SplitN(arn, ":", fields)
	if len(parts) < fields {
		return ""
	}
	return parts[4]
}

func port(p *float64) int32 {
	if p == nil || *p < 1 || *p > 65535 {
		return 0
	}
	return int32(*p)
}

func value(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
