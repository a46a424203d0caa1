package network

import (
	"slices"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iam"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

// A network under composition.
type network struct {
	// name is the composite's, and what its AWS resources are named after.
	name string
	uid  string

	spec  v1alpha1.NetworkSpec
	set   settings.Settings
	plan  plan
	zones []v1alpha1.Zone // sorted
	nat   natPlan
	obs   observed.Resources
	seen  seen

	want *desired.Resources
}

// Compose decides which managed resources a Network is made of. Its errors name
// the claim's field and say what to do.
func Compose(in runner.Input[*v1alpha1.Network]) (*runner.Output, error) {
	spec := in.XR.Spec
	if err := checkZones(spec.Region, spec.AvailabilityZones); err != nil {
		return nil, err
	}
	addresses, err := newPlan(spec)
	if err != nil {
		return nil, err
	}
	seen, err := look(in.Observed)
	if err != nil {
		return nil, err
	}
	if err := seen.keeps(spec, addresses); err != nil {
		return nil, err
	}
	zones := sorted(spec.AvailabilityZones)
	n := &network{
		name:  in.XR.GetName(),
		uid:   string(in.XR.GetUID()),
		spec:  spec,
		set:   in.Settings,
		plan:  addresses,
		zones: zones,
		nat:   planNAT(in.Settings.NATGateways.V, zones, in.Observed, seen),
		obs:   in.Observed,
		seen:  seen,
		want:  desired.New(spec.ProviderConfigName),
	}
	n.addVPC()
	n.addSubnets()
	n.addEgress()
	n.addGatewayEndpoints()
	n.addInterfaceEndpoints()
	n.addSecurityGroups()
	n.addKey()
	n.addLogBucket()
	n.addFlowLogs()
	if err := iam.Place(n.want, n.obs, n.set); err != nil {
		return nil, err
	}

	n.release(in.XR)
	if err := n.protect(); err != nil {
		return nil, err
	}
	p := progress.Of(n.obs, n.want.Names())
	return &runner.Output{
		Resources:  n.want,
		Status:     n.status(in.XR.Status, p),
		Conditions: n.conditions(p),
	}, nil
}

// stateful kinds hold what cannot be had back: data, keys, addresses that others
// have on their lists, and what all of those live in.
func stateful(kind string) bool {
	return slices.Contains([]string{"VPC", "Subnet", "EIP", "Key", "Bucket", "Group"}, kind)
}

// release lets resources go that the claim itself asks to be gone: a zone that
// it no longer lists, and what a setting brought that it switches off, by its own
// field or by its change to another environment. A setting that the platform team
// changes for everyone releases nothing.
func (n *network) release(xr *v1alpha1.Network) {
	asks := func(setting settings.Name) bool { return n.set.ChangedByClaim(setting, xr.Status.CommonStatus) }
	for _, z := range allZones() {
		gone := !slices.Contains(n.zones, z)
		for _, t := range tiers() {
			if gone {
				n.want.Release(subnetName(t, z))
			}
		}
		if gone || asks(settings.NATGateways) {
			n.want.Release(eipName(z))
		}
	}
	if asks(settings.KMS) {
		n.want.Release(keyName)
	}
	if asks(settings.FlowLogs) {
		n.want.Release(flowLogGroupName)
	}
	for name := range strings.SplitSeq(xr.GetAnnotations()[desired.AllowRemovalAnnotation], ",") {
		n.want.Release(strings.TrimSpace(name))
	}
}

// protect refuses to let go what holds state and was not released. What drains
// is as good as gone: it is refused before its traffic moves away.
func (n *network) protect() error {
	for _, z := range n.nat.draining {
		if name := eipName(z); !n.want.Released(name) {
			return n.want.Refuse(n.obs, name, n.unasked(name))
		}
	}
	return n.want.Protect(n.obs, stateful, n.unasked)
}

// unasked says why a resource that is protected would go.
func (n *network) unasked(name string) string {
	switch {
	case name == keyName:
		return n.set.RemovalReason(settings.KMS)
	case name == flowLogGroupName:
		return n.set.RemovalReason(settings.FlowLogs)
	case strings.HasPrefix(name, eipName("")):
		return n.set.RemovalReason(settings.NATGateways)
	default:
		return "nothing in the claim asks for that"
	}
}

func allZones() []v1alpha1.Zone { return []v1alpha1.Zone{"a", "b", "c", "d", "e", "f"} }

// tags of an AWS resource: the claim's, and on top of them the platform's own.
func (n *network) tags(name string, more ...string) map[string]*string {
	tags := make(map[string]*string, len(n.spec.Tags)+3+len(more)/2)
	for k, v := range n.spec.Tags {
		tags[k] = new(string(v))
	}
	tags["Name"] = new(n.name + "-" + name)
	tags["ausmart.io/environment"] = new(string(n.spec.Environment))
	tags["ausmart.io/network"] = new(n.name)
	for i := 0; i < len(more); i += 2 {
		tags[more[i]] = new(more[i+1])
	}
	return tags
}
