// Package trial starts a local plane for a test, with the command that make up runs, and enters one that runs already.
//
// It builds the platform's packages first, and keeps the logs of a plane whose test failed. It knows nothing of what is tested.
package trial

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
	"github.com/ausmart/platform/test/localplane"
)

// A Plane that runs.
type Plane struct {
	Dir    localplane.Dir
	Client client.Client
}

// Start a plane in _output/NAME with the packages of this checkout, and more arguments for localplane up. The caller stops it. A plane
// that leaves something behind has failed, whatever the tests say: stop then says what, and ends the test binary.
func Start(name string, args ...string) (p *Plane, stop func(), err error) {
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

// StartBuilt is Start with packages that were built before: those in _output/packages, unless the arguments say others.
func StartBuilt(name string, args ...string) (p *Plane, stop func(), err error) {
	root, err := toolchain.Root()
	if err != nil {
		return nil, nil, err
	}
	command := filepath.Join(root, "_output", "bin", "localplane")
	if err := say(root, "go", "build", "-o", command, "./test/localplane/cmd/localplane"); err != nil {
		return nil, nil, err
	}
	dir := localplane.Dir(filepath.Join(root, "_output", name))
	end := func() error { return end(root, command, dir) }
	if err := end(); err != nil { // One that an interrupted run left behind.
		return nil, nil, err
	}
	if err := say(root, command, append([]string{"up", "-dir=" + string(dir)}, args...)...); err != nil {
		KeepLogs(dir)
		return nil, nil, errors.Join(fmt.Errorf("cannot start a plane: %w", err), end())
	}
	if p, err = Enter(dir); err != nil {
		return nil, nil, errors.Join(err, end())
	}
	return p, func() {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}, nil
}

// end a plane, if there is one, and see to it that nothing of it stays.
func end(root, command string, dir localplane.Dir) error {
	before := tracesOf(dir)
	if err := say(root, command, "down", "-dir="+string(dir)); err != nil {
		return fmt.Errorf("cannot end the plane: %w", err)
	}
	return before.left()
}

// Enter a plane that runs.
func Enter(dir localplane.Dir) (*Plane, error) {
	config, err := clientcmd.BuildConfigFromFlags("", dir.Kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("cannot enter the plane in %s: %w", dir, err)
	}
	config.QPS, config.Burst = 200, 400
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("cannot enter the plane in %s: %w", dir, err)
	}
	return &Plane{Dir: dir, Client: c}, nil
}

// KeepLogs of a failed run where make down does not remove them.
func KeepLogs(dir localplane.Dir) {
	kept := string(dir) + "-logs"
	_ = os.RemoveAll(kept)
	if err := os.CopyFS(kept, os.DirFS(filepath.Join(string(dir), "logs"))); err == nil {
		fmt.Fprintln(os.Stderr, "the plane's logs are in", kept)
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
