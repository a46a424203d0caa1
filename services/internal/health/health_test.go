package health_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/internal/health"
)

func TestEndpoints(t *testing.T) {
	type answers map[string]string
	up := answers{
		"/livez": "200 ok", "/readyz": "200 ok", "/health": "200 OK",
		"/actuator/health":           `200 {"status":"UP"}`,
		"/actuator/health/readiness": `200 {"status":"UP"}`,
		"/actuator/health/liveness":  `200 {"status":"UP"}`,
	}
	down := answers{
		"/livez": "200 ok", "/readyz": "503 not ready", "/health": "503 DOWN",
		"/actuator/health":           `503 {"status":"DOWN"}`,
		"/actuator/health/readiness": `503 {"status":"DOWN"}`,
		"/actuator/health/liveness":  `200 {"status":"UP"}`,
	}
	fine := func(context.Context) error { return nil }
	cases := map[string]struct {
		reason string
		checks map[string]health.Check
		drain  bool
		want   answers
	}{
		"NoDependencies": {reason: "A service without dependencies is ready.", want: up},
		"AllWork":        {reason: "So is one whose dependencies work.", checks: map[string]health.Check{"a": fine, "b": fine}, want: up},
		"OneFails": {
			reason: "One that fails is enough, though a restart would not help.",
			checks: map[string]health.Check{"a": fine, "b": func(context.Context) error { return errors.New("driver text") }},
			want:   down,
		},
		"OneHangs": {
			reason: "One that hangs is given up.",
			checks: map[string]health.Check{"a": func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
			want:   down,
		},
		"Draining": {reason: "A service that drains takes no more.", drain: true, want: down},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := &bytes.Buffer{}
			h := health.New(slog.New(slog.NewTextHandler(log, nil)))
			for name, check := range tc.checks {
				h.Add(name, check)
			}
			if tc.drain {
				h.Drain()
			}
			r := mux.NewRouter()
			h.Register(r)
			got := answers{}
			for path := range tc.want {
				w := httptest.NewRecorder()
				r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
				got[path] = strings.TrimSpace(strconv.Itoa(w.Code) + " " + w.Body.String())
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nanswers: -want +got:\n%s", tc.reason, diff)
			}
			if name == "OneFails" && !strings.Contains(log.String(), "driver text") {
				t.Errorf("want the cause in the log, got %s", log)
			}
		})
	}
}
