package controlplane

import (
	"context"
	"net/http"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/controlplane/pki"
	"github.com/ausmart/platform/test/controlplane/process"
)

// conversionPort is where provider-kubernetes converts Objects between versions. It has no flag for
// it, nor for the port 8080 of its metrics: both are private to the control plane where it has a
// network namespace.
const conversionPort = 9443

// convertObjects points the conversion webhooks of provider-kubernetes' CRDs to the process. The
// package manager would point them to a Service.
func convertObjects(crds []*unstructured.Unstructured, ca *pki.Authority) {
	for _, crd := range crds {
		webhook, found, _ := unstructured.NestedMap(crd.Object, "spec", "conversion", "webhook")
		group, _, _ := unstructured.NestedString(crd.Object, "spec", "group")
		if !found || group != "kubernetes.crossplane.io" {
			continue
		}
		webhook["clientConfig"] = clientConfig(conversionPort, "/convert", ca)
		_ = unstructured.SetNestedMap(crd.Object, webhook, "spec", "conversion", "webhook") // It was a map.
	}
}

// providerKubernetes is the real, unmodified provider, with the arguments of an installation.
//
// It polls each Object every 30 seconds, with the current kubeconfig in the Secret. It does not
// watch: with --enable-watches, v1.2.1 keeps the informers of the first kubeconfig, whose token
// expires after 15 minutes, and uses that token for ever
// (internal/controller/cluster/object/informers.go, WatchResources).
func providerKubernetes(binary string, dir Dir, probe int) process.Spec {
	return process.Spec{
		Name: "provider-kubernetes", Path: binary,
		Args:  []string{"--poll=30s", "--health-probe-bind-addr=" + loopback(probe)},
		Env:   []string{"KUBECONFIG=" + dir.internalKubeconfig(), "TLS_SERVER_CERTS_DIR=" + dir.pki("provider-kubernetes")},
		Ready: answers(http.DefaultClient, "http://"+loopback(probe)+"/readyz"),
	}
}

// startProviderKubernetes, and the clusters that it applies objects to.
func (p *controlPlane) startProviderKubernetes(ctx context.Context) error {
	p.startClusters()
	return p.supervisor.Start(ctx, providerKubernetes(p.Binaries["provider-kubernetes"], p.dir, p.ports.kubernetesProbe))
}

func (p *controlPlane) startClusters() {
	eks := &clusters{
		client: p.client, supervisor: p.supervisor, binaries: p.Binaries, dir: p.dir, etcdPort: p.ports.etcd, tunnel: p.tunnel,
		credential: p.ClusterCredential, running: map[string]*cluster{},
	}
	eks.up, eks.down, eks.hand = eks.launch, eks.end, eks.handOut
	p.stopClusters = eks.start()
}
