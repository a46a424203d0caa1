package controlplane

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/ausmart/platform/test/controlplane/pki"
	"github.com/ausmart/platform/test/controlplane/process"
)

// The user of the kubeconfig files, and the group that may do everything.
const (
	adminUser  = "admin"
	adminGroup = "system:masters"

	// planeName is the control plane's own cluster in kubeconfig files.
	controlPlaneName = "ausmart-local"
)

// controllers are those that a control plane without nodes needs: the garbage collector deletes
// objects with their owners, and the namespace controller finishes the deletion of namespaces.
// Clusters of claims need more: see workloadControllers.
const controllers = "namespace-controller,garbage-collector-controller,serviceaccount-controller," +
	"serviceaccount-token-controller,root-ca-certificate-publisher-controller"

func etcd(binary string, dir Dir, client, peer int) process.Spec {
	clientURL, peerURL := "http://"+loopback(client), "http://"+loopback(peer)
	return process.Spec{
		Name: "etcd", Path: binary,
		Args: []string{
			"--name=local", "--data-dir=" + dir.path("etcd"), "--log-level=warn",
			"--listen-client-urls=" + clientURL, "--advertise-client-urls=" + clientURL,
			"--listen-peer-urls=" + peerURL, "--initial-advertise-peer-urls=" + peerURL, "--initial-cluster=local=" + peerURL,
		},
		Ready: answers(http.DefaultClient, clientURL+"/health"),
	}
}

// A member is one API server on the control plane's etcd, with its controller manager: those of the
// control plane itself, or of a claim's cluster.
type member struct {
	name       string // of the API server's process
	manager    string // of the controller manager's process
	prefix     string // of its keys in etcd
	tls        string // the folder of its certificate
	key        string // for service accounts' tokens
	kubeconfig string // for the controller manager
	port       int
	healthPort int // of the controller manager
}

// home is the control plane's own API server.
func home(dir Dir, p ports) member {
	return member{
		name: "kube-apiserver", manager: "kube-controller-manager", prefix: "/registry", tls: dir.pki("kube-apiserver"),
		key: dir.pki("service-account.key"), kubeconfig: dir.internalKubeconfig(), port: p.apiServer, healthPort: p.controllerManager,
	}
}

func apiServer(binary string, m member, etcdPort int, config *rest.Config) (process.Spec, error) {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return process.Spec{}, fmt.Errorf("cannot start %s: %w", m.name, err)
	}
	tls := m.tls + "/"
	return process.Spec{
		Name: m.name, Path: binary,
		// A control plane spends most of its time in it, and a sixth of that on garbage collection.
		Env: []string{"GOGC=200"},
		Args: []string{
			"--etcd-servers=http://" + loopback(etcdPort), "--etcd-prefix=" + m.prefix,
			"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(m.port),
			// It must not use the address of a network card: there may be none, or one that others can reach.
			"--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
			"--tls-cert-file=" + tls + pki.CertFile, "--tls-private-key-file=" + tls + pki.KeyFile, "--client-ca-file=" + tls + pki.CAFile,
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-key-file=" + m.key, "--service-account-signing-key-file=" + m.key,
			"--service-cluster-ip-range=10.0.0.0/24", "--authorization-mode=RBAC", "--profiling=false",
		},
		Ready: answers(client, config.Host+"/readyz"),
	}, nil
}

func controllerManager(binary string, m member, enabled string) process.Spec {
	return process.Spec{
		Name: m.manager, Path: binary,
		Args: []string{
			"--kubeconfig=" + m.kubeconfig, "--controllers=" + enabled, "--leader-elect=false",
			"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(m.healthPort), "--cert-dir=" + filepath.Join(m.tls, m.manager),
			"--service-account-private-key-file=" + m.key, "--root-ca-file=" + filepath.Join(m.tls, pki.CAFile),
			// The garbage collector reads every owner of every managed resource; the default of 20
			// a second is for one cluster's pods.
			"--kube-api-qps=200", "--kube-api-burst=400", "--profiling=false",
		},
	}
}

// credentials writes every certificate and key, and the kubeconfig for the control plane's own processes.
func credentials(dir Dir, ca *pki.Authority, apiServer string) (*rest.Config, error) {
	for _, server := range []string{"kube-apiserver", "crossplane", "function", "provider", "provider-kubernetes"} {
		if err := ca.IssueTo(dir.pki(server), server); err != nil {
			return nil, err
		}
	}
	if err := writeServiceAccountKey(dir.pki("service-account.key")); err != nil {
		return nil, err
	}
	admin, err := ca.Issue(adminUser, adminGroup)
	if err != nil {
		return nil, err
	}
	if err := writeKubeconfig(dir.internalKubeconfig(), controlPlaneName, apiServer, "", ca, admin); err != nil {
		return nil, err
	}
	return readKubeconfig(dir.internalKubeconfig())
}

func readKubeconfig(path string) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the kubeconfig: %w", err)
	}
	config.QPS, config.Burst = 200, 400 // Installing a hundred CRDs at the default of 5 a second takes 20 seconds.
	return config, nil
}

// writeKubeconfig for an API server. With a proxy, connections go through it.
func writeKubeconfig(path, name, host, proxy string, ca *pki.Authority, user pki.Pair) error {
	cluster := &clientcmdapi.Cluster{Server: "https://" + host, CertificateAuthorityData: ca.PEM, ProxyURL: proxy}
	config := clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{name: cluster},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{adminUser: {ClientCertificateData: user.Cert, ClientKeyData: user.Key}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: adminUser}},
		CurrentContext: name,
	}
	// A reader never sees half a file.
	if err := clientcmd.WriteToFile(config, path+".tmp"); err != nil {
		return fmt.Errorf("cannot write the kubeconfig: %w", err)
	}
	return os.Rename(path+".tmp", path)
}

func writeServiceAccountKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("cannot make the service account key: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("cannot encode the service account key: %w", err)
	}
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

// answers returns a readiness check: the URL must answer 200.
func answers(client *http.Client, url string) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		rsp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = rsp.Body.Close() }()
		if rsp.StatusCode != http.StatusOK {
			return errors.New(rsp.Status)
		}
		return nil
	}
}

// listening returns a readiness check: the port must accept connections.
func listening(port int) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", loopback(port))
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freePorts finds ports that are not in use. In a network namespace of our own no other process can
// take them; elsewhere a process that finds its port taken logs that in its last line.
func freePorts(n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("cannot find a free port: %w", err)
		}
		defer func() { _ = l.Close() }()                    // Closed at the end, or the same port could be found twice.
		ports = append(ports, l.Addr().(*net.TCPAddr).Port) //nolint:forcetypeassert // A TCP listener has a TCP address.
	}
	return ports, nil
}
