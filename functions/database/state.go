package database

import (
	"cmp"
	"strings"

	"k8s.io/utils/ptr"

	dynamodbv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/dynamodb/v1beta2"
	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	elasticachev1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"
	kmsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/kms/v1beta1"
	rdsv1beta3 "github.com/upbound/provider-aws/v2/apis/cluster/rds/v1beta3"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/observed"
)

// state is what exists of the database. A field is empty while AWS has not answered.
type state struct {
	// exists reports whether there is a resource that is the database itself.
	exists bool

	// ownKey reports whether the database was made with a key of its own.
	ownKey bool

	// login reports whether Redis was made to require TLS and a login; nil while there is none.
	login *bool

	// usedKey is the ARN of the key that is in the database's spec.
	usedKey string

	// keyARN of the database's own key.
	keyARN string

	// account that owns the key.
	account string

	// requested is the version in the database's spec, and running the one that AWS
	// reports, with its text.
	requested, running version
	runningText        string

	endpoint, readerEndpoint string
	port                     int32
	arn                      string
	secretARN                string
	userARN                  string
	groupID                  string

	// parameterGroup is the name in AWS of the one in use.
	parameterGroup string

	// snapshot that is in the database's spec; empty for a database that was new.
	snapshot string

	// storageGiB that the volume has grown to.
	storageGiB float64

	// maxStorageGiB is what it may grow to, as the database's spec has it.
	maxStorageGiB float64

	// lifecycle is what becomes of the database when its version's standard support
	// ends.
	lifecycle string

	// expiry of a table's items.
	expiry expiry

	// protected reports whether AWS itself refuses the deletion.
	protected bool
}

// readState of a database that is the named resource.
func readState(obs observed.Resources, primary string) (state, error) {
	r := observed.NewReader(obs)
	group := observed.Read[ec2v1beta1.SecurityGroup](r, securityGroupName)
	s := state{
		exists:  obs.Has(primary),
		ownKey:  obs.Label(primary, keyLabel) == keyOwn,
		groupID: ptr.Deref(group.Status.AtProvider.ID, ""),
		keyARN:  ptr.Deref(observed.Read[kmsv1beta1.Key](r, keyName).Status.AtProvider.Arn, ""),
	}
	s.account = composition.AccountOf(s.keyARN)
	switch primary {
	case tableName:
		s.readTable(observed.Read[dynamodbv1beta2.Table](r, tableName))
	case replicationGroupName:
		s.readReplicationGroup(observed.Read[elasticachev1beta2.ReplicationGroup](r, replicationGroupName))
		s.userARN = ptr.Deref(observed.Read[elasticachev1beta2.User](r, userName).Status.AtProvider.Arn, "")
	default:
		s.readInstance(observed.Read[rdsv1beta3.Instance](r, instanceName))
	}
	return s, r.Err()
}

func (s *state) readInstance(i *rdsv1beta3.Instance) {
	at, spec := i.Status.AtProvider, i.Spec.ForProvider
	s.usedKey = ptr.Deref(spec.KMSKeyID, "")
	s.endpoint, s.arn, s.port = ptr.Deref(at.Address, ""), ptr.Deref(at.Arn, ""), port(at.Port)
	s.parameterGroup = ptr.Deref(at.ParameterGroupName, "")
	s.lifecycle = cmp.Or(ptr.Deref(at.EngineLifecycleSupport, ""), ptr.Deref(spec.EngineLifecycleSupport, ""))
	s.protected = ptr.Deref(at.DeletionProtection, false)
	s.storageGiB = ptr.Deref(at.AllocatedStorage, 0)
	if secrets := at.MasterUserSecret; len(secrets) > 0 {
		s.secretARN = ptr.Deref(secrets[0].SecretArn, "")
	}
	if s.snapshot = ptr.Deref(spec.SnapshotIdentifier, ""); s.snapshot != "" {
		s.usedKey = ptr.Deref(spec.MasterUserSecretKMSKeyID, "") // The snapshot's key is another one.
	}
	s.maxStorageGiB = ptr.Deref(spec.MaxAllocatedStorage, 0)
	s.readVersions(spec.EngineVersion, at.EngineVersionActual)
}

func (s *state) readReplicationGroup(g *elasticachev1beta2.ReplicationGroup) {
	at, spec := g.Status.AtProvider, g.Spec.ForProvider
	s.login = cmp.Or(spec.TransitEncryptionEnabled, at.TransitEncryptionEnabled)
	s.usedKey = ptr.Deref(spec.KMSKeyID, "")
	s.endpoint, s.readerEndpoint = ptr.Deref(at.PrimaryEndpointAddress, ""), ptr.Deref(at.ReaderEndpointAddress, "")
	s.arn, s.port = ptr.Deref(at.Arn, ""), port(at.Port)
	s.parameterGroup = ptr.Deref(at.ParameterGroupName, "")
	s.snapshot = ptr.Deref(spec.SnapshotName, "")
	for _, arn := range spec.SnapshotArns {
		s.snapshot = ptr.Deref(arn, "")
	}
	s.readVersions(spec.EngineVersion, at.EngineVersionActual)
}

func (s *state) readTable(t *dynamodbv1beta2.Table) {
	s.arn = ptr.Deref(t.Status.AtProvider.Arn, "")
	s.protected = ptr.Deref(t.Status.AtProvider.DeletionProtectionEnabled, false)
	if ttl := t.Status.AtProvider.TTL; ttl != nil {
		s.expiry = expiry{ptr.Deref(ttl.AttributeName, ""), ptr.Deref(ttl.Enabled, false)}
	}
	if sse := t.Spec.ForProvider.ServerSideEncryption; sse != nil {
		s.usedKey = ptr.Deref(sse.KMSKeyArn, "")
	}
}

// readVersions reads the numbers that versions start with. A version that cannot
// be read counts as unknown: AWS has names of its own for builds, such as
// 13.20-rds.20250404.
func (s *state) readVersions(requested, running *string) {
	s.runningText = ptr.Deref(running, "")
	s.requested, _ = parse(numbers(ptr.Deref(requested, "")))
	s.running, _ = parse(numbers(s.runningText))
}

// numbers that a version starts with.
func numbers(text string) string {
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		text = text[:i]
	}
	return strings.Trim(text, ".")
}

func port(p *float64) int32 {
	if p == nil || *p < 1 || *p > 65535 {
		return 0
	}
	return int32(*p)
}
