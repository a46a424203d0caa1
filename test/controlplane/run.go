package controlplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/pki"
	"github.com/ausmart/platform/test/controlplane/process"
	"github.com/ausmart/platform/test/controlplane/xpkg"
)

// stepTimeout is how long one step of the start may take; on a busy machine with two cores the
// slowest takes 10 seconds.
const stepTimeout = 3 * time.Minute

// providerTimeout is how long the real provider-aws may take: it reads a gigabyte and builds the
// schemas of every service, which takes 30 seconds on an idle machine and minutes on a busy one.
const providerTimeout = 10 * time.Minute

// A controlPlane is the part that Run has started so far.
type controlPlane struct {
	Config

	dir        Dir
	progress   io.Writer
	supervisor *process.Supervisor
	registry   *xpkg.Registry
	ca         *pki.Authority
	admin      *rest.Config
	client     client.Client
	ports      ports
	started    time.Time
	stopPods   func()

	tunnel       *tunnel // to the clusters of claims
	stopClusters func()
}

type ports struct {
	etcd, etcdPeer, apiServer, controllerManager, webhook, metrics, probe, conversion, kubernetesProbe int
}

// A Front has a control plane's listeners outside its network namespace.
type Front struct {
	// APIServer is forwarded to the control plane's API server.
	APIServer net.Listener

	// Clusters is a proxy to the API servers of the clusters of claims.
	Clusters net.Listener

	// Registry is the package registry, for packages that are pushed after the start.
	Registry net.Listener
}

// Run starts a control plane in dir, opens its front, and stops everything when the context ends.
// It writes each step that is done to progress, and calls ready when all are done.
func Run(ctx context.Context, dir Dir, front Front, inherit *os.File, progress io.Writer, ready func()) error {
	p := &controlPlane{
		dir: dir, progress: progress, started: time.Now(), stopPods: func() {}, stopClusters: func() {},
		tunnel: newTunnel(front.Clusters),
	}
	if err := readJSON(dir.config(), &p.Config); err != nil {
		return fmt.Errorf("cannot read the control plane's configuration: %w", err)
	}
	p.supervisor = &process.Supervisor{Logs: dir.logs(), Inherit: inherit, Changed: p.recordProcesses}
	defer p.supervisor.Stop()

	// These stop first, so that they start no process while the others end.
	defer func() { p.stopPods(); p.stopClusters() }()
	for _, s := range p.steps() {
		if err := p.do(ctx, s); err != nil {
			return err
		}
	}
	p.registry.Serve(front.Registry)
	if err := os.WriteFile(dir.registry(), []byte(front.Registry.Addr().String()), 0o600); err != nil {
		return fmt.Errorf("cannot write where the package registry is: %w", err)
	}
	go forward(front.APIServer, loopback(p.ports.apiServer))
	if err := p.writeFrontKubeconfig(front.APIServer.Addr().String()); err != nil {
		return err
	}
	debug.FreeOSMemory() // Packages and CRDs were read; from here on little memory is needed.
	ready()
	<-ctx.Done()
	return nil
}

type step struct {
	name    string
	run     func(context.Context) error
	timeout time.Duration // when it may take longer than the others
}

func (p *controlPlane) steps() []step {
	steps := []step{
		{name: "certificates, ports and folders", run: p.prepare},
		{name: "etcd", run: p.startEtcd},
		{name: "kube-apiserver", run: p.startAPIServer},
		{name: "kube-controller-manager", run: p.startControllerManager},
		{name: "CRDs of Crossplane and of the providers", run: p.installCRDs},
		{name: "Crossplane", run: p.startCrossplane},
	}
	aws := step{name: p.grade().Name(), run: p.startCloud}
	// The real provider-aws returns kubeconfigs of clusters that an imitation made up: there is no
	// cluster behind them.
	if p.Provider != nil {
		aws.timeout = providerTimeout
		steps = append(steps, aws)
	} else {
		steps = append(steps, aws, step{name: "provider-kubernetes", run: p.startProviderKubernetes})
	}
	return append(steps, step{name: "packages of the platform", run: p.installPackages})
}

func (p *controlPlane) do(ctx context.Context, s step) error {
	ctx, cancel := context.WithTimeout(ctx, max(s.timeout, stepTimeout))
	defer cancel()
	if err := s.run(ctx); err != nil {
		return fmt.Errorf("cannot bring up %s: %w\n%sall logs are in %s", s.name, err, process.Restarted(p.supervisor.Status()), p.dir.logs())
	}
	p.sayf("%s", s.name)
	return nil
}

func (p *controlPlane) sayf(format string, args ...any) {
	fmt.Fprintf(p.progress, "%5.1fs  %s\n", time.Since(p.started).Seconds(), fmt.Sprintf(format, args...))
}

func (p *controlPlane) prepare(context.Context) error {
	if err := makeDirs(p.dir.logs(), p.dir.path("pki"), p.dir.path("functions"), p.dir.path("xpkg")); err != nil {
		return err
	}
	found, err := freePorts(9)
	if err != nil {
		return err
	}
	p.ports = ports{found[0], found[1], found[2], found[3], found[4], found[5], found[6], found[7], found[8]}
	if p.ca, err = pki.New(); err != nil {
		return err
	}
	if p.admin, err = credentials(p.dir, p.ca, loopback(p.ports.apiServer)); err != nil {
		return err
	}
	p.registry, err = xpkg.NewRegistry()
	return err
}

func (p *controlPlane) startEtcd(ctx context.Context) error {
	return p.supervisor.Start(ctx, etcd(p.Binaries["etcd"], p.dir, p.ports.etcd, p.ports.etcdPeer))
}

func (p *controlPlane) startAPIServer(ctx context.Context) error {
	spec, err := apiServer(p.Binaries["kube-apiserver"], home(p.dir, p.ports), p.ports.etcd, p.admin)
	if err != nil {
		return err
	}
	if err := p.supervisor.Start(ctx, spec); err != nil {
		return err
	}
	p.client, err = client.New(p.admin, client.Options{})
	return err
}

func (p *controlPlane) startControllerManager(ctx context.Context) error {
	return p.supervisor.Start(ctx, controllerManager(p.Binaries["kube-controller-manager"], home(p.dir, p.ports), controllers))
}

func (p *controlPlane) installCRDs(ctx context.Context) error {
	if err := manifest.Apply(ctx, p.client, object("v1", "Namespace", namespace, nil)); err != nil {
		return err
	}
	crds, err := manifest.Read(p.CRDs...)
	if err != nil {
		return err
	}
	convertObjects(crds, p.ca)
	convert(crds, p.ca, p.ports.conversion)
	return installCRDs(ctx, p.client, crds)
}

func (p *controlPlane) startCrossplane(ctx context.Context) error {
	binary := p.Binaries["crossplane"]
	if err := p.supervisor.Run(ctx, crossplaneInit(binary, p.dir, p.CRDs[0])); err != nil {
		return err
	}
	spec := crossplaneStart(binary, p.dir, p.ports.webhook, p.ports.metrics, p.ports.probe)
	spec.Args, spec.Env = append(spec.Args, p.CrossplaneArgs...), append(spec.Env, p.CrossplaneEnv...)
	if err := p.supervisor.Start(ctx, spec); err != nil {
		return err
	}
	return installWebhooks(ctx, p.client, p.Webhooks, p.ca, p.ports.webhook)
}

func (p *controlPlane) startCloud(ctx context.Context) error {
	processes, err := p.grade().Processes(ctx, p.dir.cloud(p.ports.conversion))
	if err != nil {
		return fmt.Errorf("cannot prepare the %s: %w", p.grade().Name(), err)
	}
	for _, c := range processes {
		if err := p.supervisor.Start(ctx, process.Spec(c)); err != nil {
			return err
		}
	}
	if p.Provider != nil {
		return p.exposeAWS(ctx)
	}
	return nil
}

// exposeAWS lets programs outside the control plane's network use the imitation of AWS: through the
// tunnel, at the provider's endpoint. It writes both to a file.
func (p *controlPlane) exposeAWS(ctx context.Context) error {
	config := &unstructured.Unstructured{}
	config.SetGroupVersionKind(schema.GroupVersionKind{Group: "aws.upbound.io", Version: "v1beta1", Kind: "ProviderConfig"})
	if err := p.client.Get(ctx, client.ObjectKey{Name: "default"}, config); err != nil {
		return fmt.Errorf("cannot find the address of AWS: %w", err)
	}
	endpoint, _, _ := unstructured.NestedString(config.Object, "spec", "endpoint", "url", "static")
	address, found := strings.CutPrefix(endpoint, "http://")
	if !found {
		return fmt.Errorf("cannot find the address of AWS in ProviderConfig default: its static URL is %q", endpoint)
	}
	p.tunnel.allow(address)
	return writeJSON(p.dir.aws(), map[string]string{"endpoint": endpoint, "proxy": p.tunnel.url()})
}

func (p *controlPlane) grade() cloud.Grade {
	if p.Provider != nil {
		return *p.Provider
	}
	return cloud.Simulator{Binary: p.Simulator, Charts: p.Charts}
}

func (p *controlPlane) installPackages(ctx context.Context) error {
	sources, err := publish(ctx, p.registry, p.Config)
	if err != nil {
		return err
	}
	if err := manifest.Apply(ctx, p.client, mirrors(p.registry, sources)...); err != nil {
		return err
	}
	secret, err := serverSecret(p.dir)
	if err != nil {
		return err
	}
	if err := manifest.Apply(ctx, p.client, secret); err != nil {
		return err
	}
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	functions := &pods{
		client: p.client, supervisor: p.supervisor, dir: p.dir, pull: p.registry.Pull, secret: secret, giveUp: giveUp,
		running: map[string]pod{},
	}
	p.stopPods = functions.start()
	if p.Bare {
		return nil
	}
	configuration := configurationAt(p.Version)
	if err := manifest.Apply(ctx, p.client, configuration); err != nil {
		return err
	}
	if err := p.waitForPackages(ctx, configuration); err != nil {
		return errors.Join(err, functions.problem()) // A pending package does not know why its function does not run.
	}
	return nil
}

func (p *controlPlane) waitForPackages(ctx context.Context, configuration *unstructured.Unstructured) error {
	if err := manifest.WaitFor(ctx, p.client, []*unstructured.Unstructured{configuration}, "Installed", "Healthy"); err != nil {
		return err
	}
	if err := p.waitForAll(ctx, "pkg.crossplane.io", "v1", "Function", "Installed", "Healthy"); err != nil {
		return err
	}
	if err := p.waitForAll(ctx, "pkg.crossplane.io", "v1", "Provider", "Installed", "Healthy"); err != nil {
		return err
	}
	return p.waitForAll(ctx, "apiextensions.crossplane.io", "v2", "CompositeResourceDefinition", "Established", "Offered")
}

func (p *controlPlane) waitForAll(ctx context.Context, group, version, kind string, conditions ...string) error {
	l := &unstructured.UnstructuredList{}
	l.SetGroupVersionKind(schema.GroupVersionKind{Group: group, Version: version, Kind: kind + "List"})
	if err := p.client.List(ctx, l); err != nil {
		return fmt.Errorf("cannot list every %s: %w", kind, err)
	}
	objs := make([]*unstructured.Unstructured, 0, len(l.Items))
	for i := range l.Items {
		objs = append(objs, &l.Items[i])
	}
	return manifest.WaitFor(ctx, p.client, objs, conditions...)
}

func (p *controlPlane) writeFrontKubeconfig(address string) error {
	admin, err := p.ca.Issue(adminUser, adminGroup)
	if err != nil {
		return err
	}
	return writeKubeconfig(p.dir.Kubeconfig(), controlPlaneName, address, "", p.ca, admin)
}

func (p *controlPlane) recordProcesses(all []process.Status) {
	if err := writeJSON(p.dir.Processes(), all); err != nil {
		log.Print(err)
	}
}

// forward copies between connections to front and the address, which may be in another network namespace than front.
func forward(front net.Listener, address string) {
	for {
		in, err := front.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = in.Close() }()
			out, err := net.Dial("tcp", address)
			if err != nil {
				return
			}
			defer func() { _ = out.Close() }()
			join(in, out)
		}()
	}
}

// join copies both ways until one side ends.
func join(in, out net.Conn) {
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.Close()
	}()
	_, _ = io.Copy(in, out)
}
