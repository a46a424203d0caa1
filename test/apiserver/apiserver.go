// Package apiserver gives Go tests a real Kubernetes API server: an etcd and a kube-apiserver on
// loopback, on ports of their own, with only those controllers that a test starts.
//
// It uses the binaries that package toolchain builds, and writes a folder in the system's temporary
// directory. Stop ends all processes and removes all files. It never talks to a cluster that it did
// not start.
package apiserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/go-logr/logr"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/rest"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane/process"
)

const (
	// failureLines is how much of the API server's log an error carries.
	failureLines = 10

	// startTimeout is long: a busy machine with two cores needs more than the library's 20 seconds.
	startTimeout = 2 * time.Minute
)

// A Server is one running API server with its etcd.
type Server struct {
	// Config is for a client that is a member of system:masters.
	Config *rest.Config

	env         *envtest.Environment
	controllers *process.Supervisor // nil until some are started
}

// Start starts a server, and builds its binaries when the cache does not have them. The caller stops it.
func Start(ctx context.Context, progress io.Writer) (*Server, error) {
	paths, err := toolchain.Paths(ctx, progress, "etcd", "kube-apiserver")
	if err != nil {
		return nil, err
	}
	ctrllog.SetLogger(logr.Discard()) // Unset, the library prints a warning and a stack trace after 30 seconds.

	env := &envtest.Environment{ControlPlaneStartTimeout: startTimeout}
	env.ControlPlane.Etcd = &envtest.Etcd{Path: paths["etcd"]}
	api := env.ControlPlane.GetAPIServer()
	api.Path = paths["kube-apiserver"]
	// The server must not use the address of a network card: there may be none, or one that others can reach.
	api.Configure().Set("advertise-address", "127.0.0.1").Set("endpoint-reconciler-type", "none")
	output := &log{}
	api.Err = output

	config, err := env.Start()
	if err != nil {
		_ = env.Stop()
		return nil, fmt.Errorf("cannot start an API server: %w\n%s", err, lastLines(output.String()))
	}
	return &Server{Config: config, env: env}, nil
}

// InstallFiles installs the CRDs in the given files or folders, and waits until they are served.
func (s *Server) InstallFiles(paths ...string) error {
	if _, err := envtest.InstallCRDs(s.Config, envtest.CRDInstallOptions{Paths: paths, ErrorIfPathMissing: true}); err != nil {
		return fmt.Errorf("cannot install CRDs: %w", err)
	}
	return nil
}

// Install installs CRDs, and waits until they are served.
func (s *Server) Install(crds ...*apiextensionsv1.CustomResourceDefinition) error {
	if _, err := envtest.InstallCRDs(s.Config, envtest.CRDInstallOptions{CRDs: crds}); err != nil {
		return fmt.Errorf("cannot install CRDs: %w", err)
	}
	return nil
}

// Stop ends the processes and removes their files.
func (s *Server) Stop() error {
	if err := errors.Join(s.stopControllers(), s.env.Stop()); err != nil {
		return fmt.Errorf("cannot stop the API server: %w", err)
	}
	return nil
}

// A log of several processes: a start that is repeated writes to it twice.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func lastLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-failureLines):], "\n")
}
