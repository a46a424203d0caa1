package helm

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fieldOwner is the field manager of the objects that this package applies in clusters.
const fieldOwner = "helm"

// A fleet is the clusters that ProviderConfigs reach.
type fleet struct {
	reader client.Reader // of the control plane
	charts string        // a folder of CRDs by chart

	mu      sync.Mutex
	reached map[string]reached // by ProviderConfig
	running map[string]func()  // stops the controllers of a release; by ProviderConfig and release
}

// reached is a client of a cluster, and the kubeconfig that it was made from: an EKS cluster's
// kubeconfig changes every few minutes.
type reached struct {
	kubeconfig string
	client     client.Client
}

// reach the cluster of a ProviderConfig.
func (f *fleet) reach(ctx context.Context, config string) (cluster, error) {
	c, err := f.clientOf(ctx, config)
	if err != nil {
		return nil, err
	}
	return &remote{
		client: c, charts: f.charts, now: time.Now,
		simulate: func(release, chart string) { f.simulate(config, release, chart) },
		stop:     func(release string) { f.stop(config, release) },
	}, nil
}

// clientOf the cluster of a ProviderConfig, with its current kubeconfig.
func (f *fleet) clientOf(ctx context.Context, config string) (client.Client, error) {
	kubeconfig, err := f.kubeconfig(ctx, config)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if last, found := f.reached[config]; found && last.kubeconfig == kubeconfig {
		return last.client, nil
	}
	c, err := newClient([]byte(kubeconfig))
	if err != nil {
		return nil, err
	}
	f.reached[config] = reached{kubeconfig, c}
	return c, nil
}

// simulate the controllers of a chart, if they are not running yet.
func (f *fleet) simulate(config, release, chart string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := config + "/" + release
	round, known := controllers()[chart]
	if _, isRunning := f.running[key]; isRunning || !known {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.running[key] = cancel
	go repeat(ctx, func(ctx context.Context) (client.Client, error) { return f.clientOf(ctx, config) }, round)
}

func (f *fleet) stop(config, release string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := config + "/" + release
	if cancel, isRunning := f.running[key]; isRunning {
		cancel()
		delete(f.running, key)
	}
}

func newClient(kubeconfig []byte) (client.Client, error) {
	config, err := clientcmd.RESTConfigFromKubeConfig(kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("cannot read the kubeconfig: %w", err)
	}
	config.QPS, config.WarningHandler = -1, rest.NoWarnings{}
	c, err := client.New(config, client.Options{Scheme: runtime.NewScheme()})
	if err != nil {
		return nil, fmt.Errorf("cannot reach the cluster: %w", err)
	}
	return c, nil
}

// kubeconfig that a ProviderConfig names.
func (f *fleet) kubeconfig(ctx context.Context, config string) (string, error) {
	pc := &unstructured.Unstructured{}
	pc.SetGroupVersionKind(configKind())
	if err := f.reader.Get(ctx, client.ObjectKey{Name: config}, pc); err != nil {
		return "", fmt.Errorf("cannot get provider: %w", err)
	}
	ref, _, _ := unstructured.NestedStringMap(pc.Object, "spec", "credentials", "secretRef")
	secret := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Secret"}}
	if err := f.reader.Get(ctx, client.ObjectKey{Namespace: ref["namespace"], Name: ref["name"]}, secret); err != nil {
		return "", fmt.Errorf("cannot get credentials: %w", err)
	}
	encoded, _, _ := unstructured.NestedString(secret.Object, "data", ref["key"])
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) == 0 {
		return "", errors.Join(fmt.Errorf("cannot get credentials: secret %s has no kubeconfig under the key %q", ref["name"], ref["key"]), err)
	}
	return string(raw), nil
}

// A remote is a cluster behind a kubeconfig.
type remote struct {
	client client.Client
	charts string
	now    func() time.Time

	simulate func(release, chart string)
	stop     func(release string)
}

// Install a release, or upgrade it.
func (c *remote) Install(ctx context.Context, name string, p parameters) (record, error) {
	last, err := c.last(ctx, name, p.Namespace)
	if err != nil {
		return record{}, err
	}
	wanted, news := next(last, name, p, c.now())
	if !news {
		c.simulate(name, p.Chart.Name)
		return last, nil
	}
	if err := c.prepare(ctx, p); err != nil {
		return record{}, err
	}
	if last.Version > 0 {
		last.Info.Status = superseded
		if err := c.write(ctx, last); err != nil {
			return record{}, err
		}
	}
	c.simulate(name, p.Chart.Name)
	return wanted, c.write(ctx, wanted)
}

// prepare the namespace, and the CRDs of the chart, as Helm does before anything else.
func (c *remote) prepare(ctx context.Context, p parameters) error {
	if !p.SkipCreateNamespace {
		ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
		ns.SetName(p.Namespace)
		if err := client.IgnoreAlreadyExists(c.client.Create(ctx, ns)); err != nil {
			return fmt.Errorf("cannot make namespace %s: %w", p.Namespace, err)
		}
	}
	return c.each(ctx, p.Chart.Name, c.apply)
}

// each calls do with every known definition of a chart.
func (c *remote) each(ctx context.Context, chart string, do func(context.Context, *unstructured.Unstructured) error) error {
	files, err := filepath.Glob(filepath.Join(c.charts, chart, "*.yaml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := eachIn(ctx, file, do); err != nil {
			return err
		}
	}
	return nil
}

func eachIn(ctx context.Context, file string, do func(context.Context, *unstructured.Unstructured) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // It was only read.
	const peek = 4096
	for d := yaml.NewYAMLOrJSONDecoder(f, peek); ; {
		u := &unstructured.Unstructured{}
		if err := d.Decode(u); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("cannot read %s: %w", file, err)
		}
		if len(u.Object) == 0 {
			continue
		}
		if err := do(ctx, u); err != nil {
			return err
		}
	}
}

func (c *remote) write(ctx context.Context, r record) error {
	s, err := r.secret()
	if err != nil {
		return err
	}
	return c.apply(ctx, s)
}

func (c *remote) apply(ctx context.Context, u *unstructured.Unstructured) error {
	err := c.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(u), client.FieldOwner(fieldOwner), client.ForceOwnership)
	if err != nil {
		return fmt.Errorf("cannot apply %s %s: %w", u.GetKind(), u.GetName(), err)
	}
	return nil
}

// last revision of a release; an empty record when there is none.
func (c *remote) last(ctx context.Context, name, namespace string) (record, error) {
	all, err := c.revisions(ctx, name, namespace)
	if err != nil {
		return record{}, err
	}
	last := record{}
	for i := range all {
		r, err := decodeRecord(&all[i])
		if err != nil {
			return record{}, err
		}
		if r.Version > last.Version {
			last = r
		}
	}
	return last, nil
}

func (c *remote) revisions(ctx context.Context, name, namespace string) ([]unstructured.Unstructured, error) {
	l := &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": "v1", "kind": "SecretList"}}
	err := c.client.List(ctx, l, client.InNamespace(namespace), client.MatchingLabels{"owner": "helm", "name": name})
	if err != nil {
		return nil, fmt.Errorf("cannot read the revisions of %s: %w", name, err)
	}
	return l.Items, nil
}

// Uninstall a release, its controllers first. As with Helm, the definitions of a chart's crds
// folder stay. A chart that holds nothing but definitions has them among its templates, so they are
// removed with all their objects.
func (c *remote) Uninstall(ctx context.Context, name, namespace string) error {
	all, err := c.revisions(ctx, name, namespace)
	if err != nil {
		return err
	}
	last, err := c.last(ctx, name, namespace)
	if err != nil {
		return err
	}
	c.stop(name)
	if chart := last.Chart.Metadata.Name; strings.HasSuffix(chart, "-crd") {
		remove := func(ctx context.Context, u *unstructured.Unstructured) error {
			return client.IgnoreNotFound(c.client.Delete(ctx, u))
		}
		if err := c.each(ctx, chart, remove); err != nil {
			return err
		}
	}
	for i := range all {
		if err := client.IgnoreNotFound(c.client.Delete(ctx, &all[i])); err != nil {
			return fmt.Errorf("cannot remove %s: %w", all[i].GetName(), err)
		}
	}
	return nil
}
