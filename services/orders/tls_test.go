package orders_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/ausmart/platform/services/orders/order"
	"github.com/ausmart/platform/services/orders/postgres"
	"github.com/ausmart/platform/test/store/servers"
)

// RDS wants TLS, and hands out the certificate to check it with.
func TestPostgresTLS(t *testing.T) {
	server := servers.PostgreSQL(t)
	certificate, key := newCertificate(t)
	stranger, _ := newCertificate(t)
	for _, statement := range []string{
		"ALTER SYSTEM SET ssl_cert_file = '" + certificate + "'",
		"ALTER SYSTEM SET ssl_key_file = '" + key + "'",
		"ALTER SYSTEM SET ssl = on",
	} {
		server.Exec("", statement)
	}
	server.Kill()
	server.Start()
	cfg := newDatabase(t, server)
	cases := map[string]struct {
		reason, mode, root string
		refused            bool
	}{
		"Prefer":   {reason: "TLS is used when the server has it", mode: "prefer"},
		"Require":  {reason: "any certificate is accepted", mode: "require"},
		"Verify":   {reason: "the server is who it says", mode: "verify-full", root: certificate},
		"Stranger": {reason: "the server has the certificate of another one", mode: "verify-full", root: stranger, refused: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cfg := cfg
			cfg.SSLMode, cfg.RootCert = tc.mode, tc.root
			s := postgres.New(cfg)
			defer func() { _ = s.Close() }() // The server ends too.
			if tc.refused {
				if _, err := s.List(t.Context(), 0, 1); !errors.Is(err, order.ErrUnavailable) {
					t.Errorf("%s: List says %v, want that it is unavailable", tc.reason, err)
				}
				return
			}
			var encrypted bool
			query := "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
			if err := s.DB().QueryRowContext(t.Context(), query).Scan(&encrypted); err != nil || !encrypted {
				t.Errorf("%s: encrypted %v, error %v", tc.reason, encrypted, err)
			}
		})
	}
}

// newCertificate makes the files of a certificate for 127.0.0.1 that is its own authority.
func newCertificate(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, "CERTIFICATE", signed), writePEM(t, "EC PRIVATE KEY", encoded)
}

// writePEM writes a file that the server may read, as any user.
func writePEM(t *testing.T, kind string, data []byte) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "pem")
	write(t, file, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data})))
	if os.Geteuid() != 0 {
		return file
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // The server must be able to reach the file.
		t.Fatal(err)
	}
	account, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(file, uid, -1); err != nil {
		t.Fatal(err)
	}
	return file
}
