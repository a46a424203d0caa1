package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/ausmart/platform/services/internal/credentials"
	"github.com/ausmart/platform/services/internal/env"
)

const (
	// maxConns keeps ten replicas within what the smallest RDS instance allows.
	maxConns = 10
	// maxLifetime lets connections move to the new primary after a failover, and ends those of a rotated password.
	maxLifetime = 5 * time.Minute
	dialTimeout = 2 * time.Second
	// stall is how long a server may send nothing during a call. The driver alone would wait for ever.
	stall = 3 * time.Second
	// patience bounds a whole call, with the wait for a free connection in it.
	patience = 5 * time.Second
)

// Config says where the database is and how to log in to it.
type Config struct {
	Address  string // host:port
	Database string
	SSLMode  string
	RootCert string
	Login    *credentials.Source
}

// ConfigFromEnv reads RETAIL_ORDERS_PERSISTENCE_*.
func ConfigFromEnv(e *env.Env) Config {
	const prefix = "RETAIL_ORDERS_PERSISTENCE"
	return Config{
		Address:  e.String(prefix+"_ENDPOINT", "localhost:5432"),
		Database: e.String(prefix+"_NAME", "orders"),
		SSLMode:  e.OneOf(prefix+"_SSL_MODE", "prefer", "disable", "require", "verify-ca", "verify-full"),
		RootCert: e.String(prefix+"_SSL_ROOT_CERT", ""),
		Login:    credentials.FromEnv(e, prefix, prefix+"_USERNAME", "orders_user"),
	}
}

// open returns a pool that connects when it is first used. A stall of zero means unlimited patience.
func open(cfg Config, conns int, stall time.Duration) *sql.DB {
	db := sql.OpenDB(connector{cfg, dialer{net.Dialer{Timeout: dialTimeout}, stall}})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(maxLifetime)
	return db
}

// connector makes each connection with the login that is valid at that moment.
type connector struct {
	Config

	dialer dialer
}

// Driver is what database/sql asks every connector for.
func (c connector) Driver() driver.Driver { return &pq.Driver{} }

// Connect returns a new connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	return credentials.Dial(ctx, c.Login, c.connect, refused)
}

// connect adds to the driver the mode that every other PostgreSQL client has by default: TLS if the server offers it.
func (c connector) connect(ctx context.Context, login credentials.Login) (driver.Conn, error) {
	if c.SSLMode != "prefer" {
		return c.connectWith(ctx, login, c.SSLMode)
	}
	conn, err := c.connectWith(ctx, login, "require")
	if errors.Is(err, pq.ErrSSLNotSupported) {
		return c.connectWith(ctx, login, "disable")
	}
	return conn, err
}

func (c connector) connectWith(ctx context.Context, login credentials.Login, sslMode string) (driver.Conn, error) {
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		host, port = c.Address, "5432"
	}
	pc, err := pq.NewConnector(dsn(map[string]string{
		"host": host, "port": port, "dbname": c.Database, "user": login.User, "password": login.Password,
		"sslmode": sslMode, "sslrootcert": c.RootCert,
		"application_name": "orders", "binary_parameters": "yes", // One round trip a query instead of two.
	}))
	if err != nil {
		return nil, err
	}
	pc.Dialer(c.dialer)
	return pc.Connect(ctx)
}

func dsn(parameters map[string]string) string {
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	var b strings.Builder
	for key, value := range parameters {
		if value != "" {
			b.WriteString(key + "='" + quote.Replace(value) + "' ")
		}
	}
	return b.String()
}

// repeat runs a call again when its connection was cut, as all are when the server fails over. It
// does not repeat a call to a server that cannot be reached or does not answer: the caller gets
// that error early.
func repeat[T any](call func() (T, error)) (T, error) {
	result, err := call()
	for range maxConns { // Any of them may be dead.
		if !cut(err) {
			break
		}
		result, err = call()
	}
	return result, err
}

func cut(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op != "dial" && !op.Timeout()
}

// refused reports whether the server refused the login.
func refused(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && pe.Code.Class() == "28"
}

// dialer makes connections that give up on a server that has stopped answering.
type dialer struct {
	net.Dialer

	stall time.Duration
}

// DialTimeout is what the driver calls when a connect_timeout is set; it never is.
func (d dialer) DialTimeout(network, address string, _ time.Duration) (net.Conn, error) {
	return d.Dial(network, address)
}

func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil || d.stall == 0 {
		return conn, err
	}
	return impatient{conn, d.stall}, nil
}

// impatient is a connection whose every read and write has a deadline.
type impatient struct {
	net.Conn

	stall time.Duration
}

func (c impatient) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.stall)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c impatient) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.stall)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
