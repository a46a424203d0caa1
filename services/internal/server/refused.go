package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

type connKey struct{}

// watchRefused logs the requests that the HTTP server answers by itself, before any handler: malformed ones, and those
// whose header is too large or too slow. It would say nothing about them otherwise.
func watchRefused(srv *http.Server, log *slog.Logger) {
	var open sync.Map // net.Conn -> *atomic.Int64: requests started minus requests handled
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		started := new(atomic.Int64)
		open.Store(c, started)
		return context.WithValue(ctx, connKey{}, started)
	}
	srv.ConnState = func(c net.Conn, state http.ConnState) {
		v, _ := open.Load(c)
		started, ok := v.(*atomic.Int64)
		if !ok {
			return
		}
		switch state { //nolint:exhaustive // New and idle connections have started no request.
		case http.StateActive:
			started.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Delete(c)
			if started.Load() > 0 {
				log.Warn("request refused before it was read: malformed, too large or too slow")
			}
		}
	}
	next := srv.Handler
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if started, ok := r.Context().Value(connKey{}).(*atomic.Int64); ok {
			started.Add(-1)
		}
		next.ServeHTTP(w, r)
	})
}
