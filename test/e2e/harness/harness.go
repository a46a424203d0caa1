// Package harness starts a local control plane for a test, with the command that make up runs, or
// connects to a running one.
//
// It builds the platform's packages first, and keeps the logs of a control plane when its test
// failed. It knows nothing of the tests themselves.
package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane"
)

// A ControlPlane is a running control plane.
type ControlPlane struct {
	Dir    controlplane.Dir
	Client client.Client
}

// Start a control plane in _output/NAME with the packages of this checkout, and more arguments for
// controlplane up. The caller stops it. Stopping checks that nothing of the control plane is left.
// If something is, the run has failed: stop prints it and ends the test binary.
func Start(name string, args ...string) (p *ControlPlane, stop func(), err error) {
	root, err := toolchain.Root()
	if err != nil {
		return nil, nil, err
	}
	// Packages of older code would be tested otherwise.
	if err := say(root, "make", "local-packages"); err != nil {
		return nil, nil, err
	}
	return StartBuilt(name, args...)
}

// StartBuilt is Start with packages that are already built: those in _output/packages, unless the
// arguments name others.
func StartBuilt(name string, args ...string) (p *ControlPlane, stop func(), err error) {
	root, err := toolchain.Root()
	if err != nil {
		return nil, nil, err
	}
	command := filepath.Join(root, "_output", "bin", "controlplane")
	if err := say(root, "go", "build", "-o", command, "./test/controlplane/cmd/controlplane"); err != nil {
		return nil, nil, err
	}
	dir := controlplane.Dir(filepath.Join(root, "_output", name))
	end := func() error { return end(root, command, dir) }
	if err := end(); err != nil { // An interrupted run may have left one.
		return nil, nil, err
	}
	if err := say(root, command, append([]string{"up", "-dir=" + string(dir)}, args...)...); err != nil {
		KeepLogs(dir)
		return nil, nil, errors.Join(fmt.Errorf("cannot start a control plane: %w", err), end())
	}
	if p, err = Connect(dir); err != nil {
		return nil, nil, errors.Join(err, end())
	}
	return p, func() {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}, nil
}

// end a control plane, if there is one, and check that nothing of it is left.
func end(root, command string, dir controlplane.Dir) error {
	before := tracesOf(dir)
	if err := say(root, command, "down", "-dir="+string(dir)); err != nil {
		return fmt.Errorf("cannot end the control plane: %w", err)
	}
	return before.left()
}

// Connect to a running control plane.
func Connect(dir controlplane.Dir) (*ControlPlane, error) {
	config, err := clientcmd.BuildConfigFromFlags("", dir.Kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the control plane in %s: %w", dir, err)
	}
	config.QPS, config.Burst = 200, 400
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the control plane in %s: %w", dir, err)
	}
	return &ControlPlane{Dir: dir, Client: c}, nil
}

// KeepLogs copies the logs of a failed run to a folder that make down does not remove.
func KeepLogs(dir controlplane.Dir) {
	kept := string(dir) + "-logs"
	_ = os.RemoveAll(kept)
	if err := os.CopyFS(kept, os.DirFS(filepath.Join(string(dir), "logs"))); err == nil {
		fmt.Fprintln(os.Stderr, "the control plane's logs are in", kept)
	}
}

func say(dir, name string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}
