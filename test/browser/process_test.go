package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const (
	root = "../.."
	// patience bounds every wait for a process; it does not test how long anything takes.
	patience = 30 * time.Second
)

var services = []string{"catalog", "cart", "orders", "checkout", "ui"}

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

// binaries is where the services are built once for all tests.
var binaries string

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "shop")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binaries = dir
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	for _, name := range services {
		args = append(args, "./services/cmd/"+name)
	}
	build := exec.Command("go", args...)
	build.Dir = root
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "cannot build services:", err)
		return 1
	}
	return m.Run()
}

// process is one service that runs.
type process struct {
	name    string
	address string // host:port
	cmd     *exec.Cmd
	env     []string
}

// start runs the service on a port that the system picks, and waits until it says which.
func start(t *testing.T, name string, env ...string) *process {
	t.Helper()
	p := &process{name: name, env: env}
	p.run(t, "0")
	t.Cleanup(p.kill)
	return p
}

// restart runs a killed service again where it was.
func (p *process) restart(t *testing.T) {
	t.Helper()
	_, port, err := net.SplitHostPort(p.address)
	if err != nil {
		t.Fatal(err)
	}
	p.run(t, port)
}

func (p *process) run(t *testing.T, port string) {
	t.Helper()
	p.cmd = exec.Command(filepath.Join(binaries, p.name))
	p.cmd.Env = append([]string{"HOST=127.0.0.1", "PORT=" + port, "SHUTDOWN_DELAY=0s"}, p.env...)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("cannot start %s: %v", p.name, err)
	}
	address := make(chan string, 1)
	go follow(out, address)
	select {
	case p.address = <-address:
	case <-time.After(patience):
		t.Fatalf("%s does not say where it listens", p.name)
	}
	if p.address == "" {
		t.Fatalf("%s ended before it listened", p.name)
	}
}

// follow reads the log to its end, so that the service never blocks on it.
func follow(log io.Reader, address chan<- string) {
	defer close(address)
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var entry struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Msg == "listening" {
			address <- entry.Address
		}
	}
}

func (p *process) url() string { return "http://" + p.address }

func (p *process) kill() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGKILL) // It may have gone by itself.
	_ = p.cmd.Wait()                          // Killed, as intended.
}

// shop is all five services, connected.
type shop struct {
	catalog, cart, orders, checkout, ui *process
}

func startShop(t *testing.T) shop {
	t.Helper()
	s := shop{catalog: start(t, "catalog"), cart: start(t, "cart"), orders: start(t, "orders")}
	s.checkout = start(t, "checkout", "RETAIL_CHECKOUT_ENDPOINTS_ORDERS="+s.orders.url())
	s.ui = start(t, "ui",
		"RETAIL_UI_ENDPOINTS_CATALOG="+s.catalog.url(), "RETAIL_UI_ENDPOINTS_CARTS="+s.cart.url(),
		"RETAIL_UI_ENDPOINTS_CHECKOUT="+s.checkout.url(), "RETAIL_UI_ENDPOINTS_ORDERS="+s.orders.url())
	return s
}

// placed asks the orders service how many orders there are: the UI's answer is not enough.
func (s shop) placed(t *testing.T) int {
	t.Helper()
	var orders []struct{ ID string }
	fetch(t, s.orders.url()+"/orders", &orders)
	return len(orders)
}

func fetch(t *testing.T, url string, v any) {
	t.Helper()
	client := http.Client{Timeout: patience}
	rsp, err := client.Get(url)
	if err != nil {
		t.Fatalf("cannot fetch %s: %v", url, err)
	}
	defer rsp.Body.Close()
	if err := json.NewDecoder(rsp.Body).Decode(v); err != nil {
		t.Fatalf("cannot decode answer of %s: %v", url, err)
	}
}
