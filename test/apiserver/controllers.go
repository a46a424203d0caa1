package apiserver

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane/process"
)

// StartControllers starts a controller manager with the named controllers, each under its own
// service account as in a cluster. Stop ends it with the server.
func (s *Server) StartControllers(ctx context.Context, progress io.Writer, controllers ...string) error {
	binary, err := toolchain.Path(ctx, progress, "kube-controller-manager")
	if err != nil {
		return err
	}
	user, err := s.env.AddUser(envtest.User{Name: "system:kube-controller-manager", Groups: []string{"system:masters"}}, nil)
	if err != nil {
		return fmt.Errorf("cannot make a user for the controller manager: %w", err)
	}
	kubeconfig, err := user.KubeConfig()
	if err != nil {
		return fmt.Errorf("cannot make a kubeconfig for the controller manager: %w", err)
	}
	dir, err := os.MkdirTemp("", "controllers")
	if err != nil {
		return err
	}
	s.controllers = &process.Supervisor{Logs: dir}
	file := filepath.Join(dir, "kubeconfig")
	if err := os.WriteFile(file, kubeconfig, 0o600); err != nil {
		return err
	}
	return s.controllers.Start(ctx, process.Spec{
		Name: "kube-controller-manager", Path: binary,
		Args: []string{
			"--kubeconfig=" + file, "--controllers=" + strings.Join(controllers, ","), "--use-service-account-credentials",
			"--leader-elect=false", "--secure-port=0", // It serves nothing.
		},
	})
}

func (s *Server) stopControllers() error {
	if s.controllers == nil {
		return nil
	}
	s.controllers.Stop()
	return os.RemoveAll(s.controllers.Logs)
}
