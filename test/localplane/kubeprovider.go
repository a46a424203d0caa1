package localplane

import (
	"context"
	"net/http"

	"github.com/ausmart/platform/test/localplane/process"
)

// providerKubernetes is the real one, unmodified. It takes ports 8080 and 9443 too and has no flag for them: they are the plane's own
// where it has a network namespace.
//
// It polls what is Ready each 30 seconds, as the cloud's stand-in does, and sees changes of what an Object says to watch at once.
func providerKubernetes(binary string, dir Dir, probe int) process.Spec {
	return process.Spec{
		Name: "provider-kubernetes", Path: binary,
		Args:  []string{"--enable-watches", "--poll=30s", "--health-probe-bind-addr=" + loopback(probe)},
		Env:   []string{"KUBECONFIG=" + dir.internalKubeconfig(), "TLS_SERVER_CERTS_DIR=" + dir.pki("provider-kubernetes")},
		Ready: answers(http.DefaultClient, "http://"+loopback(probe)+"/readyz"),
	}
}

// startProviderKubernetes, and the clusters that it reaches into.
func (p *plane) startProviderKubernetes(ctx context.Context) error {
	eks := &clusters{
		client: p.client, supervisor: p.supervisor, binaries: p.Binaries, dir: p.dir, etcdPort: p.ports.etcd, tunnel: p.tunnel,
		running: map[string]*cluster{},
	}
	p.stopClusters = eks.start()
	return p.supervisor.Start(ctx, providerKubernetes(p.Binaries["provider-kubernetes"], p.dir, p.ports.kubernetesProbe))
}
