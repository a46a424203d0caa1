package database

import (
	"fmt"

	elasticachev1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta1"
	elasticachev1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	userName        = "user-app"
	defaultUserName = "user-default"
	userGroupName   = "user-group"

	// iamVersion is the first major version that takes IAM tokens (Authenticating with
	// IAM in the ElastiCache User Guide, edition of 2023-05, read 2026-11-29).
	iamVersion = 7

	// redisEngine is what ElastiCache calls it.
	redisEngine = "redis"

	// appRights is what a service may do: every command on every key, but those
	// that administer the server.
	appRights = "on ~* &* +@all -@admin -@dangerous +info +keys"

	// noRights of a user that is off.
	noRights = "off -@all"
)

// redisParameters are of the families redis6.x and redis7: all families since
// redis5.0 have them (DescribeCacheParameters of the AWS CLI's examples; Redis OSS 6.x
// and 7 parameter changes in the ElastiCache User Guide name neither; read
// 2026-11-29). A slow command is one of 10 ms, as AWS has it. To ask for a default
// would differ at each look: the provider reads only what is none
// (resourceParameterGroupRead of terraform-provider-aws).
func redisParameters() []elasticachev1beta1.ParameterParameters {
	return []elasticachev1beta1.ParameterParameters{
		// Full memory takes the keys that would have gone first anyway, and never one
		// that was meant to stay.
		{Name: new("maxmemory-policy"), Value: new("volatile-ttl")},
		// In seconds, none or at least 20: the ten minutes of the other engines.
		{Name: new("timeout"), Value: new("600")},
	}
}

// addRedis adds a replication group of ElastiCache and what it stands on. It is
// one also where it has one node: a cluster without a group can neither be
// encrypted nor get a replica later.
func (d *database) addRedis() error {
	if d.tls() && d.version[0] < iamVersion {
		return fmt.Errorf("spec.version: Redis %s knows no IAM, by which services log in where there is a key: use %s, or set spec.kms.enabled: false",
			d.version, defaultVersion(v1alpha1.EngineRedis))
	}
	d.addSubnetGroupRedis()
	wanted := family(v1alpha1.EngineRedis, d.version)
	group := d.addParameterGroupRedis(wanted)
	d.keepParameterGroups(group, d.parameterGroup(wanted), func(family string) { d.addParameterGroupRedis(family) })
	logs := map[string]string{}
	for _, log := range []string{"engine-log", "slow-log"} {
		// CloudWatch lets all groups of this prefix in with one line of its policy, of
		// which there are 5,120 letters (Enabling logging from AWS services, read
		// 2026-11-29).
		logs[log] = d.addLogGroup(log, "/aws/vendedlogs/elasticache/"+d.replicationGroupID()+"/"+log)
	}
	users := d.addUsers()
	if d.begins() {
		d.want.Add(replicationGroupName, elasticachev1beta2.ReplicationGroup_GroupVersionKind, d.replicationGroup(group, logs, users))
	}
	return nil
}

func (d *database) replicationGroupID() string { return d.awsName(elasticacheNameMax, "") }

// tls says whether Redis speaks TLS only: where it is worth a key of its own, it
// is worth that too. Elsewhere the security group is the guard, and a person can
// look in with redis-cli.
func (d *database) tls() bool { return d.set.KMS.V }

func (d *database) addSubnetGroupRedis() {
	d.want.Add(subnetGroupName, elasticachev1beta1.SubnetGroup_GroupVersionKind, &elasticachev1beta1.SubnetGroup{
		ObjectMeta: d.externalName(subnetGroupName, d.awsName(otherNameMax, "")),
		Spec: elasticachev1beta1.SubnetGroupSpec{ForProvider: elasticachev1beta1.SubnetGroupParameters{
			Region:      &d.spec.Region,
			Description: new("Data subnets of database " + d.name),
			SubnetIds:   d.net.subnets,
			Tags:        d.tags(subnetGroupName),
		}},
	})
	d.lays(subnetGroupName)
}

func (d *database) addParameterGroupRedis(family string) string {
	name := parameterGroupPrefix + family
	d.want.Add(name, elasticachev1beta1.ParameterGroup_GroupVersionKind, &elasticachev1beta1.ParameterGroup{
		Spec: elasticachev1beta1.ParameterGroupSpec{ForProvider: elasticachev1beta1.ParameterGroupParameters{
			Region:      &d.spec.Region,
			Name:        new(d.parameterGroup(family)),
			Family:      &family,
			Description: new("Database " + d.name),
			Parameter:   redisParameters(),
			Tags:        d.tags(name),
		}},
	})
	d.lays(name)
	return name
}

// addUsers adds who may log in, and returns the id of their group; nil without
// TLS, since IAM wants it. The service's user has no password: it logs in with an
// IAM token that lives 15 minutes. A group needs a user named default, as who
// every client begins; ours is off, where AWS's own may do everything
// (Authenticating with IAM and Role-Based Access Control in the ElastiCache User
// Guide, editions of 2023-05, read 2026-11-29).
func (d *database) addUsers() []*string {
	if !d.tls() {
		return nil
	}
	app, nobody := d.awsName(elasticacheNameMax, "app"), d.awsName(elasticacheNameMax, "default")
	d.addUser(userName, app, elasticachev1beta1.UserParameters{
		// IAM wants a user's name and id to be the same.
		UserName:           &app,
		AccessString:       new(appRights),
		AuthenticationMode: []elasticachev1beta1.AuthenticationModeParameters{{Type: new("iam")}},
	})
	d.addUser(defaultUserName, nobody, elasticachev1beta1.UserParameters{
		UserName:     new("default"),
		AccessString: new(noRights),
		// Not by AuthenticationMode: AWS reads that back as another word, which the
		// provider would correct for ever.
		NoPasswordRequired: new(true),
	})
	// AWS refuses a group of users that it does not know yet.
	users := []string{userName, defaultUserName}
	if d.obs.Has(userGroupName) || d.ready(users) {
		d.want.Add(userGroupName, elasticachev1beta1.UserGroup_GroupVersionKind, &elasticachev1beta1.UserGroup{
			ObjectMeta: d.externalName(userGroupName, d.awsName(elasticacheNameMax, "")),
			Spec: elasticachev1beta1.UserGroupSpec{ForProvider: elasticachev1beta1.UserGroupParameters{
				Region:  &d.spec.Region,
				Engine:  new(redisEngine),
				UserIds: []*string{&app, &nobody},
				Tags:    d.tags(userGroupName),
			}},
		})
		for _, user := range users {
			d.want.Use(d.obs, user, userGroupName)
		}
	}
	d.lays(userGroupName)
	return []*string{new(d.named(userGroupName, d.awsName(elasticacheNameMax, "")))}
}

func (d *database) addUser(name, id string, p elasticachev1beta1.UserParameters) {
	p.Region, p.Engine, p.Tags = &d.spec.Region, new(redisEngine), d.tags(name)
	d.want.Add(name, elasticachev1beta1.User_GroupVersionKind, &elasticachev1beta1.User{
		ObjectMeta: d.externalName(name, id),
		Spec:       elasticachev1beta1.UserSpec{ForProvider: p},
	})
}

func (d *database) replicationGroup(parameterGroup string, logs map[string]string, users []*string) *elasticachev1beta2.ReplicationGroup {
	nodes := 1
	if d.set.MultiAZ.V {
		nodes = 2
	}
	tls := d.tls()
	g := elasticachev1beta2.ReplicationGroupParameters{
		Region:      &d.spec.Region,
		Description: new("Database " + d.name),
		Engine:      new(redisEngine),
		NodeType:    new(d.nodeType()),
		Tags:        d.tags(replicationGroupName),

		EngineVersion:           new(d.version.String()),
		AutoMinorVersionUpgrade: new("true"),
		ApplyImmediately:        &d.set.ApplyImmediately.V,

		NumCacheClusters:         new(float64(nodes)),
		AutomaticFailoverEnabled: &d.set.MultiAZ.V,
		MultiAzEnabled:           &d.set.MultiAZ.V,

		AtRestEncryptionEnabled:  new("true"),
		KMSKeyID:                 d.ownKey(),
		TransitEncryptionEnabled: &tls,
		UserGroupIds:             users,

		Port:                    new(float64(ports()[v1alpha1.EngineRedis])),
		SubnetGroupNameSelector: desired.Selector(subnetGroupName),
		SecurityGroupIDSelector: desired.Selector(securityGroupName),
		ParameterGroupName:      new(d.parameterGroupInUse(parameterGroup)),

		// Days, 35 at most (Scheduling automatic backups in the ElastiCache User Guide,
		// edition of 2023-05, read 2026-11-29).
		SnapshotRetentionLimit: new(float64(d.set.BackupRetentionDays.V)),
	}
	if tls {
		g.TransitEncryptionMode = new("required")
	}
	if d.set.FinalSnapshot.V {
		g.FinalSnapshotIdentifier = new(d.finalSnapshot())
	}
	for _, log := range []string{"engine-log", "slow-log"} {
		g.LogDeliveryConfiguration = append(g.LogDeliveryConfiguration, elasticachev1beta2.LogDeliveryConfigurationParameters{
			Destination:     new(logs[log]),
			DestinationType: new("cloudwatch-logs"),
			LogFormat:       new("json"),
			LogType:         &log,
		})
	}
	meta := d.externalName(replicationGroupName, d.replicationGroupID())
	meta.Labels = d.keyLabels()
	return &elasticachev1beta2.ReplicationGroup{ObjectMeta: meta, Spec: elasticachev1beta2.ReplicationGroupSpec{ForProvider: g}}
}

// parameterGroupInUse is the name in AWS of the group to use: the wanted one as
// soon as it is there. It has no selector that would wait for it.
func (d *database) parameterGroupInUse(wanted string) string {
	if d.seen.parameterGroup != "" && !d.ready([]string{wanted}) {
		return d.seen.parameterGroup
	}
	return d.parameterGroup(family(v1alpha1.EngineRedis, d.version))
}
