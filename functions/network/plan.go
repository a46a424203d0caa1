package network

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A tier of subnets.
type tier string

const (
	// tierPublic holds load balancers and NAT gateways.
	tierPublic tier = "public"

	// tierApp holds nodes and pods.
	tierApp tier = "app"

	// tierData holds databases and caches.
	tierData tier = "data"
)

func tiers() []tier { return []tier{tierPublic, tierApp, tierData} }

const (
	// AWS allows a VPC of /16 to /28 and subnets down to /28
	// (docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and
	// .../subnet-sizing.html, read 2026-11).
	vpcBitsMin    = 16
	subnetBitsMax = 28

	// An Application Load Balancer needs a /27 in each of its subnets
	// (docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html,
	// read 2026-11).
	publicBitsMax = 27

	// A VPC smaller than this cannot hold three tiers in two zones with public
	// subnets of /27.
	vpcBitsMax = 24

	// The default plan cuts the VPC in eight shares: one for each zone letter, a to
	// f, and two that stay free. A zone's share depends on its letter alone, so
	// zones come and go without moving another zone's subnets.
	shareBits = 3

	// A share is halved, and half of it is the app tier's. Of the other half, the
	// data and public tiers get an eighth of the share each and the last quarter
	// stays free.
	appBits    = shareBits + 1
	publicBits = shareBits + 3

	// vpcBitsMaxPlanned is the smallest VPC whose planned public subnets are still
	// /27.
	vpcBitsMaxPlanned = publicBitsMax - publicBits
)

// A plan is the address range of each subnet.
type plan map[tier]map[v1alpha1.Zone]netip.Prefix

// newPlan reads the claim's explicit plan, or makes the default one. Its errors
// name the claim's field.
func newPlan(spec v1alpha1.NetworkSpec) (plan, error) {
	vpc, err := parsePrefix("spec.cidr", string(spec.CIDR))
	if err != nil {
		return nil, err
	}
	if vpc.Bits() < vpcBitsMin || vpc.Bits() > vpcBitsMax {
		return nil, fmt.Errorf("spec.cidr: %s must be between /%d (the largest VPC that AWS allows) and /%d (the smallest that holds three tiers)", vpc, vpcBitsMin, vpcBitsMax)
	}
	if spec.Subnets != nil {
		return explicitPlan(vpc, spec.AvailabilityZones, *spec.Subnets)
	}
	if vpc.Bits() > vpcBitsMaxPlanned {
		return nil, fmt.Errorf("spec.cidr: %s is too small for the default subnet plan: use /%d or larger, or give the ranges yourself in spec.subnets", vpc, vpcBitsMaxPlanned)
	}
	return defaultPlan(vpc, spec.AvailabilityZones), nil
}

func parsePrefix(field, s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil || !p.Addr().Is4() {
		return netip.Prefix{}, fmt.Errorf("%s: %q is not an IPv4 range: write it like 10.0.0.0/16", field, s)
	}
	if p != p.Masked() {
		return netip.Prefix{}, fmt.Errorf("%s: %s does not start at its network address: write %s", field, p, p.Masked())
	}
	return p, nil
}

func defaultPlan(vpc netip.Prefix, zones []v1alpha1.Zone) plan {
	p := plan{tierPublic: {}, tierApp: {}, tierData: {}}
	for _, z := range zones {
		share := nth(vpc, shareBits, slot(z))
		p[tierApp][z] = nth(share, appBits-shareBits, 0)
		p[tierData][z] = nth(share, publicBits-shareBits, 4)
		p[tierPublic][z] = nth(share, publicBits-shareBits, 5)
	}
	return p
}

// slot is the zone's fixed place in the default plan.
func slot(z v1alpha1.Zone) uint32 { return uint32(z[0] - 'a') }

// nth is the i-th of the equal parts that bits more bits cut a range into.
func nth(p netip.Prefix, bits int, i uint32) netip.Prefix {
	a := p.Addr().As4()
	n := binary.BigEndian.Uint32(a[:]) + i<<(32-p.Bits()-bits)
	binary.BigEndian.PutUint32(a[:], n)
	return netip.PrefixFrom(netip.AddrFrom4(a), p.Bits()+bits)
}

func explicitPlan(vpc netip.Prefix, zones []v1alpha1.Zone, s v1alpha1.SubnetPlan) (plan, error) {
	given := map[tier]v1alpha1.ZoneRanges{tierPublic: s.Public, tierApp: s.App, tierData: s.Data}
	p := plan{}
	fields := map[netip.Prefix]string{}
	for _, t := range tiers() {
		if err := sameZones(t, zones, given[t]); err != nil {
			return nil, err
		}
		p[t] = map[v1alpha1.Zone]netip.Prefix{}
		for _, z := range sorted(zones) {
			field := fmt.Sprintf("spec.subnets.%s.%s", t, z)
			r, err := parsePrefix(field, string(given[t][z]))
			if err != nil {
				return nil, err
			}
			if err := fits(field, t, vpc, r); err != nil {
				return nil, err
			}
			for other, at := range fields {
				if other.Overlaps(r) {
					return nil, fmt.Errorf("%s: %s overlaps %s, which is %s", field, r, at, other)
				}
			}
			fields[r] = field
			p[t][z] = r
		}
	}
	return p, nil
}

// sameZones checks that a tier has a range for each zone, and no other.
func sameZones(t tier, zones []v1alpha1.Zone, ranges v1alpha1.ZoneRanges) error {
	for _, z := range sorted(zones) {
		if _, ok := ranges[z]; !ok {
			return fmt.Errorf("spec.subnets.%s.%s: has no range: give each zone of spec.availabilityZones one", t, z)
		}
	}
	given := make([]v1alpha1.Zone, 0, len(ranges))
	for z := range ranges {
		given = append(given, z)
	}
	for _, z := range sorted(given) {
		if !slices.Contains(zones, z) {
			return fmt.Errorf("spec.subnets.%s.%s: zone %s is not in spec.availabilityZones: add it there or remove its range", t, z, z)
		}
	}
	return nil
}

// fits checks a subnet's range against its VPC and its tier's needs.
func fits(field string, t tier, vpc, r netip.Prefix) error {
	if !vpc.Contains(r.Addr()) || r.Bits() < vpc.Bits() {
		return fmt.Errorf("%s: %s lies outside spec.cidr, %s", field, r, vpc)
	}
	if t == tierPublic && r.Bits() > publicBitsMax {
		return fmt.Errorf("%s: %s is too small: a load balancer needs /%d or larger", field, r, publicBitsMax)
	}
	if r.Bits() > subnetBitsMax {
		return fmt.Errorf("%s: %s is too small: AWS allows subnets down to /%d", field, r, subnetBitsMax)
	}
	return nil
}

// sorted returns the zones in the order of their letters, and leaves its
// argument as it is.
func sorted(zones []v1alpha1.Zone) []v1alpha1.Zone {
	return slices.Sorted(slices.Values(zones))
}
