package orders_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/orders/order"
	"github.com/ausmart/platform/services/orders/postgres"
	"github.com/ausmart/platform/test/store/servers"
)

// Replicas that start together must not break each other's migrations.
func TestPostgresMigratesInParallel(t *testing.T) {
	cfg := newDatabase(t, servers.PostgreSQL(t))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s := postgres.New(cfg)
			defer func() { _ = s.Close() }() // The server ends too.
			if s.Check(t.Context()) == nil {
				t.Error("ready before it has migrated: the tables may be half there")
			}
			if err := s.Migrate(t.Context()); err != nil {
				t.Errorf("cannot migrate: %v", err)
			}
			if err := s.Check(t.Context()); err != nil {
				t.Errorf("not ready after migrating: %v", err)
			}
		})
	}
	wg.Wait()
}

// While the database is down callers get an error at once, and once it is back nothing needs a restart.
func TestPostgresRestart(t *testing.T) {
	server := servers.PostgreSQL(t)
	s := newPostgres(t, server)
	before := newOrder()
	create(t, s, before, "k")

	server.Kill()
	o := newOrder()
	if _, _, err := s.Create(t.Context(), o, newEvent(t, o), ""); !errors.Is(err, order.ErrUnavailable) {
		t.Errorf("Create without a database says %v, want that it is unavailable", err)
	}
	if _, err := s.Get(t.Context(), before.ID); !errors.Is(err, order.ErrUnavailable) {
		t.Errorf("Get without a database says %v, want that it is unavailable, not that there is no order", err)
	}
	if s.Check(t.Context()) == nil {
		t.Error("ready without a database")
	}

	server.Start()
	after := newOrder()
	create(t, s, after, "")
	if again, isNew := create(t, s, newOrder(), "k"); again.ID != before.ID || isNew {
		t.Errorf("after the restart the key stands for order %s, want %s", again.ID, before.ID)
	}
	if diff := cmp.Diff([]order.Order{before, after}, list(t, s, 0, 10)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// A server that accepts connections and sends nothing must not hold a request for ever. This test
// hangs if it does.
func TestPostgresSilent(t *testing.T) {
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }() // The test is over.
	s := postgres.New(postgres.Config{Address: ln.Addr().String(), Database: "x", SSLMode: "disable", Login: credentials.Fixed(credentials.Login{User: "x"})})
	if _, err := s.List(context.Background(), 0, 1); !errors.Is(err, order.ErrUnavailable) {
		t.Errorf("List says %v, want that it is unavailable", err)
	}
}

// A password rotates: first in the database, a moment later in the mounted file, and every session
// that used the old one is ended. Orders during the rotation must not fail.
func TestPostgresRotation(t *testing.T) {
	server := servers.PostgreSQL(t)
	cfg := newDatabase(t, server)
	file := filepath.Join(t.TempDir(), "password")
	write(t, file, "secret\n")
	const prefix = "RETAIL_ORDERS_PERSISTENCE"
	cfg.Login = credentials.FromEnv(env.Map(map[string]string{
		prefix + "_USERNAME": cfg.Database, prefix + "_PASSWORD_FILE": file,
	}), prefix, prefix+"_USERNAME", "")
	s := postgres.New(cfg)
	defer func() { _ = s.Close() }() // The server ends too.
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}

	var stored atomic.Int64
	load, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for load.Err() == nil {
				create(t, s, newOrder(), "") //nolint:contextcheck // An order that was started is finished.
				stored.Add(1)
			}
		})
	}
	until := func(n int64) {
		for target := stored.Load() + n; stored.Load() < target; {
			if t.Failed() {
				break
			}
		}
	}
	until(20)
	server.SetPassword(cfg.Database, "rotated")
	until(20)
	write(t, file, "rotated\n")
	server.Exec("", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"+cfg.Database+"'")
	until(100)
	stop()
	wg.Wait()

	if got := int64(len(list(t, s, 0, 1<<30))); got != stored.Load() {
		t.Errorf("%d orders kept of %d", got, stored.Load())
	}
	t.Logf("rotation under load: %d orders, every one answered and kept", stored.Load())
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
