package migrate_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/migrate"
	"github.com/ausmart/platform/test/store/servers"
)

func TestMySQL(t *testing.T) {
	db := servers.MariaDB(t)
	run(t, migrate.MySQL(), func(t *testing.T, name string) *sql.DB {
		db.NewDatabase(name, "secret")
		return open(t, "mysql", fmt.Sprintf("%s:secret@tcp(%s)/%s", name, db.Addr, name))
	})
}

func TestPostgres(t *testing.T) {
	db := servers.PostgreSQL(t)
	run(t, migrate.Postgres(), func(t *testing.T, name string) *sql.DB {
		db.NewDatabase(name, "secret")
		return open(t, "postgres", fmt.Sprintf("postgres://%s:secret@%s/%s?sslmode=disable", name, db.Addr, name))
	})
}

func run(t *testing.T, d migrate.Dialect, database func(t *testing.T, name string) *sql.DB) {
	create := migrate.SQL("create", "CREATE TABLE things (id INTEGER PRIMARY KEY);\nINSERT INTO things VALUES (1);\n")

	t.Run("Replicas", func(t *testing.T) {
		db := database(t, "replicas")
		var runs atomic.Int64
		count := migrate.Step{Name: "count", Run: func(context.Context, *sql.Conn) error { runs.Add(1); return nil }}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if err := migrate.Run(t.Context(), db, d, []migrate.Step{create, count}); err != nil {
					t.Errorf("cannot migrate: %v", err)
				}
			})
		}
		group.Wait()
		if runs.Load() != 1 {
			t.Errorf("want each step once, got %d", runs.Load())
		}
	})
	t.Run("Continue", func(t *testing.T) {
		db := database(t, "continue_after")
		boom := errors.New("boom")
		var err error
		step := migrate.Step{Name: "explode", Run: func(context.Context, *sql.Conn) error { return err }}
		err = boom
		if got := migrate.Run(t.Context(), db, d, []migrate.Step{create, step}); !errors.Is(got, boom) {
			t.Errorf("want the step's own error, got %v", got)
		}
		err = nil
		if got := migrate.Run(t.Context(), db, d, []migrate.Step{create, step}); got != nil {
			t.Errorf("want a second run to go on where the first failed, got %v", got)
		}
		if diff := cmp.Diff([]string{"create", "explode"}, names(t, db)); diff != "" {
			t.Errorf("steps: -want +got:\n%s", diff)
		}
	})
	t.Run("DatabaseAhead", func(t *testing.T) {
		db := database(t, "ahead")
		newer := migrate.SQL("newer", "ALTER TABLE things ADD COLUMN name VARCHAR(10);\n")
		for _, steps := range [][]migrate.Step{{create, newer}, {create}} {
			if err := migrate.Run(t.Context(), db, d, steps); err != nil {
				t.Errorf("want an older version to accept what a newer one left, got %v", err)
			}
		}
	})
	t.Run("LockIsFree", func(t *testing.T) {
		db := database(t, "lock_is_free")
		ctx, cancel := context.WithCancel(t.Context())
		step := migrate.Step{Name: "cancel", Run: func(ctx context.Context, _ *sql.Conn) error { cancel(); return ctx.Err() }}
		if err := migrate.Run(ctx, db, d, []migrate.Step{step}); err == nil {
			t.Error("want a cancelled step to fail")
		}
		if err := migrate.Run(t.Context(), db, d, []migrate.Step{create}); err != nil {
			t.Errorf("want the lock to be free again, got %v", err)
		}
	})
}

func open(t *testing.T, name, source string) *sql.DB {
	t.Helper()
	db, err := sql.Open(name, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // Nothing is pending.
	return db
}

func names(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM schema_migrations ORDER BY version")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }() // It was read.
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
