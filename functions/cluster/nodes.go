package cluster

import (
	"slices"
	"strings"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"

	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/policy"
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

// nodePolicies are what AWS wants of every node: to join, to pull images, to be
// reached for repairs without SSH
// (docs.aws.amazon.com/eks/latest/userguide/create-node-role.html, read 2026-11-29).
func nodePolicies() []string {
	return []string{"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"}
}

// addNodes plans the baseline node group.
func (c *cluster) addNodes() {
	c.addRole(role{
		name: nodeRoleName, use: "node", stage: nodes,
		description: "Baseline nodes of cluster " + c.name,
		trust:       c.ec2Trust(),
		managed:     nodePolicies(),
	})
	c.addTemplate()
	c.addNodeGroup()
}

func (c *cluster) ec2Trust() string { return policy.Trust(c.ec2Service(), nil) }

// ec2Service is how EC2 is called where it assumes a role: after China's own domain
// in China (CloudFormation of Karpenter 1.14, read 2026-11-29).
func (c *cluster) ec2Service() string {
	if c.partition() == "aws-cn" {
		return "ec2.amazonaws.com.cn"
	}
	return "ec2.amazonaws.com"
}

func (c *cluster) addTemplate() {
	size := float64(groupOf(c.spec).DiskGiB)
	var tags []ec2v1beta1.TagSpecificationsParameters
	for _, kind := range []string{"instance", "volume", "network-interface"} {
		tags = append(tags, ec2v1beta1.TagSpecificationsParameters{ResourceType: new(kind), Tags: c.tags("node")})
	}
	c.parts.add(nodes, templateName, ec2v1beta1.LaunchTemplate_GroupVersionKind, &ec2v1beta1.LaunchTemplate{
		Spec: ec2v1beta1.LaunchTemplateSpec{ForProvider: ec2v1beta1.LaunchTemplateParameters_2{
			Region:      &c.spec.Region,
			Description: new("Baseline nodes of cluster " + c.name),
			MetadataOptions: []ec2v1beta1.LaunchTemplateMetadataOptionsParameters{{
				HTTPEndpoint:            new("enabled"),
				HTTPTokens:              new("required"),
				HTTPPutResponseHopLimit: new(float64(hopLimit)),
			}},
			BlockDeviceMappings: []ec2v1beta1.BlockDeviceMappingsParameters{{
				DeviceName: new(rootDevice),
				EBS: []ec2v1beta1.EBSParameters{{
					VolumeType:          new("gp3"),
					VolumeSize:          &size,
					Encrypted:           new("true"),
					DeleteOnTermination: new("true"),
				}},
			}},
			VPCSecurityGroupIds:  []*string{&c.in.nodeGroup},
			TagSpecifications:    tags,
			UpdateDefaultVersion: new(true),
			Tags:                 c.tags(templateName),
		}},
	})
}

// nodeGroupName holds what AWS cannot change of a node group: with other instance
// types it is another group.
func (c *cluster) nodeGroupName() string {
	const digits = 8
	return nodeGroupPrefix + digest(groupOf(c.spec).InstanceTypes...)[:digits]
}

func (c *cluster) addNodeGroup() {
	name := c.nodeGroupName()
	if c.seen.template == "" || c.seen.templateVersion == "" {
		c.parts.later(nodes, name)
		return
	}
	g := groupOf(c.spec)
	minSize, maxSize, desiredSize := float64(g.Min), float64(g.Max), float64(g.Desired)
	image := "AL2023_x86_64_STANDARD"
	if arch, _ := architecture(g.InstanceTypes); arch == "arm64" { // check has seen to the error.
		image = "AL2023_ARM_64_STANDARD"
	}
	version := c.spec.Version
	if c.seen.version != "" {
		version = c.seen.version // Nodes follow the control plane, and never go before it.
	}
	c.parts.gate(nodes, name, eksv1beta1.NodeGroup_GroupVersionKind, &eksv1beta1.NodeGroup{
		ObjectMeta: c.named(name, shorten(c.name, "-"+strings.TrimPrefix(name, nodeGroupPrefix), nodeGroupNameMax)),
		Spec: eksv1beta1.NodeGroupSpec{
			ForProvider: eksv1beta1.NodeGroupParameters{
				Region:              &c.spec.Region,
				ClusterNameSelector: desired.Selector(clusterName),
				NodeRoleArnSelector: desired.Selector(nodeRoleName),
				SubnetIds:           c.nodeSubnets(name),
				Version:             &version,
				AMIType:             &image,
				CapacityType:        new("ON_DEMAND"),
				InstanceTypes:       pointers(g.InstanceTypes),
				LaunchTemplate:      []eksv1beta1.LaunchTemplateParameters{{ID: &c.seen.template, Version: &c.seen.templateVersion}},
				ScalingConfig:       []eksv1beta1.ScalingConfigParameters{{MinSize: &minSize, MaxSize: &maxSize}},
				UpdateConfig:        []eksv1beta1.UpdateConfigParameters{{MaxUnavailablePercentage: new(float64(unavailable))}},
				NodeRepairConfig:    []eksv1beta1.NodeRepairConfigParameters{{Enabled: new(true)}},
				Labels:              map[string]*string{"ausmart.io/nodes": new("baseline")},
				Tags:                c.tags(name),
			},
			// The size at the start only: after that it is the group's own.
			InitProvider: eksv1beta1.NodeGroupInitParameters{ScalingConfig: []eksv1beta1.ScalingConfigInitParameters{{DesiredSize: &desiredSize}}},
		},
	}, c.beforeNodes()...)
}

// nodeSubnets are those that the group was made with, since AWS cannot change them.
// Karpenter's nodes use the zones that the network gets later.
func (c *cluster) nodeSubnets(name string) []*string {
	is, err := observed.Get[eksv1beta1.NodeGroup](c.obs, name)
	if err == nil && len(is.Spec.ForProvider.SubnetIds) > 0 {
		return is.Spec.ForProvider.SubnetIds
	}
	return c.in.subnets
}

// oldNodeGroups are the node groups that exist and are no longer asked for.
func (c *cluster) oldNodeGroups() []string {
	return slices.DeleteFunc(c.obs.Names(), func(name string) bool {
		return !strings.HasPrefix(name, nodeGroupPrefix) || name == c.nodeGroupName() || c.obs.Deleting(name)
	})
}

// nodeGroups that there will be: the one that is asked for, and those that wait for
// it to take their place.
func (c *cluster) nodeGroups() []string {
	return slices.DeleteFunc(append(c.oldNodeGroups(), c.nodeGroupName()), func(name string) bool { return !c.want.Has(name) })
}

// keepOldNodes keeps a node group until the one that takes its place is ready, so
// that its pods have somewhere to go.
func (c *cluster) keepOldNodes() {
	if c.obs.Condition(c.nodeGroupName(), "Ready").Status == "True" {
		return
	}
	for _, name := range c.oldNodeGroups() {
		c.want.Keep(c.obs, name)
	}
}
