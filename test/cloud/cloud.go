// Package cloud describes the cloud of a local control plane. There are two grades behind one
// interface: simulated AWS (package simulator), ready in seconds, and the real provider-aws against
// an imitation of the AWS APIs.
//
// It only describes processes; the control plane starts, restarts and stops them.
package cloud

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/ausmart/platform/test/cloud/control"
)

// A Grade is one way to bring managed resources to Ready.
type Grade interface {
	// Name is for messages to a person.
	Name() string

	// Processes lists the processes beside the control plane, in the order of their start. It first
	// makes what they need, such as their folders.
	Processes(ctx context.Context, p ControlPlane) ([]Process, error)
}

// A ControlPlane is a running control plane.
type ControlPlane struct {
	// Kubeconfig is the file with the address and the credentials of the API server.
	Kubeconfig string

	// Dir is a folder for the cloud's own files. It holds the state of the cloud, so it must outlast a restart.
	Dir string

	// Certs is a folder with a certificate that the API server trusts (ca.crt, tls.crt, tls.key),
	// and Webhook the port where it asks for objects in another version of their CRD.
	Certs   string
	Webhook int
}

// A Process describes how to run a program, and how to find out that it is ready.
type Process struct {
	Name string
	Path string
	Args []string
	Env  []string // added to the caller's environment

	Ready func(context.Context) error
}

var _ Grade = Simulator{}

// A Simulator is the grade that needs nothing but its own binary, of ./test/cloud/cmd/simulator.
type Simulator struct {
	Binary string

	// Charts is a folder of custom resource definitions, by the Helm chart that installs them.
	Charts string
}

// Name returns "simulated AWS".
func (Simulator) Name() string { return "simulated AWS" }

// Processes is the simulator alone. It keeps its state in the control plane's folder, so that a
// kill loses nothing.
func (s Simulator) Processes(_ context.Context, p ControlPlane) ([]Process, error) {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the cloud's folder: %w", err)
	}
	args := []string{
		"--kubeconfig=" + p.Kubeconfig,
		"--state=" + filepath.Join(p.Dir, "account.jsonl"),
		"--control=" + socket(p),
		"--clusters=" + clustersDir(p),
		"--certs=" + p.Certs,
		"--webhook=" + strconv.Itoa(p.Webhook),
	}
	if s.Charts != "" {
		args = append(args, "--charts="+s.Charts)
	}
	return []Process{{
		Name: "cloud",
		Path: s.Binary,
		Args: args,
		Ready: func(ctx context.Context) error {
			_, err := s.Client(p).Faults(ctx)
			return err
		},
	}}, nil
}

// Client talks to the simulator of a control plane through a socket file. It finds the simulator
// after a restart, and from outside the control plane's network namespace.
func (Simulator) Client(p ControlPlane) *control.Client { return control.NewClient(socket(p)) }

// KubeconfigOf is where the control plane writes the kubeconfig of an EKS cluster that it runs. A
// ClusterAuth's secret gets this kubeconfig.
func KubeconfigOf(p ControlPlane, region, cluster string) string {
	return filepath.Join(clustersDir(p), region, cluster+".kubeconfig")
}

func clustersDir(p ControlPlane) string { return filepath.Join(p.Dir, "clusters") }

func socket(p ControlPlane) string { return filepath.Join(p.Dir, "control.sock") }
