package cluster

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/cluster/manifests"
	"github.com/ausmart/platform/functions/cluster/nodepools"
	"github.com/ausmart/platform/functions/cluster/telemetry"
	"github.com/ausmart/platform/functions/internal/incluster"
)

const (
	kubernetesConfigName = "provider-config-kubernetes"
	helmConfigName       = "provider-config-helm"

	// kubeconfigKey is the key of the kubeconfig in the connection Secret of a ClusterAuth.
	kubeconfigKey = "kubeconfig"

	// rollbacks of a release that fails, before it stays failed for someone to look at.
	rollbacks = 3
)

func releaseName(chart string) string   { return "release-" + chart }
func objectName(manifest string) string { return "object-" + manifest }

// charts of the cluster, in the order in which they go in.
func (c *cluster) charts() []charts.Release {
	in := charts.Inputs{Cluster: c.eksName(), Region: c.spec.Region, VPCID: c.in.vpcID, Redundant: c.set.MultiAZ.V}
	if c.karpenterOn() {
		in.InterruptionQueue = c.queue()
	}
	if c.spec.DNS != nil {
		in.HostedZoneIDs = c.spec.DNS.HostedZoneIDs
	}
	return charts.All(in)
}

// podsOf the controller of a chart, as the table of charts has them.
func podsOf(chart string) identity {
	for _, pin := range charts.Pins() {
		if pin.Chart.Name == chart {
			return identity{pin.Namespace, pin.ServiceAccount}
		}
	}
	return identity{}
}

// addInCluster plans what is put into the cluster, and how the platform reaches it.
func (c *cluster) addInCluster() error {
	c.addConfig(kubernetesConfigName, incluster.KubernetesConfigKind())
	c.addConfig(helmConfigName, incluster.HelmConfigKind())
	for _, r := range c.charts() {
		c.addRelease(r)
	}
	if err := c.addStorageClass(); err != nil {
		return err
	}
	if err := c.addNodePools(); err != nil {
		return err
	}
	return c.addTelemetry()
}

// addConfig plans a provider's config for this cluster. It has no conditions.
func (c *cluster) addConfig(name string, kind schema.GroupVersionKind) {
	c.parts.all = append(c.parts.all, part{
		name: name, stage: controllers, gvk: kind, gated: true, instant: true,
		object: incluster.NewProviderConfig(systemNamespace, c.kubeconfigSecret(), kubeconfigKey),
	})
}

func (c *cluster) addRelease(r charts.Release) {
	name := releaseName(r.Name)
	config := c.obs.Name(helmConfigName)
	if config == "" {
		c.parts.later(controllers, name)
		return
	}
	var after []string
	if r.Name == charts.Karpenter {
		after = append(after, releaseName(charts.KarpenterCRDs))
	}
	c.parts.gate(controllers, name, incluster.ReleaseKind(), &incluster.Release{
		ObjectMeta: c.named(name, r.Name),
		Spec: incluster.ReleaseSpec{
			ForProvider:       r.Parameters,
			RollbackLimit:     rollbacks,
			ProviderConfigRef: xpv1.Reference{Name: config},
		},
	}, after...)
}

func (c *cluster) addObject(m manifests.Manifest, after ...string) {
	name := objectName(m.Name)
	config := c.obs.Name(kubernetesConfigName)
	if config == "" {
		c.parts.later(controllers, name)
		return
	}
	c.parts.gate(controllers, name, incluster.ObjectKind(), incluster.NewObject(config, m.Object, m.Readiness), after...)
}

// addStorageClass plans the class that volumes get unless they ask for another:
// gp3 and encrypted, in the zone of the pod.
func (c *cluster) addStorageClass() error {
	all, err := manifests.Of(manifests.Typed{
		Name: "storage-class",
		Object: &storagev1.StorageClass{
			TypeMeta:             metav1.TypeMeta{APIVersion: "storage.k8s.io/v1", Kind: "StorageClass"},
			ObjectMeta:           metav1.ObjectMeta{Name: "gp3", Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}},
			Provisioner:          "ebs.csi.aws.com",
			Parameters:           map[string]string{"type": "gp3", "encrypted": "true"},
			VolumeBindingMode:    new(storagev1.VolumeBindingWaitForFirstConsumer),
			ReclaimPolicy:        new(corev1.PersistentVolumeReclaimDelete),
			AllowVolumeExpansion: new(true),
		},
		Readiness: incluster.ObjectReadiness{Policy: incluster.WhenCreated},
	})
	if err != nil {
		return err
	}
	for _, m := range all {
		c.addObject(m)
	}
	return nil
}

// addNodePools plans what Karpenter starts nodes by. The pools come after their
// class, and both after Karpenter.
func (c *cluster) addNodePools() error {
	all, err := nodepools.All(nodepools.Inputs{
		Network:         c.in.network,
		InstanceProfile: c.profile(),
		DiskGiB:         groupOf(c.spec).DiskGiB,
		Tags:            plainTags(c.tags("karpenter")),
		Karpenter:       c.spec.Karpenter,
	})
	if err != nil {
		return err
	}
	for _, m := range all {
		after := []string{releaseName(charts.Karpenter)}
		if m.Name != nodepools.ClassName {
			after = append(after, objectName(nodepools.ClassName))
		}
		c.addObject(m, after...)
	}
	return nil
}

// addTelemetry plans the collectors. What is in a namespace comes after all of
// them.
func (c *cluster) addTelemetry() error {
	if !c.observabilityOn() {
		return nil
	}
	all, err := telemetry.All(telemetry.Inputs{
		Cluster: c.eksName(), Region: c.spec.Region, PrometheusEndpoint: c.seen.workspaceEndpoint, Redundant: c.set.MultiAZ.V,
	})
	if err != nil {
		return err
	}
	after := c.telemetryParts()
	for _, m := range all {
		if isNamespace(m) {
			after = append(after, objectName(m.Name))
		}
	}
	for _, m := range all {
		switch {
		case c.seen.workspaceEndpoint == "":
			c.parts.later(controllers, objectName(m.Name))
		case isNamespace(m):
			c.addObject(m)
		default:
			c.addObject(m, after...)
		}
	}
	return nil
}

func isNamespace(m manifests.Manifest) bool { return m.Object["kind"] == "Namespace" }

func plainTags(tags map[string]*string) map[string]string {
	out := make(map[string]string, len(tags))
	for k, v := range tags {
		out[k] = *v
	}
	return out
}
