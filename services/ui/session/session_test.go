package session

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzMiddleware checks that for any cookie, backends only get ids that the shop could have made.
func FuzzMiddleware(f *testing.F) {
	f.Add("5f0c9a3e-3b2a-4d8e-9a57-0f6d1f1f7c11")
	f.Add("../../orders")
	f.Add("urn:uuid:5f0c9a3e-3b2a-4d8e-9a57-0f6d1f1f7c11")
	f.Add("\"5f0c9a3e-3b2a-4d8e-9a57-0f6d1f1f7c11\"; SESSIONID=x")
	f.Fuzz(func(t *testing.T, value string) {
		var id string
		h := Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { id = ID(r.Context()) }))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", Cookie+"="+value)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if len(id) != 36 || strings.Trim(id, "0123456789abcdef-") != "" {
			t.Errorf("cookie %q became session %q", value, id)
		}
		if renewed := len(w.Result().Cookies()) == 1; !renewed && !strings.Contains(value, id) {
			t.Errorf("cookie %q became session %q, and the browser was not told", value, id)
		}
	})
}

func TestIDWithoutMiddleware(t *testing.T) {
	if got := ID(t.Context()); got != "" {
		t.Errorf("without the middleware there is no session: got %q", got)
	}
}
