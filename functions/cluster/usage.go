package cluster

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/cluster/nodepools"
)

// addUsages says what must be gone before what, when the cluster is deleted. A
// chain of Usages holds what each of its links holds: the network waits for the
// cluster, the cluster for its kubeconfig, the kubeconfig for the provider
// configs, and those for everything in the cluster.
func (c *cluster) addUsages() {
	groups := c.nodeGroups()
	for _, name := range c.want.Names() {
		switch c.want.Get(name).GetObjectKind().GroupVersionKind().Kind {
		case "Cluster", "SecurityGroup", "SecurityGroupIngressRule":
			c.usesNetwork(name)
		case "ProviderConfig":
			// Controllers that tidy up find AWS by CoreDNS.
			c.uses(name, append(groups, kubeconfigName, addonName(addonDNS))...)
		case "Release":
			c.uses(name, helmConfigName)
		case "Object":
			c.uses(name, kubernetesConfigName)
		}
	}
	for _, group := range groups {
		c.usesNetwork(group)
		c.uses(group, c.underNodes()...)
	}
	c.uses(kubeconfigName, clusterName)
	c.uses(clusterName, append(attachmentNames(clusterRoleName, clusterPolicies()), clusterRoleName, clusterLogsName, keyName)...)
	for _, r := range c.charts() {
		c.uses(releaseName(r.Name), c.rightsOf(r)...)
	}
	karpenter := releaseName(charts.Karpenter)
	c.uses(karpenter, releaseName(charts.KarpenterCRDs), karpenterAccessName, profileName, queueName, karpenterNodeRoleName)
	c.uses(karpenter, attachmentNames(karpenterNodeRoleName, nodePolicies())...)
	c.uses(objectName(nodepools.ClassName), karpenter)
	for _, pool := range []string{nodepools.OnDemandName, nodepools.SpotName} {
		c.uses(objectName(pool), objectName(nodepools.ClassName))
	}
}

// underNodes is what the nodes of a group, and the pods on them, work by until they
// are gone: the way to the API and back, the network of pods, the rights of the
// node itself, by which pods get theirs.
func (c *cluster) underNodes() []string {
	under := append(c.beforeNodes(), clusterName, nodeRoleName, cniRoleName, associationName(cniRoleName))
	under = append(under, attachmentNames(nodeRoleName, nodePolicies())...)
	under = append(under, attachmentNames(cniRoleName, cniPolicies())...)
	return append(under, ruleFromNodes, ruleToWebhooks, ruleToPods)
}

// rightsOf a controller, without which it cannot tidy up before it goes.
func (c *cluster) rightsOf(r charts.Release) []string {
	for roleName, who := range map[string]identity{
		loadBalancerRoleName: podsOf(charts.LoadBalancer),
		dnsRoleName:          podsOf(charts.ExternalDNS),
		karpenterRoleName:    podsOf(charts.Karpenter),
	} {
		if who == (identity{r.Namespace, r.ServiceAccount}) {
			return []string{roleName, associationName(roleName), roleName + "-policy"}
		}
	}
	return nil
}

func (c *cluster) usesNetwork(user string) {
	c.want.UseComposite(c.obs, v1alpha1.GroupVersion().WithKind("XNetwork"), c.in.network, user)
}

func (c *cluster) uses(user string, targets ...string) {
	for _, target := range targets {
		c.want.Use(c.obs, target, user)
	}
}
