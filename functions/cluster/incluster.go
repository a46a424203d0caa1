package cluster

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/functions/internal/incluster"
)

const (
	kubernetesConfigName = "provider-config-kubernetes"
	helmConfigName       = "provider-config-helm"

	// kubeconfigKey is the key of the kubeconfig in the connection Secret of a ClusterAuth.
	kubeconfigKey = "kubeconfig"
)

// addInCluster plans what is put into the cluster, and how the platform reaches it.
func (c *cluster) addInCluster() error {
	c.addConfig(kubernetesConfigName, incluster.KubernetesConfigKind())
	c.addConfig(helmConfigName, incluster.HelmConfigKind())
	return nil
}

// addConfig plans a provider's config for this cluster. It has no conditions.
func (c *cluster) addConfig(name string, kind schema.GroupVersionKind) {
	c.parts.all = append(c.parts.all, part{
		name: name, stage: controllers, gvk: kind, gated: true, instant: true,
		object: incluster.NewProviderConfig(systemNamespace, c.kubeconfigSecret(), kubeconfigKey),
	})
}
