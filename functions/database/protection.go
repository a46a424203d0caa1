package database

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/protection"
)

// guard of the database. AWS protects RDS and tables, too.
func (d *database) guard() protection.Guard {
	return protection.Guard{Kind: "Database", On: d.set.DeletionProtection.V, AtAWS: d.seen.protected, Farewell: d.farewell()}
}

// farewell says what happens to the data when the claim is deleted now. A table
// with point-in-time recovery leaves a system backup for 35 days (DynamoDB Developer
// Guide, Point-in-time recovery: How it works, read 2026-11-29).
func (d *database) farewell() string {
	const deletes = "deleting the claim deletes the database"
	switch {
	case d.spec.Engine == v1alpha1.EngineDynamoDB && d.set.BackupRetentionDays.V > 0:
		return deletes + "; AWS keeps a backup of the table for 35 days"
	case d.spec.Engine != v1alpha1.EngineDynamoDB && d.set.FinalSnapshot.V:
		return deletes + "; its data stay in the snapshot " + d.finalSnapshot()
	default:
		return deletes + " and its data"
	}
}
