package grpcserver

import (
	"errors"
	"fmt"

	"github.com/crossplane/function-sdk-go"
	"google.golang.org/grpc/credentials"
)

// Flags are those that the functions specification asks for, those that
// Crossplane's own functions have beside them, and the metrics address.
type Flags struct {
	Debug bool `help:"Emit debug logs in addition to info logs." short:"d"`

	Network            string `default:"tcp"               help:"Network on which to listen for gRPC connections."`
	Address            string `default:":9443"             help:"Address at which to listen for gRPC connections."`
	TLSCertsDir        string `env:"TLS_SERVER_CERTS_DIR"  help:"Directory with the server's tls.crt and tls.key, and the ca.crt that client certificates must be signed by."`
	Insecure           bool   `help:"Serve without transport security; --tls-certs-dir is then ignored. For development only."`
	MaxRecvMessageSize int    `default:"4"                 help:"Maximum size of a received message in MB."`
	MetricsAddress     string `env:"METRICS_ADDRESS"       help:"Address at which to serve Prometheus metrics on /metrics. Empty serves none."`
}

// credentials of the server. Insecure wins, as the specification asks.
func (f Flags) credentials() (credentials.TransportCredentials, error) {
	option := function.MTLSCertificates(f.TLSCertsDir)
	if f.Insecure {
		option = function.Insecure(true)
	}

	so := &function.ServeOptions{}
	if err := option(so); err != nil {
		return nil, fmt.Errorf("cannot read TLS certificates in %q: %w", f.TLSCertsDir, err)
	}
	if so.Credentials == nil {
		return nil, errors.New("no TLS certificates: set --tls-certs-dir or TLS_SERVER_CERTS_DIR, or --insecure for development")
	}
	return so.Credentials, nil
}
