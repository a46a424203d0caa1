package database

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	rdsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/rds/v1beta1"
	rdsv1beta3 "github.com/upbound/provider-aws/v2/apis/cluster/rds/v1beta3"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	logGroupPrefix = "log-group-"

	// masterUser is 1 to 16 letters, digits and _, a letter first, and no word that an
	// engine reserves (CreateDBInstance API, read 2026-11-29). PostgreSQL refuses admin
	// (public reports of its error).
	masterUser = "ausmart"

	// insightsMode and insightsDays are what AWS does not bill. CloudWatch Database
	// Insights took over from Performance Insights on 2026-07-31; the parameters, their
	// names and the seven days stayed (Turning Performance Insights on and off; Pricing
	// and data retention for Performance Insights, edition of 2023-06; RDS User Guide,
	// read 2026-11-29).
	insightsMode = "standard"
	insightsDays = 7

	// noExtendedSupport lets RDS upgrade a database at the end of its version's
	// standard support, and bill nothing, where it otherwise bills Extended Support
	// (Creating a DB instance with Amazon RDS Extended Support, read 2026-11-29).
	noExtendedSupport = "open-source-rds-extended-support-disabled"
)

// A server has the differences between MySQL and PostgreSQL.
type server struct {
	engine v1alpha1.DatabaseEngine

	// logs that are exported (EnableCloudwatchLogsExports of the CreateDBInstance API,
	// read 2026-11-29).
	logs []string

	// parameters by name.
	parameters map[string]string

	// fromStart names those of the parameters that a family may have as its default.
	// AWS keeps pending-reboot for a default, and another method would differ from that
	// at each read (Problematic Plan Changes in terraform-provider-aws's
	// aws_db_parameter_group, read 2026-11-29). The group exists before the
	// database, so the parameters hold from its first start on.
	fromStart []string

	// insights reports whether Database Insights works on an instance class.
	insights func(class string) bool
}

// addRDS adds an instance of RDS and its foundations.
func (d *database) addRDS(s server) {
	d.Desired.Add(subnetGroupName, &rdsv1beta1.SubnetGroup{
		ObjectMeta: d.Named(subnetGroupName, d.awsName(otherNameMax, "")),
		Spec: rdsv1beta1.SubnetGroupSpec{ForProvider: rdsv1beta1.SubnetGroupParameters{
			Region:      &d.spec.Region,
			Description: new("Data subnets of database " + d.Name),
			SubnetIds:   d.network.subnets,
			Tags:        d.Tags(subnetGroupName),
		}},
	})
	for _, log := range s.logs {
		d.AddLogGroup(logGroupPrefix+log, "/aws/rds/instance/"+d.identifier()+"/"+log)
	}
	d.addPrimary(d.instance(s, d.addParameterGroup(s)))
}

// identifier of the instance, after which AWS names the logs.
func (d *database) identifier() string { return d.awsName(instanceNameMax, "") }

func (d *database) instance(s server, parameterGroup string) *rdsv1beta3.Instance {
	storage, most := d.storage()
	i := rdsv1beta3.InstanceParameters{
		Region:        &d.spec.Region,
		Identifier:    new(d.identifier()),
		Engine:        new(string(s.engine)),
		InstanceClass: new(d.instanceClass()),
		DBName:        optional(d.spec.DatabaseName),
		MultiAz:       &d.Settings.MultiAZ.V,
		Tags:          d.Tags(instanceName),

		EngineVersion: new(d.version.String()),
		// A claim that names an exact version gets no newer one by itself.
		AutoMinorVersionUpgrade:  new(!d.exact()),
		AllowMajorVersionUpgrade: d.spec.AllowMajorVersionUpgrade,
		ApplyImmediately:         &d.Settings.ApplyImmediately.V,
		EngineLifecycleSupport:   d.lifecycle(),

		StorageType:         new("gp3"),
		StorageEncrypted:    new(true),
		KMSKeyID:            d.keyARN(),
		AllocatedStorage:    &storage,
		MaxAllocatedStorage: most,

		// RDS makes the password and stores it in Secrets Manager, and nowhere else.
		Username:                         new(masterUser),
		ManageMasterUserPassword:         new(true),
		MasterUserSecretKMSKeyID:         d.keyARN(),
		IAMDatabaseAuthenticationEnabled: new(true),

		Port:                       new(float64(ports()[s.engine])),
		PubliclyAccessible:         new(false),
		DBSubnetGroupNameSelector:  desired.Selector(subnetGroupName),
		VPCSecurityGroupIDSelector: desired.Selector(securityGroupName),
		ParameterGroupNameSelector: desired.FollowingSelector(parameterGroup),

		EnabledCloudwatchLogsExports: composition.Pointers(s.logs),

		BackupRetentionPeriod:  new(float64(d.Settings.BackupRetentionDays.V)),
		CopyTagsToSnapshot:     new(true),
		DeletionProtection:     &d.Settings.DeletionProtection.V,
		SkipFinalSnapshot:      new(!d.Settings.FinalSnapshot.V),
		DeleteAutomatedBackups: new(!d.Settings.FinalSnapshot.V),
	}
	d.setInsights(&i, s)
	if d.Settings.FinalSnapshot.V {
		i.FinalSnapshotIdentifier = new(d.finalSnapshot())
	}
	d.restore(&i)
	return &rdsv1beta3.Instance{
		ObjectMeta: metav1.ObjectMeta{Labels: d.keyLabels()},
		Spec:       rdsv1beta3.InstanceSpec{ForProvider: i},
	}
}

// setInsights switches Database Insights on where the instance class has it.
func (d *database) setInsights(i *rdsv1beta3.InstanceParameters, s server) {
	works := s.insights(d.instanceClass())
	i.PerformanceInsightsEnabled = &works
	if works {
		i.DatabaseInsightsMode = new(insightsMode)
		i.PerformanceInsightsRetentionPeriod = new(float64(insightsDays))
		i.PerformanceInsightsKMSKeyID = d.keyARN()
	}
}

// lifecycle of a new database is its version's standard support. One that exists
// keeps what AWS reports, and so what was bought there on purpose: the provider
// sends the field when it makes a database and never again, and RDS refuses an update
// without a change (resourceInstanceUpdate of terraform-provider-aws, read
// 2026-11-29).
func (d *database) lifecycle() *string {
	if !d.state.exists {
		return new(noExtendedSupport)
	}
	return optional(d.state.lifecycle)
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
