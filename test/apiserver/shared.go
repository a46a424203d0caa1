package apiserver

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
)

// Shared is one server for all tests of a package. It starts when the first test asks for it, so
// tests that need no server do not wait:
//
//	var server apiserver.Shared
//
//	func TestMain(m *testing.M) { os.Exit(server.Main(m)) }
//
//	func TestSomething(t *testing.T) { c, err := client.New(server.Get(t).Config, client.Options{}) ... }
type Shared struct {
	// Setup, when there is one, runs once, after the start: the place to install CRDs.
	Setup func(*Server) error

	once   sync.Once
	server *Server
	err    error
}

// Get returns the server. A test whose server does not start fails; it is not skipped.
func (s *Shared) Get(t testing.TB) *Server {
	t.Helper()
	s.once.Do(s.start)
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.server
}

// Main runs a package's tests, stops the server and those beside it, and returns the exit code.
func (s *Shared) Main(m *testing.M, beside ...*Shared) int {
	code := m.Run()
	for _, s := range append(beside, s) {
		if s.server == nil {
			continue
		}
		if err := s.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

func (s *Shared) start() {
	// Not a test's context: the server outlives the test that asked first.
	s.server, s.err = Start(context.Background(), os.Stderr)
	if s.err == nil && s.Setup != nil {
		s.err = s.Setup(s.server)
	}
}
