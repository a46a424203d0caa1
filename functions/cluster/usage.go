package cluster

import (
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// addUsages says what must be gone before what, when the cluster is deleted. A
// chain of Usages holds what each of its links holds: the network waits for the
// cluster, the cluster for its kubeconfig, the kubeconfig for the provider
// configs, and those for everything in the cluster.
func (c *cluster) addUsages() {
	network := v1alpha1.GroupVersion().WithKind("XNetwork")
	for _, name := range c.want.Names() {
		switch kind := c.want.Get(name).GetObjectKind().GroupVersionKind().Kind; {
		case kind == "Cluster", kind == "NodeGroup", kind == "SecurityGroup", kind == "SecurityGroupIngressRule":
			c.want.UseComposite(c.obs, network, c.in.network, name)
		case kind == "ProviderConfig":
			c.uses(name, append([]string{kubeconfigName, c.nodeGroupName()}, c.oldNodeGroups()...)...)
		case kind == "Release":
			c.uses(name, helmConfigName)
		case kind == "Object":
			c.uses(name, kubernetesConfigName)
		}
		if strings.HasPrefix(name, nodeGroupPrefix) {
			c.uses(name, append(c.beforeNodes(), clusterName)...)
		}
	}
	c.uses(kubeconfigName, clusterName)
}

func (c *cluster) uses(user string, targets ...string) {
	for _, target := range targets {
		c.want.Use(c.obs, target, user)
	}
}
