package contract_test

import (
	"fmt"
	"strings"
)

const ipv4Range = "must be an IPv4 range that starts at its network address, such as 10.0.1.0/24"

func letters(n int) string { return strings.Repeat("k", n) }

// plan is an address plan for zones a and b in 10.0.0.0/16 whose app tier has
// the given ranges.
func plan(app string) string {
	return planOf("app", app)
}

// planOf is such a plan with one tier replaced.
func planOf(tier, ranges string) string {
	tiers := map[string]string{
		"public": `{a: 10.0.1.0/24, b: 10.0.2.0/24}`,
		"app":    `{a: 10.0.10.0/24, b: 10.0.11.0/24}`,
		"data":   `{a: 10.0.20.0/24, b: 10.0.21.0/24}`,
	}
	tiers[tier] = ranges
	return fmt.Sprintf("{availabilityZones: [a, b], subnets: {public: %s, app: %s, data: %s}}", tiers["public"], tiers["app"], tiers["data"])
}

func networkRules() map[string]rule {
	return map[string]rule{
		"TrustedAccountIsANumber": {
			kind: "Network", at: "spec.vpcEndpoints.trustedAccounts[]",
			message: "must be the number of an AWS account, such as 111122223333",
			accepts: map[string]change{
				"Number": {reason: "Twelve digits.", to: `vpcEndpoints: {trustedAccounts: ["012345678901"]}`},
			},
			refuses: map[string]change{
				"Short": {reason: "YAML reads a bare number without its zero.", to: `vpcEndpoints: {trustedAccounts: ["12345678901"]}`, field: "spec.vpcEndpoints.trustedAccounts[0]"},
				"Name":  {reason: "An alias is no number.", to: `vpcEndpoints: {trustedAccounts: [shop]}`, field: "spec.vpcEndpoints.trustedAccounts[0]"},
			},
		},
		"NetworkCIDRIsARange": {
			kind: "Network", at: "spec.cidr", message: ipv4Range,
			accepts: map[string]change{
				"Private": {reason: "Any IPv4 range will do.", to: `cidr: 172.20.0.0/16`},
			},
			refuses: map[string]change{
				"IPv6":     {reason: "A range of IPv6 is refused in words, and not for its length.", to: `cidr: "2001:0db8:85a3:0000:0000:8a2e:0370:7334/20"`, field: "spec.cidr"},
				"NoPrefix": {reason: "An address is not a range.", to: `cidr: 10.0.0.0`, field: "spec.cidr"},
				"HostBits": {reason: "AWS would remove the host bits, and the claim would differ from what exists.", to: `cidr: 10.0.1.0/16`, field: "spec.cidr"},
			},
		},
		"NetworkCIDRSize": {
			kind: "Network", at: "spec.cidr",
			message: "must be between /16 (the largest VPC that AWS allows) and /24 (the smallest that holds three tiers)",
			accepts: map[string]change{
				"Largest": {reason: "/16 is the largest VPC.", to: `cidr: 10.0.0.0/16`},
			},
			refuses: map[string]change{
				"TooLarge": {reason: "AWS allows no /15.", to: `cidr: 10.0.0.0/15`, field: "spec.cidr"},
				"TooSmall": {reason: "A /28 holds no tiers, and one message says so.", to: `cidr: 10.0.0.0/28`, field: "spec.cidr"},
			},
		},
		"NetworkCIDRIsANetworks": {
			kind: "Network", at: "spec.cidr",
			message: "no VPC can have a range of 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 or 224.0.0.0/3: take a private one, such as 10.0.0.0/16",
			accepts: map[string]change{
				"Shared": {reason: "Ranges of carriers are allowed.", to: `cidr: 100.64.0.0/16`},
				"Public": {reason: "So is any other.", to: `cidr: 223.255.0.0/16`},
			},
			refuses: map[string]change{
				"Nothing":   {reason: "Addresses of this network.", to: `cidr: 0.0.0.0/16`, field: "spec.cidr"},
				"Loopback":  {reason: "Addresses of this machine.", to: `cidr: 127.0.0.0/16`, field: "spec.cidr"},
				"LinkLocal": {reason: "EC2's metadata has one of them.", to: `cidr: 169.254.0.0/16`, field: "spec.cidr"},
				"Multicast": {reason: "Groups of machines.", to: `cidr: 224.0.0.0/16`, field: "spec.cidr"},
				"Reserved":  {reason: "No one has these.", to: `cidr: 255.255.0.0/16`, field: "spec.cidr"},
			},
		},
		"NetworkCIDRIsNotDockers": {
			kind: "Network", at: "spec.cidr",
			message: "Docker and some AWS services use 172.17.0.0/16, and AWS asks to leave it out: take another range, such as 172.18.0.0/16",
			accepts: map[string]change{
				"Next": {reason: "The next one is free.", to: `cidr: 172.18.0.0/16`},
			},
			refuses: map[string]change{
				"Whole": {reason: "The bridge of every Docker.", to: `cidr: 172.17.0.0/16`, field: "spec.cidr"},
				"Part":  {reason: "A part of it too.", to: `cidr: 172.17.128.0/20`, field: "spec.cidr"},
			},
		},
		"NetworkCIDRCannotChange": {
			kind: "Network", at: "spec.cidr",
			message: "cidr cannot change: create a new claim with the other range and move over to it",
			accepts: map[string]change{
				"Same": {reason: "Writing down the default changes nothing.", from: `{}`, to: `cidr: 10.0.0.0/16`},
			},
			refuses: map[string]change{
				"Other": {reason: "Another range is another VPC.", from: `{}`, to: `cidr: 10.1.0.0/16`, field: "spec.cidr"},
			},
		},
		"NetworkCIDRHoldsDefaultPlan": {
			kind: "Network", at: "spec",
			message: "cidr is too small for the default subnet plan: use /21 or larger, or give the ranges yourself in subnets",
			accepts: map[string]change{
				"Smallest": {reason: "/21 is enough for the default plan.", to: `cidr: 10.0.0.0/21`},
				"OwnPlan": {reason: "A plan of one's own needs no room for the default one.", to: `{cidr: 10.0.0.0/24, availabilityZones: [a, b], subnets: {
					public: {a: 10.0.0.0/27, b: 10.0.0.32/27}, app: {a: 10.0.0.64/27, b: 10.0.0.96/27}, data: {a: 10.0.0.128/28, b: 10.0.0.144/28}}}`},
			},
			refuses: map[string]change{
				"TooSmall": {reason: "/22 has no room for the tiers of six zones.", to: `cidr: 10.0.0.0/22`, field: "spec.cidr"},
			},
		},
		"NetworkPlanCoversZones": {
			kind: "Network", at: "spec",
			message: "subnets must give public, app and data exactly one range for each zone of availabilityZones",
			accepts: map[string]change{
				"Covered": {reason: "Each tier has a range for each zone.", to: plan(`{a: 10.0.10.0/24, b: 10.0.11.0/24}`)},
			},
			refuses: map[string]change{
				"ZoneMissing": {reason: "Zone b has no range in the app tier, and c is no zone of the network.", to: plan(`{a: 10.0.10.0/24, c: 10.0.11.0/24}`), field: "spec.subnets"},
				"ZoneTooMuch": {reason: "A range that nothing uses is a mistake.", to: plan(`{a: 10.0.10.0/24, b: 10.0.11.0/24, c: 10.0.12.0/24}`), field: "spec.subnets"},
			},
		},
		"NetworkPlanInsideCIDR": {
			kind: "Network", at: "spec",
			message: "every range in subnets must lie inside cidr",
			accepts: map[string]change{
				"Inside": {reason: "The last /24 of the /16 is inside.", to: plan(`{a: 10.0.10.0/24, b: 10.0.255.0/24}`)},
			},
			refuses: map[string]change{
				"Outside": {reason: "10.1 is outside 10.0.0.0/16.", to: plan(`{a: 10.0.10.0/24, b: 10.1.11.0/24}`), field: "spec.subnets"},
			},
		},
		"NetworkPlanOverlap": {
			kind: "Network", at: "spec.subnets",
			message: "no two ranges in subnets may overlap",
			accepts: map[string]change{
				"Neighbours": {reason: "Ranges may touch.", to: plan(`{a: 10.0.10.0/25, b: 10.0.10.128/25}`)},
			},
			refuses: map[string]change{
				"WithinTier":   {reason: "b lies in a.", to: plan(`{a: 10.0.10.0/23, b: 10.0.11.0/24}`), field: "spec.subnets"},
				"Same":         {reason: "Two zones have one range.", to: plan(`{a: 10.0.10.0/24, b: 10.0.10.0/24}`), field: "spec.subnets"},
				"BetweenTiers": {reason: "The app tier's a is the data tier's b.", to: plan(`{a: 10.0.21.0/24, b: 10.0.11.0/24}`), field: "spec.subnets"},
			},
		},
		"NetworkPlanStays": {
			kind: "Network", at: "spec",
			message: "subnets cannot be added or removed later, since that would replace every subnet: create a new claim and move over to it",
			accepts: map[string]change{
				"Kept": {reason: "The plan is as it was.", from: plan(`{a: 10.0.10.0/24, b: 10.0.11.0/24}`), to: plan(`{a: 10.0.10.0/24, b: 10.0.11.0/24}`)},
			},
			refuses: map[string]change{
				"Added":   {reason: "The default plan has other ranges.", from: `availabilityZones: [a, b]`, to: plan(`{a: 10.0.10.0/24, b: 10.0.11.0/24}`), field: "spec.subnets"},
				"Removed": {reason: "The default plan has other ranges.", from: plan(`{a: 10.0.10.0/24, b: 10.0.11.0/24}`), to: `availabilityZones: [a, b]`, field: "spec.subnets"},
			},
		},
		"NetworkGatewayEndpoints": {
			kind: "Network", at: "spec.vpcEndpoints.additionalServices",
			message: "s3 and dynamodb always have a gateway endpoint, which is free: leave them out",
			accepts: map[string]change{
				"Others": {reason: "Other services may have an endpoint.", to: `vpcEndpoints: {additionalServices: [kms, s3express]}`},
			},
			refuses: map[string]change{
				"S3":       {reason: "An interface endpoint for S3 costs money for nothing.", to: `vpcEndpoints: {additionalServices: [kms, s3]}`, field: "spec.vpcEndpoints.additionalServices"},
				"DynamoDB": {reason: "So does one for DynamoDB.", to: `vpcEndpoints: {additionalServices: [dynamodb]}`, field: "spec.vpcEndpoints.additionalServices"},
			},
		},
		"NetworkEndpointServiceName": {
			kind: "Network", at: "spec.vpcEndpoints.additionalServices[]",
			message: "must be the service's name after com.amazonaws.REGION, such as kms or ecr.api",
			accepts: map[string]change{
				"Dotted": {reason: "Names can have dots.", to: `vpcEndpoints: {additionalServices: [ecs-agent, emr-services.prod]}`},
			},
			refuses: map[string]change{
				"UpperCase": {reason: "Names are lower case.", to: `vpcEndpoints: {additionalServices: [kms, SSM]}`, field: "spec.vpcEndpoints.additionalServices[1]"},
				"InFull":    {reason: "The platform writes the first part itself.", to: `vpcEndpoints: {additionalServices: [com.amazonaws.ap-southeast-2.kms]}`, field: "spec.vpcEndpoints.additionalServices[0]"},
				"InChina":   {reason: "Other partitions have another first part.", to: `vpcEndpoints: {additionalServices: [cn.com.amazonaws.cn-north-1.kms]}`, field: "spec.vpcEndpoints.additionalServices[0]"},
				"Notebook":  {reason: "A few names do not start so; the platform cannot make them.", to: `vpcEndpoints: {additionalServices: [aws.sagemaker.us-east-1.notebook]}`, field: "spec.vpcEndpoints.additionalServices[0]"},
			},
		},
	}
}

// subnetRules hold for each tier of an address plan.
func subnetRules() map[string]rule {
	const before = `{a: 10.0.30.0/24, b: 10.0.31.0/24}`
	const awsSmallest = "a range must be /28 or larger, which is AWS' smallest subnet"
	out := map[string]rule{
		"NetworkPublicRangeSize": {
			kind: "Network", at: "spec.subnets.public",
			message: "a public range must be /27 or larger, since an Application Load Balancer needs that",
			accepts: map[string]change{
				"Smallest": {reason: "/27 holds a load balancer.", to: planOf("public", `{a: 10.0.30.0/27, b: 10.0.30.32/27}`)},
			},
			refuses: map[string]change{
				"TooSmall": {reason: "/28 does not.", to: planOf("public", `{a: 10.0.30.0/27, b: 10.0.30.32/28}`), field: "spec.subnets.public"},
			},
		},
		"NetworkAppRangeSize": {
			kind: "Network", at: "spec.subnets.app", message: awsSmallest,
			accepts: map[string]change{
				"Smallest": {reason: "AWS allows /28.", to: planOf("app", `{a: 10.0.30.0/28, b: 10.0.30.16/28}`)},
			},
			refuses: map[string]change{
				"TooSmall": {reason: "AWS allows no /29.", to: planOf("app", `{a: 10.0.30.0/28, b: 10.0.30.16/29}`), field: "spec.subnets.app"},
			},
		},
		"NetworkDataRangeSize": {
			kind: "Network", at: "spec.subnets.data", message: awsSmallest,
			accepts: map[string]change{
				"Smallest": {reason: "AWS allows /28.", to: planOf("data", `{a: 10.0.30.0/28, b: 10.0.30.16/28}`)},
			},
			refuses: map[string]change{
				"TooSmall": {reason: "AWS allows no /29.", to: planOf("data", `{a: 10.0.30.0/28, b: 10.0.30.16/29}`), field: "spec.subnets.data"},
			},
		},
	}

	for tier, name := range map[string]string{"public": "Public", "app": "App", "data": "Data"} {
		at := "spec.subnets." + tier
		out["Network"+name+"RangeIsARange"] = rule{
			kind: "Network", at: at + "{}", message: ipv4Range,
			accepts: map[string]change{
				"Range": {reason: "A range that starts at its network address.", to: planOf(tier, before)},
			},
			refuses: map[string]change{
				"HostBits": {reason: "The range starts at 10.0.30.0.", to: planOf(tier, `{a: 10.0.30.1/24, b: 10.0.31.0/24}`), field: at + "[a]"},
			},
		}
		out["Network"+name+"RangeCannotChange"] = rule{
			kind: "Network", at: at,
			message: "a zone's range cannot change, since that would replace its subnet: remove the zone first, or use another one",
			accepts: map[string]change{
				"Same": {reason: "The ranges are as they were.", from: planOf(tier, before), to: planOf(tier, before)},
			},
			refuses: map[string]change{
				"Other":   {reason: "A subnet's range is fixed.", from: planOf(tier, before), to: planOf(tier, `{a: 10.0.30.0/24, b: 10.0.32.0/24}`), field: at},
				"Swapped": {reason: "Ranges cannot swap zones either.", from: planOf(tier, before), to: planOf(tier, `{a: 10.0.31.0/24, b: 10.0.30.0/24}`), field: at},
			},
		}
	}
	return out
}
