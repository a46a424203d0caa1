// Package telemetry is a service's JSON logs, Prometheus metrics and OpenTelemetry traces.
//
// It labels everything with route templates, never with raw URLs, so that neither the number of series nor the log grows
// with what clients send, and no customer id leaves the service. Traces are off unless an OTEL_* variable asks for them.
//
// Observe and Transport are written here, and not otelmux and otelhttp, since those put the raw path or URL, and with it the
// customer's id, into every span, and have no option that leaves it out: http.target in otelmux v0.58.0, url.path and url.full in
// otelhttp v0.72.0 (read 2026-11-30).
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/ausmart/platform/services/internal/env"
)

// Telemetry belongs to one service; a process may hold several.
type Telemetry struct {
	Log      *slog.Logger
	Registry *prometheus.Registry
	Tracer   trace.Tracer

	propagator propagation.TextMapPropagator
	tracing    bool
	flush      func(context.Context) error
	requests   *prometheus.CounterVec
	durations  *prometheus.HistogramVec
}

// New returns the telemetry of the named service, which logs to w.
func New(ctx context.Context, name string, e *env.Env, w io.Writer) (*Telemetry, error) {
	t := &Telemetry{
		Log:        newLogger(name, e, w),
		Registry:   prometheus.NewRegistry(),
		propagator: newPropagator(e),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_server_requests_total",
			Help: "Requests answered, by route template.",
		}, []string{"method", "route", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_server_request_duration_seconds",
			Help: "Time taken to answer, by route template.",
			// Few buckets: each one costs a series for every route.
			Buckets: []float64{.005, .025, .1, .5, 2.5},
		}, []string{"route"}),
	}
	if err := t.setTracer(ctx, name, e); err != nil {
		return nil, err
	}
	t.Registry.MustRegister(t.requests, t.durations,
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewGoCollector(collectors.WithGoCollectorMemStatsMetricsDisabled()),
	)
	return t, nil
}

// Metrics serves the registry in the Prometheus text format.
func (t *Telemetry) Metrics() http.Handler {
	return promhttp.HandlerFor(t.Registry, promhttp.HandlerOpts{})
}

// Flush sends the spans that are still held back.
func (t *Telemetry) Flush(ctx context.Context) error { return t.flush(ctx) }
