package telemetry

import (
	"context"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"github.com/ausmart/platform/services/internal/env"
)

func newLogger(name string, e *env.Env, w io.Writer) *slog.Logger {
	level := map[string]slog.Level{
		"info": slog.LevelInfo, "debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError,
	}[e.OneOf("LOG_LEVEL", "info", "debug", "warn", "error")]
	return slog.New(traced{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})}).With("service", name)
}

// traced adds the trace id of the context to each record.
type traced struct{ slog.Handler }

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
		r.AddAttrs(slog.String("trace_id", id.String()))
	}
	return h.Handler.Handle(ctx, r)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{h.Handler.WithAttrs(attrs)} }

func (h traced) WithGroup(name string) slog.Handler { return traced{h.Handler.WithGroup(name)} }
