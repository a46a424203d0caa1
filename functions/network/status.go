package network

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

// conditionReady says whether all of the network's resources are ready.
const conditionReady = "NetworkReady"

func (n *network) status(last v1alpha1.NetworkStatus, p progress.Summary) *v1alpha1.NetworkStatus {
	s := &v1alpha1.NetworkStatus{
		CommonStatus: v1alpha1.CommonStatus{
			Environment: n.spec.Environment,
			WaitingFor:  p.Awaited(),
			Settings:    n.set.Effective(),
		},
		VPCID:        n.seen.vpcID,
		CIDR:         n.seen.vpcCIDR,
		Subnets:      n.subnetStatus(),
		NATAddresses: map[v1alpha1.Zone]v1alpha1.IPAddress{},
		KMSKeyARN:    n.seen.keyARN,
		LogBucket:    n.obs.ExternalName(bucketName),
	}
	for _, z := range n.zones {
		if cidr, ok := n.seen.subnetCIDR[tierPublic][z]; ok {
			s.PublicCIDRs = append(s.PublicCIDRs, v1alpha1.AddressRange(cidr))
		}
	}
	for _, z := range n.nat.zones {
		if a, ok := n.seen.address[z]; ok {
			s.NATAddresses[z] = v1alpha1.IPAddress(a)
		}
	}
	if n.seen.nodeGroupID != "" || n.seen.endpointsGroupID != "" {
		s.SecurityGroups = &v1alpha1.NetworkSecurityGroups{Node: n.seen.nodeGroupID, Endpoints: n.seen.endpointsGroupID}
	}
	// What leaves takes more than one reconcile while it drains. Until then the
	// network is not what the claim asks for, and says so.
	if len(n.nat.draining) > 0 && last.Environment != "" {
		s.Environment = last.Environment
		s.Settings[string(settings.NATGateways)] = last.Settings[string(settings.NATGateways)]
	}
	return s
}

// subnetStatus lists the subnets that are wanted and exist.
func (n *network) subnetStatus() *v1alpha1.SubnetStatus {
	ids := map[tier]map[v1alpha1.Zone]v1alpha1.ResourceID{}
	known := 0
	for _, t := range tiers() {
		ids[t] = map[v1alpha1.Zone]v1alpha1.ResourceID{}
		for _, z := range n.zones {
			if id, ok := n.seen.subnetID[t][z]; ok {
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

func (n *network) conditions(p progress.Summary) []runner.Condition {
	return []runner.Condition{{Type: conditionReady, True: p.Ready(), Reason: p.Reason(), Message: p.Awaited()}}
}
