package e2esigning

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/sigstore"
)

// parts are Sigstore's services on loopback, and a client of them.
type parts struct {
	instance *sigstore.Instance
	log      string // address of the log of signatures
	cache    string // Crossplane's folder of packages, which also holds the trusted roots
	cosign   string
}

// trust is the folder with a client's trusted roots, as Crossplane reads it (v2.4.0, cmd/crossplane/core).
func (p parts) trust() string { return filepath.Join(p.cache, ".sigstore", "root") }

func start(t *testing.T) parts {
	t.Helper()
	cosign, err := toolchain.Path(t.Context(), t.Output(), "cosign")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sigstore.New()
	if err != nil {
		t.Fatal(err)
	}
	handler, err := s.Log()
	if err != nil {
		t.Fatal(err)
	}
	log := httptest.NewServer(handler)
	t.Cleanup(log.Close)
	p := parts{instance: s, log: log.URL, cache: t.TempDir(), cosign: cosign}
	p.initialize(t)
	return p
}

// initialize a client's trusted roots, as for a private Sigstore. A verifier needs nothing else after that.
func (p parts) initialize(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	root, err := p.instance.Repository(dir)
	if err != nil {
		t.Fatal(err)
	}
	mirror := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer mirror.Close()
	p.run(t, "initialize", "--mirror="+mirror.URL, "--root="+root)
}

// run cosign, which trusts this Sigstore.
func (p parts) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.cosign, args...)
	cmd.Env = append(os.Environ(), "TUF_ROOT="+p.trust(), "COSIGN_PASSWORD=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("cosign %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// A signer has a key and, unless verifiers know the key itself, a certificate with its identity.
type signer struct {
	parts

	key         string   // file
	public      []byte   // the key's public half
	certificate []string // flags of cosign
}

// newKey returns a signer whose key verifiers know.
func (p parts) newKey(t *testing.T) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return p.withKey(t, key)
}

func (p parts) withKey(t *testing.T, key *ecdsa.PrivateKey) signer {
	t.Helper()
	dir := t.TempDir()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(dir, "plain.pem")
	write(t, plain, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	p.run(t, "import-key-pair", "--key="+plain, "--output-key-prefix="+filepath.Join(dir, "key"))
	public, err := os.ReadFile(filepath.Join(dir, "key.pub"))
	if err != nil {
		t.Fatal(err)
	}
	return signer{parts: p, key: filepath.Join(dir, "key.key"), public: public}
}

// as returns a signer with an identity that an authority certifies.
func (p parts) as(t *testing.T, authority *sigstore.Instance, identity, issuer string) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := p.withKey(t, key)
	certificate, err := authority.Certify(key.Public(), identity, issuer)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	leaf, chain := filepath.Join(dir, "leaf.pem"), filepath.Join(dir, "chain.pem")
	write(t, leaf, certificate)
	write(t, chain, authority.Root())
	s.certificate = []string{"--certificate=" + leaf, "--certificate-chain=" + chain}
	return s
}

// sign an image as make sign does, but with this key and log. Additional flags come last.
func (s signer) sign(t *testing.T, image string, flags ...string) {
	t.Helper()
	s.run(t, slices.Concat([]string{"sign", "--yes", "--key=" + s.key, "--rekor-url=" + s.log}, layout(t), s.certificate, flags, []string{image})...)
}

// attest a predicate of an image, as make sbom does.
func (s signer) attest(t *testing.T, image, kind, predicate string) {
	t.Helper()
	s.run(t, slices.Concat([]string{"attest", "--yes", "--key=" + s.key, "--rekor-url=" + s.log, "--type=" + kind, "--predicate=" + predicate},
		layout(t), s.certificate, []string{image})...)
}

// layout returns the Makefile's flags for the layout of signatures.
func layout(t *testing.T) []string {
	t.Helper()
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(makefile), "\nCOSIGN_LAYOUT = ")
	line, _, _ := strings.Cut(after, "\n")
	if !found {
		t.Fatal("the Makefile has no COSIGN_LAYOUT")
	}
	return strings.Fields(line)
}
