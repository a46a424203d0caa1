package servers

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/ausmart/platform/internal/prerequisites"
)

// RabbitMQ starts a RabbitMQ server with the user guest, password guest.
func RabbitMQ(tb testing.TB) *Server {
	tb.Helper()
	program := prerequisites.Require(tb, "rabbitmq-server")
	who := unprivileged(tb, "nobody")
	dir := who.dataDir(tb)
	s := &Server{tb: tb, Addr: freeAddr(tb)}
	names := epmd(tb, who, dir)
	distribution := freeAddr(tb)
	s.command = func() *exec.Cmd {
		cmd := who.command(dir, program)
		cmd.Stdin = openInput(tb)
		cmd.Env = append(os.Environ(),
			"HOME="+dir,
			// Runs the broker in this process instead of a child's. It then ends when its input
			// does, that is with the test.
			"RABBITMQ_ALLOW_INPUT=true",
			"RABBITMQ_NODENAME=store"+portOf(s.Addr)+"@localhost",
			"RABBITMQ_NODE_IP_ADDRESS=127.0.0.1",
			"RABBITMQ_NODE_PORT="+portOf(s.Addr),
			"RABBITMQ_DIST_PORT="+portOf(distribution),
			"RABBITMQ_MNESIA_BASE="+filepath.Join(dir, "mnesia"),
			"RABBITMQ_LOGS=-",
			"RABBITMQ_LOG_BASE="+dir,
			"RABBITMQ_PID_FILE="+filepath.Join(dir, "pid"),
			"RABBITMQ_ENABLED_PLUGINS_FILE="+filepath.Join(dir, "plugins"),
			"RABBITMQ_CONF_ENV_FILE="+filepath.Join(dir, "none"),
			"RABBITMQ_CONFIG_FILE="+filepath.Join(dir, "none"),
			"ERL_EPMD_ADDRESS=127.0.0.1",
			"ERL_EPMD_PORT="+portOf(names.Addr),
		)
		return cmd
	}
	s.ready = func(context.Context) error {
		conn, err := amqp.Dial(fmt.Sprintf("amqp://guest:guest@%s/", s.Addr))
		if err != nil {
			return err
		}
		return conn.Close()
	}
	s.run()
	return s
}

// epmd starts the name server that Erlang needs, in the foreground: one that the broker starts
// would outlive the test.
func epmd(tb testing.TB, who account, dir string) *Server {
	tb.Helper()
	program := prerequisites.Require(tb, "epmd")
	s := &Server{tb: tb, Addr: freeAddr(tb)}
	s.command = func() *exec.Cmd {
		return who.command(dir, program, "-address", "127.0.0.1", "-port", portOf(s.Addr))
	}
	s.ready = dial(s.Addr)
	s.run()
	return s
}

// openInput returns an empty input that ends with this process.
func openInput(tb testing.TB) io.Reader {
	tb.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		tb.Fatalf("cannot make pipe: %v", err)
	}
	tb.Cleanup(func() { _, _ = w.Close(), r.Close() }) // Nothing was written.
	return r
}
