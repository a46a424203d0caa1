package iampolicy

import (
	"slices"
	"strings"
)

// ofManaged are the actions of AWS's own policies that we attach to roles, by the policy's name, as
// of AWS's versions on 2026-08-22 (read 2026-11-30 in the copy that github.com/iann0036/iam-dataset
// keeps). AWS may add to them; the boundary then limits a role to these.
func ofManaged() map[string][]string {
	return map[string][]string{
		"AmazonEC2ContainerRegistryPullOnly": actions("ecr", "BatchGetImage BatchImportUpstreamImage GetAuthorizationToken GetDownloadUrlForLayer"),
		"AmazonEKSClusterPolicy": slices.Concat(
			actions("autoscaling", "DescribeAutoScalingGroups UpdateAutoScalingGroup"),
			actions("ec2", "AttachVolume AuthorizeSecurityGroupIngress CreateRoute CreateSecurityGroup CreateTags CreateVolume DeleteNetworkInterface DeleteRoute "+
				"DeleteSecurityGroup DeleteVolume DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones DescribeDhcpOptions "+
				"DescribeInstanceTopology DescribeInstances DescribeInternetGateways DescribeNetworkInterfaces DescribeRouteTables DescribeSecurityGroups "+
				"DescribeSubnets DescribeVolumes DescribeVolumesModifications DescribeVpcs DetachVolume ModifyInstanceAttribute ModifyVolume "+
				"RevokeSecurityGroupIngress"),
			actions("elasticloadbalancing", "AddTags ApplySecurityGroupsToLoadBalancer AttachLoadBalancerToSubnets ConfigureHealthCheck CreateListener "+
				"CreateLoadBalancer CreateLoadBalancerListeners CreateLoadBalancerPolicy CreateTargetGroup DeleteListener DeleteLoadBalancer "+
				"DeleteLoadBalancerListeners DeleteTargetGroup DeregisterInstancesFromLoadBalancer DeregisterTargets DescribeListeners "+
				"DescribeLoadBalancerAttributes DescribeLoadBalancerPolicies DescribeLoadBalancers DescribeTargetGroupAttributes DescribeTargetGroups "+
				"DescribeTargetHealth DetachLoadBalancerFromSubnets ModifyListener ModifyLoadBalancerAttributes ModifyTargetGroup ModifyTargetGroupAttributes "+
				"RegisterInstancesWithLoadBalancer RegisterTargets SetLoadBalancerPoliciesForBackendServer SetLoadBalancerPoliciesOfListener"),
			actions("iam", "CreateServiceLinkedRole"),
			actions("kms", "DescribeKey"),
		),
		"AmazonEKSWorkerNodePolicy": slices.Concat(
			actions("ec2", "DescribeInstanceTypes DescribeInstances DescribeRouteTables DescribeSecurityGroups DescribeSubnets DescribeVolumes "+
				"DescribeVolumesModifications DescribeVpcs"),
			actions("eks", "DescribeCluster"),
			actions("eks-auth", "AssumeRoleForPodIdentity"),
		),
		"AmazonEKS_CNI_Policy": actions("ec2", "AssignPrivateIpAddresses AttachNetworkInterface CreateNetworkInterface CreateTags DeleteNetworkInterface "+
			"DescribeInstanceTypes DescribeInstances DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeTags DetachNetworkInterface "+
			"ModifyNetworkInterfaceAttribute UnassignPrivateIpAddresses"),
		"AmazonSSMManagedInstanceCore": slices.Concat(
			actions("ec2messages", "AcknowledgeMessage DeleteMessage FailMessage GetEndpoint GetMessages SendReply"),
			actions("ssm", "DescribeAssociation DescribeDocument GetDeployablePatchSnapshotForInstance GetDocument GetManifest GetParameter GetParameters "+
				"ListAssociations ListInstanceAssociations PutComplianceItems PutConfigurePackageResult PutInventory UpdateAssociationStatus "+
				"UpdateInstanceAssociationStatus UpdateInstanceInformation"),
			actions("ssmmessages", "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel"),
		),
	}
}

// whole are the read actions of services, which the boundary allows with a wildcard: listed one by
// one, they would be too large for a policy.
func whole() []string {
	return []string{"ec2:Describe*", "elasticloadbalancing:Describe*"}
}

// LimitedTo is the boundary of composed roles: at most the needed actions, which are those of their
// own policies and AWS's.
func LimitedTo(needed []string) Document {
	var may []string
	for _, a := range needed {
		i := slices.IndexFunc(whole(), func(w string) bool { return matches(w, a) })
		switch {
		case a == "iam:PassRole" || a == "iam:CreateServiceLinkedRole": // Below, with conditions.
		case i >= 0:
			may = append(may, whole()[i])
		default:
			may = append(may, a)
		}
	}
	slices.Sort(may)
	return document(
		Statement{Sid: "WhatComposedRolesDo", Effect: allow, Action: slices.Compact(may), Resource: []string{"*"}},
		Statement{
			Sid: "KarpenterPassesNodes", Effect: allow, Action: []string{"iam:PassRole"}, Resource: []string{composedRoles},
			Condition: Conditions{"StringEquals": {"iam:PassedToService": {"ec2.amazonaws.com"}}},
		},
		Statement{
			Sid: "FirstLoadBalancer", Effect: allow, Action: []string{"iam:CreateServiceLinkedRole"},
			Resource:  []string{linkedRoles},
			Condition: Conditions{"StringEquals": {"iam:AWSServiceName": {"elasticloadbalancing.amazonaws.com"}}},
		},
		// In all cases denied: changing a role, a policy or a boundary, and assuming another role.
		Statement{
			Sid: "NoWayOut", Effect: deny, NotAction: []string{"iam:CreateServiceLinkedRole", "iam:Get*", "iam:List*", "iam:PassRole"},
			Resource: []string{"arn:aws:iam::*:*"},
		},
	)
}

// matches reports whether a pattern of IAM, in which * is any text and ? any character, matches a
// text. Case does not count, as in IAM's actions.
func matches(pattern, text string) bool {
	return glob(strings.ToLower(pattern), strings.ToLower(text))
}

func glob(pattern, text string) bool {
	for i, p := range pattern {
		switch {
		case p == '*':
			rest := pattern[i+1:]
			for j := 0; j <= len(text)-i; j++ {
				if glob(rest, text[i+j:]) {
					return true
				}
			}
			return false
		case i >= len(text) || p != '?' && text[i] != pattern[i]:
			return false
		}
	}
	return len(pattern) == len(text)
}
