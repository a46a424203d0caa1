package composition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/settings"
)

const (
	// conditionProtected shows whether a claim can be deleted, and how.
	conditionProtected = "DeletionProtected"

	reasonProtected   = "Protected"
	reasonKept        = "Kept"
	reasonReleasing   = "Releasing"
	reasonUnprotected = "Unprotected"
	reasonBypassed    = "Bypassed"
)

// A Guard describes the protection of a claim, which refuses its deletion until the
// protection is removed in a step of its own. Once a deletion has started no function runs
// and no claim is read, so the claim itself must refuse the deletion before that.
type Guard struct {
	// StatefulKinds are the kinds of resources that hold what cannot be restored. Each such
	// resource is protected, and none is left out unless its removal is allowed.
	StatefulKinds []string

	// AtAWS reports whether AWS itself refuses the deletion. It does so last, when the
	// other resources are deleted already.
	AtAWS bool

	// DeletionNotice says what a deletion does once the protection is off.
	DeletionNotice string
}

// noun for the claim in a sentence.
func (c *Composition) noun() string { return strings.ToLower(c.Kind) }

// Protect the claim, its composite, and each resource that holds state, while the settings ask
// for it, and until AWS's own protection is off: a deletion that AWS refuses does not end.
func (c *Composition) Protect(g Guard) {
	stateful := c.Desired.OfKinds(g.StatefulKinds)
	if len(stateful) == 0 || !c.Settings.DeletionProtection.V && !g.AtAWS {
		return
	}
	const first = "is protected: first set spec.deletionProtection: false in the claim, then read its condition " + conditionProtected
	reason := "this " + c.noun() + " " + first
	name, namespace := conventions.ClaimOf(c.XR)
	c.Desired.Protect(CompositeKind(c.Kind), v1alpha1.GroupVersion().WithKind(c.Kind), c.Name, namespace, name, reason)
	for _, resource := range stateful {
		c.Desired.ProtectResource(resource, fmt.Sprintf("it holds state of %s %q, which %s", c.Kind, cmp.Or(name, c.Name), first))
	}
}

// Uses another claim of the namespace, whose deletion is refused until this one is being deleted
// or names another.
func (c *Composition) Uses(kind, claim string) {
	name, namespace := conventions.ClaimOf(c.XR)
	if name == "" || namespace == "" {
		return
	}
	reason := fmt.Sprintf("%s %q uses this %s: delete that first, or let it name another one", c.Kind, name, strings.ToLower(kind))
	target := desired.Composite{Kind: CompositeKind(kind)}
	if kind == "Database" {
		target.Claim = claim
	}
	c.Desired.AddClaimUsage(target, v1alpha1.GroupVersion().WithKind(kind), namespace, claim, reason)
}

// ProtectionCondition shows the next of the two steps of a deletion.
func (c *Composition) ProtectionCondition(g Guard) progress.Condition {
	stateful := c.Desired.OfKinds(g.StatefulKinds)
	leaving := slices.DeleteFunc(slices.Clone(stateful), func(name string) bool { return !c.Observed.Deleting(name) })
	out := progress.Condition{Type: conditionProtected, True: true}
	switch {
	case len(leaving) > 0:
		out.True, out.Reason = false, reasonBypassed
		out.Message = fmt.Sprintf("%s %s was deleted by itself, and the claim still wants it: "+
			"\"A resource was deleted by itself\" in docs/troubleshooting.md says how to get it back", c.Observed.Kind(leaving[0]), c.Observed.Name(leaving[0]))
	case len(stateful) > 0 && c.Settings.DeletionProtection.Origin == settings.OriginKept:
		out.Reason = reasonKept
		out.Message = fmt.Sprintf("spec.environment has changed, and what protected the data stays (%s): "+
			"to give it up, set spec.deletionProtection: false in the claim", strings.Join(c.Settings.Kept(), ", "))
	case len(stateful) > 0 && c.Settings.DeletionProtection.V:
		out.Reason = reasonProtected
		out.Message = "to delete this " + c.noun() + ", first set spec.deletionProtection: false in the claim, " +
			"and wait for this condition to become False; then delete the claim"
	case g.AtAWS || desired.Protected(c.Observed):
		out.Reason = reasonReleasing
		out.Message = "the protection is being taken off: wait for this condition to become False, then delete the claim"
	default:
		out.True, out.Reason, out.Message = false, reasonUnprotected, g.DeletionNotice
	}
	return out
}
