package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/ausmart/platform/test/cloud/account"
)

// shutdownGrace is how long a request may take to end when the server stops.
const shutdownGrace = 2 * time.Second

// Listen opens the socket, in place of one that a killed process left behind.
func Listen(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot listen for the control API: %w", err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return nil, fmt.Errorf("cannot listen for the control API: %w", err)
	}
	return l, nil
}

// A Server serves the control API until its context ends.
type Server struct {
	listener net.Listener
	handler  http.Handler
}

// NewServer serves an account on a listener.
func NewServer(l net.Listener, a *account.Account) *Server {
	return &Server{listener: l, handler: NewHandler(a)}
}

// Start serves. It returns when the context ends.
func (s *Server) Start(ctx context.Context) error {
	srv := &http.Server{Handler: s.handler, ReadHeaderTimeout: shutdownGrace}
	stop := context.AfterFunc(ctx, func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
		defer cancel()
		_ = srv.Shutdown(ending)
	})
	defer stop()
	if err := srv.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// A change names resources and the fields to change.
type change struct {
	account.Target

	Fields map[string]any `json:"fields,omitempty"`
}

// NewHandler answers for an account.
func NewHandler(a *account.Account) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /inventory", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.Inventory(), nil) })
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.Faults(), nil) })
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		a.Clear()
		answer(w, struct{}{}, nil)
	})
	mux.HandleFunc("POST /faults", accept(a.Fail))
	mux.HandleFunc("POST /delays", accept(a.Delay))
	mux.HandleFunc("POST /drift", accept(func(c change) error { return a.Drift(c.Target, c.Fields) }))
	mux.HandleFunc("POST /lose", accept(a.Lose))
	return mux
}

// accept decodes a request's body, strictly, and calls do with it.
func accept[T any](do func(T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var v T
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		err := d.Decode(&v)
		if err == nil {
			err = do(v)
		}
		answer(w, struct{}{}, err)
	}
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case errors.Is(err, account.ErrNotFound):
		w.WriteHeader(http.StatusNotFound)
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
	}
	if err != nil {
		v = failure{err.Error()}
	}
	_ = json.NewEncoder(w).Encode(v) //nolint:errchkjson // A client that went away needs no answer.
}

type failure struct {
	Error string `json:"error"`
}
