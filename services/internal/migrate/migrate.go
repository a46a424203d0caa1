// Package migrate brings a SQL database to the schema that this version of a service needs.
//
// Steps run in order, each once, recorded in the table schema_migrations. Replicas that start together wait for each
// other behind the database's own lock. A database that is ahead, left by a newer version, is accepted as it is.
package migrate

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// Step is one change of the schema or of the data it needs. Its number is its place in the list: never reorder or remove
// one. MySQL commits each change of a table at once, so a step must be able to run again after it failed half way.
type Step struct {
	Name string
	Run  func(ctx context.Context, conn *sql.Conn) error
}

// SQL returns a step that executes statements, which end in a semicolon at the end of a line.
func SQL(name, statements string) Step {
	return Step{Name: name, Run: func(ctx context.Context, conn *sql.Conn) error {
		for s := range strings.SplitSeq(statements, ";\n") {
			if strings.TrimSpace(s) == "" {
				continue
			}
			if _, err := conn.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Dialect is what databases write differently.
type Dialect struct {
	Lock   string // Waits until no other connection holds the lock, then returns 1.
	Unlock string
	Record string // Takes the number and the name of a step.
}

// MySQL waits for the lock for ten minutes: MariaDB does not know how to wait for ever.
func MySQL() Dialect {
	return Dialect{
		Lock:   "SELECT GET_LOCK(CONCAT(DATABASE(), '.migrations'), 600)",
		Unlock: "SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.migrations'))",
		Record: "INSERT INTO schema_migrations (version, name) VALUES (?, ?)",
	}
}

// Postgres holds its lock for the session.
func Postgres() Dialect {
	return Dialect{
		Lock:   "SELECT 1 FROM pg_advisory_lock(hashtext(current_database() || '.migrations'))",
		Unlock: "SELECT pg_advisory_unlock(hashtext(current_database() || '.migrations'))",
		Record: "INSERT INTO schema_migrations (version, name) VALUES ($1, $2)",
	}
}

// Run executes the steps that the database has not seen yet.
func Run(ctx context.Context, db *sql.DB, d Dialect, steps []Step) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("cannot connect to migrate: %w", err)
	}
	defer func() { _ = conn.Close() }() // It goes back to the pool; a broken one is dropped there.
	if err := lock(ctx, conn, d); err != nil {
		return err
	}
	defer unlock(ctx, conn, d)

	done, err := version(ctx, conn)
	if err != nil {
		return err
	}
	for i, step := range steps {
		if i < done {
			continue
		}
		if err := step.Run(ctx, conn); err != nil {
			return fmt.Errorf("cannot run migration %d, %s: %w", i+1, step.Name, err)
		}
		if _, err := conn.ExecContext(ctx, d.Record, i+1, step.Name); err != nil {
			return fmt.Errorf("cannot record migration %d: %w", i+1, err)
		}
	}
	return nil
}

func lock(ctx context.Context, conn *sql.Conn, d Dialect) error {
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, d.Lock).Scan(&got); err != nil {
		return fmt.Errorf("cannot lock migrations: %w", err)
	}
	if got.Int64 != 1 {
		return errors.New("cannot lock migrations: another replica holds the lock")
	}
	return nil
}

func version(ctx context.Context, conn *sql.Conn) (int, error) {
	const create = `CREATE TABLE IF NOT EXISTS schema_migrations (
		version INTEGER NOT NULL PRIMARY KEY,
		name VARCHAR(200) NOT NULL,
		applied_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
	)`
	if _, err := conn.ExecContext(ctx, create); err != nil {
		return 0, fmt.Errorf("cannot create table schema_migrations: %w", err)
	}
	var done int
	if err := conn.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM schema_migrations").Scan(&done); err != nil {
		return 0, fmt.Errorf("cannot read schema version: %w", err)
	}
	return done, nil
}

// unlock runs even when ctx has ended: the connection goes back to the pool, and would keep the lock there.
func unlock(ctx context.Context, conn *sql.Conn, d Dialect) {
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), d.Unlock); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // Drops the connection, and the lock with it.
	}
}
