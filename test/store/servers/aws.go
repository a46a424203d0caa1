package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ausmart/platform/internal/prerequisites"
	"github.com/ausmart/platform/test/pypi"
)

// AWS starts ministack, from PyPI, which simulates DynamoDB and SQS among others. It accepts any credentials.
func AWS(tb testing.TB) *Server {
	tb.Helper()
	prerequisites.Require(tb, "python3 with venv")
	bin, err := pypi.Path(tb.Context(), tb.Output(), pypi.Ministack)
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{tb: tb, Addr: freeAddr(tb)}
	s.command = func() *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, "ministack"))
		cmd.Dir = tb.TempDir()
		cmd.Env = append(os.Environ(), "BIND_HOST=127.0.0.1", "GATEWAY_PORT="+portOf(s.Addr), "IOT_MTLS_ENABLED=0",
			"SERVICES=dynamodb,sqs", "DOCKER_HOST=unix:///nonexistent", "LOG_LEVEL=WARNING")
		return cmd
	}
	s.ready = dial(s.Addr)
	s.run()
	return s
}
