// Package pki makes the certificates of a local control plane: one authority, and the certificates
// of servers and clients on loopback.
//
// It writes PEM files only where it is told to. Each start makes new keys and certificates, which
// are of no use after it: keys stay on this machine, in a folder that only its owner can read.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// lifetime is longer than a local control plane runs, and so short that a forgotten key soon expires.
const lifetime = 7 * 24 * time.Hour

// The names of the files, as in a Kubernetes TLS secret.
const (
	CAFile   = "ca.crt"
	CertFile = "tls.crt"
	KeyFile  = "tls.key"
)

// An Authority signs certificates.
type Authority struct {
	// PEM is its own certificate.
	PEM []byte

	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// A Pair is a certificate and its key, both PEM.
type Pair struct{ Cert, Key []byte }

// New makes an authority.
func New() (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("cannot make the authority's key: %w", err)
	}
	t := template(pkix.Name{CommonName: "ausmart-local-control-plane"}, lifetime)
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("cannot make the authority's certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("cannot read the authority's certificate: %w", err)
	}
	return &Authority{PEM: encode("CERTIFICATE", der), cert: cert, key: key}, nil
}

// Issue a certificate that serves on loopback and identifies a client. To Kubernetes its common
// name is the user, its organizations are the groups.
func (a *Authority) Issue(commonName string, organizations ...string) (Pair, error) {
	return a.IssueFor(lifetime, commonName, organizations...)
}

// IssueFor issues a certificate that expires after a time. The API server checks that with every request.
func (a *Authority) IssueFor(life time.Duration, commonName string, organizations ...string) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, fmt.Errorf("cannot make the key of %s: %w", commonName, err)
	}
	t := template(pkix.Name{CommonName: commonName, Organization: organizations}, life)
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	t.DNSNames, t.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, key.Public(), a.key)
	if err != nil {
		return Pair{}, fmt.Errorf("cannot make the certificate of %s: %w", commonName, err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, fmt.Errorf("cannot encode the key of %s: %w", commonName, err)
	}
	return Pair{Cert: encode("CERTIFICATE", der), Key: encode("PRIVATE KEY", keyDER)}, nil
}

// IssueTo issues a certificate into a folder, as the files of a Kubernetes TLS secret.
func (a *Authority) IssueTo(dir, commonName string, organizations ...string) error {
	pair, err := a.Issue(commonName, organizations...)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot write the certificate of %s: %w", commonName, err)
	}
	for name, content := range map[string][]byte{CAFile: a.PEM, CertFile: pair.Cert, KeyFile: pair.Key} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return fmt.Errorf("cannot write the certificate of %s: %w", commonName, err)
		}
	}
	return nil
}

func template(subject pkix.Name, life time.Duration) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // crypto/rand does not fail.
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial, Subject: subject,
		NotBefore: now.Add(-time.Minute), NotAfter: now.Add(life),
	}
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
