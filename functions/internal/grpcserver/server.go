package grpcserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/crossplane/function-sdk-go"
	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	fnv1beta1 "github.com/crossplane/function-sdk-go/proto/v1beta1"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
)

// stopTimeout is how long running calls may take to end. Kubernetes kills a
// pod 30 seconds after it asked it to stop; the rest is for us to say so.
const stopTimeout = 25 * time.Second

// A Server serves one function. Unlike the SDK's Serve it can be stopped, it
// survives a panic, and its caller knows its address before the first call.
type Server struct {
	log      logging.Logger
	grpc     *grpc.Server
	health   *health.Server
	listener net.Listener
	metrics  *metrics
}

// Listen opens the listeners that the flags name. Nothing is served before Run.
func Listen(ctx context.Context, log logging.Logger, flags Flags, fn fnv1.FunctionRunnerServiceServer) (*Server, error) {
	creds, err := flags.credentials()
	if err != nil {
		return nil, err
	}

	lis, err := (&net.ListenConfig{}).Listen(ctx, flags.Network, flags.Address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen for gRPC: %w", err)
	}
	m, err := listenMetrics(ctx, flags.MetricsAddress)
	if err != nil {
		_ = lis.Close()
		return nil, err
	}

	srv := grpc.NewServer(
		grpc.Creds(creds),
		grpc.MaxRecvMsgSize(flags.MaxRecvMessageSize*1024*1024),
		// The metrics come first: a panic is counted as the error it becomes.
		grpc.ChainUnaryInterceptor(m.grpc.UnaryServerInterceptor(), recoverPanics(log)),
	)
	h := health.NewServer()
	healthv1.RegisterHealthServer(srv, h)
	reflection.Register(srv)
	fnv1.RegisterFunctionRunnerServiceServer(srv, fn)
	// Crossplane 1.16 and older call the beta service.
	fnv1beta1.RegisterFunctionRunnerServiceServer(srv, function.ServeBeta(fn))
	m.grpc.InitializeMetrics(srv)

	return &Server{log: log, grpc: srv, health: h, listener: lis, metrics: m}, nil
}

// Address at which the function is called.
func (s *Server) Address() string { return s.listener.Addr().String() }

// MetricsAddress at which metrics are read; empty when there are none.
func (s *Server) MetricsAddress() string { return s.metrics.address() }

// Run serves until ctx ends, then lets the calls that are running finish.
func (s *Server) Run(ctx context.Context) error {
	s.log.Info("Serving", "address", s.Address(), "metricsAddress", s.MetricsAddress())

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		// A stop that came before the first call is no error.
		if err := s.grpc.Serve(s.listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			return fmt.Errorf("cannot serve gRPC: %w", err)
		}
		return nil
	})
	g.Go(s.metrics.serve)
	g.Go(func() error {
		<-ctx.Done()
		s.stop()
		return nil
	})
	return g.Wait()
}

// stop takes no new calls and waits for those that run.
func (s *Server) stop() {
	s.log.Info("Stopping: running calls may finish", "timeout", stopTimeout.String())
	s.health.Shutdown()

	kill := time.AfterFunc(stopTimeout, s.grpc.Stop)
	defer kill.Stop()

	s.grpc.GracefulStop()
	s.metrics.stop()
}
