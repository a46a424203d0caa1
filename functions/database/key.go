package database

import (
	"cmp"

	"github.com/ausmart/platform/functions/internal/composition"
)

const keyName = "key-database"

// keyLabel on the resource that is the database shows whose key it was made with. The
// label stays when the key, or a field that the provider fills in, is gone.
const keyLabel = "platform.ausmart.io/key"

// The values of keyLabel.
const (
	keyOwn = "own"
	keyAWS = "aws"
)

// addKey adds the key for the database, its backups and its secret, where the settings ask
// for one. RDS, ElastiCache, DynamoDB and Secrets Manager use it with the permissions of
// their caller, so its policy needs no statement for them.
//
// Backups stay when the database is deleted, and no one can read them without their key:
// where a final snapshot is taken, the key stays in AWS too.
func (d *database) addKey() {
	if !d.Settings.KMS.V {
		return
	}
	d.AddKey(composition.Key{
		Name: keyName, Alias: d.awsName(composition.AliasMax, "database"),
		Description: "Database " + d.Name + ", its backups and its secret",
		Protected:   d.Settings.FinalSnapshot.V || d.Settings.DeletionProtection.V,
		Orphan:      d.Settings.FinalSnapshot.V,
	})
}

// keyARN is the key that encrypts the database; nil for AWS's own. A database keeps
// the key that it was made with.
func (d *database) keyARN() *string {
	if !d.Settings.KMS.V {
		return nil
	}
	return optional(cmp.Or(d.state.usedKey, d.state.keyARN))
}

// keyLabels show whose key the database is made with.
func (d *database) keyLabels() map[string]string {
	if d.state.ownKey || d.keyARN() != nil {
		return map[string]string{keyLabel: keyOwn}
	}
	return map[string]string{keyLabel: keyAWS}
}
