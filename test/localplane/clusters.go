package localplane

import (
	"context"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud"
	"github.com/ausmart/platform/test/localplane/node"
	"github.com/ausmart/platform/test/localplane/pki"
	"github.com/ausmart/platform/test/localplane/process"
)

// clustersPoll is how often EKS clusters are looked for.
const clustersPoll = 300 * time.Millisecond

// workloadControllers are those that a cluster with workloads needs beside the plane's own: what makes pods, what scales them, and what
// says how many may be disrupted.
const workloadControllers = controllers + ",deployment-controller,replicaset-controller,daemonset-controller," +
	"horizontal-pod-autoscaler-controller,disruption-controller"

// clusters stands in for the control planes that EKS runs: each EKS Cluster that exists gets an API server and a controller manager.
// They keep their state under a prefix of the plane's etcd, named after the Cluster's uid: a new cluster never finds an old one's.
type clusters struct {
	client     client.Client
	supervisor *process.Supervisor
	binaries   map[string]string
	dir        Dir
	etcdPort   int
	tunnel     *tunnel

	mu      sync.Mutex
	running map[string]*cluster // by uid
}

// A cluster that an EKS Cluster asked for.
type cluster struct {
	member

	name, region string
	stopNodes    func()
}

// start looks for clusters to run and to end, until stop is called.
func (c *clusters) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(ctx)
	}()
	return func() { cancel(); <-done }
}

func (c *clusters) run(ctx context.Context) {
	for {
		if err := c.reconcile(ctx); err != nil && ctx.Err() == nil {
			log.Print(err)
		}
		select {
		case <-ctx.Done():
			for _, running := range c.running {
				running.stopNodes()
			}
			return
		case <-time.After(clustersPoll):
		}
	}
}

func (c *clusters) reconcile(ctx context.Context) error {
	l := &unstructured.UnstructuredList{}
	l.SetGroupVersionKind(schema.GroupVersionKind{Group: "eks.aws.upbound.io", Version: "v1beta1", Kind: "ClusterList"})
	if err := c.client.List(ctx, l); err != nil {
		if meta.IsNoMatchError(err) {
			return nil // No composition makes any.
		}
		return fmt.Errorf("cannot list EKS clusters: %w", err)
	}
	exists := map[string]bool{}
	for i := range l.Items {
		exists[string(l.Items[i].GetUID())] = true
	}
	for uid, running := range maps.Clone(c.running) {
		if !exists[uid] {
			c.end(running)
			delete(c.running, uid)
		}
	}
	g := &errgroup.Group{}
	for i := range l.Items {
		if c.running[string(l.Items[i].GetUID())] == nil && active(&l.Items[i]) {
			g.Go(func() error { return c.ensure(ctx, &l.Items[i]) })
		}
	}
	return g.Wait()
}

// active says whether the cluster is there, in the cloud.
func active(eks *unstructured.Unstructured) bool {
	status, _, _ := unstructured.NestedString(eks.Object, "status", "atProvider", "status")
	return status == "ACTIVE" && eks.GetDeletionTimestamp() == nil && externalName(eks) != ""
}

// ensure that an EKS Cluster has a cluster that runs. Half of one is ended, and tried again.
func (c *clusters) ensure(ctx context.Context, eks *unstructured.Unstructured) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	name, uid := externalName(eks), string(eks.GetUID())
	region, _, _ := unstructured.NestedString(eks.Object, "spec", "forProvider", "region")
	tls := c.dir.pki("eks-" + uid)
	found, err := freePorts(2)
	if err != nil {
		return err
	}
	k := &cluster{name: name, region: region, stopNodes: func() {}, member: member{
		name: "kube-apiserver-" + name, manager: "kube-controller-manager-" + name, prefix: "/eks/" + uid, tls: tls,
		key: filepath.Join(tls, "service-account.key"), kubeconfig: filepath.Join(tls, "kubeconfig"), port: found[0], healthPort: found[1],
	}}
	if err := c.launch(ctx, k); err != nil {
		c.end(k)
		return fmt.Errorf("cannot run EKS cluster %s: %w", name, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running[uid] = k
	return nil
}

func (c *clusters) launch(ctx context.Context, k *cluster) error {
	address := loopback(k.port)
	ca, admin, err := k.credentials(address)
	if err != nil {
		return err
	}
	config, err := readKubeconfig(k.kubeconfig)
	if err != nil {
		return err
	}
	server, err := apiServer(c.binaries["kube-apiserver"], k.member, c.etcdPort, config)
	if err != nil {
		return err
	}
	if err := c.supervisor.Start(ctx, server); err != nil {
		return err
	}
	if err := c.supervisor.Start(ctx, controllerManager(c.binaries["kube-controller-manager"], k.member, workloadControllers)); err != nil {
		return err
	}
	if k.stopNodes, err = node.Start(config, k.name, k.region); err != nil {
		return err
	}
	c.tunnel.allow(address)
	for path, proxy := range map[string]string{c.dir.ClusterKubeconfig(k.name): c.tunnel.url(), c.handed(k): ""} {
		if err := makeDirs(filepath.Dir(path)); err != nil {
			return err
		}
		if err := writeKubeconfig(path, k.name, address, proxy, ca, admin); err != nil {
			return err
		}
	}
	return nil
}

// handed is where the cloud's stand-in looks for the kubeconfig that a ClusterAuth gets.
func (c *clusters) handed(k *cluster) string {
	return cloud.KubeconfigOf(c.dir.cloud(0), k.region, k.name)
}

// end a cluster. Its state stays in etcd, where nobody finds it again.
func (c *clusters) end(k *cluster) {
	k.stopNodes()
	c.tunnel.forbid(loopback(k.port))
	_ = os.Remove(c.handed(k))
	_ = os.Remove(c.dir.ClusterKubeconfig(k.name))
	c.supervisor.End(k.manager)
	c.supervisor.End(k.member.name)
}

// credentials of an authority of its own: the kubeconfig of a claim's cluster must not open the plane's API server.
func (k *cluster) credentials(address string) (*pki.Authority, pki.Pair, error) {
	ca, err := pki.New()
	if err != nil {
		return nil, pki.Pair{}, err
	}
	if err := ca.IssueTo(k.tls, "kube-apiserver"); err != nil {
		return nil, pki.Pair{}, err
	}
	if err := writeServiceAccountKey(k.key); err != nil {
		return nil, pki.Pair{}, err
	}
	admin, err := ca.Issue(adminUser, adminGroup)
	if err != nil {
		return nil, pki.Pair{}, err
	}
	return ca, admin, writeKubeconfig(k.kubeconfig, k.name, address, "", ca, admin)
}

func externalName(u *unstructured.Unstructured) string {
	return u.GetAnnotations()["crossplane.io/external-name"]
}
