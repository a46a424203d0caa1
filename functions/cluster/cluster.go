package cluster

import (
	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
	"github.com/ausmart/platform/functions/internal/awsname"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// kind of the claim.
const kind = "Cluster"

// The stages of a cluster. Each needs the ones before.
const (
	foundation = iota
	controlPlane
	nodes
	addons
	controllers
)

func stages() []desired.Stage {
	return []desired.Stage{
		foundation:   {Title: "foundation"},
		controlPlane: {Title: "control plane", Condition: "ControlPlaneReady"},
		nodes:        {Title: "node group", Condition: "NodesReady"},
		addons:       {Title: "add-ons", Condition: "AddonsReady"},
		controllers:  {Title: "controllers", Condition: "ControllersReady"},
	}
}

// A cluster under composition.
type cluster struct {
	*composition.Composition

	spec    v1alpha1.ClusterSpec
	state   state
	network networkInfo
	version versionPlan
}

// networkInfo has the fields of the network that the cluster needs.
type networkInfo struct {
	// name of the composite, with which the network tags the subnets for Karpenter.
	name string

	vpcID     string
	cidr      string
	public    []v1alpha1.AddressRange // of the public tier, sorted by zone
	app       []v1alpha1.AddressRange // of the app tier, sorted by zone
	missing   []string                // interface endpoints, where there is no NAT gateway
	noNAT     bool
	subnets   []*string // of the app tier, sorted by zone
	nodeGroup string    // the security group of nodes

	// accessLogs is the bucket for the access logs of load balancers.
	accessLogs string
}

// readNetwork reads what the cluster needs of its network. It is pending while the
// network does not have it.
func readNetwork(in adapter.Input[*v1alpha1.Cluster]) (networkInfo, error) {
	claim := networkClaim(in.XR)
	n, err := adapter.Referenced[v1alpha1.Network](in, claim)
	if err != nil {
		return networkInfo{}, err
	}
	out := networkInfo{
		name: n.GetName(), vpcID: n.Status.VPCID, cidr: n.Status.CIDR, public: n.Status.PublicCIDRs, app: n.Status.AppCIDRs,
		accessLogs: n.Status.AccessLogBucket,
	}
	out.noNAT, out.missing = egress(n)
	if s := n.Status.Subnets; s != nil {
		out.subnets = composition.SubnetIDs(s.App)
	}
	if g := n.Status.SecurityGroups; g != nil {
		out.nodeGroup = g.Node
	}
	const zones = 2 // EKS needs subnets in two zones.
	if out.vpcID == "" || out.nodeGroup == "" || len(out.subnets) < zones {
		return networkInfo{}, adapter.Pending("waiting for %s: its status has no VPC, app subnets in two zones and node security group yet", claim)
	}
	return out, nil
}

// fit the cluster's name and a suffix into the longest name that AWS takes.
func (c *cluster) fit(suffix string, longest int) string {
	const digits = 6
	return awsname.WithoutDots(c.Name, digits).Fit(suffix, longest)
}

// eksName is the cluster's name in AWS.
func (c *cluster) eksName() string { return c.NameInAWS(clusterName, c.fit("", eksNameMax)) }

// iamARN of a role or instance profile of the cluster.
func (c *cluster) iamARN(resource, name string) string {
	return iampolicy.ARN(c.Partition(), "iam", "", c.Account, resource+string(c.Settings.IAMPath.V)+name)
}

// arns of all resources of some kinds of a service.
func (c *cluster) arns(service string, kinds ...string) []string {
	out := make([]string, len(kinds))
	for i, kind := range kinds {
		out[i] = c.ARN(service, kind+"/*")
	}
	return out
}

// karpenterOn reports whether the claim has Karpenter.
func (c *cluster) karpenterOn() bool {
	return c.spec.Karpenter == nil || ptr.Deref(c.spec.Karpenter.Enabled, true)
}

// observabilityOn reports whether the claim has traces, logs, metrics and dashboards.
func (c *cluster) observabilityOn() bool {
	return c.spec.Observability == nil || ptr.Deref(c.spec.Observability.Enabled, true)
}
