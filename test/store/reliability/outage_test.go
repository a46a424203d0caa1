package reliability_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ausmart/platform/test/store/servers"
)

// The database of orders goes down and comes back while customers order. They get errors only in
// between, with a plain message, and the service needs no restart. Every answered order is kept.
func TestDatabaseRestarts(t *testing.T) {
	server := servers.PostgreSQL(t)
	service := start(t, "orders", on(server)...)
	client := newClient(t)
	var kept sync.Map
	requests := outages(t, service, server.Server, func() reply {
		key := uuid.NewString()
		got := send(client, http.MethodPost, service.url+"/orders", newOrder, "Idempotency-Key", key)
		if got.status == http.StatusOK {
			kept.Store(idOf(t, got.body), true)
		}
		return got
	})
	requests.check(t, http.StatusOK, "orders cannot be stored or read at the moment")

	orders := listOrders(t, client, service.url)
	lost := 0
	kept.Range(func(id, _ any) bool {
		if !orders[id.(string)] {
			lost++
		}
		return true
	})
	t.Logf("%d database restarts: %s; %d answered orders were lost", *restarts, requests, lost)
	if lost != 0 {
		t.Errorf("%d answered orders were lost", lost)
	}
}

// The same test for checkout and its Redis.
func TestRedisRestarts(t *testing.T) {
	server := servers.Redis(t, "")
	service := start(t, "checkout", "RETAIL_CHECKOUT_PERSISTENCE_PROVIDER=redis",
		"RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL=redis://"+server.Addr)
	client := newClient(t)
	requests := outages(t, service, server, func() reply {
		return send(client, http.MethodPost, service.url+"/checkout/"+uuid.NewString()+"/update", newCheckout)
	})
	requests.check(t, http.StatusCreated, "checkouts cannot be stored or read at the moment")
	t.Logf("%d Redis restarts: %s", *restarts, requests)
}

// outages kills and starts the server under load, and returns the customers' answers.
func outages(t *testing.T, service *replica, server *servers.Server, request func() reply) *ledger {
	t.Helper()
	l := &ledger{}
	stop := background(4, func(_ int, stopped func() bool) {
		for !stopped() {
			l.request(request)
		}
	})
	defer stop()
	for range *restarts {
		l.waitForMore(t, 50)
		begun := time.Now()
		server.Kill()
		l.waitForMore(t, 20)
		server.Start()
		service.waitReady()
		l.down(begun)
	}
	l.waitForMore(t, 50)
	return l
}

// ledger has the customers' answers, and when the server was down.
type ledger struct {
	mu       sync.Mutex
	answered []answered
	away     []span
}

type answered struct {
	span

	reply reply
}

// span is a period of time.
type span struct{ from, to time.Time }

func (s span) overlaps(other span) bool { return s.from.Before(other.to) && other.from.Before(s.to) }

func (l *ledger) request(request func() reply) {
	begun := time.Now()
	r := request()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered = append(l.answered, answered{span{begun, time.Now()}, r})
}

func (l *ledger) down(begun time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = append(l.away, span{begun, time.Now()})
}

// waitForMore returns when n more requests were answered: the tests measure in work done, not in seconds.
func (l *ledger) waitForMore(t *testing.T, n int) {
	t.Helper()
	target := l.len() + n
	waitFor(t, "answers", func() bool { return l.len() >= target })
}

func (l *ledger) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.answered)
}

// check fails the test for every error that came while the server was up, or that has no plain message.
func (l *ledger) check(t *testing.T, good int, plain string) {
	t.Helper()
	for _, a := range l.answered {
		if a.reply.status == good {
			continue
		}
		if !slices.ContainsFunc(l.away, a.overlaps) {
			t.Errorf("a customer got an error while the server was up: %v", a.reply)
		}
		if a.reply.status != http.StatusServiceUnavailable || !strings.Contains(a.reply.body, plain) {
			t.Errorf("a customer did not get a plain 503: %v", a.reply)
		}
	}
}

func (l *ledger) String() string {
	errors, longest := 0, time.Duration(0)
	for _, a := range l.answered {
		if a.reply.status/100 != 2 {
			errors++
		}
	}
	for _, s := range l.away {
		longest = max(longest, s.to.Sub(s.from))
	}
	return fmt.Sprintf("%d requests, %d of them 503 while it was away (longest %d ms), none before or after",
		len(l.answered), errors, longest.Milliseconds())
}
