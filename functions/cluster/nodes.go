package cluster

import (
	"slices"
	"strings"

	ec2v1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta2"
	eksv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta2"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
	"github.com/ausmart/platform/functions/internal/region"
)

const (
	nodeRoleName    = "role-node"
	templateName    = "launch-template"
	nodeGroupPrefix = "node-group-"

	// nodeGroupNameMax is the longest name of a node group
	// (docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html, read 2026-11-29).
	nodeGroupNameMax = 63

	// hopLimit of the instance metadata service. With one hop it answers the node
	// itself and no pod, which would get the node's credentials otherwise.
	hopLimit = 1

	// rootDevice of Amazon Linux 2023 images
	// (github.com/awslabs/amazon-eks-ami, templates/al2023, read 2026-11-29).
	rootDevice = "/dev/xvda"

	// unavailable is how many percent of the nodes an update may take at once.
	unavailable = 33
)

// nodePolicies are what AWS requires of every node: to join, to pull images, to be
// reached for repairs without SSH
// (docs.aws.amazon.com/eks/latest/userguide/create-node-role.html, read 2026-11-29).
func nodePolicies() []string {
	return []string{"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"}
}

// addNodes adds the baseline nodes.
func (c *cluster) addNodes() {
	c.addRole(role{
		name: nodeRoleName, stage: nodes,
		description: "Baseline nodes of cluster " + c.Name,
		trust:       c.ec2Trust(),
		managed:     nodePolicies(),
	})
	c.addTemplate()
	c.addNodeGroup()
}

func (c *cluster) ec2Trust() string { return iampolicy.Trust(region.EC2(c.spec.Region), nil) }

// addTemplate adds the launch template of the baseline nodes.
func (c *cluster) addTemplate() {
	size := float64(baseline(c.spec).DiskGiB)
	var tags []ec2v1beta2.TagSpecificationsParameters
	for _, kind := range []string{"instance", "volume", "network-interface"} {
		tags = append(tags, ec2v1beta2.TagSpecificationsParameters{ResourceType: new(kind), Tags: c.Tags("node")})
	}
	c.Desired.Add(templateName, &ec2v1beta2.LaunchTemplate{
		Spec: ec2v1beta2.LaunchTemplateSpec{ForProvider: ec2v1beta2.LaunchTemplateParameters_2{
			Region:      &c.spec.Region,
			Description: new("Baseline nodes of cluster " + c.Name),
			MetadataOptions: &ec2v1beta2.LaunchTemplateMetadataOptionsParameters{
				HTTPEndpoint:            new("enabled"),
				HTTPTokens:              new("required"),
				HTTPPutResponseHopLimit: new(float64(hopLimit)),
			},
			BlockDeviceMappings: []ec2v1beta2.BlockDeviceMappingsParameters{{
				DeviceName: new(rootDevice),
				EBS: &ec2v1beta2.EBSParameters{
					VolumeType:          new("gp3"),
					VolumeSize:          &size,
					Encrypted:           new("true"),
					DeleteOnTermination: new("true"),
				},
			}},
			VPCSecurityGroupIds:  []*string{&c.network.nodeGroup},
			TagSpecifications:    tags,
			UpdateDefaultVersion: new(true),
			Tags:                 c.Tags(templateName),
		}},
	}, desired.In(nodes))
}

// addNodeGroup adds the baseline node group. Nodes need the add-ons of their network.
func (c *cluster) addNodeGroup() {
	name := nodeGroupName(c.spec)
	if c.state.template == "" || c.state.templateVersion == "" {
		c.Desired.Pending(name, desired.In(nodes))
		return
	}
	g := baseline(c.spec)
	minSize, maxSize, desiredSize := float64(g.Min), float64(g.Max), float64(g.Desired)
	image := "AL2023_x86_64_STANDARD"
	if baselineArchitecture(c.spec) == "arm64" {
		image = "AL2023_ARM_64_STANDARD"
	}
	c.Desired.Add(name, &eksv1beta2.NodeGroup{
		ObjectMeta: c.Named(name, c.fit("-"+strings.TrimPrefix(name, nodeGroupPrefix), nodeGroupNameMax)),
		Spec: eksv1beta2.NodeGroupSpec{
			ForProvider: eksv1beta2.NodeGroupParameters{
				Region:              &c.spec.Region,
				ClusterNameSelector: desired.Selector(clusterName),
				NodeRoleArnSelector: desired.Selector(nodeRoleName),
				SubnetIds:           c.nodeSubnets(),
				Version:             &c.version.nodes,
				AMIType:             &image,
				CapacityType:        new("ON_DEMAND"),
				InstanceTypes:       composition.Pointers(g.InstanceTypes),
				LaunchTemplate:      &eksv1beta2.LaunchTemplateParameters{ID: &c.state.template, Version: &c.state.templateVersion},
				ScalingConfig:       &eksv1beta2.ScalingConfigParameters{MinSize: &minSize, MaxSize: &maxSize},
				UpdateConfig:        &eksv1beta2.UpdateConfigParameters{MaxUnavailablePercentage: new(float64(unavailable))},
				NodeRepairConfig:    &eksv1beta2.NodeRepairConfigParameters{Enabled: new(true)},
				Labels:              map[string]*string{"ausmart.io/nodes": new("baseline")},
				Tags:                c.Tags(name),
			},
			// The size at the start only: after that it is the group's own. The controllers of
			// 2.6 and later set it again all the same: upjet compares the path in the object with
			// Terraform's, which has a list there (crossplane/upjet, pkg/controller,
			// filterInitExclusiveDiffs; provider-upjet-aws#1907; read 2026-11-30).
			InitProvider: eksv1beta2.NodeGroupInitParameters{ScalingConfig: &eksv1beta2.ScalingConfigInitParameters{DesiredSize: &desiredSize}},
		},
	}, desired.In(nodes), desired.AfterEarlierStages(), desired.After(c.beforeNodes()...))
}

// nodeSubnets are those that the group was made with, since AWS cannot change them.
// Karpenter's nodes use the zones that the network gets later.
func (c *cluster) nodeSubnets() []*string {
	if len(c.state.nodeSubnets) > 0 {
		return c.state.nodeSubnets
	}
	return c.network.subnets
}

// oldNodeGroups are the node groups that exist and that the claim no longer asks for.
func (c *cluster) oldNodeGroups() []string {
	return slices.DeleteFunc(c.Observed.Names(), func(name string) bool {
		return !strings.HasPrefix(name, nodeGroupPrefix) || name == nodeGroupName(c.spec) || c.Observed.Deleting(name)
	})
}

// nodeGroups of the composition: the one that the claim asks for, and those that it
// replaces.
func (c *cluster) nodeGroups() []string {
	return slices.DeleteFunc(append(c.oldNodeGroups(), nodeGroupName(c.spec)), func(name string) bool { return !c.Desired.Has(name) })
}

// keepOldNodes keeps a node group until the one that replaces it is ready, so that there are
// nodes for its pods.
func (c *cluster) keepOldNodes() {
	if c.Observed.Condition(nodeGroupName(c.spec), "Ready").Status == "True" {
		return
	}
	for _, name := range c.oldNodeGroups() {
		c.Desired.Keep(name)
	}
}
