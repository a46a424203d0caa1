package httperr_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/httperr"
	"github.com/ausmart/platform/services/internal/jsonbody"
)

var (
	errNotFound = errors.New("product not found")
	errDown     = errors.New("catalog is down")
)

func TestHandle(t *testing.T) {
	driver := errors.New("Error 1045: Access denied for user 'root' (using password: hunter2)")
	type answer struct {
		Status int
		Body   string
		Logged bool
	}
	cases := map[string]struct {
		reason string
		err    error
		want   answer
	}{
		"None":        {"Without an error the handler has answered.", nil, answer{200, "", false}},
		"NotFound":    {"The client learns what was not found.", fmt.Errorf("%w: %q", errNotFound, "x"), answer{404, `404 product not found: "x"`, false}},
		"Unavailable": {"The client learns that it may come back, the log learns why.", fmt.Errorf("cannot read: %w: %w", errDown, driver), answer{503, "503 come back later", true}},
		"Unknown":     {"The client learns nothing about an unexpected error.", driver, answer{500, "500 something went wrong on our side", true}},
		"Malformed":   {"A body that is no JSON is the client's mistake.", fmt.Errorf("%w: send one JSON value", jsonbody.ErrMalformed), answer{400, "400 body is not valid JSON for this request: send one JSON value", false}},
		"TooLarge":    {"So is one that is too large.", &http.MaxBytesError{Limit: 1}, answer{413, "413 the body is too large", false}},
		"Late":        {"A dependency that does not answer in time is unavailable.", fmt.Errorf("cannot read: %w", context.DeadlineExceeded), answer{503, "503 this took too long, try again later", true}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			log := &bytes.Buffer{}
			m := httperr.New(slog.New(slog.NewTextHandler(log, nil)), httperr.Table{
				{Err: errNotFound, Status: http.StatusNotFound},
				{Err: errDown, Status: http.StatusServiceUnavailable, Message: "come back later"},
			}, func(status int, message string) any { return fmt.Sprintf("%d %s", status, message) })
			w := httptest.NewRecorder()
			h := m.Handle(func(http.ResponseWriter, *http.Request) error { return tc.err })
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
			got := answer{w.Code, text(t, w.Body.Bytes()), strings.Contains(log.String(), "level=ERROR")}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nanswer: -want +got:\n%s", tc.reason, diff)
			}
			if got.Logged && !strings.Contains(log.String(), strings.SplitN(tc.err.Error(), "\n", 2)[0][:10]) {
				t.Errorf("want the log to hold the cause, got %s", log)
			}
		})
	}
}

// text reads a JSON string.
func text(t *testing.T, body []byte) string {
	t.Helper()
	var s string
	if len(body) == 0 {
		return s
	}
	if err := json.Unmarshal(body, &s); err != nil {
		t.Fatalf("cannot read body: %v", err)
	}
	return s
}
