package network

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/settings"
)

// keepRange refuses another range than that of the VPC, which would be replaced. The claim's
// schema refuses that already. This holds for a composite that is edited by hand.
func (n *network) keepRange() {
	exists := n.state.vpcCIDR
	if exists == "" || exists == string(n.spec.CIDR) {
		return
	}
	n.Refuse(fmt.Errorf("spec.cidr: the VPC has %s and would be replaced: create a new claim for another range", exists))
	n.spec.CIDR = v1alpha1.CIDR(exists)
}

// keepZones refuses to remove a zone beside what else is refused: it goes as a whole or not at all.
func (n *network) keepZones() error {
	for _, z := range allZones() {
		if _, exists := n.state.subnetCIDR[tierApp][z]; exists && len(n.Refusals) > 0 && !slices.Contains(n.zones, z) {
			return fmt.Errorf("spec.availabilityZones: zone %q goes when nothing else of the claim is refused: correct that first, or list the zone again", z)
		}
	}
	return nil
}

// keepSettings on whose resources hold state, where the claim did not switch them off.
func (n *network) keepSettings() {
	n.KeepOn(settings.KMS, &n.Settings.KMS, keyName)
	n.KeepOn(settings.FlowLogs, &n.Settings.FlowLogs, flowLogGroupName)
}

// planZones with their address ranges and NAT gateways.
func (n *network) planZones() error {
	if err := checkZones(n.spec.Region, n.spec.AvailabilityZones); err != nil {
		return err
	}
	var err error
	if n.plan, err = newPlan(n.spec); err != nil {
		return err
	}
	n.nat = planNAT(n.Settings.NATGateways.V, n.zones, n.Observed, n.state)
	return nil
}

// keepSubnets with the ranges that they have.
func (n *network) keepSubnets() {
	for _, t := range tiers() {
		for _, z := range allZones() {
			is, exists := n.state.subnetCIDR[t][z]
			planned, listed := n.plan[t][z]
			if !exists || !listed || is == planned.String() {
				continue
			}
			n.Refuse(fmt.Errorf("spec.subnets.%s.%s: the subnet has %s and would be replaced to get %s: remove zone %s first, or keep its range", t, z, is, planned, z))
			if kept, err := netip.ParsePrefix(is); err == nil {
				n.plan[t][z] = kept
			}
		}
	}
}

// keepAddresses of zones that the claim lists, with their NAT gateways: others have them on their
// lists.
func (n *network) keepAddresses() {
	if n.ChangedByClaim(settings.NATGateways) {
		return
	}
	var zones []v1alpha1.Zone
	var names []string
	for _, z := range n.zones {
		if eip := eipName(z); !slices.Contains(n.nat.zones, z) && n.Stays(eip) && !n.Observed.Deleting(eip) {
			zones, names = append(zones, z), append(names, eip)
		}
	}
	if len(zones) == 0 {
		return
	}
	n.Refuse(n.Desired.RefuseRemoval(n.Settings.RemovalReason(settings.NATGateways), names...))
	n.nat.zones = sorted(append(slices.Clone(n.nat.zones), zones...))
	n.nat.draining = slices.DeleteFunc(n.nat.draining, func(z v1alpha1.Zone) bool { return slices.Contains(zones, z) })
}
