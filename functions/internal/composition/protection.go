package composition

import (
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/progress"
)

const (
	// conditionProtected shows whether a claim can be deleted, and how.
	conditionProtected = "DeletionProtected"

	reasonProtected   = "Protected"
	reasonReleasing   = "Releasing"
	reasonUnprotected = "Unprotected"
)

// A Guard describes the protection of a claim, which refuses its deletion until the
// protection is removed in a step of its own. Once a deletion has started no function runs
// and no claim is read, so the claim itself must refuse the deletion before that.
type Guard struct {
	// AtAWS reports whether AWS itself refuses the deletion. It does so last, when the
	// other resources are deleted already.
	AtAWS bool

	// DeletionNotice says what a deletion does once the protection is off.
	DeletionNotice string
}

// Protect the composite and its claim while the settings ask for it.
func (c *Composition) Protect() {
	if !c.Settings.DeletionProtection.V {
		return
	}
	reason := "this " + strings.ToLower(c.Kind) + " is protected: first set spec.deletionProtection: false in the claim, then read its condition " + conditionProtected
	c.Desired.Protect(CompositeKind(c.Kind), "", c.Name, reason)
	name, namespace := conventions.ClaimOf(c.XR)
	if name != "" && namespace != "" {
		c.Desired.Protect(v1alpha1.GroupVersion().WithKind(c.Kind), namespace, name, reason)
	}
}

// ProtectionCondition shows the next of the two steps of a deletion.
func (c *Composition) ProtectionCondition(g Guard) progress.Condition {
	protected := g.AtAWS || c.Observed.Has(desired.ProtectionName(c.Kind)) || c.Observed.Has(desired.ProtectionName("X"+c.Kind))
	switch {
	case c.Settings.DeletionProtection.V:
		return progress.Condition{
			Type: conditionProtected, True: true, Reason: reasonProtected,
			Message: "to delete this " + strings.ToLower(c.Kind) + ", first set spec.deletionProtection: false in the claim, " +
				"and wait for this condition to become False; then delete the claim",
		}
	case protected:
		return progress.Condition{
			Type: conditionProtected, True: true, Reason: reasonReleasing,
			Message: "the protection is being taken off: wait for this condition to become False, then delete the claim",
		}
	default:
		return progress.Condition{Type: conditionProtected, Reason: reasonUnprotected, Message: g.DeletionNotice}
	}
}
