package cluster

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/region"
	"github.com/ausmart/platform/functions/internal/settings"
)

// privateEndpoints are what nodes, controllers and collectors call, as interface endpoints
// (docs.aws.amazon.com/eks/latest/userguide/private-clusters.html, read 2026-11; ssm is
// Karpenter's).
func privateEndpoints(in string) []string {
	return append(region.StandardEndpoints(in), "ec2", "eks", "elasticloadbalancing", "ssm")
}

// egress of a network: whether it has no NAT gateway, and which endpoints nodes lack then.
func egress(n *v1alpha1.Network) (noNAT bool, missing []string) {
	effective := func(name settings.Name) string { return n.Status.Settings[string(name)].Value }
	if effective(settings.NATGateways) != string(v1alpha1.NATGatewayNone) {
		return false, nil
	}
	in := cmp.Or(n.Status.Region, n.Spec.Region)
	var have []string
	if effective(settings.VPCEndpoints) == "on" {
		have = region.StandardEndpoints(in)
	}
	if e := n.Spec.VPCEndpoints; e != nil {
		have = append(have, e.AdditionalServices...)
	}
	missing = slices.DeleteFunc(privateEndpoints(in), func(s string) bool { return slices.Contains(have, s) })
	slices.Sort(missing)
	return true, missing
}

// egressCondition shows what a cluster without a NAT gateway lacks. It does not stop the
// composition: a transit gateway or a proxy is not the platform's to see.
func (c *cluster) egressCondition() progress.Condition {
	out := progress.Condition{Type: "NodesHaveEgress", True: true, Reason: "NATGateway"}
	if !c.network.noNAT {
		return out
	}
	name := "Network " + c.spec.NetworkRef.Name
	mirror := "charts and images come from public registries, which nodes cannot reach: give nodes a mirror or another way out, " +
		"or set natGateways: Single in " + name
	out.True, out.Reason, out.Message = false, "NoNATGateway", name+" has no NAT gateway; "+mirror
	if len(c.network.missing) > 0 {
		out.Message = name + " has no NAT gateway, and nodes cannot join: add " + strings.Join(c.network.missing, ", ") +
			" to vpcEndpoints.additionalServices in its spec; " + mirror
	}
	return out
}
