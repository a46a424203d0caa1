package jsonbody_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/jsonbody"
)

type line struct {
	ID       string `json:"id"`
	Quantity int    `json:"quantity"`
}

func TestRead(t *testing.T) {
	cases := map[string]struct {
		reason string
		body   string
		want   line
		err    string
	}{
		"Good":      {reason: "Fields are read; unknown ones are ignored.", body: `{"id":"mug","quantity":2,"name":"Mug"}`, want: line{"mug", 2}},
		"Empty":     {reason: "A body must be there.", err: "body is not valid JSON for this request: send one JSON value"},
		"Torn":      {reason: "A body must be whole.", body: `{"id":"mug"`, err: "body is not valid JSON for this request: send one JSON value"},
		"Two":       {reason: "A second value would be silently lost.", body: `{} {}`, err: "body is not valid JSON for this request: there is text after the first value"},
		"WrongType": {reason: "The field is named.", body: `{"quantity":"2"}`, err: `body is not valid JSON for this request: "quantity" must be of type int`},
		"Array":     {reason: "Or the whole body.", body: `[]`, err: "body is not valid JSON for this request: the body must be of type struct"},
		"Overflow":  {reason: "A number too large is not cut.", body: `{"quantity":99999999999999999999}`, err: `body is not valid JSON for this request: "quantity" must be of type int`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got line
			err := jsonbody.Read(httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(tc.body)), &got)
			message := ""
			if err != nil {
				message, got = err.Error(), line{}
			}
			if diff := cmp.Diff([]any{tc.want, tc.err}, []any{got, message}); diff != "" {
				t.Errorf("%s\nvalue and error: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// FuzzRead checks that no body does more than fail, and that a failure is always the client's.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{"id":"mug","quantity":2}`, `[[[[`, `{"id":"\ud800"}`, "\x00", `{"quantity":1e400}`, strings.Repeat(`{"id":`, 100)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var v line
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 1000)
		err := jsonbody.Read(r, &v)
		var tooLarge *http.MaxBytesError
		if err != nil && !errors.Is(err, jsonbody.ErrMalformed) && !errors.As(err, &tooLarge) {
			t.Errorf("want an error that is answered with 4xx, got %v", err)
		}
	})
}
