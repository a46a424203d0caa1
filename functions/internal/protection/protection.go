// Package protection has a claim refuse its deletion until somebody has asked for
// it twice. Once a deletion has begun no function runs and no claim is read, so
// that a refusal has to come before, from the claim itself. It reads the observed
// resources, adds Usages to the desired ones, and never deletes anything.
package protection

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/runner"
)

const (
	// ConditionType says of a claim whether it can be deleted, and how.
	ConditionType = "DeletionProtected"

	reasonProtected   = "Protected"
	reasonReleasing   = "Releasing"
	reasonUnprotected = "Unprotected"

	// The labels that Crossplane puts on the composite of a claim.
	labelClaimName      = "crossplane.io/claim-name"
	labelClaimNamespace = "crossplane.io/claim-namespace"
)

// A Guard is the protection of one claim.
type Guard struct {
	// Kind of the claim, such as Database.
	Kind string

	// On is the setting.
	On bool

	// AtAWS says whether AWS itself refuses the deletion: the last line, which
	// speaks up only when all the rest is gone.
	AtAWS bool

	// Farewell says what a deletion does once the protection is off.
	Farewell string
}

// Hold the composite and its claim while the protection is on.
func (g Guard) Hold(want *desired.Resources, xr metav1.Object) {
	if !g.On {
		return
	}
	version := v1alpha1.GroupVersion()
	reason := "this " + g.what() + " is protected: first set spec.deletionProtection: false in the claim, then read its condition " + ConditionType
	want.Hold(version.WithKind(g.composite()), "", xr.GetName(), reason)
	name, namespace := xr.GetLabels()[labelClaimName], xr.GetLabels()[labelClaimNamespace]
	if name != "" && namespace != "" {
		want.Hold(version.WithKind(g.Kind), namespace, name, reason)
	}
}

// Condition says where the two steps of a deletion stand.
func (g Guard) Condition(obs observed.Resources) runner.Condition {
	held := g.AtAWS || obs.Has(desired.HoldName(g.Kind)) || obs.Has(desired.HoldName(g.composite()))
	switch {
	case g.On:
		return runner.Condition{
			Type: ConditionType, True: true, Reason: reasonProtected,
			Message: "to delete this " + g.what() + ", first set spec.deletionProtection: false in the claim, and wait for this condition to become False; then delete the claim",
		}
	case held:
		return runner.Condition{
			Type: ConditionType, True: true, Reason: reasonReleasing,
			Message: "the protection is being taken off: wait for this condition to become False, then delete the claim",
		}
	default:
		return runner.Condition{Type: ConditionType, Reason: reasonUnprotected, Message: g.Farewell}
	}
}

func (g Guard) what() string      { return strings.ToLower(g.Kind) }
func (g Guard) composite() string { return "X" + g.Kind }
