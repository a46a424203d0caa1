package cluster

import (
	"slices"

	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/cluster/nodepools"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

// addUsages sets the order in which the cluster is deleted: everything in the cluster, then
// the provider configs, then the kubeconfig, then the cluster, then the network. Each
// protects the next one with a Usage.
func (c *cluster) addUsages() {
	c.Uses("Network", c.spec.NetworkRef.Name)
	groups := c.nodeGroups()
	for _, name := range c.Observed.Names() {
		switch c.Observed.Kind(name) {
		case "Cluster", "SecurityGroup", "SecurityGroupIngressRule":
			c.useNetwork(name)
		case "ProviderConfig":
			// Controllers that clean up find AWS by CoreDNS.
			c.Desired.AddUsages(name, slices.Concat(groups, []string{kubeconfigName, addonName(addonDNS)})...)
		case "Release":
			c.Desired.AddUsages(name, helmConfigName)
		case "Object":
			c.Desired.AddUsages(name, kubernetesConfigName)
		}
	}
	for _, group := range groups {
		c.useNetwork(group)
		c.Desired.AddUsages(group, c.nodeDependencies()...)
	}
	c.Desired.AddUsages(wafLoggingName, webACLName, wafLogsName)
	c.Desired.AddUsages(kubeconfigName, clusterName)
	c.Desired.AddUsages(clusterName, append(attachmentNames(clusterRoleName, clusterPolicies()), clusterRoleName, clusterLogsName, keyName)...)
	for chart, role := range map[string]string{
		charts.LoadBalancer: loadBalancerRoleName,
		charts.ExternalDNS:  dnsRoleName,
		charts.Karpenter:    karpenterRoleName,
	} {
		// Without its rights a controller cannot clean up before it is gone.
		c.Desired.AddUsages(releaseName(chart), role, associationName(role), composition.RolePolicyName(role))
	}
	karpenter := releaseName(charts.Karpenter)
	c.Desired.AddUsages(karpenter, releaseName(charts.KarpenterCRDs), karpenterAccessName, profileName, queueName, karpenterNodeRoleName)
	c.Desired.AddUsages(karpenter, attachmentNames(karpenterNodeRoleName, nodePolicies())...)
	c.Desired.AddUsages(objectName(nodepools.ClassName), karpenter)
	for _, pool := range []string{nodepools.OnDemandName, nodepools.SpotName} {
		c.Desired.AddUsages(objectName(pool), objectName(nodepools.ClassName))
	}
}

// nodeDependencies are what the nodes of a group, and the pods on them, need until they
// are gone: the connections to the API and back, the network of pods, and the rights of
// the node itself, with which pods get theirs.
func (c *cluster) nodeDependencies() []string {
	return slices.Concat(
		c.beforeNodes(),
		[]string{clusterName, nodeRoleName, cniRoleName, associationName(cniRoleName), ruleFromNodes, ruleToWebhooks, ruleToPods},
		attachmentNames(nodeRoleName, nodePolicies()),
		attachmentNames(cniRoleName, cniPolicies()),
	)
}

// useNetwork protects the network from deletion until a resource is gone.
func (c *cluster) useNetwork(user string) {
	c.Desired.AddCompositeUsage(desired.Composite{Kind: composition.CompositeKind("Network"), Name: c.network.name}, user)
}
