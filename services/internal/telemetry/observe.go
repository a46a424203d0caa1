package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// unmatched is the label of every path without a route: one label for any number of paths.
const unmatched = "unmatched"

// Observe counts, times, logs and traces each request under its route template. Use it on a mux
// router, which has found the route by then; wrap the router's NotFoundHandler and
// MethodNotAllowedHandler in it as well.
func (t *Telemetry) Observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		route, method := template(r), knownMethod(r.Method)
		ctx := t.propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		var span trace.Span
		if t.tracing {
			ctx, span = t.Tracer.Start(ctx, method+" "+route, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
				attribute.String("http.request.method", method), attribute.String("http.route", route)))
		}
		rec := &recorder{ResponseWriter: w}
		defer func() {
			t.record(ctx, entry{method, route, rec.code(), rec.bytes, time.Since(start)})
			end(span, rec.code())
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
	})
}

type entry struct {
	method, route string
	status        int
	bytes         int64
	took          time.Duration
}

func (t *Telemetry) record(ctx context.Context, e entry) {
	t.requests.WithLabelValues(e.method, e.route, strconv.Itoa(e.status)).Inc()
	t.durations.WithLabelValues(e.route).Observe(e.took.Seconds())
	t.Log.LogAttrs(ctx, level(e.status), "request",
		slog.String("method", e.method), slog.String("route", e.route), slog.Int("status", e.status),
		slog.Int64("bytes", e.bytes), slog.Float64("ms", float64(e.took.Microseconds())/1000))
}

func level(status int) slog.Level {
	if status >= http.StatusInternalServerError {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

func end(span trace.Span, status int) {
	if span == nil {
		return
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, http.StatusText(status))
	}
	span.End()
}

func template(r *http.Request) string {
	if route := mux.CurrentRoute(r); route != nil {
		if tpl, err := route.GetPathTemplate(); err == nil {
			return tpl
		}
	}
	return unmatched
}

// knownMethod keeps invented methods from making new series.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	default:
		return "OTHER"
	}
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter

	status int
	bytes  int64
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 { // 1xx are not the answer yet.
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}
