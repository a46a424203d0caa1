// Package health reports whether a service is alive and whether it is ready.
//
// A service lives while its process answers. It is ready while every dependency answers within the
// time-out and Drain was not called. Answers name the dependency that fails, never the driver's
// message.
package health

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/internal/jsonbody"
)

// timeout bounds one check; the kubelet gives a probe one second by default.
const timeout = 900 * time.Millisecond

// Check returns nil while the dependency works.
type Check func(ctx context.Context) error

// Health is the state of one service.
type Health struct {
	log      *slog.Logger
	checks   map[string]Check
	draining atomic.Bool
}

// New returns a Health without checks: always ready until Drain.
func New(log *slog.Logger) *Health {
	return &Health{log: log, checks: map[string]Check{}}
}

// Add makes readiness depend on check. Call it before the service runs.
func (h *Health) Add(name string, check Check) { h.checks[name] = check }

// Drain makes readiness fail from now on, so that no new requests are sent here.
func (h *Health) Drain() { h.draining.Store(true) }

// Register adds the endpoints to r. It leaves out GET /health when the service has registered its own.
func (h *Health) Register(r *mux.Router) {
	r.HandleFunc("/livez", live).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/readyz", h.ready("ok", "not ready")).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/health", h.ready("OK", "DOWN")).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/actuator/health", h.actuator).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/actuator/health/readiness", h.actuator).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/actuator/health/liveness", actuatorLive).Methods(http.MethodGet, http.MethodHead)
}

// Down returns the names of what keeps the service from being ready, or nothing.
func (h *Health) Down(ctx context.Context) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	down := map[string]bool{}
	for name, check := range h.checks {
		wg.Go(func() {
			err := check(ctx)
			if err == nil {
				return
			}
			h.log.WarnContext(ctx, "dependency is down", "dependency", name, "error", err)
			mu.Lock()
			defer mu.Unlock()
			down[name] = true
		})
	}
	wg.Wait()
	if h.draining.Load() {
		down["draining"] = true
	}
	return down
}

// Status returns 200 when nothing is down, else 503.
func Status(down map[string]bool) int {
	if len(down) == 0 {
		return http.StatusOK
	}
	return http.StatusServiceUnavailable
}

func (h *Health) ready(up, down string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := up
		failed := h.Down(r.Context())
		if len(failed) > 0 {
			body = down
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(Status(failed))
		_, _ = w.Write([]byte(body)) // The prober has gone; the next probe will see it.
	}
}

func (h *Health) actuator(w http.ResponseWriter, r *http.Request) {
	down := h.Down(r.Context())
	status := "UP"
	if len(down) > 0 {
		status = "DOWN"
	}
	jsonbody.Write(w, Status(down), actuatorBody{Status: status})
}

type actuatorBody struct {
	Status string `json:"status"`
}

func actuatorLive(w http.ResponseWriter, _ *http.Request) {
	jsonbody.Write(w, http.StatusOK, actuatorBody{Status: "UP"})
}

func live(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("ok")) // As above.
}
