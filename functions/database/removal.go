package database

import (
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

// statefulKinds hold what cannot be restored: data, keys and logs.
func statefulKinds() []string {
	return []string{"Instance", "ReplicationGroup", "Table", "Key", "Group"}
}

// checkRemovals keeps a resource that holds state and is left out, unless the claim's
// annotation names it. No setting allows a removal: a database needs all of them.
func (d *database) checkRemovals() {
	d.Finish(d.guard(), func(string) string { return composition.ReasonNotAsked })
}

// addUsages sets the order of the deletion. The network stays until the security group and
// the subnet group are gone. They, the key and the logs stay until the database is gone, so
// that no key is deleted while a final snapshot is encrypted with it. A parameter group has
// no Usage: it changes with the version, and AWS refuses to delete one that is in use.
func (d *database) addUsages() {
	if d.spec.Engine != v1alpha1.EngineDynamoDB {
		d.Uses("Network", d.spec.NetworkRef.Name)
	}
	network := desired.Composite{Kind: composition.CompositeKind("Network"), Name: d.network.composite}
	d.Desired.AddCompositeUsage(network, securityGroupName)
	d.Desired.AddCompositeUsage(network, subnetGroupName)

	foundations := []string{securityGroupName, subnetGroupName, keyName, userGroupName}
	for _, name := range d.Desired.Names() {
		if strings.HasPrefix(name, logGroupPrefix) {
			foundations = append(foundations, name)
		}
	}
	d.Desired.AddUsages(primaryName(d.spec.Engine), foundations...)
}

// guard of the database. AWS itself protects RDS and tables, too.
func (d *database) guard() composition.Guard {
	return composition.Guard{StatefulKinds: statefulKinds(), AtAWS: d.state.protected, DeletionNotice: d.deletionNotice()}
}

// deletionNotice says what happens to the data when the claim is deleted now. A table
// with point-in-time recovery leaves a system backup for 35 days (DynamoDB Developer
// Guide, Point-in-time recovery: How it works, read 2026-11-29).
func (d *database) deletionNotice() string {
	const deletes = "deleting the claim deletes the database"
	switch {
	case d.spec.Engine == v1alpha1.EngineDynamoDB && d.Settings.BackupRetentionDays.V > 0:
		return deletes + "; AWS keeps a backup of the table for 35 days"
	case d.spec.Engine != v1alpha1.EngineDynamoDB && d.Settings.FinalSnapshot.V:
		return deletes + "; its data stay in the snapshot " + d.finalSnapshot() + ", which another claim can name in spec.restoreFrom.snapshot"
	default:
		return deletes + " and its data"
	}
}
