package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ausmart/platform/services/internal/middleware"
)

func TestRecover(t *testing.T) {
	log := &bytes.Buffer{}
	h := middleware.Recover(slog.New(slog.NewTextHandler(log, nil)))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret detail") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("want 500 without detail, got %d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "secret detail") || !strings.Contains(log.String(), "middleware_test.go") {
		t.Errorf("want the panic and its stack in the log, got %s", log)
	}
}

// TestRecoverAbort checks that a handler can still cut its connection.
func TestRecoverAbort(t *testing.T) {
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("want http.ErrAbortHandler to go through, got %v", err)
		}
	}()
	h := middleware.Recover(slog.New(slog.DiscardHandler))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
}

func TestLimitBody(t *testing.T) {
	cases := map[string]struct {
		reason string
		body   io.Reader
		want   int
	}{
		"Fits":      {"A body up to the limit is read.", strings.NewReader("1234567890"), http.StatusOK},
		"Announced": {"A longer one is refused by its length.", strings.NewReader("12345678901"), http.StatusRequestEntityTooLarge},
		"Unknown":   {"Or once the limit is reached.", io.MultiReader(strings.NewReader("12345678901")), http.StatusRequestEntityTooLarge},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			h := middleware.LimitBody(10)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); err != nil {
					w.WriteHeader(http.StatusRequestEntityTooLarge)
				}
			}))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", tc.body))
			if w.Code != tc.want {
				t.Errorf("%s\nwant %d, got %d", tc.reason, tc.want, w.Code)
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	h := middleware.Deadline(1)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		if !errors.Is(r.Context().Err(), context.DeadlineExceeded) {
			t.Errorf("want a deadline, got %v", r.Context().Err())
		}
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
}
