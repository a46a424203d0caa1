package network

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/settings"
)

func (n *network) status(last v1alpha1.NetworkStatus, waitingFor string) *v1alpha1.NetworkStatus {
	s := &v1alpha1.NetworkStatus{
		CommonStatus: n.Status(waitingFor),
		VPCID:        n.state.vpcID,
		CIDR:         n.state.vpcCIDR,
		Subnets:      n.subnetStatus(),
		NATAddresses: map[v1alpha1.Zone]v1alpha1.IPAddress{},
		KMSKeyARN:    n.state.keyARN,
		LogBucket:    n.Observed.ExternalName(bucketName),

		AccessLogBucket: n.accessBucket(),
	}
	for _, z := range n.zones {
		if cidr, ok := n.state.subnetCIDR[tierPublic][z]; ok {
			s.PublicCIDRs = append(s.PublicCIDRs, v1alpha1.AddressRange(cidr))
		}
		if cidr, ok := n.state.subnetCIDR[tierApp][z]; ok {
			s.AppCIDRs = append(s.AppCIDRs, v1alpha1.AddressRange(cidr))
		}
	}
	for _, z := range n.nat.zones {
		if a, ok := n.state.address[z]; ok {
			s.NATAddresses[z] = v1alpha1.IPAddress(a)
		}
	}
	if n.state.nodeGroupID != "" || n.state.endpointsGroupID != "" {
		s.SecurityGroups = &v1alpha1.NetworkSecurityGroups{Node: n.state.nodeGroupID, Endpoints: n.state.endpointsGroupID}
	}
	// A NAT gateway that drains takes more than one reconcile to go. Until then the
	// network is not what the claim asks for, and its status shows that.
	if len(n.nat.draining) > 0 && last.Environment != "" {
		s.Environment = last.Environment
		s.Settings[string(settings.NATGateways)] = last.Settings[string(settings.NATGateways)]
	}
	return s
}

// subnetStatus lists the subnets of the claim's zones that exist.
func (n *network) subnetStatus() *v1alpha1.SubnetStatus {
	ids := map[tier]map[v1alpha1.Zone]v1alpha1.ResourceID{}
	known := 0
	for _, t := range tiers() {
		ids[t] = map[v1alpha1.Zone]v1alpha1.ResourceID{}
		for _, z := range n.zones {
			if id, ok := n.state.subnetID[t][z]; ok {
				ids[t][z] = v1alpha1.ResourceID(id)
				known++
			}
		}
	}
	if known == 0 {
		return nil
	}
	return &v1alpha1.SubnetStatus{Public: ids[tierPublic], App: ids[tierApp], Data: ids[tierData]}
}
