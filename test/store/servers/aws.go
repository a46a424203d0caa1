package servers

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// requirements pins the stand-in for AWS and all it needs.
//
//go:embed requirements.txt
var requirements []byte

// AWS starts a stand-in that speaks the wire protocols of DynamoDB and SQS among others: ministack, from PyPI, in a
// virtual environment in the user's cache. Any credentials will do.
func AWS(tb testing.TB) *Server {
	tb.Helper()
	program := ministack(tb)
	s := &Server{tb: tb, Addr: freeAddr(tb)}
	s.command = func() *exec.Cmd {
		cmd := exec.Command(program)
		cmd.Dir = tb.TempDir()
		cmd.Env = append(os.Environ(), "BIND_HOST=127.0.0.1", "GATEWAY_PORT="+portOf(s.Addr), "IOT_MTLS_ENABLED=0",
			"SERVICES=dynamodb,sqs", "DOCKER_HOST=unix:///nonexistent", "LOG_LEVEL=WARNING")
		return cmd
	}
	s.ready = dial(s.Addr)
	s.run()
	return s
}

func ministack(tb testing.TB) string {
	tb.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		tb.Fatalf("cannot find a place for the AWS stand-in: %v", err)
	}
	dir := filepath.Join(cache, "ausmart", "store-aws-"+sum(requirements))
	program := filepath.Join(dir, "bin", "ministack")
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		tb.Fatalf("cannot make cache: %v", err)
	}
	locked(tb, dir+".lock", func() {
		if !exists(filepath.Join(dir, "complete")) {
			makeVenv(tb, dir)
		}
	})
	return program
}

func makeVenv(tb testing.TB, dir string) {
	tb.Helper()
	list := filepath.Join(tb.TempDir(), "requirements.txt")
	if err := os.WriteFile(list, requirements, 0o600); err != nil {
		tb.Fatalf("cannot write requirements: %v", err)
	}
	for _, args := range [][]string{
		{"python3", "-m", "venv", "--clear", dir},
		{filepath.Join(dir, "bin", "pip"), "install", "-q", "--disable-pip-version-check", "-r", list},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			tb.Fatalf("cannot install the AWS stand-in: %v\n%s", err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "complete"), nil, 0o600); err != nil {
		tb.Fatalf("cannot finish the AWS stand-in: %v", err)
	}
}

// sum names the environment after what is in it, so that a changed pin makes a new one.
func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:6])
}
