package servers

import (
	"os/exec"
	"testing"

	"github.com/ausmart/platform/internal/prerequisites"
)

// Redis starts a Redis server that writes every change to disk before it answers, so that a kill
// loses none. With a password, clients must log in.
func Redis(tb testing.TB, password string) *Server {
	tb.Helper()
	program := prerequisites.Require(tb, "redis-server")
	who := unprivileged(tb, "nobody")
	dir := who.dataDir(tb)
	s := &Server{tb: tb, Addr: freeAddr(tb)}
	s.command = func() *exec.Cmd {
		args := []string{"--bind", "127.0.0.1", "--port", portOf(s.Addr), "--dir", dir, "--appendonly", "yes", "--appendfsync", "always", "--save", ""}
		if password != "" {
			args = append(args, "--requirepass", password)
		}
		return who.command(dir, program, args...)
	}
	s.ready = dial(s.Addr)
	s.run()
	return s
}
