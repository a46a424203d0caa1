package cluster

import (
	"fmt"
	"net/netip"

	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/cluster/nodepools"
	"github.com/ausmart/platform/functions/internal/progress"
)

const (
	// reserved addresses of each subnet (docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html,
	// read 2026-11).
	reserved = 5

	// few addresses: below this, nodes hold four spare addresses each, and not a whole
	// network interface of them, which is 10 on a large node and 15 on an xlarge
	// (github.com/aws/amazon-vpc-cni-k8s, docs/eni-and-ip-target.md, read 2026-11). More
	// calls of EC2 are the price: in large networks it is not worth it.
	few = 4096

	// addressesPerCore that nodes take at most: the smallest ones that Karpenter starts, with
	// two cores, carry three interfaces of ten addresses
	// (docs.aws.amazon.com/ec2/latest/instancetypes, read 2026-11).
	addressesPerCore = 15
)

// addresses of the app subnets that nodes and pods can have; none while they are not known.
func (c *cluster) addresses() int {
	sum := 0
	for _, r := range c.network.app {
		if p, err := netip.ParsePrefix(string(r)); err == nil && p.Addr().Is4() {
			sum += 1<<(32-p.Bits()) - reserved
		}
	}
	return sum
}

func (c *cluster) fewAddresses() bool {
	n := c.addresses()
	return n > 0 && n < few
}

// addressCondition shows whether the app subnets have as many addresses as the limits of
// Karpenter's pools allow nodes to take. Pods beyond that stay without an address.
func (c *cluster) addressCondition() progress.Condition {
	out := progress.Condition{Type: "AddressesSuffice", True: true, Reason: "Sufficient"}
	claim := ptr.Deref(c.spec.Karpenter, v1alpha1.Karpenter{})
	cores := nodepools.Cores(claim.OnDemand) + nodepools.Cores(claim.Spot)
	have, want := c.addresses(), cores*addressesPerCore
	if c.karpenterOn() && have > 0 && want > have {
		out.True, out.Reason = false, "LimitsExceedAddresses"
		out.Message = fmt.Sprintf("the app subnets of Network %s have %d addresses, and %d cores of spec.karpenter.onDemand and spot can take %d: "+
			"pods beyond that stay without an address; limit both to %d cores in total, or plan larger app subnets in a new Network",
			c.spec.NetworkRef.Name, have, cores, want, have/addressesPerCore)
	}
	return out
}
