package ui

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestSeriesStayFew requests twenty thousand addresses, and every route, and then counts the metrics.
func TestSeriesStayFew(t *testing.T) {
	const most = 200
	h := serve(t, working())
	for i := range 20_000 {
		path := []string{"/nope/%d", "/catalog/%d", "/orders/%d", "/assets/%d", "/proxy/%d/x"}[i%5]
		ask(h, http.MethodGet, fmt.Sprintf(path, i))
	}
	for _, path := range append(everyPage(), "/", "/health", "/livez", "/readyz", "/actuator/health", "/chaos/status", "/utility/headers", "/utility/status/200", "/utility/stress/1") {
		ask(h, http.MethodGet, path)
	}
	for _, path := range []string{"/cart", "/cart/remove", "/checkout", "/checkout/delivery", "/checkout/payment", "/utility/echo", "/utility/store"} {
		ask(h, http.MethodPost, path)
		ask(h, http.MethodPut, path)
	}
	series := 0
	for line := range strings.Lines(ask(h, http.MethodGet, "/metrics").Body.String()) {
		if !strings.HasPrefix(line, "#") {
			series++
		}
	}
	if series >= most {
		t.Errorf("series: got %d, want fewer than %d", series, most)
	}
	t.Logf("series: %d", series)
}

func ask(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

// BenchmarkPage renders pages over backends that answer at once.
func BenchmarkPage(b *testing.B) {
	h := serve(b, working())
	for _, path := range []string{"/home", "/catalog", "/catalog/" + mug.ID, "/cart", "/checkout", "/assets/css/shop.css"} {
		b.Run(strings.ReplaceAll(strings.Trim(path, "/"), "/", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := get(h, path); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}

// BenchmarkStart is what a new process does before it can answer.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		if _, err := New(nil, Config{Theme: "default"}, Backends{}, http.DefaultTransport); err != nil {
			b.Fatal(err)
		}
	}
}
