package checkout

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/ausmart/platform/services/checkout/memory"
	"github.com/ausmart/platform/services/checkout/ordering"
	"github.com/ausmart/platform/services/checkout/purchase"
	"github.com/ausmart/platform/services/checkout/redis"
	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/elasticache"
	"github.com/ausmart/platform/services/internal/redisclient"
	"github.com/ausmart/platform/services/internal/server"
	"github.com/ausmart/platform/services/internal/service"
)

const (
	persistence = "RETAIL_CHECKOUT_PERSISTENCE"
	endpoint    = "RETAIL_CHECKOUT_ENDPOINTS_ORDERS"

	// defaultTTL is how long a purchase is kept after its last change, and how long submitting it
	// again finds its order.
	defaultTTL = 24 * time.Hour

	notAvailable = "N/A"
	mocked       = "MOCK: orders are made up and kept nowhere"
)

// Build makes the service with the store and the orders service that the environment asks for.
func Build(ctx context.Context, k *service.Kit) (server.App, error) {
	a := &API{
		kit: k, store: memory.New(),
		rates:    purchase.StandardRates(k.Env.String("RETAIL_CHECKOUT_SHIPPING_NAME_PREFIX", "")),
		topology: Topology{PersistenceProvider: "in-memory", DatabaseEndpoint: notAvailable},
	}
	var err error
	if a.orders, a.topology.OrdersEndpoint, err = newOrders(k); err != nil {
		return server.App{}, err
	}
	if k.Env.OneOf(persistence+"_PROVIDER", "in-memory", "redis") == "in-memory" {
		return server.App{Handler: a.Routes()}, nil
	}
	store, address, err := newRedis(ctx, k)
	if err != nil {
		return server.App{}, err
	}
	k.Health.Add("redis", store.Ping)
	a.store, a.topology.PersistenceProvider, a.topology.DatabaseEndpoint = store, "redis", address
	return server.App{Handler: a.Routes(), Close: store.Close}, nil
}

func newRedis(ctx context.Context, k *service.Kit) (store *redis.Store, address string, err error) {
	const prefix = persistence + "_REDIS"
	url := k.Env.String(prefix+"_URL", "redis://localhost:6379")
	login, err := elasticache.FromEnv(ctx, k.Env, prefix, url)
	if err != nil {
		return nil, "", err
	}
	if login == nil {
		login = credentials.FromEnv(k.Env, prefix, prefix+"_USERNAME", "")
	}
	writer, err := redisclient.Open(url, login)
	if err != nil {
		return nil, "", err
	}
	reader := writer
	if u := k.Env.String(prefix+"_READER_URL", ""); u != "" {
		if reader, err = redisclient.Open(u, login); err != nil {
			return nil, "", err
		}
	}
	keys, ttl := k.Env.String(prefix+"_KEY_PREFIX", "checkout:"), k.Env.Duration(prefix+"_TTL", defaultTTL)
	return redis.New(writer, reader, keys, ttl), writer.Options().Addr, nil
}

// newOrders also returns the orders service's address as /topology shows it.
func newOrders(k *service.Kit) (Orders, string, error) {
	base := k.Env.String(endpoint, "")
	if base == "" {
		k.Log.Warn("ORDERS ARE MOCKED: no order is delivered, set " + endpoint + " to the address of the orders service")
		return ordering.Mock{}, mocked, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, "", errors.New("cannot use " + endpoint + ": it must look like http://orders")
	}
	return ordering.NewClient(base, k.Transport(ordering.Transport())), u.Scheme + "://" + u.Host, nil
}
