package orders_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/orders/order"
	"github.com/ausmart/platform/services/orders/postgres"
	"github.com/ausmart/platform/test/store/servers"
)

// A server whose machine hangs keeps its connections open and sends nothing. Requests must not wait
// for it for ever: this test hangs if they do.
func TestPostgresFrozen(t *testing.T) {
	server := servers.PostgreSQL(t)
	cfg := newDatabase(t, server)
	path := newProxy(t, server.Addr)
	cfg.Address = path.addr
	s := postgres.New(cfg)
	defer func() { _ = s.Close() }() // The server ends too.
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := newOrder()
	create(t, s, before, "")

	path.freeze()
	lost := newOrder()
	if _, _, err := s.Create(context.Background(), lost, newEvent(t, lost), ""); !errors.Is(err, order.ErrUnavailable) {
		t.Errorf("Create says %v, want that it is unavailable", err)
	}
	if _, err := s.List(context.Background(), 0, 1); !errors.Is(err, order.ErrUnavailable) {
		t.Errorf("List says %v, want that it is unavailable", err)
	}
	path.thaw()

	after := newOrder()
	create(t, s, after, "")
	for _, o := range []order.Order{before, after} {
		got, err := s.Get(t.Context(), o.ID)
		if diff := cmp.Diff(o, got); diff != "" || err != nil {
			t.Errorf("%v, -want, +got:\n%s", err, diff)
		}
	}
}

// rabbitMQFrozen leaves an event in the queue that may or may not have arrived.
func rabbitMQFrozen(t *testing.T, addr string) {
	t.Helper()
	path := newProxy(t, addr)
	p := newRabbitMQ(t, path.addr, "guest")
	publish(t, p, 1)

	path.freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if n, err := p.Publish(ctx, batch(0, 1)); err == nil || n != 0 {
		t.Errorf("%d events delivered to a broker that says nothing, error %v", n, err)
	}
	path.thaw()

	publish(t, p, 1)
}

// proxy is a network between a client and a server. It can stop forwarding.
type proxy struct {
	addr string
	gate sync.RWMutex
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() }) // The test is over.
	p := &proxy{addr: ln.Addr().String()}
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			go p.connect(client, target)
		}
	}()
	return p
}

func (p *proxy) freeze() { p.gate.Lock() }

func (p *proxy) thaw() { p.gate.Unlock() }

func (p *proxy) connect(client net.Conn, target string) {
	server, err := new(net.Dialer).DialContext(context.Background(), "tcp", target)
	if err != nil {
		_ = client.Close() // The client will notice.
		return
	}
	go p.copy(client, server)
	p.copy(server, client)
}

func (p *proxy) copy(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }() // One half without the other is of no use.
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		p.gate.RLock()
		_, err = to.Write(buf[:n])
		p.gate.RUnlock()
		if err != nil {
			return
		}
	}
}
