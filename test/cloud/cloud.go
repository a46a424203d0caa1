// Package cloud says what plays AWS beside a control plane on this machine. There are two grades behind one interface: the
// stand-in of package standin, in seconds, and the real provider against an imitation of the AWS APIs.
//
// It only describes processes; the control plane starts, restarts and stops them.
package cloud

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ausmart/platform/test/cloud/control"
)

// A Grade is one way to bring managed resources to Ready.
type Grade interface {
	// Name is what a person is told.
	Name() string

	// Processes lists what runs beside the plane, in the order of their start. It makes what they need first, such as their
	// binaries.
	Processes(ctx context.Context, p Plane) ([]Process, error)
}

// A Plane is a running control plane.
type Plane struct {
	// Kubeconfig is the file that says how to reach the API server.
	Kubeconfig string

	// Dir is a folder for the cloud's own files. What exists in the cloud lives there, so it must outlast a restart.
	Dir string

	// Certs is a folder with a certificate that the API server trusts (ca.crt, tls.crt, tls.key), and Webhook the port where it asks
	// for objects in another version of their CRD. Only a grade with more than the storage versions needs them.
	Certs   string
	Webhook int
}

// A Process says how to run a program, and when it is ready.
type Process struct {
	Name string
	Path string
	Args []string
	Env  []string // added to the caller's environment

	Ready func(context.Context) error
}

var _ Grade = StandIn{}

// A StandIn is the grade that needs nothing but its own binary, of ./test/cloud/cmd/standin.
type StandIn struct {
	Binary string

	// Charts is a folder of custom resource definitions by the Helm chart that brings them.
	Charts string
}

// Name says that it is no AWS.
func (StandIn) Name() string { return "stand-in for AWS" }

// Processes is the stand-in alone. It keeps what exists in the plane's folder, so that a kill loses nothing.
func (s StandIn) Processes(_ context.Context, p Plane) ([]Process, error) {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the cloud's folder: %w", err)
	}
	args := []string{
		"--kubeconfig=" + p.Kubeconfig,
		"--state=" + filepath.Join(p.Dir, "account.jsonl"),
		"--control=" + socket(p),
		"--clusters=" + clustersDir(p),
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

// Client talks to the stand-in of a plane. It needs no port: it finds the stand-in after a restart, and from outside of the plane's
// network namespace.
func (StandIn) Client(p Plane) *control.Client { return control.NewClient(socket(p)) }

// KubeconfigOf is where the plane puts the kubeconfig of an EKS cluster that it runs: it is what a ClusterAuth gets.
func KubeconfigOf(p Plane, region, cluster string) string {
	return filepath.Join(clustersDir(p), region, cluster+".kubeconfig")
}

func clustersDir(p Plane) string { return filepath.Join(p.Dir, "clusters") }

func socket(p Plane) string { return filepath.Join(p.Dir, "control.sock") }
