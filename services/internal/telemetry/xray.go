package telemetry

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// xrayHeader carries a trace as X-Ray and the load balancers of AWS write it: Root=1-TIME-REST;Parent=SPAN;Sampled=1.
const xrayHeader = "X-Amzn-Trace-Id"

// xrayPropagator reads and writes the header of X-Ray.
type xrayPropagator struct{}

// Fields is part of propagation.TextMapPropagator.
func (xrayPropagator) Fields() []string { return []string{xrayHeader} }

// Inject writes the header.
func (xrayPropagator) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsValid() {
		return
	}
	id, sampled := sc.TraceID().String(), "0"
	if sc.IsSampled() {
		sampled = "1"
	}
	carrier.Set(xrayHeader, "Root=1-"+id[:8]+"-"+id[8:]+";Parent="+sc.SpanID().String()+";Sampled="+sampled)
}

// Extract reads the header. A load balancer that starts a trace names no parent: its trace then
// starts anew here, because OpenTelemetry knows no trace without a parent.
func (xrayPropagator) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	if trace.SpanContextFromContext(ctx).IsValid() {
		return ctx // W3C came first.
	}
	var cfg trace.SpanContextConfig
	for part := range strings.SplitSeq(carrier.Get(xrayHeader), ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key {
		case "Root":
			cfg.TraceID = xrayTraceID(value)
		case "Parent":
			cfg.SpanID, _ = trace.SpanIDFromHex(value) // An invalid one makes the whole context invalid below.
		case "Sampled":
			cfg.TraceFlags = cfg.TraceFlags.WithSampled(value == "1")
		}
	}
	if sc := trace.NewSpanContext(cfg); sc.IsValid() {
		return trace.ContextWithRemoteSpanContext(ctx, sc)
	}
	return ctx
}

// xrayTraceID reads 1-TIME-REST; it returns an invalid id for anything else.
func xrayTraceID(s string) trace.TraceID {
	rest, ok := strings.CutPrefix(s, "1-")
	if !ok || len(rest) != 33 || rest[8] != '-' {
		return trace.TraceID{}
	}
	id, _ := trace.TraceIDFromHex(rest[:8] + rest[9:]) // An invalid one is all zeros.
	return id
}

// xrayIDs makes trace ids that begin with the time, without which X-Ray refuses a trace.
type xrayIDs struct{}

// NewIDs is part of sdktrace.IDGenerator.
func (g xrayIDs) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	var id trace.TraceID
	binary.BigEndian.PutUint32(id[:4], uint32(time.Now().Unix())) // X-Ray has 32 bits for the time.
	binary.BigEndian.PutUint32(id[4:8], rand.Uint32())            // Ids are no secrets.
	binary.BigEndian.PutUint64(id[8:], rand.Uint64()|1)           // As above.
	return id, g.NewSpanID(ctx, id)
}

// NewSpanID is part of sdktrace.IDGenerator.
func (xrayIDs) NewSpanID(context.Context, trace.TraceID) trace.SpanID {
	var id trace.SpanID
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1) // As above.
	return id
}
