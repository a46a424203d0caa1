// Package reliability kills and stops the services of the store and their servers under load, and
// counts lost orders.
//
// It starts the real programs against real servers, all on loopback, and talks to them by HTTP
// only. Each test prints its figures: run it with -v. The flags say how long it goes on; by default
// it is quick enough for every test run.
package reliability_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// How long the tests go on. `make reliability` sets the numbers that the project promises.
var (
	kills    = flag.Int("kills", 10, "how many times a service is killed under load")
	restarts = flag.Int("restarts", 2, "how many times a server or a service is restarted under load")
	submits  = flag.Int("submits", 100, "how many checkouts are submitted twice at once")
)

// programs is the folder of the services' programs. They are built once, when the first test asks for one.
var programs string

var buildPrograms = sync.OnceValue(func() error {
	cmd := exec.CommandContext(context.Background(), "go", "build", "-o", programs, "../../../services/cmd/orders", "../../../services/cmd/checkout")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build services: %w\n%s", err, out)
	}
	return nil
})

func TestMain(m *testing.M) {
	os.Exit(withPrograms(m.Run))
}

func withPrograms(run func() int) int {
	dir, err := os.MkdirTemp("", "reliability-")
	if err != nil {
		fmt.Fprintf(os.Stderr, "cannot make folder for programs: %v\n", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // Leftovers are in the system's temporary folder.
	programs = dir + string(filepath.Separator)
	return run()
}

// replica is one process of a service. It comes back on the same address after it was stopped or killed.
type replica struct {
	t    *testing.T
	url  string
	name string
	env  []string
	log  *os.File

	mu  sync.Mutex
	cmd *exec.Cmd
}

// start runs a service with the variables and waits until it is ready.
func start(t *testing.T, name string, vars ...string) *replica {
	t.Helper()
	addr := freeAddr(t)
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), name+port))
	if err != nil {
		t.Fatal(err)
	}
	r := &replica{t: t, url: "http://" + addr, name: name, log: log, env: append([]string{
		"HOST=127.0.0.1", "PORT=" + port, "SHUTDOWN_DELAY=300ms", "LOG_LEVEL=warn", "PATH=" + os.Getenv("PATH"),
	}, vars...)}
	t.Cleanup(func() {
		r.kill()
		if t.Failed() {
			t.Logf("the last log lines of %s on %s:\n%s", name, addr, tail(log.Name()))
		}
	})
	r.run()
	r.waitReady()
	return r
}

// run starts the process. It may be called by any goroutine.
func (r *replica) run() {
	if err := buildPrograms(); err != nil {
		r.t.Error(err)
		return
	}
	cmd := exec.CommandContext(context.Background(), programs+r.name) // The test decides when it ends.
	cmd.Env, cmd.Stdout, cmd.Stderr = r.env, r.log, r.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		r.t.Errorf("cannot start %s: %v", r.name, err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cmd = cmd
}

func (r *replica) kill() { _ = r.end(syscall.SIGKILL) } // A killed process always fails.

// stop asks the process to finish, as Kubernetes does, and waits until it has.
func (r *replica) stop() {
	if err := r.end(syscall.SIGTERM); err != nil {
		r.t.Errorf("%s did not stop cleanly: %v", r.name, err)
	}
}

func (r *replica) end(sig syscall.Signal) error {
	r.mu.Lock()
	cmd := r.cmd
	r.cmd = nil
	r.mu.Unlock()
	if cmd == nil {
		return nil
	}
	if err := cmd.Process.Signal(sig); err != nil {
		return err
	}
	return cmd.Wait()
}

func (r *replica) waitReady() {
	for !r.ready() && !r.t.Failed() && r.t.Context().Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
}

func (r *replica) ready() bool {
	return send(http.DefaultClient, http.MethodGet, r.url+"/readyz", "").status == http.StatusOK
}

// reply is what a client got; status is 0 when there was no answer.
type reply struct {
	status int
	body   string
	err    error
}

func (r reply) String() string {
	return fmt.Sprintf("status %d, error %v, body %s", r.status, r.err, r.body)
}

// send makes one request, and only one: headers are pairs.
func send(client *http.Client, method, url, body string, headers ...string) reply {
	r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rsp, err := client.Do(r)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = rsp.Body.Close() }() // It has been read.
	answer, err := io.ReadAll(rsp.Body)
	return reply{rsp.StatusCode, string(bytes.TrimSpace(answer)), err}
}

// newClient returns a client with connections of its own, so that no test sees those of another.
func newClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}
}

// background runs n workers until the returned function is called. A worker gets its number.
func background(n int, work func(worker int, stopped func() bool)) (stop func()) {
	done := make(chan struct{})
	stopped := func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}
	var wg sync.WaitGroup
	for worker := range n {
		wg.Go(func() { work(worker, stopped) })
	}
	return sync.OnceFunc(func() {
		close(done)
		wg.Wait()
	})
}

func freeAddr(t *testing.T) string {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }() // It only held the port.
	return ln.Addr().String()
}

func tail(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-3000):])
}
