// Package outbox sends events, which are stored beside their orders, to a message broker.
//
// Each event is delivered at least once: it is forgotten only after the broker has confirmed it, so
// a crash between the two sends it again. While a broker is down no order is lost: events wait, and
// the relay tries less and less often.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ausmart/platform/services/internal/retry"
	"github.com/ausmart/platform/services/orders/order"
)

const (
	// batch is how many events are in doubt when a process dies in the middle of one: they are sent again.
	batch = 100
	// patience bounds one batch, and with it how long a database transaction may wait for the broker.
	patience = 5 * time.Second
	// poll finds the events of replicas that died before they delivered them. A replica's own events do not wait for it.
	poll = time.Second
)

// A Source holds the pending events.
type Source interface {
	// Deliver hands up to limit events to publish, oldest first, and forgets those that publish says were delivered. It
	// hands out no event that another replica is delivering. It returns how many it forgot.
	Deliver(ctx context.Context, limit int, publish func(context.Context, []order.Event) (int, error)) (int, error)
	// Waiting returns how many events have not been delivered yet.
	Waiting(ctx context.Context) (int, error)
}

// A Publisher sends events to a broker.
type Publisher interface {
	// Publish returns how many of the events, counted from the first, the broker has confirmed: all, or an error.
	Publish(ctx context.Context, events []order.Event) (int, error)
}

// Relay moves events from a Source to a Publisher.
type Relay struct {
	log       *slog.Logger
	source    Source
	publisher Publisher
	backoff   retry.Backoff
	wake      chan struct{}
	delivered prometheus.Counter
	failures  prometheus.Counter
	waiting   prometheus.Gauge
}

// NewRelay returns a Relay that does nothing until Run, and registers its metrics.
func NewRelay(log *slog.Logger, reg prometheus.Registerer, s Source, p Publisher) *Relay {
	r := &Relay{
		log: log, source: s, publisher: p,
		backoff: retry.Backoff{First: 100 * time.Millisecond, Max: 5 * time.Second},
		wake:    make(chan struct{}, 1),
		delivered: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "orders_events_delivered_total", Help: "Events confirmed by the message broker.",
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "orders_events_failures_total", Help: "Failed tries to bring events to the message broker.",
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "orders_events_waiting", Help: "Events that waited, at all replicas, when delivery last failed; 0 once it works.",
		}),
	}
	reg.MustRegister(r.delivered, r.failures, r.waiting)
	return r
}

// Wake tells the relay that an event was just stored, so that it does not wait for the next poll.
// It never blocks.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // It has been told already.
	}
}

// Run delivers events until ctx ends, and then one last batch.
func (r *Relay) Run(ctx context.Context) error {
	for r.backoff.Until(ctx, r.drain, r.failed) == nil && r.idle(ctx) {
	}
	if _, err := r.once(ctx); err != nil {
		r.log.Warn("events wait for another replica or the next start", "error", err)
	}
	return nil
}

// drain delivers until nothing waits or ctx ends.
func (r *Relay) drain(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := r.once(ctx)
		if err != nil {
			r.count(ctx)
			return err
		}
		if n == 0 {
			r.waiting.Set(0)
			return nil
		}
	}
	return nil
}

// count is for a broker in trouble only: to count a long queue after each batch would take longer
// than to send it.
func (r *Relay) count(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if n, err := r.source.Waiting(ctx); err == nil {
		r.waiting.Set(float64(n))
	}
}

// once delivers one batch. It finishes even when ctx ends meanwhile: events sent and not forgotten are sent again.
func (r *Relay) once(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	n, err := r.source.Deliver(ctx, batch, r.publisher.Publish)
	r.delivered.Add(float64(n))
	return n, err
}

func (r *Relay) failed(err error, pause time.Duration) {
	r.failures.Inc()
	r.log.Warn("cannot deliver events, will try again", "error", err, "pause", pause.String())
}

// idle waits for new events, and reports false when ctx ends instead.
func (r *Relay) idle(ctx context.Context) bool {
	timer := time.NewTimer(poll)
	defer timer.Stop()
	select {
	case <-r.wake:
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
