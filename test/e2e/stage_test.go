package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/control"
	"github.com/ausmart/platform/test/localplane"
	"github.com/ausmart/platform/test/toolchain"
)

var (
	planeDir = flag.String("plane", "", "the folder of a plane that runs already, such as _output/localplane after make up")
	load     = flag.String("load", "10", "how many Network claims to apply at once, such as 10,50,100")

	theStage *stage // The only way from TestMain to the tests.
)

// A stage is a running plane.
type stage struct {
	dir    localplane.Dir
	client client.Client
	cloud  *control.Client
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir := localplane.Dir(*planeDir)
	if dir == "" {
		started, stop, err := start()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer stop()
		dir = started
	}
	s, err := enter(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	theStage = s
	code := m.Run()
	if code != 0 {
		keepLogs(dir)
	}
	return code
}

// start a plane with the command that make up runs.
func start() (dir localplane.Dir, stop func(), err error) {
	root, err := toolchain.Root()
	if err != nil {
		return "", nil, err
	}
	// Packages of older code would be tested otherwise.
	if err := say(root, "make", "local-packages"); err != nil {
		return "", nil, err
	}
	command := filepath.Join(root, "_output", "bin", "localplane")
	if err := say(root, "go", "build", "-o", command, "./test/localplane/cmd/localplane"); err != nil {
		return "", nil, err
	}
	dir = localplane.Dir(filepath.Join(root, "_output", "e2e"))
	stop = func() { _ = say(root, command, "down", "-dir="+string(dir)) }
	stop() // One that an interrupted run left behind.
	if err := say(root, command, "up", "-dir="+string(dir)); err != nil {
		keepLogs(dir)
		stop()
		return "", nil, fmt.Errorf("cannot start a plane: %w", err)
	}
	return dir, stop, nil
}

func enter(dir localplane.Dir) (*stage, error) {
	config, err := clientcmd.BuildConfigFromFlags("", dir.Kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("cannot enter the plane in %s: %w", dir, err)
	}
	config.QPS, config.Burst = 200, 400
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("cannot enter the plane in %s: %w", dir, err)
	}
	return &stage{dir: dir, client: c, cloud: dir.Cloud()}, nil
}

// keepLogs of a failed run where make down does not remove them.
func keepLogs(dir localplane.Dir) {
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
