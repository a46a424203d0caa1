package network

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
)

// kind of the claim.
const kind = "Network"

// A network under composition.
type network struct {
	*composition.Composition

	spec  v1alpha1.NetworkSpec
	plan  plan
	zones []v1alpha1.Zone // sorted
	nat   natPlan
	state state
}

func allZones() []v1alpha1.Zone { return []v1alpha1.Zone{"a", "b", "c", "d", "e", "f"} }
