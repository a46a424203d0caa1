package database

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	elasticachev1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/elasticache/v1beta2"
	rdsv1beta3 "github.com/upbound/provider-aws/v2/apis/cluster/rds/v1beta3"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// snapshot that the database is made of; empty for a new one.
func (d *database) snapshot() string {
	if d.spec.RestoreFrom == nil {
		return ""
	}
	return d.spec.RestoreFrom.Snapshot
}

// keepSnapshot refuses another snapshot than the one that the database was made of: AWS would have
// to make it anew. Until AWS has made it the name can be corrected.
func (d *database) keepSnapshot() error {
	wants, has := d.snapshot(), d.state.snapshot
	refused := d.checkSnapshot(wants, has)
	if refused == nil || d.state.arn == "" {
		return refused
	}
	d.Refuse(refused)
	d.spec.RestoreFrom = nil
	if has != "" {
		d.spec.RestoreFrom = &v1alpha1.RestoreFrom{Snapshot: has}
	}
	return nil
}

func (d *database) checkSnapshot(wants, has string) error {
	const field = "spec.restoreFrom.snapshot: "
	if a, err := arn.Parse(wants); err == nil && a.Region != "" && a.Region != d.spec.Region {
		return fmt.Errorf(field+"it is in %s and the database in %s: copy it with aws rds copy-db-snapshot, and name the copy", a.Region, d.spec.Region)
	}
	switch {
	case d.state.arn == "" || wants == has:
		return nil
	case has == "":
		return fmt.Errorf(field+"the database exists, and was not made of %s: remove spec.restoreFrom, or restore into a new claim", wants)
	default:
		return fmt.Errorf(field+"the database was made of %s: set it to that, or restore into a new claim", has)
	}
}

// restore an instance. The snapshot decides the master user, the name of the first database and the
// key: RestoreDBInstanceFromDBSnapshot takes none of them. What the provider changes after that,
// version and size, waits until AWS has said what there is: it would otherwise ask for an older
// version or a smaller volume (resourceInstanceCreate of terraform-provider-aws; both read
// 2026-11-30). RDS makes a new password and a new secret, as always.
func (d *database) restore(i *rdsv1beta3.InstanceParameters) {
	if d.snapshot() == "" {
		return
	}
	i.SnapshotIdentifier = new(d.snapshot())
	i.Username, i.DBName, i.KMSKeyID = nil, nil, nil
	if d.state.arn == "" {
		i.EngineVersion, i.AllocatedStorage, i.MaxAllocatedStorage = nil, nil, nil
	}
}

// restoreGroup makes a replication group of a backup, or of an RDB file in S3. Version, key and size
// are the claim's (CreateReplicationGroup API, read 2026-11-30).
func (d *database) restoreGroup(g *elasticachev1beta2.ReplicationGroupParameters) {
	switch snapshot := d.snapshot(); {
	case snapshot == "":
	case strings.HasPrefix(snapshot, "arn:"):
		g.SnapshotArns = []*string{&snapshot}
	default:
		g.SnapshotName = &snapshot
	}
}
