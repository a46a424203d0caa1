package controlplane

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/pki"
	"github.com/ausmart/platform/test/controlplane/process"
	"github.com/ausmart/platform/test/controlplane/xpkg"
)

const (
	// podsPoll is how often new revisions of functions are listed, podsMost the longest pause when
	// one cannot be run, as in a kubelet's back-off.
	podsPoll = 500 * time.Millisecond
	podsMost = 5 * time.Second

	// podTimeout is how long a function may take to listen: a second, and ten on a busy machine.
	podTimeout = time.Minute

	// podTries is after how many failures the start of a control plane gives up on a function: the
	// first failure may be a race for its port.
	podTries = 3
)

// pods simulates the Deployments, Services and kubelets of packages: it runs the program of every
// active FunctionRevision's image, and reports its address to Crossplane.
type pods struct {
	client     client.Client
	supervisor *process.Supervisor
	dir        Dir
	pull       func(ctx context.Context, image string) (v1.Image, error)
	secret     *unstructured.Unstructured // with the certificate of every function

	giveUp func() // ends the wait for a function that does not start

	running  map[string]pod // by revision
	failures int            // to start one, since the last success

	mu   sync.Mutex
	last error // of the last pass
}

// A pod is the process of a function's revision.
type pod struct {
	process string // its name
	source  string // of its package
	port    int
}

// start reconciles revisions until stop is called. A revision that cannot be run is tried again.
func (p *pods) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.run(ctx)
	}()
	return func() { cancel(); <-done }
}

func (p *pods) run(ctx context.Context) {
	pause := podsPoll
	for {
		err := p.reconcile(ctx)
		if ctx.Err() != nil {
			return
		}
		p.note(err)
		if p.failures >= podTries {
			p.giveUp()
		}
		if err == nil {
			pause = podsPoll
		} else {
			log.Print(err)
			pause = min(2*pause, podsMost)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (p *pods) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = err
}

// problem returns the error of the last pass, if any.
func (p *pods) problem() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

func (p *pods) reconcile(ctx context.Context) error {
	functions, err := p.activeRevisions(ctx, "FunctionRevision")
	if err != nil {
		return err
	}
	var problems []error
	active := map[string]bool{}
	for _, rev := range functions {
		active[rev.GetName()] = true
		problems = append(problems, p.reconcileFunction(ctx, rev)) // One that does not start must not block the others.
	}
	p.endOthers(active)
	// The control plane's cloud, which already runs, takes the place of a provider's program.
	providers, err := p.activeRevisions(ctx, "ProviderRevision")
	problems = append(problems, err)
	for _, rev := range providers {
		problems = append(problems, p.report(ctx, rev, ""))
	}
	return errors.Join(problems...)
}

func (p *pods) reconcileFunction(ctx context.Context, function *unstructured.Unstructured) error {
	port, err := p.ensureRunning(ctx, function)
	if err != nil {
		return err
	}
	return p.report(ctx, function, loopback(port))
}

// endOthers ends the processes of revisions that are not active any more: a newer one replaced
// them, or the function was uninstalled. An old process was started before its replacement, and of
// two processes with one name the supervisor ends the older.
func (p *pods) endOthers(active map[string]bool) {
	for rev, pod := range p.running {
		if active[rev] {
			continue
		}
		p.supervisor.End(pod.process)
		_ = os.Remove(p.program(rev))
		delete(p.running, rev)
	}
}

// program is the path of a revision's program. Each revision has its own, because a running
// program's file cannot be written.
func (p *pods) program(rev string) string { return p.dir.path("functions", rev) }

func (p *pods) activeRevisions(ctx context.Context, kind string) ([]*unstructured.Unstructured, error) {
	l := &unstructured.UnstructuredList{}
	l.SetGroupVersionKind(schema.GroupVersionKind{Group: "pkg.crossplane.io", Version: "v1", Kind: kind + "List"})
	if err := p.client.List(ctx, l); err != nil {
		return nil, fmt.Errorf("cannot list every %s: %w", kind, err)
	}
	var active []*unstructured.Unstructured
	for i := range l.Items {
		if state, _, _ := unstructured.NestedString(l.Items[i].Object, "spec", "desiredState"); state == "Active" {
			active = append(active, &l.Items[i])
		}
	}
	return active, nil
}

func (p *pods) ensureRunning(ctx context.Context, rev *unstructured.Unstructured) (port int, err error) {
	if pod, ok := p.running[rev.GetName()]; ok {
		return pod.port, nil
	}
	image, _, _ := unstructured.NestedString(rev.Object, "spec", "image")
	spec, port, err := p.spec(ctx, rev.GetName(), image)
	if err != nil {
		return 0, fmt.Errorf("cannot run function revision %s: %w", rev.GetName(), err)
	}
	ctx, cancel := context.WithTimeout(ctx, podTimeout)
	defer cancel()
	if err := p.supervisor.Start(ctx, spec); err != nil {
		p.failures++
		return 0, err
	}
	p.failures = 0
	p.running[rev.GetName()] = pod{process: spec.Name, source: source(image), port: port}
	return port, nil
}

// spec extracts the program from the image, as a container runtime would.
func (p *pods) spec(ctx context.Context, rev, image string) (process.Spec, int, error) {
	img, err := p.pull(ctx, image)
	if err != nil {
		return process.Spec{}, 0, err
	}
	program, err := xpkg.Program(img)
	if err != nil {
		return process.Spec{}, 0, err
	}
	if err := os.WriteFile(p.program(rev), program, 0o700); err != nil { // A program must be executable.
		return process.Spec{}, 0, err
	}
	ports, err := freePorts(1)
	if err != nil {
		return process.Spec{}, 0, err
	}
	return process.Spec{
		Name: p.processOf(source(image)), Path: p.program(rev),
		Args:  []string{"--address=" + loopback(ports[0]), "--tls-certs-dir=" + p.dir.pki("function")},
		Ready: listening(ports[0]),
	}, ports[0], nil
}

// processOf a package is the name of its process: the last part of its source, unless a function of
// another source has that name.
func (p *pods) processOf(source string) string {
	name := path.Base(source)
	for _, other := range p.running {
		if other.process == name && other.source != source {
			_, repository, _ := strings.Cut(source, "/")
			return strings.ReplaceAll(repository, "/", "-")
		}
	}
	return name
}

// report the status that Crossplane's package runtime would write about its Deployment and Service.
func (p *pods) report(ctx context.Context, rev *unstructured.Unstructured, endpoint string) error {
	if at, _, _ := unstructured.NestedString(rev.Object, "status", "endpoint"); at == endpoint && healthy(rev) {
		return nil
	}
	patched := rev.DeepCopy()
	if endpoint != "" {
		_ = unstructured.SetNestedField(patched.Object, endpoint, "status", "endpoint")
	}
	_ = unstructured.SetNestedField(patched.Object, p.secret.GetName(), "status", "tlsServerSecretName")
	conditions, _, _ := unstructured.NestedSlice(patched.Object, "status", "conditions")
	conditions = append(conditions, map[string]any{
		"type": "RuntimeHealthy", "status": "True", "reason": "HealthyPackageRevision",
		"lastTransitionTime": time.Now().UTC().Format(time.RFC3339),
	})
	_ = unstructured.SetNestedSlice(patched.Object, conditions, "status", "conditions")
	// With the resource version that was read: Crossplane writes conditions too, and a conflict is tried again.
	err := p.client.Status().Patch(ctx, patched, client.MergeFromWithOptions(rev, client.MergeFromWithOptimisticLock{}))
	if err = client.IgnoreNotFound(err); err != nil && !kerrors.IsConflict(err) {
		return fmt.Errorf("cannot report %s healthy: %w", rev.GetName(), err)
	}
	return nil
}

func healthy(rev *unstructured.Unstructured) bool {
	return manifest.Missing(rev, "RuntimeHealthy") == ""
}

// serverSecret has a function's certificate: Crossplane reads it before it reports the package healthy.
func serverSecret(dir Dir) (*unstructured.Unstructured, error) {
	s := object("v1", "Secret", "function-server", nil)
	s.SetNamespace(namespace)
	data := map[string]any{}
	for _, file := range []string{pki.CAFile, pki.CertFile, pki.KeyFile} {
		content, err := os.ReadFile(filepath.Join(dir.pki("function"), file))
		if err != nil {
			return nil, fmt.Errorf("cannot read the functions' certificate: %w", err)
		}
		data[file] = base64.StdEncoding.EncodeToString(content)
	}
	s.Object["data"] = data
	return s, nil
}

// source of an image reference: its name without tag or digest.
func source(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i]
	}
	return image
}
