package telemetry

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/ausmart/platform/services/internal/env"
)

const scope = "github.com/ausmart/platform/services"

// setTracer turns tracing on when an OTEL_* variable names a collector. The exporter and the sampler read the rest of the
// OTEL_* variables from the process themselves, as the specification has it.
func (t *Telemetry) setTracer(ctx context.Context, name string, e *env.Env) error {
	t.Tracer = noop.NewTracerProvider().Tracer(scope)
	t.flush = func(context.Context) error { return nil }
	if !wanted(e) {
		return nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return fmt.Errorf("cannot set up trace exporter: %w", err)
	}
	res, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", name)), resource.WithFromEnv())
	if err != nil {
		return fmt.Errorf("cannot describe service for traces: %w", err)
	}
	options := []sdktrace.TracerProviderOption{sdktrace.WithBatcher(exporter), sdktrace.WithResource(res)}
	if usesXRay(e) {
		options = append(options, sdktrace.WithIDGenerator(xrayIDs{}))
	}
	provider := sdktrace.NewTracerProvider(options...)
	t.Tracer, t.flush, t.tracing = provider.Tracer(scope), provider.Shutdown, true
	return nil
}

func wanted(e *env.Env) bool {
	if e.Bool("OTEL_SDK_DISABLED", false) || e.String("OTEL_TRACES_EXPORTER", "otlp") != "otlp" {
		return false
	}
	endpoint := e.String("OTEL_EXPORTER_OTLP_ENDPOINT", "") + e.String("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "") + e.String("OTEL_TRACES_EXPORTER", "")
	return endpoint != ""
}

func usesXRay(e *env.Env) bool {
	return strings.Contains(e.String("OTEL_PROPAGATORS", ""), "xray")
}

func newPropagator(e *env.Env) propagation.TextMapPropagator {
	w3c := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})
	if usesXRay(e) {
		return propagation.NewCompositeTextMapPropagator(w3c, xrayPropagator{})
	}
	return w3c
}

// Transport returns a RoundTripper that hands the trace on to the service it calls.
func (t *Telemetry) Transport(base http.RoundTripper) http.RoundTripper {
	return transport{t, base}
}

type transport struct {
	*Telemetry

	base http.RoundTripper
}

// RoundTrip names the span by method only: the URL may hold a customer id.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, span := t.Tracer.Start(r.Context(), r.Method, trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("server.address", r.URL.Host)))
	defer span.End()
	r = r.Clone(ctx)
	t.propagator.Inject(ctx, propagation.HeaderCarrier(r.Header))
	rsp, err := t.base.RoundTrip(r)
	if err != nil {
		span.SetStatus(codes.Error, "no answer")
		return nil, err
	}
	span.SetAttributes(attribute.Int("http.response.status_code", rsp.StatusCode))
	return rsp, nil
}
