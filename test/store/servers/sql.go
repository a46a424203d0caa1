package servers

import (
	"context"
	"database/sql"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	// The drivers that the tests administer the servers with.
	_ "github.com/go-sql-driver/mysql"
	_ "github.com/lib/pq"

	"github.com/ausmart/platform/internal/prerequisites"
)

// SQL is a database server together with an administrator's connection to it.
type SQL struct {
	*Server
	admin func(database string) string // The data source of the administrator.
	name  string                       // The name of the driver.
}

// MariaDB starts a MariaDB server.
func MariaDB(tb testing.TB) *SQL {
	tb.Helper()
	program := prerequisites.Require(tb, "mariadbd")
	setup := prerequisites.Require(tb, "mariadb-install-db")
	prerequisites.Require(tb, "my_print_defaults") // The setup calls it.
	who := unprivileged(tb, "nobody")
	dir := who.dataDir(tb)
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "s")
	who.once(tb, dir, setup, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db")

	s := &SQL{Server: &Server{tb: tb, Addr: freeAddr(tb)}, name: "mysql"}
	// The administrator uses the socket: only there it needs no password.
	s.admin = func(database string) string {
		return fmt.Sprintf("root@unix(%s)/%s?multiStatements=true", socket, database)
	}
	s.command = func() *exec.Cmd {
		return who.command(dir, program, "--no-defaults", "--datadir="+data, "--socket="+socket, "--pid-file="+filepath.Join(dir, "pid"),
			"--bind-address=127.0.0.1", "--port="+portOf(s.Addr), "--skip-name-resolve",
			"--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=1", "--performance-schema=OFF", "--skip-log-bin")
	}
	s.ready = s.ping
	s.run()
	return s
}

// PostgreSQL starts a PostgreSQL server.
func PostgreSQL(tb testing.TB) *SQL {
	tb.Helper()
	program := prerequisites.Require(tb, "postgres")
	setup := prerequisites.Require(tb, "initdb")
	who := unprivileged(tb, "nobody")
	dir := who.dataDir(tb)
	data := filepath.Join(dir, "data")
	who.once(tb, dir, setup, "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync")

	s := &SQL{Server: &Server{tb: tb, Addr: freeAddr(tb)}, name: "postgres"}
	s.admin = func(database string) string {
		return fmt.Sprintf("host=%s port=%s user=postgres dbname=%s sslmode=disable", dir, portOf(s.Addr), first(database, "postgres"))
	}
	s.command = func() *exec.Cmd {
		return who.command(dir, program, "-D", data, "-k", dir, "-h", "127.0.0.1", "-p", portOf(s.Addr), "-c", "shared_buffers=32MB", "-c", "max_connections=200")
	}
	s.ready = s.ping
	s.run()
	return s
}

// NewDatabase makes an empty database, with a user of that name who owns it.
func (s *SQL) NewDatabase(name, password string) {
	s.tb.Helper()
	for _, statement := range map[string][]string{
		"mysql": {
			"CREATE DATABASE " + name,
			fmt.Sprintf("CREATE USER '%s'@'127.0.0.1' IDENTIFIED BY '%s'", name, password),
			fmt.Sprintf("GRANT ALL ON %s.* TO '%s'@'127.0.0.1'", name, name),
		},
		"postgres": {
			fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", name, password),
			fmt.Sprintf("CREATE DATABASE %s OWNER %s", name, name),
		},
	}[s.name] {
		s.Exec("", statement)
	}
}

// SetPassword changes a user's password, as a rotation does. Connections that are open stay.
func (s *SQL) SetPassword(user, password string) {
	s.tb.Helper()
	s.Exec("", map[string]string{
		"mysql":    fmt.Sprintf("ALTER USER '%s'@'127.0.0.1' IDENTIFIED BY '%s'", user, password),
		"postgres": fmt.Sprintf("ALTER ROLE %s PASSWORD '%s'", user, password),
	}[s.name])
}

// Exec executes a statement as the administrator; an empty database is the server's own.
func (s *SQL) Exec(database, statement string) {
	s.tb.Helper()
	db, err := sql.Open(s.name, s.admin(database))
	if err != nil {
		s.tb.Fatalf("cannot open %s: %v", s.name, err)
	}
	defer func() { _ = db.Close() }() // Nothing is pending.
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		s.tb.Fatalf("cannot execute %q: %v", statement, err)
	}
}

func (s *SQL) ping(ctx context.Context) error {
	db, err := sql.Open(s.name, s.admin(""))
	if err != nil {
		return fmt.Errorf("cannot open: %w", err)
	}
	defer func() { _ = db.Close() }() // As above.
	return db.PingContext(ctx)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
