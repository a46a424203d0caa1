package telemetry_test

import (
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// TestExport sends a trace to a collector on loopback and reads what arrives there.
func TestExport(t *testing.T) {
	received := make(chan *collector.ExportTraceServiceRequest, 1)
	c := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("cannot read export: %v", err)
		}
		export := &collector.ExportTraceServiceRequest{}
		if err := proto.Unmarshal(body, export); err != nil {
			t.Errorf("cannot decode export: %v", err)
		}
		received <- export
	}))
	t.Cleanup(c.Close)
	// The exporter reads the process's own environment.
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", c.URL)
	tel, r, _ := observed(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.URL, "OTEL_PROPAGATORS": "tracecontext,xray"})
	send(r, http.MethodGet, "/carts/jane@example.com", http.Header{"Traceparent": {"00-" + traceID + "-" + spanID + "-01"}})
	if err := tel.Flush(t.Context()); err != nil {
		t.Fatalf("cannot flush: %v", err)
	}

	type span struct {
		Service, Name, TraceID, ParentID string
		Attributes                       map[string]string
	}
	var got []span
	for _, rs := range (<-received).GetResourceSpans() {
		s := rs.GetScopeSpans()[0].GetSpans()[0]
		g := span{Name: s.GetName(), TraceID: hex.EncodeToString(s.GetTraceId()), ParentID: hex.EncodeToString(s.GetParentSpanId()), Attributes: map[string]string{}}
		for _, a := range rs.GetResource().GetAttributes() {
			if a.GetKey() == "service.name" {
				g.Service = a.GetValue().GetStringValue()
			}
		}
		for _, a := range s.GetAttributes() {
			g.Attributes[a.GetKey()] = a.GetValue().GetStringValue()
		}
		got = append(got, g)
	}
	want := []span{{
		Service: "test", Name: "GET /carts/{customerId}", TraceID: traceID, ParentID: spanID,
		Attributes: map[string]string{"http.request.method": "GET", "http.route": "/carts/{customerId}", "http.response.status_code": ""},
	}}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("A span is named by its template and belongs to the caller's trace.\nspans: -want +got:\n%s", diff)
	}
}
