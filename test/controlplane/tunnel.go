package controlplane

import (
	"net"
	"net/http"
	"sync"
)

// A tunnel is an HTTP proxy to the API servers of clusters: these start and end inside the control
// plane's network namespace, while a listener outside of it can only be passed at the start.
type tunnel struct {
	listener net.Listener

	mu   sync.Mutex
	open map[string]bool // addresses that it connects to
}

func newTunnel(l net.Listener) *tunnel {
	t := &tunnel{listener: l, open: map[string]bool{}}
	server := &http.Server{Handler: t} //nolint:gosec // Loopback only.
	go func() { _ = server.Serve(l) }()
	return t
}

// url for kubeconfig files.
func (t *tunnel) url() string { return "http://" + t.listener.Addr().String() }

func (t *tunnel) allow(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[address] = true
}

func (t *tunnel) forbid(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, address)
}

func (t *tunnel) allowed(address string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.open[address]
}

// ServeHTTP connects a client that sends CONNECT.
func (t *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect || !t.allowed(r.Host) {
		http.Error(w, "no cluster of this control plane listens there", http.StatusForbidden)
		return
	}
	out, err := net.Dial("tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = out.Close() }()
	w.WriteHeader(http.StatusOK)
	in, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = in.Close() }()
	join(in, out)
}
