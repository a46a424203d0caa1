package database

import (
	"fmt"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/settings"
)

// checkEngine refuses another engine than the one that exists: it cannot read the data. The claim's
// schema refuses that already. This holds for a composite that is edited by hand.
func (d *database) checkEngine() error {
	for _, name := range []string{instanceName, replicationGroupName, tableName} {
		exists := d.engineOf(name)
		if exists == "" || exists == d.spec.Engine || d.Observed.Deleting(name) {
			continue
		}
		// RDS cannot change the engine of an instance. Another resource may go where the claim allows it.
		if name == primaryName(d.spec.Engine) || d.Stays(name) {
			return fmt.Errorf("spec.engine: the database is %s and cannot become %s: create a new claim and move the data", exists, d.spec.Engine)
		}
	}
	return nil
}

// engineOf a resource that is a database itself; empty where it does not exist.
func (d *database) engineOf(name string) v1alpha1.DatabaseEngine {
	switch {
	case !d.Observed.Has(name):
		return ""
	case name == replicationGroupName:
		return v1alpha1.EngineRedis
	case name == tableName:
		return v1alpha1.EngineDynamoDB
	default:
		return v1alpha1.DatabaseEngine(d.Observed.ForProvider(name, "engine"))
	}
}

// planVersion of the database. One that exists keeps its version where the claim's is refused.
func (d *database) planVersion() error {
	if d.spec.Engine == v1alpha1.EngineDynamoDB {
		return nil
	}
	var err error
	if d.version, err = next(d.spec, d.state.requested, d.state.running); err == nil || d.state.requested == nil && d.state.running == nil {
		return err
	}
	d.Refuse(err)
	kept := d.spec
	kept.Version = ""
	d.version, err = next(kept, d.state.requested, d.state.running)
	return err
}

// keepWhatExists refuses what AWS cannot change of the database, with the settings that ask for it.
func (d *database) keepWhatExists() {
	if err := d.checkKey(); err != nil {
		d.Refuse(err)
		d.Settings.KMS = settings.Kept(d.state.ownKey)
	}
	if err := d.checkLogin(); err != nil {
		d.Refuse(err)
		d.Settings.RedisLogin = settings.Kept(d.tls())
	}
	d.Refuse(d.checkVolume())
}

// takesKeyLater reports whether a database that was made without a key of its own takes one:
// DynamoDB can encrypt a table that exists with another key.
func (d *database) takesKeyLater() bool {
	return !d.state.ownKey && primaryName(d.spec.Engine) == tableName
}

// checkKey refuses to take the database's key away, or to give it one that AWS does not take.
func (d *database) checkKey() error {
	switch own := d.state.ownKey; {
	case !d.state.exists || own == d.Settings.KMS.V || d.takesKeyLater():
		return nil
	case own:
		return fmt.Errorf("spec.kms.enabled: the database is encrypted with a key of its own, and %s would take it away: "+
			"set spec.kms.enabled: true to keep it", d.Settings.KMS.Origin.Who())
	default:
		return fmt.Errorf("spec.kms.enabled: the database was made without a key of its own, and AWS cannot encrypt it anew as %s wants: "+
			"set spec.kms.enabled: false to keep it, or create a new claim and move the data", d.Settings.KMS.Origin.Who())
	}
}
