package telemetry_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/telemetry"
)

const (
	traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
	spanID  = "00f067aa0ba902b7"
)

// TestSeriesAreBounded sends very many distinct URLs, methods and customers; the metrics stay the same size.
func TestSeriesAreBounded(t *testing.T) {
	tel, r, _ := observed(t, nil)
	for n := range 20_000 {
		send(r, http.MethodGet, fmt.Sprintf("/carts/customer-%d", n), nil)
		send(r, http.MethodGet, fmt.Sprintf("/nothing/%d?x=%d", n, n), nil)
		send(r, fmt.Sprintf("METHOD%d", n), "/carts/x", nil)
	}
	w := httptest.NewRecorder()
	tel.Metrics().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	series, mine := 0, []string{}
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		series++
		if strings.HasPrefix(line, "http_server_requests_total") {
			mine = append(mine, strings.TrimSpace(line))
		}
	}
	if series > 200 {
		t.Errorf("want at most 200 series, got %d", series)
	}
	want := []string{
		`http_server_requests_total{method="GET",route="/carts/{customerId}",status="200"} 20000`,
		`http_server_requests_total{method="GET",route="unmatched",status="404"} 20000`,
		`http_server_requests_total{method="OTHER",route="unmatched",status="405"} 20000`,
	}
	if diff := cmp.Diff(want, mine); diff != "" {
		t.Errorf("Requests are counted by template.\nseries: -want +got:\n%s", diff)
	}
	t.Logf("%d series after 60,000 requests", series)
}

func TestLog(t *testing.T) {
	_, r, log := observed(t, nil)
	send(r, http.MethodGet, "/carts/jane@example.com?card=4111", http.Header{"Traceparent": {"00-" + traceID + "-" + spanID + "-01"}})
	var got map[string]any
	if err := json.Unmarshal(log.Bytes(), &got); err != nil {
		t.Fatalf("want one line of JSON, got %s", log)
	}
	want := map[string]any{
		"level": "INFO", "msg": "request", "service": "test", "method": "GET", "route": "/carts/{customerId}",
		"status": 200.0, "bytes": 4.0, "trace_id": traceID,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreMapEntries(func(k string, _ any) bool { return k == "time" || k == "ms" })); diff != "" {
		t.Errorf("A line holds the trace, and nothing of the URL that may be personal.\nline: -want +got:\n%s", diff)
	}
}

// TestTransport checks what a call to another service carries on of the trace of the request it is made for.
func TestTransport(t *testing.T) {
	w3c := http.Header{"Traceparent": {"00-" + traceID + "-" + spanID + "-01"}}
	xray := http.Header{"X-Amzn-Trace-Id": {"Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=" + spanID + ";Sampled=1"}}
	cases := map[string]struct {
		reason string
		vars   map[string]string
		in     http.Header
		want   http.Header
	}{
		"None":    {reason: "Without a trace there is nothing to carry on.", want: http.Header{}},
		"W3C":     {reason: "The trace goes on, even while this service records none.", in: w3c, want: w3c},
		"NoXRay":  {reason: "X-Ray's header is read only when asked for.", in: xray, want: http.Header{}},
		"XRay":    {reason: "Asked for, it is read, and both are written.", vars: map[string]string{"OTEL_PROPAGATORS": "tracecontext,xray"}, in: xray, want: merge(w3c, xray)},
		"BadXRay": {reason: "What is no trace is left out.", vars: map[string]string{"OTEL_PROPAGATORS": "xray"}, in: http.Header{"X-Amzn-Trace-Id": {"Root=1-zz;Parent=;;=;Sampled"}}, want: http.Header{}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tel, _, _ := observed(t, tc.vars)
			var got http.Header
			client := tel.Transport(roundTrip(func(r *http.Request) (*http.Response, error) {
				got = r.Header
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
			}))
			h := tel.Observe(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				call, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://orders/orders", nil)
				if err != nil {
					t.Fatal(err)
				}
				rsp, err := client.RoundTrip(call)
				if err != nil {
					t.Fatal(err)
				}
				_ = rsp.Body.Close() // It is empty.
			}))
			send(h, http.MethodGet, "/", tc.in)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nheader: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (fn roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return fn(r) }

// observed returns a small API under observation, and its log.
func observed(t *testing.T, vars map[string]string) (*telemetry.Telemetry, http.Handler, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	tel, err := telemetry.New(t.Context(), "test", env.Map(vars), log)
	if err != nil {
		t.Fatal(err)
	}
	r := mux.NewRouter()
	r.Use(tel.Observe)
	r.HandleFunc("/carts/{customerId}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("cart")) }).Methods(http.MethodGet)
	r.NotFoundHandler = tel.Observe(http.NotFoundHandler())
	r.MethodNotAllowedHandler = tel.Observe(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) }))
	return tel, r, log
}

func send(h http.Handler, method, path string, header http.Header) {
	r := httptest.NewRequest(method, path, nil)
	maps.Copy(r.Header, header)
	h.ServeHTTP(httptest.NewRecorder(), r)
}

func merge(headers ...http.Header) http.Header {
	all := http.Header{}
	for _, h := range headers {
		maps.Copy(all, h)
	}
	return all
}
