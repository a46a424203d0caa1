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
	var open sync.Map // net.Conn -> *atomic.Int64: requests begun minus requests handled
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		begun := new(atomic.Int64)
		open.Store(c, begun)
		return context.WithValue(ctx, connKey{}, begun)
	}
	srv.ConnState = func(c net.Conn, state http.ConnState) {
		v, _ := open.Load(c)
		begun, ok := v.(*atomic.Int64)
		if !ok {
			return
		}
		switch state { //nolint:exhaustive // New and idle connections have begun no request.
		case http.StateActive:
			begun.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Delete(c)
			if begun.Load() > 0 {
				log.Warn("request refused before it was read: malformed, too large or too slow")
			}
		}
	}
	next := srv.Handler
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if begun, ok := r.Context().Value(connKey{}).(*atomic.Int64); ok {
			begun.Add(-1)
		}
		next.ServeHTTP(w, r)
	})
}
