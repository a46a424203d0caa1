package grpcserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	grpcprometheus "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics of the gRPC server and the process. The SDK serves them too, but on
// every address, from the global registry, and silent when it cannot.
type metrics struct {
	grpc     *grpcprometheus.ServerMetrics
	http     *http.Server
	listener net.Listener // nil when no address was given
}

func listenMetrics(ctx context.Context, address string) (*metrics, error) {
	m := &metrics{grpc: grpcprometheus.NewServerMetrics(grpcprometheus.WithServerHandlingTimeHistogram())}
	if address == "" {
		return m, nil
	}

	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen for metrics: %w", err)
	}

	reg := prometheus.NewRegistry()
	reg.MustRegister(m.grpc, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))

	m.listener = lis
	m.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return m, nil
}

func (m *metrics) address() string {
	if m.listener == nil {
		return ""
	}
	return m.listener.Addr().String()
}

func (m *metrics) serve() error {
	if m.listener == nil {
		return nil
	}
	if err := m.http.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot serve metrics: %w", err)
	}
	return nil
}

func (m *metrics) stop() {
	if m.listener != nil {
		_ = m.http.Close()
	}
}
