// Package service adds to a service's own routes what all five services share: health, metrics,
// chaos, topology, limits, logs.
//
// It reads PORT, HOST, LOG_LEVEL, SHUTDOWN_DELAY, RETAIL_CHAOS_ENABLED and OTEL_*; a service reads its own variables from
// Kit.Env. It opens no database, and it is the only place that knows about signals.
package service

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/internal/chaos"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/health"
	"github.com/ausmart/platform/services/internal/jsonbody"
	"github.com/ausmart/platform/services/internal/middleware"
	"github.com/ausmart/platform/services/internal/server"
	"github.com/ausmart/platform/services/internal/telemetry"
)

const (
	// bodyLimit is far above the largest honest body, an order of a hundred lines.
	bodyLimit = 256 << 10
	// deadline is shorter than the server's write time-out, so that a slow dependency still gets a proper 503.
	deadline = 25 * time.Second
)

// Kit is what a service is built from. Chaos is nil when it is disabled.
type Kit struct {
	*telemetry.Telemetry

	Name   string
	Env    *env.Env
	Health *health.Health
	Chaos  *chaos.Chaos
}

// Build makes a service out of a kit. It opens nothing that can fail: a task does that later.
type Build func(ctx context.Context, k *Kit) (server.App, error)

// NewKit returns the kit of the named service, which logs to w.
func NewKit(ctx context.Context, name string, e *env.Env, w io.Writer) (*Kit, error) {
	t, err := telemetry.New(ctx, name, e, w)
	if err != nil {
		return nil, err
	}
	k := &Kit{Telemetry: t, Name: name, Env: e, Health: health.New(t.Log)}
	if e.Bool("RETAIL_CHAOS_ENABLED", true) {
		k.Chaos = chaos.New()
		k.Health.Add("chaos", k.Chaos.Check)
	}
	return k, nil
}

// Options is where the services differ in what they have in common. All of it is optional.
type Options struct {
	Topology     func() any         // The body of GET /topology; it never holds a credential.
	Health       http.HandlerFunc   // Replaces the text of GET /health.
	ChaosCreated int                // The status of a successful POST /chaos/...; 200 unless set.
	NotFound     http.Handler       // Replaces the plain 404 for paths that no route knows.
	Headers      mux.MiddlewareFunc // Replaces the security headers of an API.
}

// Router returns a router with the common endpoints, and the sub-router for the service's own API, to which chaos applies.
func (k *Kit) Router(o Options) (root http.Handler, api *mux.Router) {
	r := mux.NewRouter().SkipClean(true) // A path with .. or // in it is not found, rather than redirected.
	around := k.around(o)
	r.NotFoundHandler = wrap(notFound(o), around)
	r.MethodNotAllowedHandler = wrap(http.HandlerFunc(methodNotAllowed), around)
	k.probes(r, o)

	observed := r.NewRoute().Subrouter()
	observed.Use(around...)
	if o.Topology != nil {
		observed.HandleFunc("/topology", func(w http.ResponseWriter, _ *http.Request) {
			jsonbody.Write(w, http.StatusOK, o.Topology())
		}).Methods(http.MethodGet)
	}
	api = observed
	if k.Chaos != nil {
		k.Chaos.Register(observed, max(o.ChaosCreated, http.StatusOK))
		api = observed.NewRoute().Subrouter()
		api.Use(k.Chaos.Middleware)
	}
	return r, api
}

// probes adds the endpoints that machines call every few seconds. They are neither logged nor counted.
func (k *Kit) probes(r *mux.Router, o Options) {
	quiet := r.NewRoute().Subrouter()
	quiet.Use(middleware.Recover(k.Log), middleware.Headers)
	if o.Health != nil {
		quiet.HandleFunc("/health", o.Health).Methods(http.MethodGet, http.MethodHead)
	}
	k.Health.Register(quiet)
	for _, path := range []string{"/metrics", "/actuator/prometheus"} {
		quiet.Handle(path, k.Metrics()).Methods(http.MethodGet)
	}
}

func (k *Kit) around(o Options) []mux.MiddlewareFunc {
	headers := o.Headers
	if headers == nil {
		headers = middleware.Headers
	}
	return []mux.MiddlewareFunc{
		k.Observe,
		middleware.Recover(k.Log),
		headers,
		middleware.LimitBody(bodyLimit),
		middleware.Deadline(deadline),
	}
}

func wrap(h http.Handler, around []mux.MiddlewareFunc) http.Handler {
	for _, m := range slices.Backward(around) {
		h = m(h)
	}
	return h
}

func notFound(o Options) http.Handler {
	if o.NotFound != nil {
		return o.NotFound
	}
	return http.NotFoundHandler()
}

func methodNotAllowed(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
}
