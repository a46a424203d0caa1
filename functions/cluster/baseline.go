package cluster

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/cluster/nodepools"
	"github.com/ausmart/platform/functions/internal/awsname"
)

// baseline is the node group that a claim asks for, with the defaults of the schema for what
// the claim leaves out.
func baseline(spec v1alpha1.ClusterSpec) v1alpha1.NodeGroup {
	g := ptr.Deref(spec.Nodes, v1alpha1.NodeGroup{})
	if len(g.InstanceTypes) == 0 {
		g.InstanceTypes = []string{"t3.medium"}
	}
	g.Min, g.Max, g.Desired, g.DiskGiB = cmp.Or(g.Min, 1), cmp.Or(g.Max, 6), cmp.Or(g.Desired, 3), cmp.Or(g.DiskGiB, 30)
	return g
}

// nodeGroupName follows from the instance types, which AWS cannot change of a node group:
// other types are another group.
func nodeGroupName(spec v1alpha1.ClusterSpec) string {
	const digits = 8
	return nodeGroupPrefix + awsname.Digest(digits, baseline(spec).InstanceTypes...)
}

// graviton instance types have a g in what follows the generation, as in t4g or
// c7gn (docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html,
// read 2026-11).
var graviton = regexp.MustCompile(`^[a-z]+[0-9]+[a-z]*g`)

// architecture that all of the instance types have.
func architecture(types []string) (string, error) {
	arch := func(t string) string {
		if graviton.MatchString(strings.Split(t, ".")[0]) {
			return "arm64"
		}
		return "amd64"
	}
	first := arch(types[0])
	for _, t := range types[1:] {
		if arch(t) != first {
			return "", fmt.Errorf("spec.nodes.instanceTypes: %s is %s and %s is %s: a node group has one architecture", types[0], first, t, arch(t))
		}
	}
	return first, nil
}

// baselineArchitecture is that of the baseline nodes.
func baselineArchitecture(spec v1alpha1.ClusterSpec) string {
	arch, _ := architecture(baseline(spec).InstanceTypes) // validate has reported the error.
	return arch
}

// architecture of Karpenter's nodes: the claim's, or else that of the baseline nodes, so
// that a pod runs on either.
func (c *cluster) architecture() string {
	if k := c.spec.Karpenter; k != nil && k.Architecture != "" {
		return k.Architecture
	}
	return baselineArchitecture(c.spec)
}

// nodeImage of Karpenter's nodes.
func (c *cluster) nodeImage() nodepools.Image {
	switch {
	case c.version.goingBack():
		return nodepools.Of(c.version.nodes, c.architecture())
	case c.Settings.PinnedImages.V:
		return nodepools.Pinned()
	default:
		return nodepools.Newest()
	}
}
