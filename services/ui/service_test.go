package ui

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/service"
)

func TestReadConfig(t *testing.T) {
	cases := map[string]struct {
		reason string
		vars   map[string]string
		mocked []string
		err    string
	}{
		"Nothing": {
			reason: "Without configuration everything is a mock.",
			mocked: []string{"carts", "catalog", "checkout", "orders"},
		},
		"Some": {
			reason: "What has an endpoint is no mock.",
			vars:   map[string]string{"RETAIL_UI_ENDPOINTS_CATALOG": "http://catalog", "RETAIL_UI_ENDPOINTS_ORDERS": "false"},
			mocked: []string{"carts", "checkout", "orders"},
		},
		"NoScheme": {
			reason: "An address without a scheme is a mistake.",
			vars:   map[string]string{"RETAIL_UI_ENDPOINTS_CARTS": "carts:8080"},
			err:    "cannot use RETAIL_UI_ENDPOINTS_CARTS: it must be an address such as http://catalog or http://10.0.0.7:8080",
		},
		"Password": {
			reason: "A password does not belong into an address, nor into the message about it.",
			vars:   map[string]string{"RETAIL_UI_ENDPOINTS_CARTS": "http://me:secret@carts"},
			err:    "cannot use RETAIL_UI_ENDPOINTS_CARTS: it must be an address such as http://catalog or http://10.0.0.7:8080",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			cfg, err := ReadConfig(env.Map(tc.vars))
			if got := message(err); got != tc.err {
				t.Fatalf("%s\nerror: got %q, want %q", tc.reason, got, tc.err)
			}
			if err == nil {
				if diff := cmp.Diff(tc.mocked, cfg.Endpoints.mocked()); diff != "" {
					t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
				}
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestThemeMustBeKnown(t *testing.T) {
	e := env.Map(map[string]string{"RETAIL_UI_THEME": "purple"})
	if _, err := ReadConfig(e); err != nil {
		t.Fatal(err)
	}
	want := `cannot use RETAIL_UI_THEME: "purple" is not one of default, green, orange, teal`
	if got := message(e.Err()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestMocksAreSaid builds the UI as its main does, without any configuration.
func TestMocksAreSaid(t *testing.T) {
	var log bytes.Buffer
	k, err := service.NewKit(t.Context(), "ui", env.Map(nil), &log)
	if err != nil {
		t.Fatal(err)
	}
	app, err := Build(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "built-in mock") {
		t.Errorf("the log does not say that mocks answer: %s", log.String())
	}
	for path, says := range map[string]string{"/home": "a built-in mock answers for carts, catalog, checkout, orders", "/topology": "Mock"} {
		if w := get(app.Handler, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: got status %d, want a page that says %q", path, w.Code, says)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/topology", nil)
	w := httptest.NewRecorder()
	app.Handler.ServeHTTP(w, r)
	var got topologyJSON
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := topologyJSON{PersistenceProvider: "none", DatabaseEndpoint: "N/A", Services: map[string]string{
		"catalog": "mock", "carts": "mock", "checkout": "mock", "orders": "mock",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("programs get the topology as JSON\n-want +got:\n%s", diff)
	}
}

func TestUtility(t *testing.T) {
	large := strings.Repeat("x", maxStoredBody+1)
	cases := map[string]struct {
		reason       string
		method, path string
		body         string
		status       int
		says         string
	}{
		"Status":        {"It answers with the status that it is asked for.", "GET", "/utility/status/418", "", 418, "OK"},
		"StatusTooLow":  {"An informational status would break the connection.", "GET", "/utility/status/101", "", 400, "200 to 599"},
		"StatusNoBody":  {"A status without a body has none.", "GET", "/utility/status/204", "", 204, ""},
		"Stress":        {"It returns something like pi.", "GET", "/utility/stress/100000", "", 200, "3.1"},
		"StressForever": {"It does not burn for ever.", "GET", "/utility/stress/999999999999", "", 400, "iterations must be"},
		"Echo":          {"It repeats what it is sent, as text.", "POST", "/utility/echo", "<b>hi</b>", 200, "<b>hi</b>"},
		"EchoTooMuch":   {"It reads no more than it should.", "POST", "/utility/echo", large, 413, "must not be larger"},
		"ReadNothing":   {"What was not stored is not there.", "GET", "/utility/store/42", "", 404, "nothing is stored"},
		"Headers":       {"It shows headers.", "GET", "/utility/headers", "", 200, "X-Shown"},
	}
	h := serve(t, working())
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, tc.path, strings.NewReader(tc.body))
			r.Header.Set("X-Shown", "yes")
			r.Header.Set("Authorization", "secret")
			w := send(h, r)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.says) {
				t.Errorf("%s\ngot status %d: %s", tc.reason, w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), customer) || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s\nit gives the customer away: %s", tc.reason, w.Body)
			}
		})
	}
}

func TestUtilityStoreIsBounded(t *testing.T) {
	crashed := make(chan struct{})
	u := newUtility(func() { close(crashed) })
	r := u.routes()
	call := func(method, path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		return w
	}
	var first, last struct{ Hash string }
	for i := range maxStored + 1 {
		w := call(http.MethodPost, "/utility/store", strings.Repeat("x", i+1))
		into := &last
		if i == 0 {
			into = &first
		}
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatal(err)
		}
	}
	if got := call(http.MethodGet, "/utility/store/"+last.Hash, "").Body.Len(); got != maxStored+1 {
		t.Errorf("the newest body is there: got %d bytes, want %d", got, maxStored+1)
	}
	if got := call(http.MethodGet, "/utility/store/"+first.Hash, "").Code; got != http.StatusNotFound {
		t.Errorf("the oldest body is forgotten: got status %d", got)
	}
	if got := call(http.MethodGet, "/utility/panic", "").Code; got != http.StatusInternalServerError {
		t.Errorf("panic answers before it panics: got status %d", got)
	}
	<-crashed
}
