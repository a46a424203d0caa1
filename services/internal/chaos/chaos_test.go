package chaos_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/internal/chaos"
)

type answer struct {
	Status int
	Body   string
}

func TestSwitches(t *testing.T) {
	const off = `{"error_status":{"code":0,"enabled":false},"latency":{"enabled":false,"value":0}}` + "\n"
	type call struct{ method, path string }
	cases := map[string]struct {
		reason string
		before []call
		call
		want answer
	}{
		"Off":         {"Everything is off at first.", nil, call{"GET", "/chaos/status"}, answer{200, off}},
		"Through":     {"Then requests pass.", nil, call{"GET", "/api"}, answer{200, "api"}},
		"LatencyOn":   {"A POST answers what the service's clients know.", nil, call{"POST", "/chaos/latency/15"}, answer{201, `{"message":"latency on"}` + "\n"}},
		"StatusOn":    {"An error status is answered instead of the service.", []call{{"POST", "/chaos/status/418"}}, call{"GET", "/api"}, answer{418, `{"message":"injected by chaos"}` + "\n"}},
		"StatusOff":   {"A DELETE takes effect at once.", []call{{"POST", "/chaos/status/418"}, {"DELETE", "/chaos/status"}}, call{"GET", "/api"}, answer{200, "api"}},
		"NotOutside":  {"Only the service's own paths suffer.", []call{{"POST", "/chaos/status/500"}}, call{"GET", "/other"}, answer{200, "other"}},
		"Report":      {"The report shows both.", []call{{"POST", "/chaos/status/503"}, {"POST", "/chaos/latency/1"}}, call{"GET", "/chaos/status"}, answer{200, `{"error_status":{"code":503,"enabled":true},"latency":{"enabled":true,"value":1}}` + "\n"}},
		"BadLatency":  {"A latency is a number.", nil, call{"POST", "/chaos/latency/long"}, answer{400, `{"message":"latency must be a number of milliseconds from 0 to 20000"}` + "\n"}},
		"Negative":    {"And not below zero.", nil, call{"POST", "/chaos/latency/-1"}, answer{400, `{"message":"latency must be a number of milliseconds from 0 to 20000"}` + "\n"}},
		"TooLong":     {"Nor longer than the server waits.", nil, call{"POST", "/chaos/latency/9223372036854775807"}, answer{400, `{"message":"latency must be a number of milliseconds from 0 to 20000"}` + "\n"}},
		"BadStatus":   {"A status is one that HTTP has.", nil, call{"POST", "/chaos/status/99"}, answer{400, `{"message":"status must be a number from 200 to 599"}` + "\n"}},
		"HealthOff":   {"Switching off what is off is fine.", nil, call{"DELETE", "/chaos/health"}, answer{200, `{"message":"health off"}` + "\n"}},
		"WrongMethod": {"A switch is not read by GET.", nil, call{"GET", "/chaos/health"}, answer{405, ""}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, h := routes()
			for _, c := range tc.before {
				do(t.Context(), h, c.method, c.path)
			}
			if diff := cmp.Diff(tc.want, do(t.Context(), h, tc.method, tc.path)); diff != "" {
				t.Errorf("%s\nanswer: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	c, h := routes()
	for _, step := range []struct {
		method string
		fails  bool
	}{{"POST", true}, {"DELETE", false}} {
		do(t.Context(), h, step.method, "/chaos/health")
		if err := c.Check(t.Context()); (err != nil) != step.fails {
			t.Errorf("after %s /chaos/health: want failure %t, got %v", step.method, step.fails, err)
		}
	}
}

// TestLatency runs on a clock of its own.
func TestLatency(t *testing.T) {
	cases := map[string]struct {
		reason string
		during func(ctx context.Context, h http.Handler, leave context.CancelFunc)
		want   time.Duration
	}{
		"Whole": {
			reason: "A request takes as long as was set.",
			during: func(context.Context, http.Handler, context.CancelFunc) {},
			want:   10 * time.Second,
		},
		"SwitchedOff": {
			reason: "A request that sleeps wakes when latency is switched off.",
			during: func(ctx context.Context, h http.Handler, _ context.CancelFunc) {
				time.Sleep(2 * time.Second)
				do(ctx, h, "DELETE", "/chaos/latency")
			},
			want: 2 * time.Second,
		},
		"OtherSwitch": {
			reason: "Another switch does not wake it.",
			during: func(ctx context.Context, h http.Handler, _ context.CancelFunc) {
				time.Sleep(2 * time.Second)
				do(ctx, h, "POST", "/chaos/health")
			},
			want: 10 * time.Second,
		},
		"ClientLeft": {
			reason: "A client that leaves is not waited for.",
			during: func(_ context.Context, _ http.Handler, leave context.CancelFunc) {
				time.Sleep(3 * time.Second)
				leave()
			},
			want: 3 * time.Second,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, h := routes()
				do(t.Context(), h, "POST", "/chaos/latency/10000")
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				start := time.Now()
				go tc.during(t.Context(), h, leave)
				do(ctx, h, "GET", "/api")
				if took := time.Since(start); took != tc.want {
					t.Errorf("%s\nwant %v, got %v", tc.reason, tc.want, took)
				}
			})
		})
	}
}

func routes() (*chaos.Chaos, http.Handler) {
	c := chaos.New()
	r := mux.NewRouter()
	c.Register(r, http.StatusCreated)
	say := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(s)) }
	}
	r.HandleFunc("/other", say("other"))
	api := r.NewRoute().Subrouter()
	api.Use(c.Middleware)
	api.HandleFunc("/api", say("api"))
	return c, r
}

func do(ctx context.Context, h http.Handler, method, path string) answer {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, method, path, nil))
	return answer{w.Code, w.Body.String()}
}
