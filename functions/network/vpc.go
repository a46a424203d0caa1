package network

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	ec2v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta2"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	vpcName              = "vpc"
	internetGatewayName  = "internet-gateway"
	publicRouteTableName = "route-table-public"
	publicRouteName      = "route-public-internet"

	anywhere = "0.0.0.0/0"

	// internetLabel is on an address once the internet gateway is attached to the VPC. A
	// NAT gateway selects its address by this label, and so waits for it: AWS would
	// accept the gateway earlier, and it would fail later (Gateway.NotAttached).
	internetLabel = "platform.ausmart.io/internet"
	attached      = "attached"
)

func subnetName(t tier, z v1alpha1.Zone) string { return "subnet-" + string(t) + "-" + string(z) }
func natName(z v1alpha1.Zone) string            { return "nat-" + string(z) }
func eipName(z v1alpha1.Zone) string            { return "eip-" + string(z) }
func appRouteName(z v1alpha1.Zone) string       { return "route-app-" + string(z) + "-nat" }

// routeTableName of a tier in a zone. The public tier has one table for all zones, which
// share the internet gateway. The other tiers have one for each zone: when a NAT gateway
// is added or removed, only a route changes.
func routeTableName(t tier, z v1alpha1.Zone) string {
	if t == tierPublic {
		return publicRouteTableName
	}
	return "route-table-" + string(t) + "-" + string(z)
}

func (n *network) addVPC() {
	n.Desired.Add(vpcName, &ec2v1beta1.VPC{
		Spec: ec2v1beta1.VPCSpec{ForProvider: ec2v1beta1.VPCParameters_2{
			Region:             &n.spec.Region,
			CidrBlock:          new(string(n.spec.CIDR)),
			EnableDNSHostnames: new(true),
			EnableDNSSupport:   new(true),
			Tags:               n.Tags(vpcName),
		}},
	})
	n.Desired.Add(internetGatewayName, &ec2v1beta1.InternetGateway{
		Spec: ec2v1beta1.InternetGatewaySpec{ForProvider: ec2v1beta1.InternetGatewayParameters_2{
			Region:        &n.spec.Region,
			VPCIDSelector: desired.Selector(vpcName),
			Tags:          n.Tags(internetGatewayName),
		}},
	})
}

func (n *network) addSubnets() {
	n.addRouteTable(publicRouteTableName)
	for _, t := range tiers() {
		for _, z := range n.zones {
			n.addSubnet(t, z)
			if t != tierPublic {
				n.addRouteTable(routeTableName(t, z))
			}
			n.associate(t, z)
		}
	}
}

func (n *network) addSubnet(t tier, z v1alpha1.Zone) {
	name := subnetName(t, z)
	n.Desired.Add(name, &ec2v1beta1.Subnet{
		Spec: ec2v1beta1.SubnetSpec{ForProvider: ec2v1beta1.SubnetParameters_2{
			Region:           &n.spec.Region,
			VPCIDSelector:    desired.Selector(vpcName),
			AvailabilityZone: new(n.spec.Region + string(z)),
			CidrBlock:        new(n.plan[t][z].String()),
			// No instance gets a public address only because it starts in this subnet.
			MapPublicIPOnLaunch: new(false),
			Tags:                n.Tags(name, n.discovery(t)...),
		}},
	})
}

// discovery tags tell the load balancer controller and Karpenter which subnets
// are theirs
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery,
// karpenter.sh/docs/concepts/nodeclasses).
func (n *network) discovery(t tier) []string {
	switch t {
	case tierPublic:
		return []string{"ausmart.io/tier", string(t), "kubernetes.io/role/elb", "1"}
	case tierApp:
		return []string{"ausmart.io/tier", string(t), "kubernetes.io/role/internal-elb", "1", conventions.DiscoveryTag, n.Name}
	case tierData:
	}
	return []string{"ausmart.io/tier", string(t)}
}

func (n *network) addRouteTable(name string) {
	n.Desired.Add(name, &ec2v1beta1.RouteTable{
		Spec: ec2v1beta1.RouteTableSpec{ForProvider: ec2v1beta1.RouteTableParameters_2{
			Region:        &n.spec.Region,
			VPCIDSelector: desired.Selector(vpcName),
			Tags:          n.Tags(name),
		}},
	})
}

func (n *network) associate(t tier, z v1alpha1.Zone) {
	name := "route-table-association-" + string(t) + "-" + string(z)
	n.Desired.Add(name, &ec2v1beta1.RouteTableAssociation{
		Spec: ec2v1beta1.RouteTableAssociationSpec{ForProvider: ec2v1beta1.RouteTableAssociationParameters{
			Region:               &n.spec.Region,
			RouteTableIDSelector: desired.Selector(routeTableName(t, z)),
			SubnetIDSelector:     desired.Selector(subnetName(t, z)),
		}},
	})
}

// addEgress adds the routes to the internet: of the public tier by the internet gateway,
// of the app tier by NAT gateways. The data tier has none.
func (n *network) addEgress() {
	n.Desired.Add(publicRouteName, &ec2v1beta2.Route{
		Spec: ec2v1beta2.RouteSpec{ForProvider: ec2v1beta2.RouteParameters{
			Region:               &n.spec.Region,
			RouteTableIDSelector: desired.Selector(publicRouteTableName),
			DestinationCidrBlock: new(anywhere),
			GatewayIDSelector:    desired.Selector(internetGatewayName),
		}},
	})
	for _, z := range slices.Concat(n.nat.zones, n.nat.draining) {
		n.addNAT(z)
	}
	for _, z := range n.zones {
		via, ok := n.nat.of(z)
		if !ok {
			continue
		}
		n.Desired.Add(appRouteName(z), &ec2v1beta2.Route{
			Spec: ec2v1beta2.RouteSpec{ForProvider: ec2v1beta2.RouteParameters{
				Region:               &n.spec.Region,
				RouteTableIDSelector: desired.Selector(routeTableName(tierApp, z)),
				DestinationCidrBlock: new(anywhere),
				NATGatewayIDSelector: desired.FollowingSelector(natName(via)),
			}},
		})
	}
}

func (n *network) addNAT(z v1alpha1.Zone) {
	eip := &ec2v1beta1.EIP{
		Spec: ec2v1beta1.EIPSpec{ForProvider: ec2v1beta1.EIPParameters{
			Region: &n.spec.Region,
			Domain: new("vpc"),
			Tags:   n.Tags(eipName(z)),
		}},
	}
	// The label stays: an internet gateway that was attached once still is.
	if n.Observed.Condition(internetGatewayName, "Ready").Status == "True" || n.Observed.Label(eipName(z), internetLabel) == attached {
		eip.ObjectMeta = metav1.ObjectMeta{Labels: map[string]string{internetLabel: attached}}
	}
	n.Desired.Add(eipName(z), eip)

	address := desired.Selector(eipName(z))
	address.MatchLabels[internetLabel] = attached
	n.Desired.Add(natName(z), &ec2v1beta1.NATGateway{
		Spec: ec2v1beta1.NATGatewaySpec{ForProvider: ec2v1beta1.NATGatewayParameters_2{
			Region:               &n.spec.Region,
			ConnectivityType:     new("public"),
			AllocationIDSelector: address,
			SubnetIDSelector:     desired.Selector(subnetName(tierPublic, z)),
			Tags:                 n.Tags(natName(z)),
		}},
	})
}
