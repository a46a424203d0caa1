package grpcserver

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	fnv1beta1 "github.com/crossplane/function-sdk-go/proto/v1beta1"
	"github.com/go-logr/logr/funcr"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
)

// fakeFunction is a function made of a func.
type fakeFunction struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	run func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error)
}

var _ fnv1.FunctionRunnerServiceServer = &fakeFunction{}

func (f *fakeFunction) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return f.run(ctx, req)
}

// echo answers with the tag that it was asked with.
func echo(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return &fnv1.RunFunctionResponse{Meta: &fnv1.ResponseMeta{Tag: req.GetMeta().GetTag()}}, nil
}

// local flags: no certificates, and ports that are free.
func local() Flags {
	return Flags{Network: "tcp", Address: "127.0.0.1:0", Insecure: true, MaxRecvMessageSize: 4}
}

// start serves the function and returns its server, and a stop that waits for
// Run to return. The test ends stopped in any case.
func start(t *testing.T, log logging.Logger, flags Flags, fn *fakeFunction) (*Server, func() error) {
	t.Helper()
	srv, err := Listen(t.Context(), log, flags, fn)
	if err != nil {
		t.Fatalf("Listen(...): %v", err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	var runErr error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runErr = srv.Run(ctx)
	}()
	stop := func() error {
		cancel()
		<-done
		return runErr
	}
	t.Cleanup(func() { _ = stop() })
	return srv, stop
}

func dial(t *testing.T, address string, creds credentials.TransportCredentials) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatalf("grpc.NewClient(%q): %v", address, err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestServerCredentials(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	dir := t.TempDir()
	ca.writeServerDir(t, dir)
	broken := t.TempDir()

	cases := map[string]struct {
		reason string
		flags  Flags
		client credentials.TransportCredentials
		listen string
		code   codes.Code
	}{
		"KnownClient": {
			reason: "A client whose certificate our CA signed is served.",
			flags:  Flags{TLSCertsDir: dir},
			client: credentials.NewTLS(&tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{ca.client(t)}}),
			code:   codes.OK,
		},
		"UnknownClient": {
			reason: "A client with a certificate of another CA is refused.",
			flags:  Flags{TLSCertsDir: dir},
			client: credentials.NewTLS(&tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{stranger.client(t)}}),
			code:   codes.Unavailable,
		},
		"NoClientCertificate": {
			reason: "A client without a certificate is refused.",
			flags:  Flags{TLSCertsDir: dir},
			client: credentials.NewTLS(&tls.Config{RootCAs: ca.pool()}),
			code:   codes.Unavailable,
		},
		"PlaintextClient": {
			reason: "A client that does not speak TLS is refused.",
			flags:  Flags{TLSCertsDir: dir},
			client: insecure.NewCredentials(),
			code:   codes.Unavailable,
		},
		"InsecureWins": {
			reason: "With --insecure the certificates are not even read.",
			flags:  Flags{TLSCertsDir: broken, Insecure: true},
			client: insecure.NewCredentials(),
			code:   codes.OK,
		},
		"NeitherGiven": {
			reason: "Serving in the clear is never a default.",
			flags:  Flags{},
			listen: "no TLS certificates: set --tls-certs-dir or TLS_SERVER_CERTS_DIR, or --insecure for development",
		},
		"EmptyDirectory": {
			reason: "The error names the folder that lacks a certificate.",
			flags:  Flags{TLSCertsDir: broken},
			listen: fmt.Sprintf("cannot read TLS certificates in %q: cannot load X509 keypair: open %s: no such file or directory", broken, filepath.Join(broken, "tls.crt")),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.flags.Network, tc.flags.Address, tc.flags.MaxRecvMessageSize = "tcp", "127.0.0.1:0", 4
			if tc.listen != "" {
				_, err := Listen(t.Context(), logging.NewNopLogger(), tc.flags, &fakeFunction{run: echo})
				if diff := cmp.Diff(tc.listen, fmt.Sprint(err)); diff != "" {
					t.Errorf("%s\nListen(...): -want, +got:\n%s", tc.reason, diff)
				}
				return
			}

			srv, _ := start(t, logging.NewNopLogger(), tc.flags, &fakeFunction{run: echo})
			c := fnv1.NewFunctionRunnerServiceClient(dial(t, srv.Address(), tc.client))
			_, err := c.RunFunction(t.Context(), &fnv1.RunFunctionRequest{})
			if diff := cmp.Diff(tc.code, status.Code(err)); diff != "" {
				t.Errorf("%s\nRunFunction(...): %v: -want, +got:\n%s", tc.reason, err, diff)
			}
		})
	}
}

func TestServerServices(t *testing.T) {
	srv, stop := start(t, logging.NewNopLogger(), local(), &fakeFunction{run: echo})
	conn := dial(t, srv.Address(), insecure.NewCredentials())

	ga, err := fnv1.NewFunctionRunnerServiceClient(conn).RunFunction(t.Context(), &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: "ga"}})
	if diff := cmp.Diff(&fnv1.RunFunctionResponse{Meta: &fnv1.ResponseMeta{Tag: "ga"}}, ga, protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("v1 RunFunction(...): %v: -want, +got:\n%s", err, diff)
	}

	beta, err := fnv1beta1.NewFunctionRunnerServiceClient(conn).RunFunction(t.Context(), &fnv1beta1.RunFunctionRequest{Meta: &fnv1beta1.RequestMeta{Tag: "beta"}})
	if diff := cmp.Diff(&fnv1beta1.RunFunctionResponse{Meta: &fnv1beta1.ResponseMeta{Tag: "beta"}}, beta, protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("v1beta1 RunFunction(...): %v: -want, +got:\n%s", err, diff)
	}

	h, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{})
	if diff := cmp.Diff(&healthv1.HealthCheckResponse{Status: healthv1.HealthCheckResponse_SERVING}, h, protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("health Check(...): %v: -want, +got:\n%s", err, diff)
	}

	if err := stop(); err != nil {
		t.Errorf("Run(...): %v", err)
	}
}

func TestServerMessageSize(t *testing.T) {
	flags := local()
	flags.MaxRecvMessageSize = 1
	srv, _ := start(t, logging.NewNopLogger(), flags, &fakeFunction{run: echo})
	c := fnv1.NewFunctionRunnerServiceClient(dial(t, srv.Address(), insecure.NewCredentials()))

	cases := map[string]struct {
		reason string
		bytes  int
		want   codes.Code
	}{
		"Below": {reason: "A message below the limit is served.", bytes: 1024*1024 - 1024, want: codes.OK},
		"Above": {reason: "A message above the limit is refused.", bytes: 1024*1024 + 1024, want: codes.ResourceExhausted},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			// The tag of this call comes back: the client's own limit is larger.
			req := &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: strings.Repeat("x", tc.bytes)}}
			_, err := c.RunFunction(t.Context(), req)
			if diff := cmp.Diff(tc.want, status.Code(err)); diff != "" {
				t.Errorf("%s\nRunFunction(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestServerMetrics(t *testing.T) {
	flags := local()
	flags.MetricsAddress = "127.0.0.1:0"
	panics := func(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) { panic("boom") }
	srv, _ := start(t, logging.NewNopLogger(), flags, &fakeFunction{run: panics})
	c := fnv1.NewFunctionRunnerServiceClient(dial(t, srv.Address(), insecure.NewCredentials()))
	_, _ = c.RunFunction(t.Context(), &fnv1.RunFunctionRequest{})

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+srv.MetricsAddress()+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	rsp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rsp.Body.Close() }()
	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		t.Fatal(err)
	}

	const call = `grpc_method="RunFunction",grpc_service="apiextensions.fn.proto.v1.FunctionRunnerService",grpc_type="unary"`
	for reason, want := range map[string]string{
		"the panic as an error": `grpc_server_handled_total{grpc_code="Internal",` + call + `} 1`,
		"how long it took":      `grpc_server_handling_seconds_count{` + call + `} 1`,
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("/metrics does not count %s, want a line\n%s\ngot:\n%s", reason, want, body)
		}
	}
}

func TestServerPanic(t *testing.T) {
	var buf bytes.Buffer
	log := logging.NewLogrLogger(funcr.New(func(_, args string) { buf.WriteString(args) }, funcr.Options{}))
	fn := &fakeFunction{run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		if req.GetMeta().GetTag() == "panic" {
			panic("a nil map")
		}
		return echo(ctx, req)
	}}
	srv, stop := start(t, log, local(), fn)
	c := fnv1.NewFunctionRunnerServiceClient(dial(t, srv.Address(), insecure.NewCredentials()))

	_, err := c.RunFunction(t.Context(), &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: "panic"}})
	want := status.Error(codes.Internal, "function panicked: a nil map: this is a bug, its log has the stack")
	if diff := cmp.Diff(want.Error(), fmt.Sprint(err)); diff != "" {
		t.Errorf("A panic is an error of its call: -want, +got:\n%s", diff)
	}

	if _, err := c.RunFunction(t.Context(), &fnv1.RunFunctionRequest{}); err != nil {
		t.Errorf("The call after a panic is served: %v", err)
	}

	_ = stop()
	if !strings.Contains(buf.String(), "server_test.go") {
		t.Errorf("The log has the stack of the panic, down to the function that did it; got:\n%s", buf.String())
	}
}

func TestServerStop(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	fn := &fakeFunction{run: func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		if req.GetMeta().GetTag() != "slow" {
			return echo(ctx, req)
		}
		close(entered)
		<-leave
		return &fnv1.RunFunctionResponse{}, ctx.Err()
	}}
	srv, stop := start(t, logging.NewNopLogger(), local(), fn)
	c := fnv1.NewFunctionRunnerServiceClient(dial(t, srv.Address(), insecure.NewCredentials()))

	called := make(chan error, 1)
	go func() {
		_, err := c.RunFunction(t.Context(), &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: "slow"}})
		called <- err
	}()
	<-entered

	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()

	// New callers are refused as soon as the stop has started. Until then they
	// are served, so ask again.
	late := fnv1.NewFunctionRunnerServiceClient(dial(t, srv.Address(), insecure.NewCredentials()))
	for {
		_, err := late.RunFunction(t.Context(), &fnv1.RunFunctionRequest{})
		if status.Code(err) == codes.Unavailable {
			break
		}
	}
	select {
	case err := <-stopped:
		t.Fatalf("Run(...) returned %v while a call was running", err)
	default:
	}

	close(leave)
	if err := <-called; err != nil {
		t.Errorf("The call that was running when the server was told to stop finishes: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Run(...): %v", err)
	}
}

func TestListenTwice(t *testing.T) {
	srv, _ := start(t, logging.NewNopLogger(), local(), &fakeFunction{run: echo})

	cases := map[string]struct {
		reason string
		flags  Flags
		want   string
	}{
		"Address": {
			reason: "A gRPC address that is taken is an error at once.",
			flags:  Flags{Network: "tcp", Address: srv.Address(), Insecure: true},
			want:   fmt.Sprintf("cannot listen for gRPC: listen tcp %s: bind: address already in use", srv.Address()),
		},
		"MetricsAddress": {
			reason: "So is a metrics address; the SDK would go on without metrics.",
			flags:  Flags{Network: "tcp", Address: "127.0.0.1:0", Insecure: true, MetricsAddress: srv.Address()},
			want:   fmt.Sprintf("cannot listen for metrics: listen tcp %s: bind: address already in use", srv.Address()),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Listen(t.Context(), logging.NewNopLogger(), tc.flags, &fakeFunction{run: echo})
			if diff := cmp.Diff(tc.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("%s\nListen(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
