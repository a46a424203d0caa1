package checkout_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	goredis "github.com/go-redis/redis/v8"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ausmart/platform/services/checkout"
	"github.com/ausmart/platform/services/checkout/memory"
	"github.com/ausmart/platform/services/checkout/purchase"
	"github.com/ausmart/platform/services/checkout/redis"
	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/redisclient"
	"github.com/ausmart/platform/test/store/servers"
)

var (
	_ checkout.Store = (*memory.Store)(nil)
	_ checkout.Store = (*redis.Store)(nil)
)

// TestStore runs the same tests against every store.
func TestStore(t *testing.T) {
	server := servers.Redis(t, "")
	stores := map[string]func(*testing.T) checkout.Store{
		"Memory": func(*testing.T) checkout.Store { return memory.New() },
		"Redis": func(t *testing.T) checkout.Store {
			t.Helper()
			client := open(t, "redis://"+server.Addr)
			return redis.New(client, client, uuid.NewString()+":", time.Hour)
		},
	}
	behaviours := map[string]func(*testing.T, checkout.Store){
		"KeepsEverything":     storesEverything,
		"KeepsCustomersApart": separatesCustomers,
		"RefusalStoresNone":   refusalStoresNone,
		"ChangesNeverMix":     changesNeverMix,
	}
	for provider, newStore := range stores {
		for name, behaviour := range behaviours {
			t.Run(provider+"/"+name, func(t *testing.T) { behaviour(t, newStore(t)) })
		}
	}
}

func storesEverything(t *testing.T, s checkout.Store) {
	t.Helper()
	want := purchase.Purchase{
		Checkout: purchase.Price(purchase.Request{
			Items:               []purchase.Line{{ID: "a", Name: "Zoë's \"\u8a9e\"", Quantity: 2, Price: 3}},
			ShippingAddress:     &purchase.Address{FirstName: "A", Address2: "B", Email: "c@example.com"},
			DeliveryOptionToken: "priority-mail",
		}, purchase.IDs{Payment: "p", Token: "t", Shipment: "s"}, purchase.StandardRates("")),
		Placing: true,
	}
	want.Receipt = want.Finish(want.Key(), "o").Receipt
	changed := change(t, s, "c", func(purchase.Purchase) purchase.Purchase { return want })
	if diff := cmp.Diff([]purchase.Purchase{want, want}, []purchase.Purchase{changed, get(t, s, "c")}); diff != "" {
		t.Errorf("-stored, +read:\n%s", diff)
	}
}

func separatesCustomers(t *testing.T, s checkout.Store) {
	t.Helper()
	for _, c := range []string{"a", "b", "", "a:b", "*"} {
		change(t, s, c, func(p purchase.Purchase) purchase.Purchase {
			p.Checkout.PaymentID += "of " + c
			return p
		})
	}
	for _, c := range []string{"a", "b", "", "a:b", "*"} {
		if got := get(t, s, c).Checkout.PaymentID; got != "of "+c {
			t.Errorf("customer %q has the purchase %q", c, got)
		}
	}
	if diff := cmp.Diff(purchase.Purchase{}, get(t, s, "unknown")); diff != "" {
		t.Errorf("an unknown customer has a purchase: -want, +got:\n%s", diff)
	}
}

func refusalStoresNone(t *testing.T, s checkout.Store) {
	t.Helper()
	refusal := errors.New("no")
	before := change(t, s, "c", func(p purchase.Purchase) purchase.Purchase {
		p.Checkout.PaymentID = "before"
		return p
	})
	got, err := s.Change(t.Context(), "c", func(purchase.Purchase) (purchase.Purchase, error) { return purchase.Purchase{}, refusal })
	if !errors.Is(err, refusal) || errors.Is(err, purchase.ErrUnavailable) {
		t.Errorf("Change says %v, want the refusal", err)
	}
	if diff := cmp.Diff([]purchase.Purchase{{}, before}, []purchase.Purchase{got, get(t, s, "c")}); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// Two submits at once each read, decide and write. None may be lost.
func changesNeverMix(t *testing.T, s checkout.Store) {
	t.Helper()
	const parallel, each = 8, 25
	var wg sync.WaitGroup
	for range parallel {
		wg.Go(func() {
			for range each {
				change(t, s, "c", func(p purchase.Purchase) purchase.Purchase {
					p.Checkout.Total++
					return p
				})
			}
		})
	}
	wg.Wait()
	if got := get(t, s, "c").Checkout.Total; got != parallel*each {
		t.Errorf("%d of %d changes were kept", got, parallel*each)
	}
}

// A purchase that is not changed for a while expires, and other users of the same Redis are not disturbed.
func TestRedisKeys(t *testing.T) {
	client := open(t, "redis://"+servers.Redis(t, "").Addr)
	s := redis.New(client, client, "shop:", time.Hour)
	change(t, s, "c", func(p purchase.Purchase) purchase.Purchase { return p })
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"shop:c"}, keys); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if ttl := client.TTL(t.Context(), "shop:c").Val(); ttl <= 0 || ttl > time.Hour {
		t.Errorf("the key lives for %s, want an hour", ttl)
	}
}

// A replica may lag behind the primary.
func TestRedisReader(t *testing.T) {
	primary, replica := open(t, "redis://"+servers.Redis(t, "").Addr), servers.Redis(t, "")
	reader := open(t, "redis://"+replica.Addr)
	s := redis.New(primary, reader, "", time.Hour)
	want := change(t, s, "c", func(p purchase.Purchase) purchase.Purchase {
		p.Checkout.PaymentID = "p"
		return p
	})
	if diff := cmp.Diff(want, get(t, s, "c")); diff != "" {
		t.Errorf("what the replica lacks comes from the primary: -want, +got:\n%s", diff)
	}
	if err := reader.Set(t.Context(), "c", `{"checkout":{"paymentId":"replica"}}`, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "c").Checkout.PaymentID; got != "replica" {
		t.Errorf("read %q, want what the replica has", got)
	}
	replica.Kill()
	if diff := cmp.Diff(want, get(t, s, "c")); diff != "" {
		t.Errorf("without a replica the primary answers: -want, +got:\n%s", diff)
	}
}

// While Redis is down callers get an error, and once it is back nothing needs a restart.
func TestRedisRestart(t *testing.T) {
	server := servers.Redis(t, "secret")
	client := open(t, "redis://:secret@"+server.Addr+"/1")
	s := redis.New(client, client, "", time.Hour)
	want := change(t, s, "c", func(p purchase.Purchase) purchase.Purchase {
		p.Checkout.PaymentID = "p"
		return p
	})
	server.Stop()
	if _, err := s.Get(t.Context(), "c"); !errors.Is(err, purchase.ErrUnavailable) {
		t.Errorf("Get without Redis says %v, want that it is unavailable", err)
	}
	_, err := s.Change(t.Context(), "c", func(p purchase.Purchase) (purchase.Purchase, error) { return p, nil })
	if !errors.Is(err, purchase.ErrUnavailable) {
		t.Errorf("Change without Redis says %v, want that it is unavailable", err)
	}
	server.Start()
	eventually(t, func() error { return s.Ping(t.Context()) })
	if diff := cmp.Diff(want, get(t, s, "c")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// ElastiCache uses TLS, as rediss:// does: here a Redis behind our own TLS listener.
func TestRedisTLS(t *testing.T) {
	authority := httptest.NewTLSServer(http.NotFoundHandler())
	defer authority.Close()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: authority.TLS.Certificates, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }() // The test is over.
	go forward(ln, servers.Redis(t, "").Addr)

	trusting, doubting := open(t, "rediss://"+ln.Addr().String()), open(t, "rediss://"+ln.Addr().String())
	trusting.Options().TLSConfig.RootCAs = x509.NewCertPool()
	trusting.Options().TLSConfig.RootCAs.AddCert(authority.Certificate())
	s := redis.New(trusting, trusting, "", time.Hour)
	want := change(t, s, "c", func(p purchase.Purchase) purchase.Purchase {
		p.Checkout.PaymentID = "p"
		return p
	})
	if diff := cmp.Diff(want, get(t, s, "c")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if _, err := redis.New(doubting, doubting, "", time.Hour).Get(t.Context(), "c"); !errors.Is(err, purchase.ErrUnavailable) {
		t.Errorf("a server with an untrusted certificate was accepted: %v", err)
	}
}

// forward connects each client with the target.
func forward(ln net.Listener, target string) {
	for {
		client, err := ln.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(context.Background(), "tcp", target)
		if err != nil {
			_ = client.Close() // The client will notice.
			continue
		}
		for _, ends := range [][2]net.Conn{{client, server}, {server, client}} {
			go func() {
				_, _ = io.Copy(ends[0], ends[1]) // One end has gone: so must the other.
				_, _ = ends[0].Close(), ends[1].Close()
			}()
		}
	}
}

// A Redis that accepts connections and sends nothing must not hold a request for ever. This test
// hangs if it does.
func TestRedisSilent(t *testing.T) {
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }() // The test is over.
	client := open(t, "redis://"+ln.Addr().String())
	if _, err := redis.New(client, client, "", time.Hour).Get(context.Background(), "c"); !errors.Is(err, purchase.ErrUnavailable) {
		t.Errorf("Get says %v, want that it is unavailable", err)
	}
}

func open(t *testing.T, url string) *goredis.Client {
	t.Helper()
	client, err := redisclient.Open(url, credentials.Fixed(credentials.Login{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() }) // The server ends too.
	return client
}

func change(t *testing.T, s checkout.Store, customer string, f func(purchase.Purchase) purchase.Purchase) purchase.Purchase {
	t.Helper()
	p, err := s.Change(t.Context(), customer, func(p purchase.Purchase) (purchase.Purchase, error) { return f(p), nil })
	if err != nil {
		t.Errorf("customer %s: %v", strconv.Quote(customer), err)
	}
	return p
}

func get(t *testing.T, s checkout.Store, customer string) purchase.Purchase {
	t.Helper()
	p, err := s.Get(t.Context(), customer)
	if err != nil {
		t.Errorf("customer %s: %v", strconv.Quote(customer), err)
	}
	return p
}

// eventually waits until try works. It gives up only with the whole test.
func eventually(t *testing.T, try func() error) {
	t.Helper()
	for err := try(); err != nil; err = try() {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatal(err)
		}
	}
}
