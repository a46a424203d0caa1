// Package mysql keeps a catalog in MySQL or MariaDB.
//
// It creates its tables and fills them with the built-in products when they are missing; afterwards it only reads. No error
// that leaves it carries the driver's text to a client: every failure of the database is product.ErrUnavailable.
package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/ausmart/platform/services/catalog/product"
	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/migrate"
	"github.com/ausmart/platform/services/internal/retry"
)

const (
	// poolSize bounds the connections of one replica. All of them may stay idle: a pool that closes them churns.
	poolSize = 10
	// idleTime ends connections that have not been used for a while, long before the server or a firewall does it unseen.
	idleTime = 5 * time.Minute
	// callTimeout bounds one call of the store, connecting included.
	callTimeout = 5 * time.Second

	accessDenied = 1045
)

// Config says where the database is.
type Config struct {
	Addr           string // host:port
	Database       string
	TLS            string // As the driver's tls parameter: preferred, true, skip-verify or false.
	ConnectTimeout time.Duration
}

// Store is a catalog in a database.
type Store struct {
	db    *sql.DB
	log   *slog.Logger
	ready atomic.Bool
}

// Open returns a Store. It does not connect: Migrate does.
func Open(cfg Config, login *credentials.Source, log *slog.Logger) *Store {
	db := sql.OpenDB(connector{cfg, login})
	db.SetMaxOpenConns(poolSize)
	db.SetMaxIdleConns(poolSize)
	// No limit on a connection's whole life: while a password rotates, the open ones carry the load.
	db.SetConnMaxIdleTime(idleTime)
	return &Store{db: db, log: log}
}

// DB returns the pool, for its metrics.
func (s *Store) DB() *sql.DB { return s.db }

// Migrate brings the database to the schema of this version, trying until it succeeds or ctx ends.
func (s *Store) Migrate(ctx context.Context) error {
	steps, err := steps()
	if err != nil {
		return err
	}
	backoff := retry.Backoff{First: 100 * time.Millisecond, Max: 5 * time.Second}
	run := func(ctx context.Context) error { return migrate.Run(ctx, s.db, migrate.MySQL(), steps) }
	failed := func(err error, pause time.Duration) {
		s.log.WarnContext(ctx, "cannot prepare database, will try again", "error", err, "pause", pause.String())
	}
	// Only the end of the service ends this without a database; the log has what failed.
	s.ready.Store(backoff.Until(ctx, run, failed) == nil)
	return nil
}

// Ping returns nil when the database answers and has its tables.
func (s *Store) Ping(ctx context.Context) error {
	if !s.ready.Load() {
		return errors.New("database is not prepared yet")
	}
	return s.db.PingContext(ctx)
}

// Close closes the pool.
func (s *Store) Close(context.Context) error { return s.db.Close() }

// unavailable wraps the driver's error in one that a client may see; the log shows both.
func unavailable(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cannot %s: %w: %w", what, product.ErrUnavailable, err)
}

// connector makes connections with the login that is valid at that moment.
type connector struct {
	cfg   Config
	login *credentials.Source
}

// Driver is part of driver.Connector.
func (c connector) Driver() driver.Driver { return mysql.MySQLDriver{} }

// Connect opens one connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.ConnectTimeout)
	defer cancel()
	return credentials.Dial(ctx, c.login, c.connect, refused)
}

func (c connector) connect(ctx context.Context, login credentials.Login) (driver.Conn, error) {
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.DBName = "tcp", c.cfg.Addr, c.cfg.Database
	cfg.User, cfg.Passwd = login.User, login.Password
	cfg.TLSConfig = c.cfg.TLS
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = c.cfg.ConnectTimeout, callTimeout, callTimeout
	cfg.InterpolateParams = true    // One round trip for a query instead of three.
	cfg.Logger = &mysql.NopLogger{} // It would repeat, as plain text, what the returned errors say.
	connect, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return connect.Connect(ctx)
}

func refused(err error) bool {
	var server *mysql.MySQLError
	return errors.As(err, &server) && server.Number == accessDenied
}
