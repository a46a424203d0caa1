package cluster

import (
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// The add-ons that EKS manages.
const (
	addonCNI         = "vpc-cni"
	addonProxy       = "kube-proxy"
	addonDNS         = "coredns"
	addonPodIdentity = "eks-pod-identity-agent"
	addonEBS         = "aws-ebs-csi-driver"
)

const (
	cniRoleName = "role-vpc-cni"
	ebsRoleName = "role-ebs-csi"
)

func addonName(addon string) string { return "addon-" + addon }

func cniIdentity() identity { return identity{"kube-system", "aws-node"} }
func ebsIdentity() identity { return identity{"kube-system", "ebs-csi-controller-sa"} }

// An addonConfig has the fields of add-ons' configuration schemas that we set
// (docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html and
// coredns-autoscaling.html; aws-ebs-csi-driver v1.64.0, its chart's values.schema.json;
// read 2026-11-29. The schemas of EKS' own builds, which describe-addon-configuration
// lists, could not be read).
type addonConfig struct {
	EnableNetworkPolicy string         `json:"enableNetworkPolicy,omitempty"` // Text in the schema.
	NodeAgent           *nodeAgent     `json:"nodeAgent,omitempty"`
	Env                 *cniEnv        `json:"env,omitempty"`
	AutoScaling         *autoScaling   `json:"autoScaling,omitempty"`
	Controller          *ebsController `json:"controller,omitempty"`
}

// nodeAgent of vpc-cni enforces network policies.
type nodeAgent struct {
	EnablePolicyEventLogs string `json:"enablePolicyEventLogs"` // Text in the schema.
}

// cniEnv is how many addresses a node holds before pods ask for them.
type cniEnv struct {
	WarmIPTarget    string `json:"WARM_IP_TARGET"`
	MinimumIPTarget string `json:"MINIMUM_IP_TARGET"`
}

type autoScaling struct {
	Enabled     bool `json:"enabled"`
	MinReplicas int  `json:"minReplicas"`
	MaxReplicas int  `json:"maxReplicas"`
}

type ebsController struct {
	ExtraVolumeTags map[string]*string `json:"extraVolumeTags,omitempty"`
}

// beforeNodes are the add-ons without which a node does not become ready, or its pods
// get no credentials.
func (c *cluster) beforeNodes() []string {
	return []string{addonName(addonCNI), addonName(addonProxy), addonName(addonPodIdentity)}
}

// cniPolicies are AWS's own: the add-on's needs change with its version, and AWS
// publishes them as this policy only.
func cniPolicies() []string { return []string{"AmazonEKS_CNI_Policy"} }

// addAddons adds the add-ons that EKS manages.
func (c *cluster) addAddons() {
	cni := c.addPodRole(role{
		name: cniRoleName, stage: nodes,
		description: "Network interfaces of the pods of cluster " + c.Name,
		managed:     cniPolicies(),
	}, cniIdentity())
	c.addAddon(nodes, addonCNI, c.cniConfig(), cni)
	c.addAddon(nodes, addonProxy, addonConfig{})
	c.addAddon(nodes, addonPodIdentity, addonConfig{})

	ebs := c.addPodRole(role{
		name: ebsRoleName, stage: addons,
		description: "Volumes of cluster " + c.Name,
		statements:  c.ebsStatements(),
	}, ebsIdentity())
	c.addAddon(addons, addonEBS, addonConfig{Controller: &ebsController{ExtraVolumeTags: c.Tags("volume")}}, ebs)
	c.addAddon(addons, addonDNS, addonConfig{AutoScaling: &autoScaling{Enabled: true, MinReplicas: 2, MaxReplicas: 10}})
}

// cniConfig enforces network policies, and logs on the node what they refuse. A new pod is
// open until the node knows its policies, a second or two (standard mode): strict mode
// would refuse everything until then, also of each pod that has no policy, and CoreDNS,
// the controllers and whatever an add-on brings later have none of ours.
func (c *cluster) cniConfig() addonConfig {
	out := addonConfig{EnableNetworkPolicy: "true", NodeAgent: &nodeAgent{EnablePolicyEventLogs: "true"}}
	if c.fewAddresses() {
		out.Env = &cniEnv{WarmIPTarget: "4", MinimumIPTarget: "12"}
	}
	return out
}

func (c *cluster) addAddon(stage int, addon string, config addonConfig, after ...string) {
	name := addonName(addon)
	p := eksv1beta1.AddonParameters{
		Region:              &c.spec.Region,
		ClusterNameSelector: desired.Selector(clusterName),
		AddonName:           &addon,
		// EKS made what exists at the start, and a later change by hand is a mistake.
		ResolveConflictsOnCreate: new("OVERWRITE"),
		ResolveConflictsOnUpdate: new("OVERWRITE"),
		Tags:                     c.Tags(name),
	}
	if v := c.addonVersion(addon); v != "" {
		p.AddonVersion = &v
	}
	if text := composition.JSON(config); text != "{}" {
		p.ConfigurationValues = &text
	}
	c.Desired.Add(name, &eksv1beta1.Addon{Spec: eksv1beta1.AddonSpec{ForProvider: p}},
		desired.In(stage), desired.AfterEarlierStages(), desired.After(after...))
}

// ebsStatements let the driver manage the volumes and snapshots of this cluster, and attach
// volumes to its instances: those with the platform's tag of the cluster, which the add-on's
// configuration puts on whatever the driver makes, and the launch template and Karpenter's
// class on instances. AWS's AmazonEBSCSIDriverEKSClusterScopedPolicy does the same by a tag
// that only drivers since 1.58 set: volumes of older ones would be lost to it. After AWS's
// AmazonEBSCSIDriverPolicyV2, narrowed to this cluster, account and region
// (docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverPolicyV2.html
// by way of github.com/iann0036/iam-dataset of 2026-08-22, read 2026-11-29). Left out are
// fast snapshot restores, which cost by the hour, and volumes of the driver that
// Kubernetes once had built in, of which a new cluster has none.
func (c *cluster) ebsStatements() []iampolicy.Statement {
	if c.Account == "" {
		return nil
	}
	const owned, clusterTag = "ebs.csi.aws.com/cluster", "ausmart.io/cluster"
	volumes, instances := c.ARN("ec2", "volume/*"), c.ARN("ec2", "instance/*")
	// A snapshot has no account in its ARN, whoever owns it
	// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html, read 2026-11-29).
	snapshots := iampolicy.ARN(c.Partition(), "ec2", c.spec.Region, "", "snapshot/*")
	requested := iampolicy.Conditions{"StringEquals": {"aws:RequestTag/" + owned: {"true"}, "aws:RequestTag/" + clusterTag: {c.Name}}}
	tagged := iampolicy.Conditions{"StringEquals": {"aws:ResourceTag/" + owned: {"true"}, "aws:ResourceTag/" + clusterTag: {c.Name}}}
	ours := iampolicy.Conditions{"StringEquals": {"aws:ResourceTag/" + clusterTag: {c.Name}}}
	return []iampolicy.Statement{
		{
			Sid: "Look", Effect: iampolicy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
			Action: []string{
				"ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeInstanceTypes", "ec2:DescribeSnapshots",
				"ec2:DescribeVolumes", "ec2:DescribeVolumesModifications", "ec2:DescribeVolumeStatus",
			},
		},
		{Sid: "MakeVolumes", Effect: iampolicy.Allow, Action: []string{"ec2:CopyVolumes", "ec2:CreateVolume"}, Resource: []string{volumes}, Condition: requested},
		{Sid: "MakeVolumesOfSnapshots", Effect: iampolicy.Allow, Action: []string{"ec2:CreateVolume"}, Resource: []string{snapshots}, Condition: tagged},
		{Sid: "MakeSnapshots", Effect: iampolicy.Allow, Action: []string{"ec2:CreateSnapshot"}, Resource: []string{snapshots}, Condition: requested},
		{
			Sid: "TagWhatIsMade", Effect: iampolicy.Allow, Action: []string{"ec2:CreateTags"}, Resource: []string{volumes, snapshots},
			Condition: iampolicy.Conditions{"StringEquals": {"ec2:CreateAction": {"CopyVolumes", "CreateVolume", "CreateSnapshot"}}},
		},
		{
			Sid: "ManageVolumes", Effect: iampolicy.Allow, Resource: []string{volumes}, Condition: tagged,
			Action: []string{"ec2:AttachVolume", "ec2:CopyVolumes", "ec2:DetachVolume", "ec2:ModifyVolume", "ec2:DeleteVolume", "ec2:CreateSnapshot"},
		},
		{
			// All but the tags that say whose a volume is.
			Sid: "TagVolumes", Effect: iampolicy.Allow, Action: []string{"ec2:CreateTags", "ec2:DeleteTags"}, Resource: []string{volumes},
			Condition: iampolicy.Conditions{
				"StringEquals":                 tagged["StringEquals"],
				"ForAllValues:StringNotEquals": {"aws:TagKeys": {owned, owned + "-name", clusterTag, "kubernetes.io/created-for/pvc/name"}},
				"Null":                         {"aws:TagKeys": {"false"}},
			},
		},
		{Sid: "ManageSnapshots", Effect: iampolicy.Allow, Action: []string{"ec2:DeleteSnapshot", "ec2:LockSnapshot"}, Resource: []string{snapshots}, Condition: tagged},
		{Sid: "AttachToInstances", Effect: iampolicy.Allow, Action: []string{"ec2:AttachVolume", "ec2:DetachVolume"}, Resource: []string{instances}, Condition: ours},
	}
}

// inRegion limits to the cluster's region what AWS cannot limit to a resource.
func (c *cluster) inRegion() iampolicy.Conditions {
	return iampolicy.Conditions{"StringEquals": {"aws:RequestedRegion": {c.spec.Region}}}
}
