package network

import (
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/settings"
)

// statefulKinds hold what cannot be restored: data, keys, addresses that others have on
// their lists, and the VPC and subnets that all of those are in.
func statefulKinds() []string { return []string{"VPC", "Subnet", "EIP", "Key", "Bucket", "Group"} }

// checkRemovals allows the removal of what the claim itself no longer asks for: a zone
// that it no longer lists, and the resources of a setting that it switches off. All other
// removals of resources that hold state are refused.
func (n *network) checkRemovals() {
	for _, z := range allZones() {
		removed := !slices.Contains(n.zones, z)
		for _, t := range tiers() {
			if removed {
				n.Desired.AllowRemoval(subnetName(t, z))
			}
		}
		if removed || n.ChangedByClaim(settings.NATGateways) {
			n.Desired.AllowRemoval(eipName(z))
		}
	}
	if n.ChangedByClaim(settings.KMS) {
		n.Desired.AllowRemoval(keyName)
	}
	if n.ChangedByClaim(settings.FlowLogs) {
		n.Desired.AllowRemoval(flowLogGroupName)
	}
	n.Finish(guard(), n.removalReason)
}

// guard of the network.
func guard() composition.Guard {
	return composition.Guard{
		StatefulKinds:  statefulKinds(),
		DeletionNotice: "deleting the claim deletes the network, its addresses and its logs",
	}
}

// removalReason says why a resource that holds state is left out.
func (n *network) removalReason(name string) string {
	switch {
	case name == keyName:
		return n.Settings.RemovalReason(settings.KMS)
	case name == flowLogGroupName:
		return n.Settings.RemovalReason(settings.FlowLogs)
	case strings.HasPrefix(name, eipName("")):
		return n.Settings.RemovalReason(settings.NATGateways)
	default:
		return composition.ReasonNotAsked
	}
}
