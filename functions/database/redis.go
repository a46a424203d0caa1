package database

import (
	"fmt"
	"strings"

	"k8s.io/utils/ptr"

	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	elasticachev1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/settings"
)

// redisEngine is ElastiCache's name of the engine.
const redisEngine = "redis"

// addRedis adds a replication group of ElastiCache and its foundations. A single node
// is in such a group, too: a cluster without one can neither be encrypted nor get a
// replica later.
func (d *database) addRedis() {
	d.Desired.Add(subnetGroupName, &elasticachev1beta1.SubnetGroup{
		ObjectMeta: d.Named(subnetGroupName, d.awsName(otherNameMax, "")),
		Spec: elasticachev1beta1.SubnetGroupSpec{ForProvider: elasticachev1beta1.SubnetGroupParameters{
			Region:      &d.spec.Region,
			Description: new("Data subnets of database " + d.Name),
			SubnetIds:   d.network.subnets,
			Tags:        d.Tags(subnetGroupName),
		}},
	})
	d.addPrimary(d.replicationGroup(d.addCacheParameterGroup(), d.addCacheLogs(), d.addUsers()))
}

func (d *database) replicationGroupID() string { return d.awsName(elasticacheNameMax, "") }

// tls reports whether Redis requires TLS and a login. Otherwise only the security group
// protects it, and redis-cli works without certificates. One that exists stays as it was made.
func (d *database) tls() bool { return ptr.Deref(d.state.login, d.Settings.RedisLogin.V) }

// checkLogin refuses a login that AWS cannot add or remove, where the claim asks for it: the
// database keeps what it has. Before 7.0.5 that takes another replication group, and after it two steps in which clients without
// TLS are served, too (docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
// and terraform-provider-aws' transit_encryption_enabled, read 2026-11-30).
func (d *database) checkLogin() error {
	asks := d.Settings.RedisLogin
	if d.spec.Engine != v1alpha1.EngineRedis || d.tls() == asks.V || !d.ChangedByClaim(settings.RedisLogin) && !d.WasKept(settings.RedisLogin) {
		return nil
	}
	return fmt.Errorf("spec.redisLogin: the database was made with redisLogin: %t, and cannot change as %s wants: "+
		"set spec.redisLogin: %t to keep it, or create a new claim and move the data", d.tls(), asks.Origin.Who(), d.tls())
}

// checkLoginVersion of a new Redis.
func (d *database) checkLoginVersion() error {
	if d.spec.Engine != v1alpha1.EngineRedis || !d.tls() || len(d.version) == 0 || d.version[0] >= iamVersion {
		return nil
	}
	return fmt.Errorf("spec.version: Redis %s knows no IAM, by which services log in: use %s, or set spec.redisLogin: false",
		d.version, defaultVersion(v1alpha1.EngineRedis))
}

// addCacheParameterGroup adds the group of ElastiCache for the version's family of
// parameters, and returns the name in AWS of the group to use: that one as soon as it
// is ready. It has no selector that would wait for it.
//
// The parameters are of the families redis6.x and redis7: all families since redis5.0
// have them (DescribeCacheParameters of the AWS CLI's examples; Redis OSS 6.x and 7
// parameter changes in the ElastiCache User Guide name neither; read 2026-11-29). A
// slow command is one of 10 ms, AWS's default. A parameter with the value of its
// default would differ at each read: the provider reads only those that are not
// defaults (resourceParameterGroupRead of terraform-provider-aws).
func (d *database) addCacheParameterGroup() string {
	family := family(v1alpha1.EngineRedis, d.version)
	name, inAWS := parameterGroupPrefix+family, d.parameterGroup(family)
	d.Desired.Add(name, &elasticachev1beta1.ParameterGroup{
		Spec: elasticachev1beta1.ParameterGroupSpec{ForProvider: elasticachev1beta1.ParameterGroupParameters{
			Region:      &d.spec.Region,
			Name:        &inAWS,
			Family:      &family,
			Description: new("Database " + d.Name),
			Parameter: []elasticachev1beta1.ParameterParameters{
				// Full memory evicts the keys that would have expired first, and never one
				// that has no expiry.
				{Name: new("maxmemory-policy"), Value: new("volatile-ttl")},
				// In seconds, none or at least 20: the ten minutes of the other engines.
				{Name: new("timeout"), Value: new("600")},
			},
			Tags: d.Tags(name),
		}},
	})
	d.keepParameterGroups(name, inAWS)
	if d.state.parameterGroup != "" && !d.Observed.Ready(name) {
		return d.state.parameterGroup
	}
	return inAWS
}

// addCacheLogs adds the log groups, and returns the destination of each log. CloudWatch
// allows all groups with their prefix by one line of its resource policy, which has at most
// 5,120 letters (Enabling logging from AWS services, read 2026-11-29).
func (d *database) addCacheLogs() []elasticachev1beta2.LogDeliveryConfigurationParameters {
	var out []elasticachev1beta2.LogDeliveryConfigurationParameters
	for _, log := range []string{"engine-log", "slow-log"} {
		group := d.AddLogGroup(logGroupPrefix+log, "/aws/vendedlogs/elasticache/"+d.replicationGroupID()+"/"+log)
		out = append(out, elasticachev1beta2.LogDeliveryConfigurationParameters{
			Destination:     &group,
			DestinationType: new("cloudwatch-logs"),
			LogFormat:       new("json"),
			LogType:         &log,
		})
	}
	return out
}

func (d *database) replicationGroup(parameterGroup string, logs []elasticachev1beta2.LogDeliveryConfigurationParameters, users []*string) *elasticachev1beta2.ReplicationGroup {
	nodes := 1
	if d.Settings.MultiAZ.V {
		nodes = 2
	}
	tls := d.tls()
	g := elasticachev1beta2.ReplicationGroupParameters{
		Region:      &d.spec.Region,
		Description: new("Database " + d.Name),
		Engine:      new(redisEngine),
		NodeType:    new(d.nodeType()),
		Tags:        d.Tags(replicationGroupName),

		EngineVersion:           new(d.version.String()),
		AutoMinorVersionUpgrade: new("true"),
		ApplyImmediately:        &d.Settings.ApplyImmediately.V,

		NumCacheClusters:         new(float64(nodes)),
		AutomaticFailoverEnabled: &d.Settings.MultiAZ.V,
		MultiAzEnabled:           &d.Settings.MultiAZ.V,

		AtRestEncryptionEnabled:  new("true"),
		KMSKeyID:                 d.keyARN(),
		TransitEncryptionEnabled: &tls,
		UserGroupIds:             users,

		Port:                    new(float64(ports()[v1alpha1.EngineRedis])),
		SubnetGroupNameSelector: desired.Selector(subnetGroupName),
		SecurityGroupIDSelector: desired.Selector(securityGroupName),
		ParameterGroupName:      &parameterGroup,

		LogDeliveryConfiguration: logs,

		// Days, 35 at most (Scheduling automatic backups in the ElastiCache User Guide,
		// edition of 2023-05, read 2026-11-29).
		SnapshotRetentionLimit: new(float64(d.Settings.BackupRetentionDays.V)),
	}
	if tls {
		g.TransitEncryptionMode = new("required")
	}
	if strings.HasPrefix(d.nodeType(), "cache.r6gd.") {
		g.DataTieringEnabled = new(true) // These nodes have no other mode (CreateReplicationGroup API, read 2026-11-30).
	}
	if d.Settings.FinalSnapshot.V {
		g.FinalSnapshotIdentifier = new(d.finalSnapshot())
	}
	d.restoreGroup(&g)
	meta := d.Named(replicationGroupName, d.replicationGroupID())
	meta.Labels = d.keyLabels()
	return &elasticachev1beta2.ReplicationGroup{ObjectMeta: meta, Spec: elasticachev1beta2.ReplicationGroupSpec{ForProvider: g}}
}
