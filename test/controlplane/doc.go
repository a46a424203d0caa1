// Package controlplane runs a whole Crossplane control plane on one machine without containers:
// etcd, the Kubernetes API server and controller manager, Crossplane, our functions,
// provider-kubernetes and simulated AWS, each a plain process on loopback.
//
// Packages are installed from a registry on loopback by Crossplane's own package manager, under
// their public names; an ImageConfig sends the pulls to the mirror, as on any cluster without
// internet. Only the pods of functions are simulated: the program in the package's image runs as a
// process.
//
// Each EKS cluster of a claim is an API server and a controller manager of its own. They start when
// the cluster exists in the cloud and end with it. That API server admits the objects that
// provider-kubernetes applies, and the real controllers make their pods; package node simulates the
// scheduler and the kubelets.
//
// It needs binaries and packages that are already built, and writes one folder. It never reaches an
// address beyond loopback.
package controlplane

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ausmart/platform/test/cloud"
	"github.com/ausmart/platform/test/cloud/control"
	"github.com/ausmart/platform/test/controlplane/xpkg"
)

// namespace is Crossplane's own.
const namespace = "crossplane-system"

// A Config describes what a control plane runs.
type Config struct {
	// Binaries by the names of package toolchain.
	Binaries map[string]string `json:"binaries"`

	// CRDs are files or folders of custom resource definitions: Crossplane's, then the providers'.
	CRDs []string `json:"crds"`

	// Webhooks is Crossplane's manifest of admission webhooks.
	Webhooks string `json:"webhooks"`

	// Configuration is the .xpkg file of the platform, with its Version. Functions are the files of
	// our functions, Community the other functions that the platform depends on.
	Configuration string      `json:"configuration"`
	Version       string      `json:"version"`
	Functions     []string    `json:"functions"`
	Community     []Community `json:"community"`

	// Bare leaves the packages in the registry: the test installs them itself.
	Bare bool `json:"bare,omitempty"`

	// Crossplane's further arguments and variables, such as those of a feature that is off by default.
	CrossplaneArgs []string `json:"crossplaneArgs,omitempty"`
	CrossplaneEnv  []string `json:"crossplaneEnv,omitempty"`

	// Simulator is the program that simulates AWS. With a Provider, the real provider-aws runs
	// instead, against imitations of AWS.
	Simulator string              `json:"simulator,omitempty"`
	Provider  *cloud.RealProvider `json:"provider,omitempty"`

	// ClusterCredential is how long the credential of a ClusterAuth is valid. It is renewed before
	// it expires, as by provider-aws.
	ClusterCredential time.Duration `json:"clusterCredential"`

	// Charts are the custom resource definitions of the Helm charts that the simulator pretends to install.
	Charts string `json:"charts"`
}

// Community is a function of others, built from its source: its program and its package's metadata.
type Community struct {
	Binary string `json:"binary"`
	Meta   string `json:"meta"`
}

// A Dir is the folder of a control plane.
type Dir string

func (d Dir) path(elem ...string) string {
	return filepath.Join(append([]string{string(d)}, elem...)...)
}

// Kubeconfig is for people and tests: it goes through the forwarded port.
func (d Dir) Kubeconfig() string { return d.path("kubeconfig") }

// Processes is the table of process ids, rewritten whenever a process starts.
func (d Dir) Processes() string { return d.path("processes.json") }

// Registry returns the registry to which packages can be pushed from outside the control plane's
// network namespace, under their public names.
func (d Dir) Registry() (*xpkg.Registry, error) {
	host, err := os.ReadFile(d.registry())
	if err != nil {
		return nil, fmt.Errorf("cannot find the control plane's package registry: %w", err)
	}
	return xpkg.At(string(host)), nil
}

// Cloud returns a client of simulated AWS: it lists what exists, and makes calls fail.
func (d Dir) Cloud() *control.Client { return cloud.Simulator{}.Client(d.cloud(0)) }

// ClusterKubeconfig is for people and tests: it gives access to an EKS cluster of the control
// plane, while it exists. If several regions have a cluster of this name, it is that of the first
// region by name.
func (d Dir) ClusterKubeconfig(name string) string {
	regions, _ := os.ReadDir(d.path("clusters")) // None while there is no cluster.
	for _, region := range regions {
		if file := d.clusterKubeconfig(region.Name(), name); exists(file) {
			return file
		}
	}
	return d.clusterKubeconfig("", name)
}

func (d Dir) clusterKubeconfig(region, name string) string {
	return d.path("clusters", region, name+".kubeconfig")
}

// cloud returns the control plane for package cloud, with the port of the conversion webhook, if it has one.
func (d Dir) cloud(webhook int) cloud.ControlPlane {
	return cloud.ControlPlane{Kubeconfig: d.internalKubeconfig(), Dir: d.path("cloud"), Certs: d.pki("provider"), Webhook: webhook}
}

func (d Dir) aws() string                { return d.path("aws.json") }
func (d Dir) config() string             { return d.path("config.json") }
func (d Dir) registry() string           { return d.path("registry") }
func (d Dir) lock() string               { return d.path("lock") }
func (d Dir) pid() string                { return d.path("pid") }
func (d Dir) logs() string               { return d.path("logs") }
func (d Dir) supervisorLog() string      { return d.path("logs", "supervisor.log") }
func (d Dir) internalKubeconfig() string { return d.path("internal.kubeconfig") }
func (d Dir) pki(name string) string     { return d.path("pki", name) }

func writeJSON(path string, v any) error {
	content, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	// A reader never sees half a file.
	if err := os.WriteFile(path+".tmp", content, 0o600); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return os.Rename(path+".tmp", path)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func readJSON(path string, v any) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, v); err != nil {
		return fmt.Errorf("cannot read %s: %w", path, err)
	}
	return nil
}
