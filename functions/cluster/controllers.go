package cluster

import (
	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

const (
	loadBalancerRoleName = "role-load-balancers"
	dnsRoleName          = "role-external-dns"
)

// addControllers adds the roles of the controllers in the cluster.
func (c *cluster) addControllers() {
	c.addPodRole(role{
		name: loadBalancerRoleName, stage: addons,
		description: "Load balancer controller of cluster " + c.Name,
		statements:  c.loadBalancerStatements(),
	}, podsOf(charts.LoadBalancer))
	if c.spec.DNS != nil {
		c.addPodRole(role{
			name: dnsRoleName, stage: addons,
			description: "external-dns of cluster " + c.Name,
			statements:  c.dnsStatements(),
		}, podsOf(charts.ExternalDNS))
	}
}

// dnsStatements let external-dns write to the zones of the claim. After the policy
// that it publishes, narrowed to these zones (github.com/kubernetes-sigs/external-dns
// v0.21.0, docs/tutorials/aws.md, read 2026-11-29).
func (c *cluster) dnsStatements() []iampolicy.Statement {
	zones := make([]string, len(c.spec.DNS.HostedZoneIDs))
	for i, id := range c.spec.DNS.HostedZoneIDs {
		zones[i] = iampolicy.ARN(c.Partition(), "route53", "", "", "hostedzone/"+id)
	}
	return []iampolicy.Statement{
		{
			Sid: "WriteRecords", Effect: iampolicy.Allow, Resource: zones,
			Action: []string{"route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:ListTagsForResources"},
		},
		{Sid: "FindZones", Effect: iampolicy.Allow, Action: []string{"route53:ListHostedZones"}, Resource: []string{"*"}},
	}
}

// loadBalancerStatements let the controller manage load balancers, target groups
// and security groups that it tags as this cluster's. After the policy that the
// controller publishes, whose conditions ask for the tag and not for its value
// (github.com/kubernetes-sigs/aws-load-balancer-controller v3.5.0,
// docs/install/iam_policy.json, read 2026-11-29). What is not in use is left out: Shield
// and the old WAF, which its chart's values switch off, Cognito, and IAM's certificates.
func (c *cluster) loadBalancerStatements() []iampolicy.Statement {
	if c.Account == "" {
		return nil
	}
	out := append(c.loadBalancerReads(), c.loadBalancerGroups()...)
	return append(out, c.loadBalancerWrites()...)
}

// ownerTag is on everything that the controller makes, with the cluster's name
// (pkg/deploy/tracking of the same version).
const ownerTag = "elbv2.k8s.aws/cluster"

func (c *cluster) requestedOwner() map[string][]string {
	return map[string][]string{"aws:RequestTag/" + ownerTag: {c.eksName()}}
}

func (c *cluster) owner() iampolicy.Conditions {
	return iampolicy.Conditions{"StringEquals": {"aws:ResourceTag/" + ownerTag: {c.eksName()}}}
}

// ownerStays allows a change of what the cluster owns, but not of its owner: the
// controller never gives anything to another cluster.
func (c *cluster) ownerStays() iampolicy.Conditions {
	out := c.owner()
	out["Null"] = map[string][]string{"aws:RequestTag/" + ownerTag: {"true"}}
	return out
}

func (c *cluster) loadBalancerReads() []iampolicy.Statement {
	return []iampolicy.Statement{
		{
			Sid: "Look", Effect: iampolicy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
			Action: []string{
				"acm:DescribeCertificate", "acm:ListCertificates",
				"ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeCoipPools", "ec2:DescribeInstances",
				"ec2:DescribeInternetGateways", "ec2:DescribeIpamPools", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups",
				"ec2:DescribeSubnets", "ec2:DescribeTags", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:GetCoipPoolUsage", "ec2:GetSecurityGroupsForVpc",
				"elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes", "elasticloadbalancing:DescribeListenerCertificates",
				"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers",
				"elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeSSLPolicies", "elasticloadbalancing:DescribeTags",
				"elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
				"elasticloadbalancing:DescribeTrustStores",
			},
		},
		{
			Sid: "MakeServiceRole", Effect: iampolicy.Allow, Action: []string{"iam:CreateServiceLinkedRole"},
			Resource: []string{iampolicy.ARN(c.Partition(), "iam", "", c.Account,
				"role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing")},
			Condition: iampolicy.Conditions{"StringEquals": {"iam:AWSServiceName": {"elasticloadbalancing.amazonaws.com"}}},
		},
		{
			Sid: "GuardByWAF", Effect: iampolicy.Allow,
			Action:   []string{"wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "wafv2:GetWebACL", "wafv2:GetWebACLForResource"},
			Resource: []string{c.ARN("wafv2", "regional/webacl/*/*"), c.ARN("elasticloadbalancing", "loadbalancer/app/*/*")},
		},
	}
}

// loadBalancerGroups let the controller make security groups of load balancers, and open
// the nodes' group to them.
func (c *cluster) loadBalancerGroups() []iampolicy.Statement {
	groups := c.ARN("ec2", "security-group/*")
	creating := c.requestedOwner()
	creating["ec2:CreateAction"] = []string{"CreateSecurityGroup"}
	rules := []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"}
	return []iampolicy.Statement{
		{Sid: "MakeGroupsInVPC", Effect: iampolicy.Allow, Action: []string{"ec2:CreateSecurityGroup"}, Resource: []string{c.ARN("ec2", "vpc/"+c.network.vpcID)}},
		{
			Sid: "MakeGroups", Effect: iampolicy.Allow, Action: []string{"ec2:CreateSecurityGroup"}, Resource: []string{groups},
			Condition: iampolicy.Conditions{"StringEquals": c.requestedOwner()},
		},
		{Sid: "TagNewGroups", Effect: iampolicy.Allow, Action: []string{"ec2:CreateTags"}, Resource: []string{groups}, Condition: iampolicy.Conditions{"StringEquals": creating}},
		{
			Sid: "ManageGroups", Effect: iampolicy.Allow, Resource: []string{groups}, Condition: c.owner(),
			Action: append([]string{"ec2:DeleteSecurityGroup"}, rules...),
		},
		{Sid: "TagGroups", Effect: iampolicy.Allow, Action: []string{"ec2:CreateTags", "ec2:DeleteTags"}, Resource: []string{groups}, Condition: c.ownerStays()},
		{Sid: "OpenNodes", Effect: iampolicy.Allow, Action: rules, Resource: []string{c.ARN("ec2", "security-group/"+c.network.nodeGroup)}},
	}
}

func (c *cluster) loadBalancerWrites() []iampolicy.Statement {
	elb := func(kinds ...string) []string { return c.arns("elasticloadbalancing", kinds...) }
	holders := elb("loadbalancer", "targetgroup")
	listeners := elb("listener", "listener-rule")
	requested := iampolicy.Conditions{"StringEquals": c.requestedOwner()}
	creating := c.requestedOwner()
	creating["elasticloadbalancing:CreateAction"] = []string{"CreateTargetGroup", "CreateLoadBalancer"}
	return []iampolicy.Statement{
		{
			Sid: "Make", Effect: iampolicy.Allow, Resource: holders, Condition: requested,
			Action: []string{"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"},
		},
		{
			Sid: "TagNew", Effect: iampolicy.Allow, Action: []string{"elasticloadbalancing:AddTags"}, Resource: holders,
			Condition: iampolicy.Conditions{"StringEquals": creating},
		},
		{
			Sid: "Manage", Effect: iampolicy.Allow, Resource: holders, Condition: c.owner(),
			Action: []string{
				"elasticloadbalancing:CreateListener", "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteTargetGroup",
				"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:ModifyCapacityReservation", "elasticloadbalancing:ModifyIpPools",
				"elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
				"elasticloadbalancing:RegisterTargets", "elasticloadbalancing:SetIpAddressType",
				"elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets", "elasticloadbalancing:SetWebAcl",
			},
		},
		{
			Sid: "Tag", Effect: iampolicy.Allow, Resource: holders, Condition: c.ownerStays(),
			Action: []string{"elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"},
		},
		{
			// A listener's tags are not there yet when it is made, and the published policy
			// asks for none either.
			Sid: "ManageListeners", Effect: iampolicy.Allow, Resource: listeners,
			Action: []string{
				"elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteListener",
				"elasticloadbalancing:DeleteRule", "elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule",
				"elasticloadbalancing:RemoveListenerCertificates", "elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetRulePriorities",
			},
		},
		{
			Sid: "SetListenerAttributes", Effect: iampolicy.Allow, Action: []string{"elasticloadbalancing:ModifyListenerAttributes"},
			Resource: elb("listener"), Condition: c.owner(),
		},
	}
}
