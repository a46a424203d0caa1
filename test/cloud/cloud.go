// Package cloud says what plays AWS beside a control plane on this machine. There are two grades behind one interface: the
// stand-in of package standin, in seconds, and the real provider against an imitation of the AWS APIs.
//
// It only describes processes; the control plane starts, restarts and stops them.
package cloud

import (
	"context"
	"path/filepath"

	"github.com/ausmart/platform/test/cloud/control"
)

// A Grade is one way to bring managed resources to Ready.
type Grade interface {
	// Name is what a person is told.
	Name() string

	// Processes lists what runs beside the plane, in the order of their start, and makes what they need, such as their binaries.
	Processes(ctx context.Context) ([]Process, error)
}

// A Process says how to run a program. In its arguments and environment {kubeconfig} stands for the file that says how to reach
// the API server, and {dir} for a folder that outlasts a restart of the plane's processes.
type Process struct {
	Name string
	Path string
	Args []string
	Env  []string // added to the caller's environment
}

const (
	// socket is a file, not a port, so that it is found again after a restart and reached from another network namespace.
	socket = "cloud.sock"

	state = "account.jsonl"
)

var _ Grade = StandIn{}

// A StandIn is the grade that needs nothing but the binary of ./test/cloud/cmd/standin.
type StandIn struct{ Binary string }

// Name says that it is no AWS.
func (StandIn) Name() string { return "stand-in for AWS" }

// Processes is the stand-in alone. It keeps what exists in the plane's folder, so that a kill loses nothing.
func (s StandIn) Processes(context.Context) ([]Process, error) {
	return []Process{{
		Name: "cloud",
		Path: s.Binary,
		Args: []string{"--kubeconfig={kubeconfig}", "--state={dir}/" + state, "--control={dir}/" + socket},
	}}, nil
}

// Client talks to the stand-in of the plane in a folder.
func (StandIn) Client(dir string) *control.Client {
	return control.NewClient(filepath.Join(dir, socket))
}
