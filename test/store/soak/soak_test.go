// Package soak runs the whole shop on real databases, sends customers through it and kills the databases under them.
package soak

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/ausmart/platform/test/store/process"
	"github.com/ausmart/platform/test/store/servers"
)

const (
	// customers leave the databases some CPU time to start again.
	customers = 3
	// maxMemory is the memory limit of a service's pod in the sample's charts.
	maxMemory = 256 << 20
	// recovery is far longer than any back-off of the services.
	recovery = time.Minute
)

var soakTime = flag.Duration("soak", 20*time.Second, "how long to kill databases")

// TestSoak checks that customers see only working pages and 503s, that the shop recovers by itself
// from each kill, and that every order that a customer saw exists afterwards, once.
func TestSoak(t *testing.T) {
	m := openMall(t)
	var book ledger
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range customers {
		group.Go(func() {
			for ctx.Err() == nil {
				book.add(visit(t.Context(), m.shop.URL))
			}
		})
	}
	kills := m.wreck(t, *soakTime)
	stop()
	group.Wait()

	if v := visit(t.Context(), m.shop.URL); v.order == "" {
		t.Errorf("want a customer to be served once everything is back, got status %d at %s", v.status, v.stuck)
	}
	kept := m.kept(t)
	t.Logf("%d kills: %s; %d orders kept", kills, &book, len(kept))
	for status := range book.stuck {
		if status != http.StatusServiceUnavailable {
			t.Errorf("want customers to be stuck with 503 only, some had %d", status)
		}
	}
	if lost := missing(book.orders, kept); len(lost) > 0 {
		t.Errorf("%d orders that a customer saw are lost: %v", len(lost), lost)
	}
	if diff := cmp.Diff(len(slices.Compact(slices.Sorted(slices.Values(kept)))), len(kept)); diff != "" {
		t.Errorf("some orders are there twice: %s", diff)
	}
	m.measure(t)
}

// mall is the shop with all its backends.
type mall struct {
	shop     *process.Process
	orders   *process.Process
	services map[string]*process.Process
	backends map[string]*servers.Server
}

func openMall(t *testing.T) *mall {
	t.Helper()
	programs := t.TempDir()
	if err := process.Build(programs, "catalog", "cart", "orders", "checkout", "ui"); err != nil {
		t.Fatal(err)
	}
	mariadb, postgres := servers.MariaDB(t), servers.PostgreSQL(t)
	mariadb.NewDatabase("catalogdb", "secret")
	postgres.NewDatabase("ordersdb", "secret")
	redis, rabbit := servers.Redis(t, ""), servers.RabbitMQ(t)
	m := &mall{
		services: map[string]*process.Process{},
		backends: map[string]*servers.Server{"MariaDB": mariadb.Server, "PostgreSQL": postgres.Server, "Redis": redis, "RabbitMQ": rabbit},
	}
	start := func(name string, vars ...string) *process.Process {
		p, err := process.Start(programs+"/"+name, append(vars, "SHUTDOWN_DELAY=0"), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.Stop(); err != nil {
				t.Errorf("cannot stop %s: %v", name, err)
			}
		})
		m.services[name] = p
		return p
	}
	catalog := start("catalog", "RETAIL_CATALOG_PERSISTENCE_PROVIDER=mysql", "RETAIL_CATALOG_PERSISTENCE_ENDPOINT="+mariadb.Addr,
		"RETAIL_CATALOG_PERSISTENCE_USER=catalogdb", "RETAIL_CATALOG_PERSISTENCE_PASSWORD=secret")
	cart := start("cart", "RETAIL_CART_PERSISTENCE_PROVIDER=redis", "RETAIL_CART_PERSISTENCE_REDIS_URL=redis://"+redis.Addr)
	m.orders = start("orders", "RETAIL_ORDERS_PERSISTENCE_PROVIDER=postgres", "RETAIL_ORDERS_PERSISTENCE_ENDPOINT="+postgres.Addr,
		"RETAIL_ORDERS_PERSISTENCE_NAME=ordersdb", "RETAIL_ORDERS_PERSISTENCE_USERNAME=ordersdb", "RETAIL_ORDERS_PERSISTENCE_PASSWORD=secret",
		"RETAIL_ORDERS_MESSAGING_PROVIDER=rabbitmq", "RETAIL_ORDERS_MESSAGING_RABBITMQ_ADDRESSES="+rabbit.Addr)
	checkout := start("checkout", "RETAIL_CHECKOUT_PERSISTENCE_PROVIDER=redis", "RETAIL_CHECKOUT_PERSISTENCE_REDIS_URL=redis://"+redis.Addr,
		"RETAIL_CHECKOUT_ENDPOINTS_ORDERS="+m.orders.URL)
	m.shop = start("ui", "RETAIL_UI_ENDPOINTS_CATALOG="+catalog.URL, "RETAIL_UI_ENDPOINTS_CARTS="+cart.URL,
		"RETAIL_UI_ENDPOINTS_CHECKOUT="+checkout.URL, "RETAIL_UI_ENDPOINTS_ORDERS="+m.orders.URL)
	m.waitReady(t)
	return m
}

// wreck kills one backend after another, and waits each time until every service has recovered by itself.
func (m *mall) wreck(t *testing.T, d time.Duration) (kills int) {
	t.Helper()
	names := []string{"MariaDB", "PostgreSQL", "Redis", "RabbitMQ"}
	for end := time.Now().Add(d); kills < len(names) || time.Now().Before(end); kills++ {
		time.Sleep(rand.N(time.Second)) // Customers shop.
		name := names[kills%len(names)]
		backend := m.backends[name]
		backend.Kill()
		time.Sleep(rand.N(2 * time.Second)) // Customers meet the outage.
		killed := time.Now()
		backend.Start()
		started := time.Now()
		m.waitReady(t)
		t.Logf("%s: up again in %s, the services %s later", name, started.Sub(killed).Round(time.Millisecond), time.Since(started).Round(time.Millisecond))
	}
	return kills
}

func (m *mall) waitReady(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), recovery)
	defer cancel()
	for name, p := range m.services {
		status := 0
		err := wait.PollUntilContextCancel(ctx, 20*time.Millisecond, true, func(ctx context.Context) (bool, error) {
			status = get(ctx, p.URL+"/readyz")
			return status == http.StatusOK, nil
		})
		if err != nil {
			t.Fatalf("%s has not recovered within %s: status %d", name, recovery, status)
		}
	}
}

// kept returns the ids of all orders, as the orders service has them.
func (m *mall) kept(t *testing.T) []string {
	t.Helper()
	rsp, err := http.Get(m.orders.URL + "/orders")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rsp.Body.Close() }() // It was read.
	var orders []struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(rsp.Body).Decode(&orders); err != nil {
		t.Fatalf("cannot read orders: %v", err)
	}
	ids := make([]string, len(orders))
	for i, o := range orders {
		ids[i] = o.ID
	}
	return ids
}

func (m *mall) measure(t *testing.T) {
	t.Helper()
	for name, p := range m.services {
		now, peak, err := p.Memory()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-9s %.1f MiB, at most %.1f MiB", name, float64(now)/(1<<20), float64(peak)/(1<<20))
		if peak > maxMemory {
			t.Errorf("want %s to stay below %d bytes, it had %d", name, maxMemory, peak)
		}
	}
}

func get(ctx context.Context, url string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	rsp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = rsp.Body.Close() // Only its status is of interest.
	return rsp.StatusCode
}

func missing(want, got []string) []string {
	var lost []string
	for _, id := range want {
		if !slices.Contains(got, id) {
			lost = append(lost, id)
		}
	}
	return lost
}
