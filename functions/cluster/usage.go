package cluster

import (
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/cluster/nodepools"
)

// addUsages says what must be gone before what, when the cluster is deleted. A
// chain of Usages holds what each of its links holds: the network waits for the
// cluster, the cluster for its kubeconfig, the kubeconfig for the provider
// configs, and those for everything in the cluster.
func (c *cluster) addUsages() {
	network := v1alpha1.GroupVersion().WithKind("XNetwork")
	for _, name := range c.want.Names() {
		switch c.want.Get(name).GetObjectKind().GroupVersionKind().Kind {
		case "Cluster", "NodeGroup", "SecurityGroup", "SecurityGroupIngressRule":
			c.want.UseComposite(c.obs, network, c.in.network, name)
		case "ProviderConfig":
			c.uses(name, kubeconfigName, c.nodeGroupName())
		case "Release":
			c.uses(name, helmConfigName)
		case "Object":
			c.uses(name, kubernetesConfigName)
		}
		if strings.HasPrefix(name, nodeGroupPrefix) {
			c.uses(name, append(c.beforeNodes(), clusterName)...)
		}
	}
	c.uses(kubeconfigName, clusterName)
	for _, r := range c.charts() {
		c.uses(releaseName(r.Name), c.rightsOf(r)...)
	}
	c.uses(releaseName(charts.Karpenter), releaseName(charts.KarpenterCRDs), karpenterAccessName, profileName, queueName)
	c.uses(objectName(nodepools.ClassName), releaseName(charts.Karpenter))
	for _, pool := range []string{nodepools.OnDemandName, nodepools.SpotName} {
		c.uses(objectName(pool), objectName(nodepools.ClassName))
	}
}

// rightsOf a controller, without which it cannot tidy up before it goes.
func (c *cluster) rightsOf(r charts.Release) []string {
	for roleName, who := range map[string]identity{
		loadBalancerRoleName: podsOf(charts.LoadBalancer),
		dnsRoleName:          podsOf(charts.ExternalDNS),
		karpenterRoleName:    podsOf(charts.Karpenter),
	} {
		if who == (identity{r.Namespace, r.ServiceAccount}) {
			return []string{associationName(roleName), roleName + "-policy"}
		}
	}
	return nil
}

func (c *cluster) uses(user string, targets ...string) {
	for _, target := range targets {
		c.want.Use(c.obs, target, user)
	}
}
