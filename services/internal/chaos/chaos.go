// Package chaos injects failures into a service on request: latency, an error status, an unhealthy answer.
//
// Its state is one atomic pointer. A request that sleeps for injected latency wakes as soon as that latency is switched
// off, and no request ever waits for a lock. It holds its state in memory only and is meant for demonstrations and tests:
// a service that runs in production leaves it out.
package chaos

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/internal/jsonbody"
)

// maxLatency stays below the server's write time-out: a longer one would cut connections instead of slowing them.
const maxLatency = 20 * time.Second

// errUnhealthy is what Check reports while chaos health is on.
var errUnhealthy = errors.New("chaos health is on")

// Chaos is the switchboard of one service.
type Chaos struct {
	state atomic.Pointer[state]
}

// state is never changed once stored; over is closed when the next one replaces it.
type state struct {
	latency   time.Duration
	status    int
	unhealthy bool
	over      chan struct{}
}

// New returns a switchboard with everything off.
func New() *Chaos {
	c := &Chaos{}
	c.state.Store(&state{over: make(chan struct{})})
	return c
}

// Register adds the switches to r. A successful POST answers created: the sample's services differ in it.
func (c *Chaos) Register(r *mux.Router, created int) {
	r.HandleFunc("/chaos/latency/{ms}", func(w http.ResponseWriter, r *http.Request) {
		ms, err := strconv.Atoi(mux.Vars(r)["ms"])
		if err != nil || ms < 0 || time.Duration(ms) > maxLatency/time.Millisecond {
			answer(w, http.StatusBadRequest, "latency must be a number of milliseconds from 0 to "+strconv.Itoa(int(maxLatency/time.Millisecond)))
			return
		}
		c.change(func(s *state) { s.latency = time.Duration(ms) * time.Millisecond })
		answer(w, created, "latency on")
	}).Methods(http.MethodPost)
	r.HandleFunc("/chaos/status/{code}", func(w http.ResponseWriter, r *http.Request) {
		code, err := strconv.Atoi(mux.Vars(r)["code"])
		if err != nil || code < 200 || code > 599 {
			answer(w, http.StatusBadRequest, "status must be a number from 200 to 599")
			return
		}
		c.change(func(s *state) { s.status = code })
		answer(w, created, "status on")
	}).Methods(http.MethodPost)
	r.HandleFunc("/chaos/health", c.handle(created, "health on", func(s *state) { s.unhealthy = true })).Methods(http.MethodPost)

	r.HandleFunc("/chaos/latency", c.handle(http.StatusOK, "latency off", func(s *state) { s.latency = 0 })).Methods(http.MethodDelete)
	r.HandleFunc("/chaos/status", c.handle(http.StatusOK, "status off", func(s *state) { s.status = 0 })).Methods(http.MethodDelete)
	r.HandleFunc("/chaos/health", c.handle(http.StatusOK, "health off", func(s *state) { s.unhealthy = false })).Methods(http.MethodDelete)
	r.HandleFunc("/chaos/status", c.report).Methods(http.MethodGet)
}

// Middleware applies the injected latency, then the injected status, to the requests that pass through it.
func (c *Chaos) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.sleep(r.Context())
		if code := c.state.Load().status; code != 0 {
			answer(w, code, "injected by chaos")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Check is a health check that fails while chaos health is on.
func (c *Chaos) Check(context.Context) error {
	if c.state.Load().unhealthy {
		return errUnhealthy
	}
	return nil
}

// sleep waits for the latency that is set when it is called, or until the latency is changed.
func (c *Chaos) sleep(ctx context.Context) {
	s := c.state.Load()
	if s.latency == 0 {
		return
	}
	timer := time.NewTimer(s.latency)
	defer timer.Stop()
	for want := s.latency; s.latency == want; s = c.state.Load() {
		select {
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		case <-s.over:
		}
	}
}

func (c *Chaos) handle(code int, message string, edit func(*state)) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c.change(edit)
		answer(w, code, message)
	}
}

func (c *Chaos) change(edit func(*state)) {
	for {
		old := c.state.Load()
		next := *old
		next.over = make(chan struct{})
		edit(&next)
		if c.state.CompareAndSwap(old, &next) {
			close(old.over)
			return
		}
	}
}

func (c *Chaos) report(w http.ResponseWriter, _ *http.Request) {
	type errorStatus struct {
		Code    int  `json:"code"`
		Enabled bool `json:"enabled"`
	}
	type latency struct {
		Enabled bool  `json:"enabled"`
		Value   int64 `json:"value"`
	}
	s := c.state.Load()
	jsonbody.Write(w, http.StatusOK, struct {
		ErrorStatus errorStatus `json:"error_status"`
		Latency     latency     `json:"latency"`
	}{
		ErrorStatus: errorStatus{Code: s.status, Enabled: s.status != 0},
		Latency:     latency{Enabled: s.latency != 0, Value: s.latency.Milliseconds()},
	})
}

func answer(w http.ResponseWriter, code int, message string) {
	jsonbody.Write(w, code, struct {
		Message string `json:"message"`
	}{message})
}
