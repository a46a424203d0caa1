package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iam"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/policy"
	"github.com/ausmart/platform/functions/internal/protection"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

// A cluster under composition.
type cluster struct {
	// name is the composite's.
	name string

	// eks is the cluster's name in AWS, which its AWS resources are named after.
	eks string

	spec v1alpha1.ClusterSpec
	set  settings.Settings
	obs  observed.Resources
	seen seen
	in   surroundings

	parts parts
	want  *desired.Resources
}

// surroundings are what the cluster uses of its network.
type surroundings struct {
	// network is the composite's name, with which the network tags the subnets for
	// Karpenter.
	network string

	vpcID     string
	cidr      string
	public    []v1alpha1.AddressRange // of the public tier, sorted by zone
	subnets   []*string               // of the app tier, sorted by zone
	nodeGroup string                  // the security group of nodes
}

// Compose decides which managed resources a Cluster is made of. Its errors name
// the claim's field and say what to do.
func Compose(in runner.Input[*v1alpha1.Cluster]) (*runner.Output, error) {
	around, err := surrounding(in)
	if err != nil {
		return nil, err
	}
	seen, err := look(in.Observed)
	if err != nil {
		return nil, err
	}
	if err := check(in.XR.Spec, in.Settings, seen); err != nil {
		return nil, err
	}
	name := in.XR.GetName()
	c := &cluster{
		name: name,
		eks:  shorten(name, "", eksNameMax),
		spec: in.XR.Spec,
		set:  in.Settings,
		obs:  in.Observed,
		seen: seen,
		in:   around,
		want: desired.New(in.XR.Spec.ProviderConfigName),
	}
	c.addControlPlane()
	c.addNodes()
	c.addAddons()
	c.addAccess()
	c.addKarpenter()
	c.addControllers()
	c.addWAF()
	if err := c.addObservability(); err != nil {
		return nil, err
	}
	if err := c.addInCluster(); err != nil {
		return nil, err
	}

	if err := c.parts.compose(c.obs, c.want); err != nil {
		return nil, err
	}
	if err := iam.Place(c.want, c.obs, c.set); err != nil {
		return nil, err
	}
	c.keepOldNodes()
	c.addUsages()
	c.guard().Hold(c.want, in.XR)
	c.release(in.XR)
	if err := c.want.Protect(c.obs, stateful, c.unasked); err != nil {
		return nil, err
	}
	p := c.parts.progress(c.obs)
	return &runner.Output{Resources: c.want, Status: c.status(p), Conditions: append(conditions(p), c.guard().Condition(c.obs))}, nil
}

// guard of the cluster. EKS protects it too, but speaks up only when nodes, add-ons
// and all that ran there are gone.
func (c *cluster) guard() protection.Guard {
	return protection.Guard{
		Kind: "Cluster", On: c.set.DeletionProtection.V, AtAWS: c.seen.protected,
		Farewell: "deleting the claim deletes the cluster with all that runs in it",
	}
}

// surrounding reads what the cluster needs of its network.
func surrounding(in runner.Input[*v1alpha1.Cluster]) (surroundings, error) {
	claim := network(in.XR)
	n, err := runner.Referenced[v1alpha1.Network](in, claim)
	if err != nil {
		return surroundings{}, err
	}
	out := surroundings{network: n.GetName(), vpcID: n.Status.VPCID, cidr: n.Status.CIDR, public: n.Status.PublicCIDRs}
	if s := n.Status.Subnets; s != nil {
		for _, z := range slices.Sorted(maps.Keys(s.App)) {
			out.subnets = append(out.subnets, new(string(s.App[z])))
		}
	}
	if g := n.Status.SecurityGroups; g != nil {
		out.nodeGroup = g.Node
	}
	const zones = 2 // EKS wants subnets in two zones.
	if out.vpcID == "" || out.nodeGroup == "" || len(out.subnets) < zones {
		return surroundings{}, runner.Wait("waiting for %s: it does not say yet which VPC, app subnets and node security group it has", claim)
	}
	return out, nil
}

// stateful kinds hold what cannot be had back: a cluster with all that runs in it,
// keys, metrics, dashboards, logs.
func stateful(kind string) bool {
	return slices.Contains([]string{"Cluster", "Key", "Workspace", "Group"}, kind)
}

// release lets resources go that the claim itself asks to be gone: what its own
// field switches off, or its change to another environment. What the platform team
// changes for everyone releases nothing. A key that the cluster uses never gets here.
func (c *cluster) release(xr *v1alpha1.Cluster) {
	if c.set.ChangedByClaim(settings.KMS, xr.Status.CommonStatus) {
		c.want.Release(keyName)
	}
	if o := c.spec.Observability; o != nil && o.Enabled != nil && !*o.Enabled {
		for _, name := range append(slices.Collect(maps.Keys(c.logGroups())), prometheusName, grafanaName) {
			c.want.Release(name)
		}
	}
	for name := range strings.SplitSeq(xr.GetAnnotations()[desired.AllowRemovalAnnotation], ",") {
		c.want.Release(strings.TrimSpace(name))
	}
}

// unasked says why a resource that is protected would go.
func (c *cluster) unasked(name string) string {
	if name == keyName {
		return c.set.RemovalReason(settings.KMS)
	}
	return "nothing in the claim asks for that"
}

// tags of an AWS resource: the claim's, and on top of them the platform's own.
func (c *cluster) tags(name string) map[string]*string {
	tags := make(map[string]*string, len(c.spec.Tags)+3)
	for k, v := range c.spec.Tags {
		tags[k] = new(string(v))
	}
	tags["Name"] = new(c.name + "-" + name)
	tags["ausmart.io/environment"] = new(string(c.spec.Environment))
	tags["ausmart.io/cluster"] = new(c.name)
	return tags
}

// named is the metadata of a resource whose name in AWS is ours to choose. A
// resource that has one keeps it.
func (c *cluster) named(resource, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Annotations: map[string]string{observed.ExternalNameAnnotation: c.nameOf(resource, name)}}
}

// nameOf a resource in AWS: the one that it has, or else the one given.
func (c *cluster) nameOf(resource, name string) string {
	if is := c.obs.ExternalName(resource); is != "" {
		return is
	}
	return name
}

func (c *cluster) partition() string { return policy.Partition(c.spec.Region) }

// arn of something in the cluster's account and region.
func (c *cluster) arn(service, resource string) string {
	return policy.ARN(c.partition(), service, c.spec.Region, c.seen.account, resource)
}

// iamARN of a role or instance profile of the cluster.
func (c *cluster) iamARN(kind, name string) string {
	return policy.ARN(c.partition(), "iam", "", c.seen.account, kind+string(c.set.IAMPath.V)+name)
}

func (c *cluster) clusterARN() string { return c.arn("eks", "cluster/"+c.eksName()) }

// shorten a name for AWS to the longest that it takes there, suffix included. What
// is cut off leaves a digest behind, so that two names stay two. AWS has no dots
// in such names.
func shorten(name, suffix string, longest int) string {
	const digits = 6
	plain := strings.ReplaceAll(name, ".", "-")
	room := longest - len(suffix)
	if len(plain) > room || plain != name {
		digest := "-" + digest(name)[:digits]
		plain = plain[:min(len(plain), room-len(digest))] + digest
	}
	return plain + suffix
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func pointers(values []string) []*string {
	out := make([]*string, len(values))
	for i := range values {
		out[i] = &values[i]
	}
	return out
}
