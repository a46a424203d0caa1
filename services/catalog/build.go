package catalog

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/ausmart/platform/services/catalog/memory"
	"github.com/ausmart/platform/services/catalog/mysql"
	"github.com/ausmart/platform/services/catalog/product"
	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/server"
	"github.com/ausmart/platform/services/internal/service"
)

const prefix = "RETAIL_CATALOG_PERSISTENCE"

// Build makes the service with the store that the environment asks for.
func Build(_ context.Context, k *service.Kit) (server.App, error) {
	if k.Env.OneOf(prefix+"_PROVIDER", "in-memory", "mysql") == "mysql" {
		return buildMySQL(k), nil
	}
	seed, err := product.Seed()
	if err != nil {
		return server.App{}, err
	}
	api := &API{kit: k, store: memory.New(seed), topology: Topology{PersistenceProvider: "in-memory", DatabaseEndpoint: "N/A"}}
	return server.App{Handler: api.Routes()}, nil
}

func buildMySQL(k *service.Kit) server.App {
	cfg := mysql.Config{
		Addr:           k.Env.String(prefix+"_ENDPOINT", "localhost:3306"),
		Database:       k.Env.String(prefix+"_DB_NAME", "catalogdb"),
		TLS:            k.Env.OneOf(prefix+"_TLS", "preferred", "true", "skip-verify", "false"),
		ConnectTimeout: k.Env.Duration(prefix+"_CONNECT_TIMEOUT", 5*time.Second),
	}
	store := mysql.Open(cfg, credentials.FromEnv(k.Env, prefix, prefix+"_USER", "catalog_user"), k.Log)
	k.Health.Add("mysql", store.Ping)
	k.Registry.MustRegister(collectors.NewDBStatsCollector(store.DB(), "catalog"))
	api := &API{kit: k, store: store, topology: Topology{PersistenceProvider: "mysql", DatabaseEndpoint: cfg.Addr}}
	return server.App{
		Handler: api.Routes(),
		Tasks:   []func(context.Context) error{store.Migrate},
		Close:   store.Close,
	}
}
