package mysql_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ausmart/platform/services/catalog/mysql"
	"github.com/ausmart/platform/services/catalog/product"
	"github.com/ausmart/platform/services/catalog/storetest"
	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/test/store/servers"
)

const compass = "cc789f85-1476-452a-8100-9e74502198e0"

func TestStore(t *testing.T) {
	db := servers.MariaDB(t)

	t.Run("Behaviour", func(t *testing.T) {
		db.NewDatabase("behaviour", "secret")
		storetest.Run(t, migrated(t, db.Addr, "behaviour"))
	})
	t.Run("ReplicasStartAtOnce", func(t *testing.T) {
		db.NewDatabase("replicas", "secret")
		replicas(t, db.Addr)
	})
	t.Run("Rotation", func(t *testing.T) {
		db.NewDatabase("rotation", "first")
		rotation(t, db)
	})
	t.Run("Outage", func(t *testing.T) {
		db.NewDatabase("outage", "secret")
		outage(t, db)
	})
}

// replicas checks that stores that migrate at the same time all succeed, and that the products are there once.
func replicas(t *testing.T, addr string) {
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { migrated(t, addr, "replicas") })
	}
	group.Wait()
	n, err := migrated(t, addr, "replicas").Count(t.Context(), nil)
	if err != nil || n != 12 {
		t.Errorf("want 12 products, got %d and %v", n, err)
	}
}

// rotation changes the password in both orders, first in the database and first in the file, under load that opens new
// connections all the time. No call may fail.
func rotation(t *testing.T, db *servers.SQL) {
	file := filepath.Join(t.TempDir(), "password")
	write := func(password string) {
		if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("first")
	vars := env.Map(map[string]string{"P_PASSWORD_FILE": file})
	s := mysql.Open(config(db.Addr, "rotation"), credentials.FromEnv(vars, "P", "P_USER", "rotation"), discard())
	closeAtEnd(t, s)
	migrate(t, s)
	s.DB().SetMaxIdleConns(0) // Every call opens a connection.

	ctx, stop := context.WithCancel(t.Context())
	var calls atomic.Int64
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Get(t.Context(), compass); err != nil {
					t.Errorf("call failed while the password rotated: %v", err)
				}
				calls.Add(1)
			}
		})
	}
	enough := func() {
		for from := calls.Load(); calls.Load() < from+50; {
			time.Sleep(time.Millisecond)
		}
	}
	enough()
	db.SetPassword("rotation", "second")
	time.Sleep(300 * time.Millisecond) // The file lags behind.
	write("second")
	enough()
	write("third")
	enough() // The database lags behind.
	db.SetPassword("rotation", "third")
	enough()
	stop()
	group.Wait()
	t.Logf("%d calls over new connections, two rotations", calls.Load())
}

// outage checks that a database that goes down is reported as unavailable, and used again as soon
// as it is back.
func outage(t *testing.T, db *servers.SQL) {
	s := migrated(t, db.Addr, "outage")
	db.Kill()
	if _, err := s.Get(t.Context(), compass); !errors.Is(err, product.ErrUnavailable) || errors.Is(err, product.ErrNotFound) {
		t.Errorf("want ErrUnavailable while the database is down, got %v", err)
	}
	if s.Ping(t.Context()) == nil {
		t.Error("want Ping to fail while the database is down")
	}
	db.Start()
	if _, err := s.Get(t.Context(), compass); err != nil {
		t.Errorf("cannot get after the database came back: %v", err)
	}
}

func migrated(t *testing.T, addr, name string) *mysql.Store {
	t.Helper()
	s := mysql.Open(config(addr, name), credentials.Fixed(credentials.Login{User: name, Password: "secret"}), discard())
	closeAtEnd(t, s)
	migrate(t, s)
	return s
}

func migrate(t *testing.T, s *mysql.Store) {
	t.Helper()
	if err := s.Migrate(t.Context()); err != nil {
		t.Errorf("cannot migrate: %v", err)
	}
}

func closeAtEnd(t *testing.T, s *mysql.Store) {
	t.Cleanup(func() { _ = s.Close(context.Background()) }) // Nothing is pending.
}

func config(addr, name string) mysql.Config {
	return mysql.Config{Addr: addr, Database: name, TLS: "preferred", ConnectTimeout: 5 * time.Second}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
