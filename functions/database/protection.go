package database

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/runner"
)

const (
	// conditionProtected says whether the database can be deleted, and how.
	conditionProtected = "DeletionProtected"

	// firstStep is what whoever deletes a protected database reads.
	firstStep = "this database is protected: first set spec.deletionProtection: false in the claim, then read its condition " + conditionProtected

	reasonProtected   = "Protected"
	reasonReleasing   = "Releasing"
	reasonUnprotected = "Unprotected"

	// The labels that Crossplane puts on the composite of a claim.
	labelClaimName      = "crossplane.io/claim-name"
	labelClaimNamespace = "crossplane.io/claim-namespace"
)

// hold the claim and its composite, so that a deletion is refused before anything
// is deleted: once it has begun, no function runs and no claim is read. AWS's own
// protection is the last line, for RDS and tables, and speaks up only then.
func (d *database) hold(xr *v1alpha1.Database) {
	if !d.set.DeletionProtection.V {
		return
	}
	d.want.Hold(kind("XDatabase"), "", d.name, firstStep)
	name, namespace := xr.GetLabels()[labelClaimName], xr.GetLabels()[labelClaimNamespace]
	if name != "" && namespace != "" {
		d.want.Hold(kind("Database"), namespace, name, firstStep)
	}
}

// protection says where the two steps of a deletion stand.
func (d *database) protection() runner.Condition {
	held := d.seen.protected || d.obs.Has(desired.HoldName("Database")) || d.obs.Has(desired.HoldName("XDatabase"))
	switch {
	case d.set.DeletionProtection.V:
		return runner.Condition{
			Type: conditionProtected, True: true, Reason: reasonProtected,
			Message: "to delete this database, first set spec.deletionProtection: false in the claim, and wait for this condition to become False; then delete the claim",
		}
	case held:
		return runner.Condition{
			Type: conditionProtected, True: true, Reason: reasonReleasing,
			Message: "the protection is being taken off: wait for this condition to become False, then delete the claim",
		}
	default:
		return runner.Condition{Type: conditionProtected, Reason: reasonUnprotected, Message: d.farewell()}
	}
}

// farewell says what happens to the data when the claim is deleted now.
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
