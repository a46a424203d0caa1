package database

import (
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	rdsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/rds/v1beta1"
	rdsv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/rds/v1beta2"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	// masterUser is 1 to 16 letters, digits and _, a letter first, and no word that an
	// engine reserves (CreateDBInstance API, read 2026-11-29). PostgreSQL refuses admin
	// (public reports of its error).
	masterUser = "ausmart"

	// defaultStorageGiB is the smallest volume of gp3, maxStorageTimes how often a
	// volume may grow to its first size by itself, and maxStorageGiB AWS's limit
	// (CreateDBInstance API, read 2026-11-29).
	defaultStorageGiB = 20
	maxStorageTimes   = 5
	maxStorageGiB     = 65536

	// leastGrowth is the part of a volume, a tenth, that it must be allowed to grow by
	// if it may grow at all (Managing capacity automatically with Amazon RDS storage
	// autoscaling in the RDS User Guide, read 2026-11-29).
	leastGrowth = 10

	// insightsMode and insightsDays are what AWS takes no money for. CloudWatch
	// Database Insights took over from Performance Insights on 2026-07-31; the
	// parameters, their names and the seven days stayed (Turning Performance Insights
	// on and off; Pricing and data retention for Performance Insights, edition of
	// 2023-06; RDS User Guide, read 2026-11-29).
	insightsMode = "standard"
	insightsDays = 7

	// noExtendedSupport lets RDS upgrade a database at the end of its version's
	// standard support, and bill nothing, where it otherwise bills Extended Support
	// (Creating a DB instance with Amazon RDS Extended Support, read 2026-11-29).
	noExtendedSupport = "open-source-rds-extended-support-disabled"
)

// A server is what MySQL and PostgreSQL differ in.
type server struct {
	engine v1alpha1.DatabaseEngine

	// logs that are exported (EnableCloudwatchLogsExports of the CreateDBInstance API,
	// read 2026-11-29).
	logs []string

	// parameters by name.
	parameters map[string]string

	// fromStart names those of the parameters that a family may have as its default.
	// AWS keeps pending-reboot for a default, and to ask for immediate would differ
	// from that at each look (Problematic Plan Changes in terraform-provider-aws's
	// aws_db_parameter_group, read 2026-11-29). The group is older than the database,
	// which has them from its first start on.
	fromStart []string

	// insights says whether Database Insights works on an instance class.
	insights func(class string) bool
}

// addRDS adds an instance of RDS and what it stands on.
func (d *database) addRDS(s server) {
	d.addSubnetGroupRDS()
	wanted := family(s.engine, d.version)
	group := d.addParameterGroupRDS(s, wanted)
	d.keepParameterGroups(group, d.named(group, d.parameterGroup(wanted)), func(family string) { d.addParameterGroupRDS(s, family) })
	for _, log := range s.logs {
		d.addLogGroup(log, "/aws/rds/instance/"+d.identifier()+"/"+log)
	}
	if d.begins() {
		d.want.Add(instanceName, rdsv1beta2.Instance_GroupVersionKind, d.instance(s, group))
	}
}

// identifier of the instance, which logs are named after.
func (d *database) identifier() string { return d.awsName(instanceNameMax, "") }

func (d *database) addSubnetGroupRDS() {
	d.want.Add(subnetGroupName, rdsv1beta1.SubnetGroup_GroupVersionKind, &rdsv1beta1.SubnetGroup{
		ObjectMeta: d.externalName(subnetGroupName, d.awsName(otherNameMax, "")),
		Spec: rdsv1beta1.SubnetGroupSpec{ForProvider: rdsv1beta1.SubnetGroupParameters{
			Region:      &d.spec.Region,
			Description: new("Data subnets of database " + d.name),
			SubnetIds:   d.net.subnets,
			Tags:        d.tags(subnetGroupName),
		}},
	})
	d.lays(subnetGroupName)
}

// addParameterGroupRDS adds a group for a family of parameters, and returns its
// name in the composition. AWS cannot change the family of a group, so each has
// one of its own.
func (d *database) addParameterGroupRDS(s server, family string) string {
	name := parameterGroupPrefix + family
	parameters := make([]rdsv1beta1.ParameterParameters, 0, len(s.parameters))
	for _, p := range slices.Sorted(maps.Keys(s.parameters)) {
		apply := "immediate"
		if slices.Contains(s.fromStart, p) {
			apply = "pending-reboot"
		}
		parameters = append(parameters, rdsv1beta1.ParameterParameters{Name: new(p), Value: new(s.parameters[p]), ApplyMethod: &apply})
	}
	d.want.Add(name, rdsv1beta1.ParameterGroup_GroupVersionKind, &rdsv1beta1.ParameterGroup{
		ObjectMeta: d.externalName(name, d.parameterGroup(family)),
		Spec: rdsv1beta1.ParameterGroupSpec{ForProvider: rdsv1beta1.ParameterGroupParameters{
			Region:      &d.spec.Region,
			Family:      &family,
			Description: new("Database " + d.name),
			Parameter:   parameters,
			Tags:        d.tags(name),
		}},
	})
	d.lays(name)
	return name
}

// parameterGroup is the name in AWS of a family's group.
func (d *database) parameterGroup(family string) string {
	return d.awsName(otherNameMax, strings.ReplaceAll(family, ".", "-"))
}

// keepParameterGroups keeps the groups of other versions until the database uses
// the wanted one, by its name in AWS: during an upgrade, which may wait for a
// maintenance window, it still runs with the old one.
func (d *database) keepParameterGroups(wanted, inAWS string, add func(family string)) {
	if !d.seen.exists || d.seen.parameterGroup == inAWS {
		return
	}
	for _, name := range d.obs.Names() {
		if family, ok := strings.CutPrefix(name, parameterGroupPrefix); ok && name != wanted {
			add(family)
		}
	}
}

func (d *database) instance(s server, parameterGroup string) *rdsv1beta2.Instance {
	storage, most := d.storage()
	i := rdsv1beta2.InstanceParameters{
		Region:        &d.spec.Region,
		Identifier:    new(d.identifier()),
		Engine:        new(string(s.engine)),
		InstanceClass: new(d.instanceClass()),
		DBName:        optional(d.spec.DatabaseName),
		MultiAz:       &d.set.MultiAZ.V,
		Tags:          d.tags(instanceName),

		EngineVersion: new(d.version.String()),
		// Who names the exact version gets that one, and AWS's next ones by asking.
		AutoMinorVersionUpgrade:  new(!d.exact()),
		AllowMajorVersionUpgrade: d.spec.AllowMajorVersionUpgrade,
		ApplyImmediately:         &d.set.ApplyImmediately.V,
		EngineLifecycleSupport:   d.lifecycle(),

		StorageType:         new("gp3"),
		StorageEncrypted:    new(true),
		KMSKeyID:            d.ownKey(),
		AllocatedStorage:    &storage,
		MaxAllocatedStorage: most,

		// RDS makes the password and keeps it in Secrets Manager: nobody else has it.
		Username:                         new(masterUser),
		ManageMasterUserPassword:         new(true),
		MasterUserSecretKMSKeyID:         d.ownKey(),
		IAMDatabaseAuthenticationEnabled: new(true),

		Port:                       new(float64(ports()[s.engine])),
		PubliclyAccessible:         new(false),
		DBSubnetGroupNameSelector:  desired.Selector(subnetGroupName),
		VPCSecurityGroupIDSelector: desired.Selector(securityGroupName),
		ParameterGroupNameSelector: desired.FollowingSelector(parameterGroup),

		EnabledCloudwatchLogsExports: pointers(s.logs),
		PerformanceInsightsEnabled:   new(s.insights(d.instanceClass())),

		BackupRetentionPeriod:  new(float64(d.set.BackupRetentionDays.V)),
		CopyTagsToSnapshot:     new(true),
		DeletionProtection:     &d.set.DeletionProtection.V,
		SkipFinalSnapshot:      new(!d.set.FinalSnapshot.V),
		DeleteAutomatedBackups: new(!d.set.FinalSnapshot.V),
	}
	if *i.PerformanceInsightsEnabled {
		i.DatabaseInsightsMode = new(insightsMode)
		i.PerformanceInsightsRetentionPeriod = new(float64(insightsDays))
		i.PerformanceInsightsKMSKeyID = d.ownKey()
	}
	if d.set.FinalSnapshot.V {
		i.FinalSnapshotIdentifier = new(d.finalSnapshot())
	}
	return &rdsv1beta2.Instance{
		ObjectMeta: metav1.ObjectMeta{Labels: d.keyLabels()},
		Spec:       rdsv1beta2.InstanceSpec{ForProvider: i},
	}
}

// lifecycle of a new database is its version's standard support. One that exists
// keeps what AWS says, and so what somebody bought there on purpose: the provider
// sends the field when it makes a database and never again, and RDS refuses an update
// without a change (resourceInstanceUpdate of terraform-provider-aws, read
// 2026-11-29).
func (d *database) lifecycle() *string {
	if !d.seen.exists {
		return new(noExtendedSupport)
	}
	return optional(d.seen.lifecycle)
}

// storage of the volume, and what it may grow to by itself; nil where it may not.
// A volume that has grown is not asked to shrink: by itself, or since RDS rounds
// growth up to a tenth (ModifyDBInstance API, read 2026-11-29).
func (d *database) storage() (float64, *float64) {
	storage := int32(defaultStorageGiB)
	if s := d.spec.StorageGiB; s != nil {
		storage = *s
	}
	most := min(storage, maxStorageGiB/maxStorageTimes) * maxStorageTimes
	if m := d.spec.MaxStorageGiB; m != nil {
		most = *m
	}
	if (most-storage)*leastGrowth < storage {
		return max(float64(storage), d.seen.storageGiB), nil
	}
	return max(float64(storage), min(d.seen.storageGiB, float64(most))), new(float64(most))
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func pointers(texts []string) []*string {
	out := make([]*string, len(texts))
	for i := range texts {
		out[i] = &texts[i]
	}
	return out
}
