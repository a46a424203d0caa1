package orders_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/orders"
	"github.com/ausmart/platform/services/orders/memory"
	"github.com/ausmart/platform/services/orders/order"
	"github.com/ausmart/platform/services/orders/outbox"
	"github.com/ausmart/platform/services/orders/postgres"
	"github.com/ausmart/platform/test/store/servers"
)

type store interface {
	orders.Store
	outbox.Source
}

var (
	_ store = (*memory.Store)(nil)
	_ store = (*postgres.Store)(nil)
)

// TestStore runs the same tests against every store.
func TestStore(t *testing.T) {
	server := servers.PostgreSQL(t)
	stores := map[string]func(*testing.T) store{
		"Memory": func(*testing.T) store { return memory.New() },
		"PostgreSQL": func(t *testing.T) store {
			t.Helper()
			return newPostgres(t, server)
		},
	}
	behaviours := map[string]func(*testing.T, store){
		"KeepsEverything":     storesEverything,
		"KnowsWhatIsMissing":  knowsWhatIsMissing,
		"OneKeyOneOrder":      oneKeyOneOrder,
		"OneKeyAtOnce":        oneKeyAtOnce,
		"NoKeyNoRepetition":   noKeyNoRepetition,
		"Pages":               pages,
		"DeliversOldestFirst": deliversOldestFirst,
		"KeepsUndelivered":    storesUndelivered,
		"DeliversOnceAtOnce":  deliversOnceAtOnce,
		"NothingToDeliver":    nothingToDeliver,
		"HandsOutWholeOutbox": handsOutWholeOutbox,
		"StoredTwice":         storedTwice,
	}
	for provider, open := range stores {
		for name, behaviour := range behaviours {
			t.Run(provider+"/"+name, func(t *testing.T) { behaviour(t, open(t)) })
		}
	}
}

func storesEverything(t *testing.T, s store) {
	t.Helper()
	o := newOrder()
	o.ShippingAddress = order.Address{
		FirstName: "Zoë", LastName: "O'Brien", Email: "z@example.com", Address1: `1 "Long" St\`, Address2: "\u8a9e", City: "Sydney",
		ZipCode: "02000", State: "NSW",
	}
	o.Items = []order.Item{
		{ProductID: "b", Quantity: 1_000_000, UnitCost: 1, TotalCost: 1_000_000_000_000},
		{ProductID: "a", Quantity: 1},
	}
	created, isNew := create(t, s, o, "k")
	if !isNew {
		t.Error("a first order was taken for a repetition")
	}
	got, err := s.Get(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	listed := list(t, s, 0, 10)
	if diff := cmp.Diff([]order.Order{o, o, o}, append(listed, created, got)); diff != "" {
		t.Errorf("every way to read it must show the order as it was stored: -want, +got:\n%s", diff)
	}
}

func knowsWhatIsMissing(t *testing.T, s store) {
	t.Helper()
	for _, id := range []string{uuid.NewString(), "", "1", "'", "{", "urn:uuid:" + uuid.NewString()} {
		if _, err := s.Get(t.Context(), id); !errors.Is(err, order.ErrNotFound) {
			t.Errorf("Get(%q) says %v, want that there is no such order", id, err)
		}
	}
}

func oneKeyOneOrder(t *testing.T, s store) {
	t.Helper()
	first, other := newOrder(), newOrder()
	create(t, s, first, "k1")
	create(t, s, other, "k2")
	got, isNew := create(t, s, newOrder(), "k1")
	if isNew {
		t.Error("a repetition was taken for a new order")
	}
	if diff := cmp.Diff([]order.Order{first, first, other}, append([]order.Order{got}, list(t, s, 0, 10)...)); diff != "" {
		t.Errorf("a repetition must answer the first order and store nothing: -want, +got:\n%s", diff)
	}
	if n := len(drain(t, s)); n != 2 {
		t.Errorf("%d events for 2 orders", n)
	}
}

func oneKeyAtOnce(t *testing.T, s store) {
	t.Helper()
	const parallel = 20
	var mu sync.Mutex
	received, isNew := map[string]int{}, 0
	var wg sync.WaitGroup
	for range parallel {
		wg.Go(func() {
			o, created := create(t, s, newOrder(), "k")
			mu.Lock()
			defer mu.Unlock()
			received[o.ID]++
			if created {
				isNew++
			}
		})
	}
	wg.Wait()
	if len(received) != 1 || isNew != 1 {
		t.Errorf("%d parallel posts under one key gave %d orders, %d of them new; want one", parallel, len(received), isNew)
	}
	if n := len(drain(t, s)); n != 1 {
		t.Errorf("%d events for one order", n)
	}
}

func noKeyNoRepetition(t *testing.T, s store) {
	t.Helper()
	a, b := newOrder(), newOrder()
	create(t, s, a, "")
	create(t, s, b, "")
	if diff := cmp.Diff([]order.Order{a, b}, list(t, s, 0, 10)); diff != "" {
		t.Errorf("orders without a key are never the same: -want, +got:\n%s", diff)
	}
}

// A database driver repeats a statement whose answer got lost.
func storedTwice(t *testing.T, s store) {
	t.Helper()
	o := newOrder()
	create(t, s, o, "")
	again, isNew := create(t, s, o, "")
	if diff := cmp.Diff([]order.Order{o, o}, append(list(t, s, 0, 10), again)); diff != "" || !isNew {
		t.Errorf("an order is stored once and both tries succeed: new %v, -want, +got:\n%s", isNew, diff)
	}
	if n := len(drain(t, s)); n != 1 {
		t.Errorf("%d events for one order", n)
	}
}

func pages(t *testing.T, s store) {
	t.Helper()
	var all []order.Order
	for i := range 7 {
		o := newOrder()
		create(t, s, o, strconv.Itoa(i))
		all = append(all, o)
	}
	for _, p := range []struct{ offset, limit, from, to int }{
		{0, 3, 0, 3}, {3, 3, 3, 6}, {6, 3, 6, 7}, {7, 3, 7, 7}, {1 << 40, 3, 7, 7}, {0, 1000, 0, 7},
	} {
		if diff := cmp.Diff(append([]order.Order{}, all[p.from:p.to]...), list(t, s, p.offset, p.limit)); diff != "" {
			t.Errorf("%d orders from %d: -want, +got:\n%s", p.limit, p.offset, diff)
		}
	}
}

func deliversOldestFirst(t *testing.T, s store) {
	t.Helper()
	want := events(t, s, 5)
	var got []order.Event
	for range 3 {
		deliver(t, s, 2, func(e []order.Event) (int, error) {
			got = append(got, e...)
			return len(e), nil
		})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func storesUndelivered(t *testing.T, s store) {
	t.Helper()
	want := events(t, s, 3)
	broken := errors.New("broker is down")
	n, err := s.Deliver(t.Context(), 10, func(context.Context, []order.Event) (int, error) { return 1, broken })
	if n != 1 || !errors.Is(err, broken) {
		t.Errorf("Deliver says %d, %v; want that one went out before the broker broke", n, err)
	}
	if n, err := s.Waiting(t.Context()); n != 2 || err != nil {
		t.Errorf("%d events wait, error %v; want 2", n, err)
	}
	if diff := cmp.Diff(want[1:], drain(t, s)); diff != "" {
		t.Errorf("what was not confirmed must wait on: -want, +got:\n%s", diff)
	}
}

// Replicas deliver side by side; a second one must not send what the first is sending.
func deliversOnceAtOnce(t *testing.T, s store) {
	t.Helper()
	want := events(t, s, 40)
	var mu sync.Mutex
	got := map[string]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := 1; n > 0; {
				n = deliver(t, s, 3, func(e []order.Event) (int, error) {
					mu.Lock()
					defer mu.Unlock()
					for _, event := range e {
						got[event.ID]++
					}
					return len(e), nil
				})
			}
		})
	}
	wg.Wait()
	wanted := map[string]int{}
	for _, e := range want {
		wanted[e.ID] = 1
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("times that each event was handed out: -want, +got:\n%s", diff)
	}
}

func nothingToDeliver(t *testing.T, s store) {
	t.Helper()
	n := deliver(t, s, 10, func([]order.Event) (int, error) {
		t.Error("the broker was asked to publish nothing")
		return 0, nil
	})
	if n != 0 {
		t.Errorf("%d events delivered, want none", n)
	}
}

func handsOutWholeOutbox(t *testing.T, s store) {
	t.Helper()
	want := events(t, s, 250)
	if diff := cmp.Diff(want, drain(t, s)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// newPostgres returns a store on a database of its own.
func newPostgres(t *testing.T, server *servers.SQL) *postgres.Store {
	t.Helper()
	s := postgres.New(newDatabase(t, server))
	t.Cleanup(func() { _ = s.Close() }) // The server ends too.
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func newDatabase(t *testing.T, server *servers.SQL) postgres.Config {
	t.Helper()
	name := "orders_" + uuid.NewString()[:8]
	server.NewDatabase(name, "secret")
	return postgres.Config{
		Address: server.Addr, Database: name, SSLMode: "prefer",
		Login: credentials.Fixed(credentials.Login{User: name, Password: "secret"}),
	}
}

func newOrder() order.Order {
	return order.Order{
		ID:          uuid.Must(uuid.NewV7()).String(),
		CreatedDate: time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC),
		Draft: order.Draft{
			ShippingAddress: order.Address{City: "Perth"},
			Items:           []order.Item{{ProductID: "p1", Quantity: 2, UnitCost: 3, TotalCost: 6}},
		},
	}
}

func newEvent(t *testing.T, o order.Order) order.Event {
	t.Helper()
	e, err := order.NewEvent(uuid.Must(uuid.NewV7()).String(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func create(t *testing.T, s store, o order.Order, key string) (order.Order, bool) {
	t.Helper()
	got, created, err := s.Create(t.Context(), o, newEvent(t, o), key)
	if err != nil {
		t.Error(err)
	}
	return got, created
}

func list(t *testing.T, s store, offset, limit int) []order.Order {
	t.Helper()
	got, err := s.List(t.Context(), offset, limit)
	if err != nil {
		t.Error(err)
	}
	return got
}

// events stores n orders and returns their events.
func events(t *testing.T, s store, n int) []order.Event {
	t.Helper()
	var out []order.Event
	for range n {
		o := newOrder()
		e := newEvent(t, o)
		if _, _, err := s.Create(t.Context(), o, e, ""); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func deliver(t *testing.T, s store, limit int, publish func([]order.Event) (int, error)) int {
	t.Helper()
	n, err := s.Deliver(t.Context(), limit, func(_ context.Context, e []order.Event) (int, error) { return publish(e) })
	if err != nil {
		t.Error(err)
	}
	return n
}

// drain takes everything out of the outbox.
func drain(t *testing.T, s store) []order.Event {
	t.Helper()
	var out []order.Event
	for n := 1; n > 0; {
		n = deliver(t, s, 100, func(e []order.Event) (int, error) {
			out = append(out, e...)
			return len(e), nil
		})
	}
	return out
}
