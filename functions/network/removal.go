package network

import (
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/settings"
)

// statefulKinds hold what cannot be had back: data, keys, addresses that others
// have on their lists, and the VPC and subnets in which all of those are.
func statefulKinds() []string { return []string{"VPC", "Subnet", "EIP", "Key", "Bucket", "Group"} }

// checkRemovals allows the removal of what the claim itself gives up: a zone that it
// no longer lists, and what a setting brought that the claim switches off. All other
// removals of what holds state are refused. So is that of an address that drains,
// before its traffic moves away.
func (n *network) checkRemovals() error {
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
	if err := n.Finish(statefulKinds(), n.removalReason); err != nil {
		return err
	}
	for _, z := range n.nat.draining {
		if err := n.Desired.CheckRemoval(eipName(z), n.removalReason(eipName(z))); err != nil {
			return err
		}
	}
	return nil
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
