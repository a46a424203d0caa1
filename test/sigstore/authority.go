package sigstore

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"time"
)

const (
	// rootLifetime is longer than a test.
	rootLifetime = 24 * time.Hour

	// leafLifetime is Fulcio's: a signature's time in the log must be in it.
	leafLifetime = 10 * time.Minute
)

// The extensions of a certificate with the issuer of the identity, from Fulcio, and with a log's
// promise to publish it.
var (
	issuerExtension = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1}    //nolint:gochecknoglobals // A constant.
	sctExtension    = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2} //nolint:gochecknoglobals // A constant.
)

// An Instance of Sigstore.
type Instance struct {
	root         *x509.Certificate
	rootKey      *ecdsa.PrivateKey
	certificates *ecdsa.PrivateKey // of the log of certificates
	signatures   *ecdsa.PrivateKey // of the log of signatures
}

// New makes an instance.
func New() (*Instance, error) {
	keys := make([]*ecdsa.PrivateKey, 3) //nolint:mnd // One for each of the three.
	for i := range keys {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("cannot make a key: %w", err)
		}
		keys[i] = key
	}
	s := &Instance{rootKey: keys[0], certificates: keys[1], signatures: keys[2]}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(rootLifetime),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, s.rootKey.Public(), s.rootKey)
	if err != nil {
		return nil, fmt.Errorf("cannot make the root certificate: %w", err)
	}
	s.root, err = x509.ParseCertificate(der)
	return s, err
}

// Root is the authority's own certificate.
func (s *Instance) Root() []byte { return encode("CERTIFICATE", s.root.Raw) }

// Certify that a key belongs to an identity of an issuer, such as a workflow's address. The
// certificate has the promise of the log.
func (s *Instance) Certify(key crypto.PublicKey, identity, issuer string) ([]byte, error) {
	template, err := s.template(identity, issuer)
	if err != nil {
		return nil, err
	}
	// A log signs the certificate without its own promise.
	promised, err := s.sign(template, key)
	if err != nil {
		return nil, err
	}
	sct, err := s.promise(promised.RawTBSCertificate)
	if err != nil {
		return nil, err
	}
	template.ExtraExtensions = append(template.ExtraExtensions, pkix.Extension{Id: sctExtension, Value: sct})
	whole, err := s.sign(template, key)
	if err != nil {
		return nil, err
	}
	return encode("CERTIFICATE", whole.Raw), nil
}

func (s *Instance) template(identity, issuer string) (*x509.Certificate, error) {
	uri, err := url.Parse(identity)
	if err != nil {
		return nil, fmt.Errorf("cannot certify %q: %w", identity, err)
	}
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), //nolint:mnd // The root is the first.
		NotBefore:    time.Now().Add(-time.Minute), NotAfter: time.Now().Add(leafLifetime),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		URIs:            []*url.URL{uri},
		ExtraExtensions: []pkix.Extension{{Id: issuerExtension, Value: []byte(issuer)}},
	}, nil
}

func (s *Instance) sign(template *x509.Certificate, key crypto.PublicKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, s.root, key, s.rootKey)
	if err != nil {
		return nil, fmt.Errorf("cannot make a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// promise of the log to publish this certificate: a signed certificate timestamp of RFC 6962,
// section 3.2, in the list of 3.3.
func (s *Instance) promise(certificate []byte) ([]byte, error) {
	const (
		version, certificateTimestamp = 0, 0
		precertificate                = 1
		withSHA256, withECDSA         = 4, 3
	)
	issuer := sha256.Sum256(s.root.RawSubjectPublicKeyInfo)
	at := binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixMilli()))

	signed := append([]byte{version, certificateTimestamp}, at...)
	signed = append(signed, 0, precertificate)
	signed = append(signed, issuer[:]...)
	signed = append(signed, prefixed(3, certificate)...) //nolint:mnd // Bytes of the length.
	signed = append(signed, 0, 0)                        // No extensions.
	signature, err := signHash(s.certificates, signed)
	if err != nil {
		return nil, err
	}

	log, err := logID(s.certificates)
	if err != nil {
		return nil, err
	}
	sct := append([]byte{version}, log...)
	sct = append(sct, at...)
	sct = append(sct, 0, 0, withSHA256, withECDSA)
	sct = append(sct, prefixed(2, signature)...)       //nolint:mnd // Bytes of the length.
	return asn1.Marshal(prefixed(2, prefixed(2, sct))) //nolint:mnd // Bytes of the length.
}

// prefixed with the length in n bytes, as TLS writes vectors.
func prefixed(n int, content []byte) []byte {
	length := binary.BigEndian.AppendUint64(nil, uint64(len(content)))
	return append(length[len(length)-n:], content...)
}

func signHash(key *ecdsa.PrivateKey, content []byte) ([]byte, error) {
	hash := sha256.Sum256(content)
	signature, err := ecdsa.SignASN1(rand.Reader, key, hash[:])
	if err != nil {
		return nil, fmt.Errorf("cannot sign: %w", err)
	}
	return signature, nil
}

// logID is the hash of a log's key.
func logID(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("cannot encode a log's key: %w", err)
	}
	id := sha256.Sum256(der)
	return id[:], nil
}

func publicKey(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("cannot encode a key: %w", err)
	}
	return encode("PUBLIC KEY", der), nil
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
