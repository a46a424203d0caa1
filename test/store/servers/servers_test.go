package servers_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/ausmart/platform/test/store/servers"
)

// TestRestart starts every server, kills it, and starts it again with the data and the address it had.
func TestRestart(t *testing.T) {
	cases := map[string]func(testing.TB) *servers.Server{
		"MariaDB":    func(tb testing.TB) *servers.Server { return servers.MariaDB(tb).Server },
		"PostgreSQL": func(tb testing.TB) *servers.Server { return servers.PostgreSQL(tb).Server },
		"Redis":      func(tb testing.TB) *servers.Server { return servers.Redis(tb, "") },
		"RabbitMQ":   servers.RabbitMQ,
		"AWS":        servers.AWS,
	}
	for name, start := range cases {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.Kill()
			if answers(t, s.Addr) {
				t.Fatalf("%s still answers after Kill", s.Addr)
			}
			s.Start()
			if !answers(t, s.Addr) {
				t.Fatalf("%s does not answer after Start", s.Addr)
			}
		})
	}
}

func answers(t *testing.T, addr string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}
