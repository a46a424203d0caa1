package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ausmart/platform/services/orders/memory"
	"github.com/ausmart/platform/services/orders/order"
	"github.com/ausmart/platform/services/orders/outbox"
)

var errBroker = errors.New("no broker")

// broker confirms as many events as its publish function returns, and records the ids and the time
// of each call.
type broker struct {
	publish   func(call, events int) (int, error)
	delivered []string
	calls     []time.Time
}

func (b *broker) Publish(_ context.Context, events []order.Event) (int, error) {
	b.calls = append(b.calls, time.Now())
	n, err := b.publish(len(b.calls), len(events))
	for _, e := range events[:n] {
		b.delivered = append(b.delivered, e.ID)
	}
	return n, err
}

func confirmAll(_, events int) (int, error) { return events, nil }

func store(t *testing.T, s *memory.Store, id string) {
	t.Helper()
	if _, _, err := s.Create(t.Context(), order.Order{ID: id}, order.Event{ID: id}, ""); err != nil {
		t.Fatal(err)
	}
}

func ids(n int) []string {
	var out []string
	for i := range n {
		out = append(out, strconv.Itoa(i+1))
	}
	return out
}

func TestRelayDelivers(t *testing.T) {
	cases := map[string]struct {
		reason  string
		waiting int
		publish func(call, events int) (int, error)
		want    []string
	}{
		"InOrder": {
			reason:  "events go out oldest first, more than one batch of them",
			waiting: 250,
			publish: confirmAll,
			want:    ids(250),
		},
		"BrokerDown": {
			reason:  "a broker that comes back gets every event",
			waiting: 3,
			publish: func(call, events int) (int, error) {
				if call < 5 {
					return 0, errBroker
				}
				return events, nil
			},
			want: ids(3),
		},
		"HalfConfirmed": {
			reason:  "what was confirmed is not sent again, the rest is",
			waiting: 4,
			publish: func(call, events int) (int, error) {
				if call == 1 {
					return 1, errBroker
				}
				return events, nil
			},
			want: ids(4),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, b := memory.New(), &broker{publish: tc.publish}
				for _, id := range ids(tc.waiting) {
					store(t, s, id)
				}
				stop := run(t, s, b)
				time.Sleep(time.Minute)
				stop()
				if diff := cmp.Diff(tc.want, b.delivered); diff != "" {
					t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
				}
			})
		})
	}
}

// A dead broker must be tried less and less often, but still often enough to notice its return soon.
func TestRelayBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		b := &broker{publish: func(int, int) (int, error) { return 0, errBroker }}
		store(t, s, "1")
		stop := run(t, s, b)
		time.Sleep(10 * time.Minute)
		stop()
		if n := len(b.calls); n < 120 || n > 250 {
			t.Errorf("asked a dead broker %d times in 10 minutes, want once in 2.5 to 5 seconds", n)
		}
	})
}

// The metric shows how many events wait, and when none does any more.
func TestRelayCountsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, reg := memory.New(), prometheus.NewRegistry()
		var back atomic.Bool
		b := &broker{publish: func(_, events int) (int, error) {
			if back.Load() {
				return events, nil
			}
			return 0, errBroker
		}}
		for _, id := range ids(250) {
			store(t, s, id)
		}
		stop := start(t, outbox.NewRelay(slog.New(slog.DiscardHandler), reg, s, b))
		defer stop()
		synctest.Wait()
		before := gauge(t, reg)
		back.Store(true)
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]float64{250, 0}, []float64{before, gauge(t, reg)}); diff != "" {
			t.Errorf("events that wait while the broker is down, and after: -want, +got:\n%s", diff)
		}
	})
}

func gauge(t *testing.T, reg *prometheus.Registry) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "orders_events_waiting" {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatal("there is no orders_events_waiting")
	return 0
}

// An event is sent when it is stored, not at the next poll.
func TestRelayWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := memory.New(), &broker{publish: confirmAll}
		relay := newRelay(s, b)
		stop := start(t, relay)
		defer stop()
		synctest.Wait()
		stored := time.Now()
		store(t, s, "1")
		relay.Wake()
		synctest.Wait()
		if diff := cmp.Diff([]time.Time{stored}, b.calls); diff != "" {
			t.Errorf("-want, +got:\n%s", diff)
		}
	})
}

// Stopping the relay does not lose an event that was stored a moment before.
func TestRelayDeliversWhenStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, b := memory.New(), &broker{publish: confirmAll}
		stop := run(t, s, b)
		synctest.Wait()
		store(t, s, "1")
		stop()
		if diff := cmp.Diff([]string{"1"}, b.delivered); diff != "" {
			t.Errorf("-want, +got:\n%s", diff)
		}
	})
}

func newRelay(s outbox.Source, b outbox.Publisher) *outbox.Relay {
	return outbox.NewRelay(slog.New(slog.DiscardHandler), prometheus.NewRegistry(), s, b)
}

func run(t *testing.T, s outbox.Source, b outbox.Publisher) (stop func()) {
	t.Helper()
	return start(t, newRelay(s, b))
}

func start(t *testing.T, r *outbox.Relay) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
