package network

import (
	"slices"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/observed"
)

// A natPlan has the zones with a NAT gateway.
type natPlan struct {
	// zones that have a NAT gateway.
	zones []v1alpha1.Zone

	// home is the zone whose NAT gateway serves zones without one of their own.
	home v1alpha1.Zone

	// draining are the zones whose NAT gateway is deleted once no route leads to it. To
	// delete it at once would cut the traffic that still flows.
	draining []v1alpha1.Zone
}

// planNAT places the NAT gateways. Zones must be sorted.
func planNAT(mode v1alpha1.NATGatewayMode, zones []v1alpha1.Zone, obs observed.Resources, exists state) natPlan {
	p := natPlan{home: home(zones, obs)}
	switch mode {
	case v1alpha1.NATGatewayPerZone:
		p.zones = zones
	case v1alpha1.NATGatewaySingle:
		p.zones = []v1alpha1.Zone{p.home}
		p.draining = draining(p, zones, obs, exists)
	case v1alpha1.NATGatewayNone:
	}
	return p
}

// home is the zone of the oldest NAT gateway, so that its address, which others
// may have put on their lists, is the one that stays. A network that has none
// yet takes its first zone by letter, whatever the order in the claim.
func home(zones []v1alpha1.Zone, obs observed.Resources) v1alpha1.Zone {
	oldest := zones[0]
	found := false
	for _, z := range zones {
		name := natName(z)
		if !obs.Has(name) || obs.Deleting(name) {
			continue
		}
		if !found || obs.Created(name).Before(obs.Created(natName(oldest))) {
			oldest, found = z, true
		}
	}
	return oldest
}

func draining(p natPlan, zones []v1alpha1.Zone, obs observed.Resources, exists state) []v1alpha1.Zone {
	var out []v1alpha1.Zone
	for _, z := range zones {
		id, ok := exists.natID[z]
		if !ok || slices.Contains(p.zones, z) || obs.Deleting(natName(z)) {
			continue
		}
		if slices.ContainsFunc(zones, func(y v1alpha1.Zone) bool { return exists.routedTo[y] == id }) {
			out = append(out, z)
		}
	}
	return out
}

// of returns the zone whose NAT gateway serves a zone, and whether there is one.
func (p natPlan) of(z v1alpha1.Zone) (v1alpha1.Zone, bool) {
	if slices.Contains(p.zones, z) {
		return z, true
	}
	return p.home, len(p.zones) > 0
}
