package controlplane

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud"
	"github.com/ausmart/platform/test/controlplane/node"
	"github.com/ausmart/platform/test/controlplane/pki"
	"github.com/ausmart/platform/test/controlplane/process"
)

const (
	// clustersPoll is how often EKS clusters are listed.
	clustersPoll = time.Second

	// clusterPause is the pause between two attempts to bring up a cluster.
	clusterPause = 5 * time.Second
)

// workloadControllers are the controllers that a cluster with workloads needs in addition to the
// control plane's own: for pods, scaling and disruption budgets.
const workloadControllers = controllers + ",deployment-controller,replicaset-controller,daemonset-controller," +
	"horizontal-pod-autoscaler-controller,disruption-controller"

// clusters simulates EKS: each EKS Cluster that exists gets an API server and a controller manager.
// They keep their state in the control plane's etcd, under a prefix with the Cluster's uid: a new
// cluster never finds the state of an old one.
type clusters struct {
	client     client.Client
	supervisor *process.Supervisor
	binaries   map[string]string
	dir        Dir
	etcdPort   int
	tunnel     *tunnel
	credential time.Duration // how long the credential of a ClusterAuth is valid

	up   func(context.Context, *cluster) error // launch, except in a test
	down func(*cluster)                        // end, except in a test
	hand func(*cluster) error                  // handOut, except in a test

	running map[string]*cluster // by region and name: two with the same name and region share files
}

// A cluster is the API server and the controller manager of an EKS Cluster.
type cluster struct {
	member

	uid, name, region string
	ca                *pki.Authority
	stopNodes         func()

	stop func()        // makes it end
	done chan struct{} // closed when it has ended
}

// start reconciles the clusters until stop is called.
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
	wait.UntilWithContext(ctx, func(ctx context.Context) {
		if err := c.reconcile(ctx); err != nil && ctx.Err() == nil {
			log.Print(err)
		}
	}, clustersPoll)
	for _, k := range c.running {
		<-k.done
	}
}

func (c *clusters) reconcile(ctx context.Context) error {
	l := &unstructured.UnstructuredList{}
	l.SetGroupVersionKind(schema.GroupVersionKind{Group: "eks.aws.upbound.io", Version: "v1beta2", Kind: "ClusterList"})
	if err := c.client.List(ctx, l); err != nil {
		if meta.IsNoMatchError(err) {
			return nil // No composition makes any.
		}
		return fmt.Errorf("cannot list EKS clusters: %w", err)
	}
	c.follow(ctx, l.Items)
	return nil
}

// follow the EKS Clusters: end the clusters that are gone, and start the new ones. It waits for none of them.
func (c *clusters) follow(ctx context.Context, all []unstructured.Unstructured) {
	exists := map[string]bool{}
	for i := range all {
		exists[string(all[i].GetUID())] = true
	}
	for place, k := range c.running {
		if !exists[k.uid] {
			k.stop()
		}
		select {
		case <-k.done:
			delete(c.running, place)
		default:
		}
	}
	for i := range all {
		k := newCluster(c.dir, &all[i])
		place := k.region + "/" + k.name
		if c.running[place] == nil && active(&all[i]) { // One that is ending still uses the files of its name.
			c.running[place] = k
			var life context.Context
			life, k.stop = context.WithCancel(ctx)
			go c.live(life, k)
		}
	}
}

// live runs a cluster: it starts it, with as many attempts as needed, and ends it when its EKS Cluster is gone.
func (c *clusters) live(ctx context.Context, k *cluster) {
	defer close(k.done)
	defer k.stop()
	err := wait.PollUntilContextCancel(ctx, clusterPause, true, func(ctx context.Context) (bool, error) {
		err := c.up(ctx, k)
		if err == nil {
			return true, nil
		}
		c.down(k) // Parts of it may run.
		if ctx.Err() == nil {
			log.Printf("cannot run EKS cluster %s in %s: %v", k.name, k.region, err)
		}
		return false, nil
	})
	if err != nil {
		return // The context ended.
	}
	c.renew(ctx, k)
	c.down(k)
}

// renew the credential of a ClusterAuth, until the context ends. The provider renews its tokens,
// which are valid for 15 minutes, after 10 (internal/controller/cluster/eks/clusterauth of
// provider-aws v2.4.0, read 2026-11-30).
func (c *clusters) renew(ctx context.Context, k *cluster) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(c.credential * 2 / 3):
		}
		if err := c.hand(k); err != nil {
			log.Printf("cannot renew the credential of EKS cluster %s in %s: %v", k.name, k.region, err)
		}
	}
}

// active reports whether the cluster exists in the cloud.
func active(eks *unstructured.Unstructured) bool {
	status, _, _ := unstructured.NestedString(eks.Object, "status", "atProvider", "status")
	return status == "ACTIVE" && eks.GetDeletionTimestamp() == nil && externalName(eks) != ""
}

func newCluster(dir Dir, eks *unstructured.Unstructured) *cluster {
	name, uid := externalName(eks), string(eks.GetUID())
	region, _, _ := unstructured.NestedString(eks.Object, "spec", "forProvider", "region")
	tls, process := dir.pki("eks-"+uid), "-"+region+"-"+name
	return &cluster{
		uid: uid, name: name, region: region, stopNodes: func() {}, done: make(chan struct{}), member: member{
			name: "kube-apiserver" + process, manager: "kube-controller-manager" + process, prefix: "/eks/" + uid, tls: tls,
			key: filepath.Join(tls, "service-account.key"), kubeconfig: filepath.Join(tls, "kubeconfig"),
		},
	}
}

func (c *clusters) launch(ctx context.Context, k *cluster) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	found, err := freePorts(2)
	if err != nil {
		return err
	}
	k.port, k.healthPort = found[0], found[1]
	address := loopback(k.port)
	admin, err := k.credentials(address)
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
	people := c.dir.clusterKubeconfig(k.region, k.name)
	if err := makeDirs(filepath.Dir(people)); err != nil {
		return err
	}
	if err := writeKubeconfig(people, k.name, address, c.tunnel.url(), k.ca, admin); err != nil {
		return err
	}
	return c.handOut(k)
}

// handOut gives a new, expiring credential to the cloud.
func (c *clusters) handOut(k *cluster) error {
	admin, err := k.ca.IssueFor(c.credential, adminUser, adminGroup)
	if err != nil {
		return err
	}
	if err := makeDirs(filepath.Dir(c.handed(k))); err != nil {
		return err
	}
	return writeKubeconfig(c.handed(k), k.name, loopback(k.port), "", k.ca, admin)
}

// handed is where the simulator reads the kubeconfig of a ClusterAuth.
func (c *clusters) handed(k *cluster) string {
	return cloud.KubeconfigOf(c.dir.cloud(0), k.region, k.name)
}

// end a cluster. Its state stays in etcd and is not used again.
func (c *clusters) end(k *cluster) {
	k.stopNodes()
	c.tunnel.forbid(loopback(k.port))
	_ = os.Remove(c.handed(k))
	_ = os.Remove(c.dir.clusterKubeconfig(k.region, k.name))
	c.supervisor.End(k.manager)
	c.supervisor.End(k.member.name)
}

// credentials are from the cluster's own authority: the kubeconfig of a claim's cluster must not
// give access to the control plane's API server.
func (k *cluster) credentials(address string) (admin pki.Pair, err error) {
	if k.ca, err = pki.New(); err != nil {
		return pki.Pair{}, err
	}
	if err := k.ca.IssueTo(k.tls, "kube-apiserver"); err != nil {
		return pki.Pair{}, err
	}
	if err := writeServiceAccountKey(k.key); err != nil {
		return pki.Pair{}, err
	}
	if admin, err = k.ca.Issue(adminUser, adminGroup); err != nil {
		return pki.Pair{}, err
	}
	return admin, writeKubeconfig(k.kubeconfig, k.name, address, "", k.ca, admin)
}

func externalName(u *unstructured.Unstructured) string {
	return u.GetAnnotations()["crossplane.io/external-name"]
}
