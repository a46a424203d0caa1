package account

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/ausmart/platform/test/cloud/catalog"
)

func ec2(kind string) catalog.GroupKind { return catalog.GroupKind{Service: "ec2", Kind: kind} }

// needEC2 is a need with EC2's message, which has the same form for each kind.
func needEC2(field, code, noun string, kinds ...string) need {
	n := need{field: field, code: code, message: "The " + noun + " '%s' does not exist"}
	for _, k := range kinds {
		n.kinds = append(n.kinds, ec2(k))
	}
	return n
}

// ec2Models follows the EC2 API reference (actions and error codes) and, for what cannot change in place, the arguments
// that hashicorp/terraform-provider-aws marks ForceNew.
func ec2Models() map[catalog.GroupKind]model { //nolint:funlen // A table.
	vpc := needEC2("vpcId", "InvalidVpcID.NotFound", "vpc ID", "VPC")
	subnet := needEC2("subnetId", "InvalidSubnetID.NotFound", "subnet ID", "Subnet")
	table := needEC2("routeTableId", "InvalidRouteTableID.NotFound", "routeTable ID", "RouteTable")
	group := needEC2("securityGroupId", "InvalidGroup.NotFound", "security group", "SecurityGroup", "DefaultSecurityGroup")
	endpoint := needEC2("vpcEndpointId", "InvalidVpcEndpointId.NotFound", "Vpc Endpoint Id", "VPCEndpoint")

	rule := func(direction string) model {
		return model{
			label: "VPC Security Group " + direction + " Rule", service: "EC2", prefix: "sgr-0",
			create: "AuthorizeSecurityGroup" + direction, describe: "DescribeSecurityGroupRules",
			update: "ModifySecurityGroupRules", remove: "RevokeSecurityGroup" + direction,
			immutable: []string{"securityGroupId"},
			needs: []need{group, needEC2("referencedSecurityGroupId", "InvalidGroup.NotFound", "security group",
				"SecurityGroup", "DefaultSecurityGroup")},
			check: duplicateRule,
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{"securityGroupRuleId": r.ID}
			},
		}
	}
	association := func(of string, peer need) model {
		return model{
			label: "VPC Endpoint " + of + " Association", service: "EC2",
			create: "ModifyVpcEndpoint", describe: "DescribeVpcEndpoints", remove: "ModifyVpcEndpoint",
			immutable: []string{"vpcEndpointId", peer.field},
			needs:     []need{endpoint, peer},
			identify: func(_ view, r *Resource, _ int) string {
				return fmt.Sprintf("a-%s%d", r.text("vpcEndpointId"), stringHash(r.text(peer.field)))
			},
		}
	}
	return map[catalog.GroupKind]model{
		ec2("VPC"): {
			label: "EC2 VPC", service: "EC2", prefix: "vpc-0",
			create: "CreateVpc", describe: "DescribeVpcs", update: "ModifyVpcAttribute", remove: "DeleteVpc",
			immutable: []string{"cidrBlock", "ipv4IpamPoolId"},
			check:     vpcRange,
			attributes: func(_ view, r *Resource) map[string]any {
				main := "rtb-0" + hexOf(16, r.ID, "main")
				return map[string]any{
					"defaultSecurityGroupId": defaultGroup(r.ID), "mainRouteTableId": main, "defaultRouteTableId": main,
					"defaultNetworkAclId": "acl-0" + hexOf(16, r.ID), "dhcpOptionsId": "dopt-0" + hexOf(16, r.Region),
					"enableDnsSupport": true, "enableDnsHostnames": false, "instanceTenancy": "default",
				}
			},
		},
		ec2("Subnet"): {
			label: "EC2 Subnet", service: "EC2", prefix: "subnet-0",
			create: "CreateSubnet", describe: "DescribeSubnets", update: "ModifySubnetAttribute", remove: "DeleteSubnet",
			immutable: []string{"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "outpostArn"},
			needs:     []need{vpc},
			check:     subnetRange,
			attributes: func(view, *Resource) map[string]any {
				return map[string]any{"ownerId": ID, "mapPublicIpOnLaunch": false, "assignIpv6AddressOnCreation": false}
			},
		},
		ec2("InternetGateway"): {
			label: "EC2 Internet Gateway", service: "EC2", prefix: "igw-0",
			create: "AttachInternetGateway", describe: "DescribeInternetGateways", update: "AttachInternetGateway", remove: "DetachInternetGateway",
			needs: []need{vpc},
			check: func(v view, r *Resource) *refusal {
				if other := v.with(r.Key, "vpcId", r.text("vpcId")); other != nil {
					return &refusal{"Resource.AlreadyAssociated", fmt.Sprintf(
						"resource %s is already attached to network %s", other.ID, r.text("vpcId"))}
				}
				return nil
			},
			attributes: owned,
		},
		ec2("EIP"): {
			label: "EC2 EIP", service: "EC2", prefix: "eipalloc-0",
			create: "AllocateAddress", describe: "DescribeAddresses", update: "AssociateAddress", remove: "ReleaseAddress",
			immutable: []string{"domain", "address", "publicIpv4Pool", "networkBorderGroup"},
			attributes: func(v view, r *Resource) map[string]any {
				ip := freeAddress(v, r)
				return map[string]any{
					"allocationId": r.ID, "publicIp": ip, "domain": "vpc",
					"publicDns": "ec2-" + strings.ReplaceAll(ip, ".", "-") + "." + r.Region + ".compute.amazonaws.com",
				}
			},
		},
		ec2("NATGateway"): {
			label: "EC2 NAT Gateway", service: "EC2", prefix: "nat-0",
			create: "CreateNatGateway", describe: "DescribeNatGateways", update: "AssociateNatGatewayAddress", remove: "DeleteNatGateway",
			immutable: []string{"allocationId", "subnetId", "connectivityType", "privateIp"},
			needs:     []need{subnet, needEC2("allocationId", "InvalidAllocationID.NotFound", "allocation ID", "EIP")},
			check:     natAddress,
			attributes: func(v view, r *Resource) map[string]any {
				s := v.find(ec2("Subnet"), r.Region, r.text("subnetId"))
				out := map[string]any{
					"networkInterfaceId": "eni-0" + hexOf(16, r.ID), "vpcId": s.text("vpcId"), "privateIp": hostAddress(s.text("cidrBlock"), 10),
				}
				if ip := v.find(ec2("EIP"), r.Region, r.text("allocationId")).text("publicIp"); ip != "" {
					out["publicIp"], out["associationId"] = ip, "eipassoc-0"+hexOf(16, r.ID)
				}
				return out
			},
		},
		ec2("RouteTable"): {
			label: "EC2 Route Table", service: "EC2", prefix: "rtb-0",
			create: "CreateRouteTable", describe: "DescribeRouteTables", update: "CreateTags", remove: "DeleteRouteTable",
			immutable:  []string{"vpcId"},
			needs:      []need{vpc},
			attributes: owned,
		},
		ec2("Route"): {
			label: "EC2 Route", service: "EC2",
			create: "CreateRoute", describe: "DescribeRouteTables", update: "ReplaceRoute", remove: "DeleteRoute",
			immutable: []string{"routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"},
			needs: []need{
				table,
				needEC2("natGatewayId", "InvalidNatGatewayID.NotFound", "natGateway ID", "NATGateway"),
				needEC2("gatewayId", "InvalidGatewayID.NotFound", "gateway ID", "InternetGateway"),
			},
			identify: func(_ view, r *Resource, _ int) string {
				return fmt.Sprintf("r-%s%d", r.text("routeTableId"), stringHash(destination(r)))
			},
			attributes: func(view, *Resource) map[string]any {
				return map[string]any{"state": "active", "origin": "CreateRoute"}
			},
		},
		ec2("RouteTableAssociation"): {
			label: "EC2 Route Table Association", service: "EC2", prefix: "rtbassoc-0",
			create: "AssociateRouteTable", describe: "DescribeRouteTables", update: "ReplaceRouteTableAssociation", remove: "DisassociateRouteTable",
			immutable: []string{"subnetId", "gatewayId"},
			needs:     []need{subnet, table},
			check: func(v view, r *Resource) *refusal {
				if s := r.text("subnetId"); s != "" && v.with(r.Key, "subnetId", s) != nil {
					return &refusal{"Resource.AlreadyAssociated", "the specified association for route table " +
						r.text("routeTableId") + " conflicts with an existing association"}
				}
				return nil
			},
		},
		ec2("VPCEndpoint"): {
			label: "EC2 VPC Endpoint", service: "EC2", prefix: "vpce-0",
			create: "CreateVpcEndpoint", describe: "DescribeVpcEndpoints", update: "ModifyVpcEndpoint", remove: "DeleteVpcEndpoints",
			immutable:  []string{"vpcId", "serviceName", "vpcEndpointType"},
			needs:      []need{needEC2("vpcId", "InvalidVpcId.NotFound", "Vpc Id", "VPC")},
			attributes: endpointAttributes,
		},
		ec2("VPCEndpointRouteTableAssociation"): association("Route Table", needEC2("routeTableId",
			"InvalidRouteTableId.NotFound", "Route Table Id", "RouteTable")),
		ec2("VPCEndpointSubnetAssociation"): association("Subnet", needEC2("subnetId",
			"InvalidSubnetId.NotFound", "subnet ID", "Subnet")),
		ec2("VPCEndpointSecurityGroupAssociation"): association("Security Group", group),
		ec2("SecurityGroup"): {
			label: "EC2 Security Group", service: "EC2", prefix: "sg-0",
			create: "CreateSecurityGroup", describe: "DescribeSecurityGroups", update: "ModifySecurityGroupRules", remove: "DeleteSecurityGroup",
			immutable: []string{"name", "description", "vpcId"},
			needs:     []need{vpc},
			check: func(v view, r *Resource) *refusal {
				for _, other := range v.all(r.Kind) {
					if other.ID != r.ID && r.text("name") != "" && other.text("name") == r.text("name") && other.text("vpcId") == r.text("vpcId") {
						return &refusal{"InvalidGroup.Duplicate", fmt.Sprintf(
							"The security group '%s' already exists for VPC '%s'", r.text("name"), r.text("vpcId"))}
					}
				}
				return nil
			},
			attributes: owned,
		},
		ec2("DefaultSecurityGroup"): {
			label: "EC2 Default Security Group", service: "EC2",
			create: "RevokeSecurityGroupIngress", describe: "DescribeSecurityGroups", update: "AuthorizeSecurityGroupIngress", remove: "DescribeSecurityGroups",
			immutable: []string{"vpcId"},
			needs:     []need{vpc},
			identify:  func(_ view, r *Resource, _ int) string { return defaultGroup(r.text("vpcId")) },
			attributes: func(view, *Resource) map[string]any {
				return map[string]any{"ownerId": ID, "name": "default", "description": "default VPC security group"}
			},
		},
		ec2("SecurityGroupIngressRule"): rule("Ingress"),
		ec2("SecurityGroupEgressRule"):  rule("Egress"),
		ec2("LaunchTemplate"): {
			label: "EC2 Launch Template", service: "EC2", prefix: "lt-0",
			create: "CreateLaunchTemplate", describe: "DescribeLaunchTemplates", update: "CreateLaunchTemplateVersion", remove: "DeleteLaunchTemplate",
			immutable: []string{"name"},
			attributes: func(_ view, r *Resource) map[string]any {
				last, _ := number(r.Attributes["latestVersion"]) // A change makes a version.
				return map[string]any{"latestVersion": last + 1, "defaultVersion": last + 1}
			},
		},
		ec2("FlowLog"): {
			label: "Flow Log", service: "EC2", prefix: "fl-0",
			create: "CreateFlowLogs", describe: "DescribeFlowLogs", update: "CreateTags", remove: "DeleteFlowLogs",
			immutable: []string{
				"vpcId", "subnetId", "eniId", "iamRoleArn", "logDestination", "logDestinationType", "logFormat",
				"maxAggregationInterval", "trafficType",
			},
			needs: []need{
				needEC2("vpcId", "InvalidVpcId.NotFound", "Vpc Id", "VPC"),
			},
		},
	}
}

func owned(view, *Resource) map[string]any { return map[string]any{"ownerId": ID} }

// defaultGroup is the default security group of a VPC.
func defaultGroup(vpc string) string { return "sg-0" + hexOf(16, vpc, "default") }

func destination(r *Resource) string {
	return r.text("destinationCidrBlock") + r.text("destinationIpv6CidrBlock") + r.text("destinationPrefixListId")
}

func vpcRange(_ view, r *Resource) *refusal {
	p, err := netip.ParsePrefix(r.text("cidrBlock"))
	if err != nil || p.Masked() != p || p.Bits() < 16 || p.Bits() > 28 {
		return &refusal{"InvalidVpc.Range", fmt.Sprintf("The CIDR '%s' is invalid.", r.text("cidrBlock"))}
	}
	return nil
}

// subnetRange refuses a range outside the VPC's, and one that overlaps another subnet's.
func subnetRange(v view, r *Resource) *refusal {
	cidr := r.text("cidrBlock")
	p, err := netip.ParsePrefix(cidr)
	vpc, vpcErr := netip.ParsePrefix(v.find(ec2("VPC"), r.Region, r.text("vpcId")).text("cidrBlock"))
	if err != nil || vpcErr != nil || p.Masked() != p || !vpc.Overlaps(p) || p.Bits() < vpc.Bits() || p.Bits() > 28 {
		return &refusal{"InvalidSubnet.Range", fmt.Sprintf("The CIDR '%s' is invalid.", cidr)}
	}
	for _, other := range v.all(r.Kind) {
		o, err := netip.ParsePrefix(other.text("cidrBlock"))
		if err == nil && other.ID != r.ID && other.text("vpcId") == r.text("vpcId") && o.Overlaps(p) {
			return &refusal{"InvalidSubnet.Conflict", fmt.Sprintf("The CIDR '%s' conflicts with another subnet", cidr)}
		}
	}
	return nil
}

// natAddress refuses an address that another gateway has, and a VPC without an internet gateway.
func natAddress(v view, r *Resource) *refusal {
	if r.text("connectivityType") == "private" {
		return nil
	}
	allocation := r.text("allocationId")
	if v.with(r.Key, "allocationId", allocation) != nil {
		return &refusal{"Resource.AlreadyAssociated", "Elastic IP address [" + allocation + "] is already associated"}
	}
	vpc := v.find(ec2("Subnet"), r.Region, r.text("subnetId")).text("vpcId")
	if v.with(Key{Kind: ec2("InternetGateway"), Region: r.Region}, "vpcId", vpc) == nil {
		return &refusal{"Gateway.NotAttached", "Network " + vpc + " has no Internet gateway attached"}
	}
	return nil
}

// duplicateRule refuses a second rule with the same peer, protocol and ports in one group.
func duplicateRule(v view, r *Resource) *refusal {
	same := func(a, b *Resource) bool {
		for _, f := range []string{"securityGroupId", "ipProtocol", "cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId", "fromPort", "toPort"} {
			if fmt.Sprint(a.Params[f]) != fmt.Sprint(b.Params[f]) {
				return false
			}
		}
		return true
	}
	for _, other := range v.all(r.Kind) {
		if other.ID != r.ID && same(other, r) {
			return &refusal{"InvalidPermission.Duplicate", "the specified rule already exists"}
		}
	}
	return nil
}

func endpointAttributes(_ view, r *Resource) map[string]any {
	out := map[string]any{"ownerId": ID, "state": "available", "requesterManaged": false}
	service := r.text("serviceName")[strings.LastIndex(r.text("serviceName"), ".")+1:]
	if r.text("vpcEndpointType") != "Interface" {
		out["vpcEndpointType"], out["prefixListId"] = "Gateway", "pl-"+hexOf(8, r.text("serviceName"))
		return out
	}
	out["dnsEntry"] = []any{map[string]any{
		"dnsName":      r.ID + "-" + hexOf(8, r.ID) + "." + service + "." + r.Region + ".vpce.amazonaws.com",
		"hostedZoneId": "Z" + strings.ToUpper(hexOf(13, r.Region, service)),
	}}
	return out
}

// addresses is a range that is reserved for benchmarks, so that no address in it belongs to a real host.
const addresses = "198.18.0.0/15"

// freeAddress picks an address by the allocation's identifier, and the next one while it is taken.
func freeAddress(v view, r *Resource) string {
	if ip := r.text("publicIp"); ip != "" {
		return ip
	}
	taken := map[string]bool{}
	for _, other := range v.all(r.Kind) {
		taken[other.text("publicIp")] = true
	}
	const size = 1 << 17
	for n := stringHash(r.ID); ; n++ {
		if ip := hostAddress(addresses, n%size); !taken[ip] {
			return ip
		}
	}
}

func hostAddress(cidr string, n int) string {
	p, err := netip.ParsePrefix(cidr)
	if err != nil || !p.Addr().Is4() {
		return ""
	}
	b := p.Addr().As4()
	for i := 3; i >= 0; i-- {
		n += int(b[i])
		b[i] = byte(n)
		n >>= 8
	}
	return netip.AddrFrom4(b).String()
}
