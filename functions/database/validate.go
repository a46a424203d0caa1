package database

import (
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
	if err := d.checkName(); err != nil {
		return err
	}
	return d.checkClass()
}

// checkName of the first database of a new server. A snapshot may have any.
func (d *database) checkName() error {
	name := d.spec.DatabaseName
	if d.snapshot() != "" || !slices.Contains(reserved(d.spec.Engine), name) {
		return nil
	}
	return fmt.Errorf("spec.databaseName: %s is a reserved word or a database of %s itself, and RDS refuses it: choose another name, such as %s_data", name, d.spec.Engine, name)
}

// checkClass of a cache: ElastiCache makes no new nodes of its previous generations
// (CreateReplicationGroup API, read 2026-11-30). What RDS makes depends on region and version, too.
func (d *database) checkClass() error {
	retired := []string{"t1", "m1", "m2", "m3", "c1", "r3"}
	family := strings.Split(d.spec.InstanceClass+"..", ".")[1]
	if d.spec.Engine != v1alpha1.EngineRedis || !slices.Contains(retired, family) {
		return nil
	}
	return fmt.Errorf("spec.instanceClass: ElastiCache makes no new nodes of %s: choose a newer class, such as %s", d.spec.InstanceClass, sizes()["small"].cache)
}
