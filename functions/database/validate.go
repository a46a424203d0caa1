package database

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// validateNew refuses what AWS would refuse after some minutes when it makes the database. One that
// exists has it already.
func (d *database) validateNew() error {
	if d.state.arn != "" {
		return nil
	}
	return errors.Join(d.checkName(), d.checkClass())
}

// checkName of the first database of a new server. A snapshot may have any.
func (d *database) checkName() error {
	name := d.spec.DatabaseName
	if d.snapshot() != "" || !slices.Contains(reserved(d.spec.Engine), name) {
		return nil
	}
	return fmt.Errorf("spec.databaseName: %s is a reserved word or a database of %s itself, and RDS refuses it: choose another name, such as %s_data", name, d.spec.Engine, name)
}

// retired families of classes, on which AWS makes no new database: previous generations of
// ElastiCache (CreateReplicationGroup API) and, for MySQL, of RDS (Major version upgrades for RDS
// for MySQL, with the generations of DB instance class types; both read 2026-11-30). The same could
// not be confirmed for PostgreSQL; and what else RDS makes depends on region and version.
func retired(e v1alpha1.DatabaseEngine) []string {
	switch e {
	case v1alpha1.EngineRedis:
		return []string{"t1", "m1", "m2", "m3", "c1", "r3"}
	case v1alpha1.EngineMySQL:
		return []string{"t1", "m1", "m2", "m3", "r3"}
	default:
		return nil
	}
}

// checkClass of a new database.
func (d *database) checkClass() error {
	family := strings.Split(d.spec.InstanceClass+"..", ".")[1]
	if !slices.Contains(retired(d.spec.Engine), family) {
		return nil
	}
	newer := sizes()["small"].rds
	if d.spec.Engine == v1alpha1.EngineRedis {
		newer = sizes()["small"].cache
	}
	return fmt.Errorf("spec.instanceClass: AWS makes no new %s on %s: choose a newer class, such as %s", d.spec.Engine, d.spec.InstanceClass, newer)
}
