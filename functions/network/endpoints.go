package network

import (
	"slices"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	ec2v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta2"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/region"
)

// gatewayServices have a gateway endpoint, which costs nothing
// (docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html, read 2026-11).
func gatewayServices() []string { return []string{"s3", "dynamodb"} }

func endpointName(service string) string { return "endpoint-" + service }

// addGatewayEndpoints adds the free endpoints and puts them on the route tables
// of the app and data tiers.
func (n *network) addGatewayEndpoints() {
	for _, service := range gatewayServices() {
		name := endpointName(service)
		n.Desired.Add(name, &ec2v1beta2.VPCEndpoint{
			Spec: ec2v1beta2.VPCEndpointSpec{ForProvider: ec2v1beta2.VPCEndpointParameters{
				Region:          &n.spec.Region,
				VPCIDSelector:   desired.Selector(vpcName),
				VPCEndpointType: new("Gateway"),
				ServiceName:     new(region.GatewayService(n.spec.Region, service)),
				Policy:          n.endpointPolicy(service),
				Tags:            n.Tags(name),
			}},
		})
		for _, t := range []tier{tierApp, tierData} {
			for _, z := range n.zones {
				n.routeToEndpoint(name, t, z)
			}
		}
	}
}

func (n *network) routeToEndpoint(endpoint string, t tier, z v1alpha1.Zone) {
	name := endpoint + "-" + string(t) + "-" + string(z)
	n.Desired.Add(name, &ec2v1beta1.VPCEndpointRouteTableAssociation{
		Spec: ec2v1beta1.VPCEndpointRouteTableAssociationSpec{ForProvider: ec2v1beta1.VPCEndpointRouteTableAssociationParameters{
			Region:                &n.spec.Region,
			VPCEndpointIDSelector: desired.Selector(endpoint),
			RouteTableIDSelector:  desired.Selector(routeTableName(t, z)),
		}},
	})
}

// interfaceServices are the services with an interface endpoint, sorted.
func (n *network) interfaceServices() []string {
	var services []string
	if n.Settings.VPCEndpoints.V {
		services = region.StandardEndpoints(n.spec.Region)
	}
	if e := n.spec.VPCEndpoints; e != nil {
		services = append(services, e.AdditionalServices...)
	}
	slices.Sort(services)
	return slices.Compact(services)
}

// addInterfaceEndpoints adds an endpoint for each service, in each zone's app
// subnet. AWS bills each by zone and hour.
func (n *network) addInterfaceEndpoints() {
	for _, service := range n.interfaceServices() {
		name := endpointName(service)
		n.Desired.Add(name, &ec2v1beta2.VPCEndpoint{
			Spec: ec2v1beta2.VPCEndpointSpec{ForProvider: ec2v1beta2.VPCEndpointParameters{
				Region:            &n.spec.Region,
				VPCIDSelector:     desired.Selector(vpcName),
				VPCEndpointType:   new("Interface"),
				ServiceName:       new(region.EndpointService(n.spec.Region, service)),
				PrivateDNSEnabled: new(true),
				Policy:            n.endpointPolicy(service),
				Tags:              n.Tags(name),
			}},
		})
		n.Desired.Add(name+"-group", &ec2v1beta1.VPCEndpointSecurityGroupAssociation{
			Spec: ec2v1beta1.VPCEndpointSecurityGroupAssociationSpec{ForProvider: ec2v1beta1.VPCEndpointSecurityGroupAssociationParameters{
				Region:                  &n.spec.Region,
				VPCEndpointIDSelector:   desired.Selector(name),
				SecurityGroupIDSelector: desired.Selector(endpointsGroupName),
				// The VPC's default group lets nothing through.
				ReplaceDefaultAssociation: new(true),
			}},
		})
		for _, z := range n.zones {
			n.Desired.Add(name+"-subnet-"+string(z), &ec2v1beta1.VPCEndpointSubnetAssociation{
				Spec: ec2v1beta1.VPCEndpointSubnetAssociationSpec{ForProvider: ec2v1beta1.VPCEndpointSubnetAssociationParameters{
					Region:                &n.spec.Region,
					VPCEndpointIDSelector: desired.Selector(name),
					SubnetIDSelector:      desired.Selector(subnetName(tierApp, z)),
				}},
			})
		}
	}
}
