package orders

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/ausmart/platform/services/internal/retry"
	"github.com/ausmart/platform/services/internal/server"
	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/orders/memory"
	"github.com/ausmart/platform/services/orders/order"
	"github.com/ausmart/platform/services/orders/outbox"
	"github.com/ausmart/platform/services/orders/postgres"
	"github.com/ausmart/platform/services/orders/rabbitmq"
	"github.com/ausmart/platform/services/orders/sqs"
)

// Build makes the service. It connects to nothing yet: the database and the broker may still be starting.
func Build(ctx context.Context, k *service.Kit) (server.App, error) {
	s := newStorage(k)
	b, err := newBroker(ctx, k)
	if err != nil {
		return server.App{}, err
	}
	relay := outbox.NewRelay(k.Log, k.Registry, s.store, b.publisher)
	api := &API{
		kit: k, store: s.store, metrics: newMetrics(k.Registry), stored: relay.Wake,
		topology: Topology{s.provider, s.endpoint, b.provider, b.endpoint},
	}
	return server.App{
		Handler: api.Routes(),
		Tasks: []func(context.Context) error{func(ctx context.Context) error {
			if err := s.prepare(ctx); err != nil {
				return err // Told to stop before the database was there.
			}
			return relay.Run(ctx)
		}},
		Close: func(context.Context) error { return errors.Join(b.close(), s.close()) },
	}, nil
}

// storage is a store with its checks and its clean-up.
type storage struct {
	provider, endpoint string
	store              interface {
		Store
		outbox.Source
	}
	prepare func(context.Context) error // Returns when the store can be used, or the error of its context.
	close   func() error
}

// broker is a publisher with its endpoint and its clean-up.
type broker struct {
	provider, endpoint string
	publisher          outbox.Publisher
	close              func() error
}

const notAvailable = "N/A"

func nothing() error { return nil }

func newStorage(k *service.Kit) storage {
	provider := k.Env.OneOf("RETAIL_ORDERS_PERSISTENCE_PROVIDER", "in-memory", "postgres")
	if provider == "in-memory" {
		return storage{
			provider: provider, endpoint: notAvailable, store: memory.New(),
			prepare: func(context.Context) error { return nil },
			close:   nothing,
		}
	}
	cfg := postgres.ConfigFromEnv(k.Env)
	store := postgres.New(cfg)
	k.Health.Add("postgres", store.Check)
	k.Registry.MustRegister(collectors.NewDBStatsCollector(store.DB(), "orders"))
	return storage{
		provider: provider, endpoint: cfg.Address, store: store,
		prepare: func(ctx context.Context) error { return migrate(ctx, k.Log, store) },
		close:   store.Close,
	}
}

func newBroker(ctx context.Context, k *service.Kit) (broker, error) {
	provider := k.Env.OneOf("RETAIL_ORDERS_MESSAGING_PROVIDER", "in-memory", "rabbitmq", "sqs")
	switch provider {
	case "rabbitmq":
		cfg, err := rabbitmq.ConfigFromEnv(k.Env)
		p := rabbitmq.New(cfg)
		return broker{provider: provider, endpoint: cfg.Endpoint(), publisher: p, close: p.Close}, err
	case "sqs":
		cfg, err := sqs.ConfigFromEnv(k.Env)
		if err != nil {
			return broker{}, err
		}
		p, err := sqs.New(ctx, cfg)
		return broker{provider: provider, endpoint: cfg.Topic, publisher: p, close: nothing}, err
	default:
		return broker{provider: provider, endpoint: notAvailable, publisher: logged{k.Log}, close: nothing}, nil
	}
}

// migrate repeats until the database is there and has its tables.
func migrate(ctx context.Context, log *slog.Logger, store *postgres.Store) error {
	backoff := retry.Backoff{First: 100 * time.Millisecond, Max: 5 * time.Second}
	return backoff.Until(ctx, store.Migrate, func(err error, pause time.Duration) {
		log.Warn("database is not ready, will try again", "error", err, "pause", pause.String())
	})
}

// logged is the publisher where no broker is configured.
type logged struct{ log *slog.Logger }

// Publish logs how many events there were, not their content.
func (l logged) Publish(ctx context.Context, events []order.Event) (int, error) {
	for _, e := range events {
		l.log.DebugContext(ctx, "event", "type", order.EventType, "id", e.ID, "traceparent", e.Trace)
	}
	return len(events), nil
}
