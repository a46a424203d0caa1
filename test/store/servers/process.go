// Package servers starts the real servers that the store's tests talk to: MariaDB, PostgreSQL,
// Redis, RabbitMQ, and a program that simulates DynamoDB and SQS.
//
// Each server has its own data folder and a free port on loopback, and is gone when its test ends.
// Where a server is missing, package prerequisites says what to do.
package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// startTimeout is generous: CI starts several servers at once on two cores.
const startTimeout = 120 * time.Second

// Server is a process that a test may stop, kill and start again on the same address with the same data.
type Server struct {
	Addr string // host:port

	tb      testing.TB
	command func() *exec.Cmd
	ready   func(ctx context.Context) error
	cmd     *exec.Cmd
	output  syncBuffer
}

// run starts the server now and stops it when the test ends.
func (s *Server) run() {
	s.tb.Helper()
	s.tb.Cleanup(s.Kill)
	s.Start()
}

// Start starts the server and waits until it answers.
func (s *Server) Start() {
	s.tb.Helper()
	s.cmd = s.command()
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	s.cmd.WaitDelay = time.Second // For the output of a child that outlives it.
	if s.cmd.SysProcAttr == nil {
		s.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// The server dies with the test, however that ends, and its children with it.
	s.cmd.SysProcAttr.Setpgid = true
	s.cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := s.cmd.Start(); err != nil {
		s.tb.Fatalf("cannot start %s: %v", s.cmd.Path, err)
	}
	s.wait()
}

// Stop asks the server to shut down and waits until it has.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

// Kill ends the server without notice. A server that does not run is left alone.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

func (s *Server) end(sig syscall.Signal) {
	if s.cmd == nil {
		return
	}
	_ = syscall.Kill(-s.cmd.Process.Pid, sig) // It may have ended by itself.
	_ = s.cmd.Wait()                          // The status of a stopped server says nothing.
	s.cmd = nil
}

func (s *Server) wait() {
	s.tb.Helper()
	var last error
	err := wait.PollUntilContextTimeout(context.Background(), 50*time.Millisecond, startTimeout, true, func(ctx context.Context) (bool, error) {
		last = s.ready(ctx)
		return last == nil, nil
	})
	if err != nil {
		s.tb.Fatalf("cannot reach %s: %v\n%s", s.cmd.Path, errors.Join(last, err), s.output.String())
	}
}

// freeAddr returns an address on loopback that is not in use.
func freeAddr(tb testing.TB) string {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("cannot find a free port: %v", err)
	}
	defer func() { _ = ln.Close() }() // It only held the port.
	return ln.Addr().String()
}

func portOf(addr string) string {
	_, port, _ := net.SplitHostPort(addr) // addr comes from a listener.
	return port
}

// account is the user that a server runs as: servers such as PostgreSQL refuse to run as root.
type account struct {
	credential *syscall.Credential
	uid        int
}

// unprivileged returns the account of the server's own user when the tests run as root, else no change.
func unprivileged(tb testing.TB, name string) account {
	tb.Helper()
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid()}
	}
	u, err := user.Lookup(name)
	if err != nil {
		tb.Fatalf("cannot run a server as %s: %v", name, err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err1 != nil || err2 != nil {
		tb.Fatalf("cannot run a server as %s: its ids are %q and %q", name, u.Uid, u.Gid)
	}
	return account{credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, uid: uid}
}

// dataDir returns a folder that the account owns. Its path is short: servers put Unix sockets in it.
func (a account) dataDir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "store-")
	if err != nil {
		tb.Fatalf("cannot make data folder: %v", err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) }) // What stays is in the system's temporary folder.
	if a.credential == nil {
		return dir
	}
	if err := os.Chown(dir, int(a.credential.Uid), int(a.credential.Gid)); err != nil {
		tb.Fatalf("cannot hand over data folder: %v", err)
	}
	return dir
}

// command returns a command that runs as the account.
func (a account) command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.credential}
	return cmd
}

// once runs a command that prepares a server.
func (a account) once(tb testing.TB, dir, name string, args ...string) {
	tb.Helper()
	cmd := a.command(dir, name, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("cannot run %s: %v\n%s", filepath.Base(name), err, out)
	}
}

func dial(addr string) func(context.Context) error {
	return func(ctx context.Context) error {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", addr)
		if err != nil {
			return fmt.Errorf("cannot connect: %w", err)
		}
		return conn.Close()
	}
}

// syncBuffer is a server's output, readable while the server writes.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
