package cluster

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/ausmart/platform/functions/cluster/charts"
	"github.com/ausmart/platform/functions/cluster/nodepools"
	"github.com/ausmart/platform/functions/cluster/telemetry"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/incluster"
)

const (
	kubernetesConfigName = "provider-config-kubernetes"
	helmConfigName       = "provider-config-helm"

	// kubeconfigKey is the key of the kubeconfig in the connection Secret of a ClusterAuth.
	kubeconfigKey = "kubeconfig"

	// systemNamespace is where Crossplane runs, and where no application team reads
	// Secrets.
	systemNamespace = "crossplane-system"

	// rollbacks of a release that fails, before it stays failed until a person acts.
	rollbacks = 3
)

func releaseName(chart string) string   { return "release-" + chart }
func objectName(manifest string) string { return "object-" + manifest }

// kubeconfigSecret is the Secret that the cluster's kubeconfig is in, and its key there.
func (c *cluster) kubeconfigSecret() xpv1.SecretKeySelector {
	return xpv1.SecretKeySelector{
		SecretReference: xpv1.SecretReference{Namespace: systemNamespace, Name: c.Name + "-kubeconfig"},
		Key:             kubeconfigKey,
	}
}

// charts of the cluster, in the order in which they are installed.
func (c *cluster) charts() []charts.Release {
	in := charts.Inputs{Cluster: c.eksName(), Region: c.spec.Region, VPCID: c.network.vpcID, Redundant: c.Settings.MultiAZ.V}
	if c.karpenterOn() {
		in.InterruptionQueue = c.queue()
	}
	if c.spec.DNS != nil {
		in.HostedZoneIDs = c.spec.DNS.HostedZoneIDs
	}
	return charts.All(in)
}

// podsOf the controller of a chart.
func podsOf(chart string) identity {
	for _, pin := range charts.Pins() {
		if pin.Chart.Name == chart {
			return identity{pin.Namespace, pin.ServiceAccount}
		}
	}
	return identity{}
}

// addInCluster adds what is put into the cluster, and how the platform reaches it.
func (c *cluster) addInCluster() error {
	c.addConfig(kubernetesConfigName, incluster.NewKubernetesConfig(c.kubeconfigSecret()))
	c.addConfig(helmConfigName, incluster.NewHelmConfig(c.kubeconfigSecret()))
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

// addConfig adds a provider's config for this cluster. It has no conditions.
func (c *cluster) addConfig(name string, config *incluster.ProviderConfig) {
	c.Desired.Add(name, config, desired.In(controllers), desired.AfterEarlierStages(), desired.ReadyOnceObserved())
}

// addRelease adds a chart, which is pending until its provider has a config.
func (c *cluster) addRelease(r charts.Release) {
	name := releaseName(r.Name)
	config := c.Observed.Name(helmConfigName)
	if config == "" {
		c.Desired.Pending(name, desired.In(controllers))
		return
	}
	var after []string
	if r.Name == charts.Karpenter {
		after = append(after, releaseName(charts.KarpenterCRDs))
	}
	c.Desired.Add(name, incluster.NewRelease(c.Named(name, r.Name), incluster.ReleaseSpec{
		ForProvider:       r.Parameters,
		RollbackLimit:     rollbacks,
		ProviderConfigRef: xpv1.Reference{Name: config},
	}), desired.In(controllers), desired.AfterEarlierStages(), desired.After(after...))
}

// addObject adds an object, which is pending until its provider has a config.
func (c *cluster) addObject(m incluster.NamedManifest, after ...string) {
	name := objectName(m.Name)
	config := c.Observed.Name(kubernetesConfigName)
	if config == "" {
		c.Desired.Pending(name, desired.In(controllers))
		return
	}
	c.Desired.Add(name, incluster.NewObject(config, m.Object, m.Readiness),
		desired.In(controllers), desired.AfterEarlierStages(), desired.After(after...))
}

// addStorageClass adds the class that volumes get unless they ask for another:
// gp3 and encrypted, in the zone of the pod.
func (c *cluster) addStorageClass() error {
	object, err := incluster.Manifest(&storagev1.StorageClass{
		ObjectMeta:           metav1.ObjectMeta{Name: "gp3", Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}},
		Provisioner:          "ebs.csi.aws.com",
		Parameters:           map[string]string{"type": "gp3", "encrypted": "true"},
		VolumeBindingMode:    new(storagev1.VolumeBindingWaitForFirstConsumer),
		ReclaimPolicy:        new(corev1.PersistentVolumeReclaimDelete),
		AllowVolumeExpansion: new(true),
	})
	if err != nil {
		return err
	}
	c.addObject(incluster.NamedManifest{Name: "storage-class", Object: object, Readiness: incluster.ObjectReadiness{Policy: incluster.WhenCreated}})
	return nil
}

// addNodePools adds the pools that Karpenter starts nodes of. They come after their
// class, and both after Karpenter.
func (c *cluster) addNodePools() error {
	all, err := nodepools.All(nodepools.Inputs{
		Network:         c.network.name,
		InstanceProfile: c.profile(),
		Architecture:    c.architecture(),
		Image:           c.nodeImage(),
		DiskGiB:         baseline(c.spec).DiskGiB,
		Tags:            plainTags(c.Tags("karpenter")),
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

// addTelemetry adds the collectors, pending until metrics have an endpoint. What is in a
// namespace comes after all namespaces.
func (c *cluster) addTelemetry() error {
	if !c.observabilityOn() {
		return nil
	}
	all, err := telemetry.All(telemetry.Inputs{
		Cluster: c.eksName(), Region: c.spec.Region, PrometheusEndpoint: c.state.workspaceEndpoint,
		WithoutMetrics: !c.metricsOn(), Redundant: c.Settings.MultiAZ.V,
	})
	if err != nil {
		return err
	}
	after := c.beforeCollectors()
	for _, m := range all {
		if isNamespace(m) {
			after = append(after, objectName(m.Name))
		}
	}
	for _, m := range all {
		switch {
		case c.state.workspaceEndpoint == "" && c.metricsOn():
			c.Desired.Pending(objectName(m.Name), desired.In(controllers))
		case isNamespace(m):
			c.addObject(m)
		default:
			c.addObject(m, after...)
		}
	}
	return nil
}

func isNamespace(m incluster.NamedManifest) bool { return m.Object["kind"] == "Namespace" }

func plainTags(tags map[string]*string) map[string]string {
	out := make(map[string]string, len(tags))
	for k, v := range tags {
		out[k] = *v
	}
	return out
}
