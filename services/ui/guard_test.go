package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/ui/session"
)

func TestForeignForms(t *testing.T) {
	cases := map[string]struct {
		reason  string
		headers map[string]string
		want    int
	}{
		"Own":           {"The shop's own form is accepted.", map[string]string{"Sec-Fetch-Site": "same-origin"}, 303},
		"OwnOldBrowser": {"A browser that sends only Origin is accepted for the same host.", map[string]string{"Origin": "http://example.com"}, 303},
		"LoadGenerator": {"A client that is no browser sends neither and is accepted.", nil, 303},
		"CrossSite":     {"Another site's form is refused.", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}, 403},
		"SameSite":      {"A neighbour on the same domain is refused as well.", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		"ForeignOrigin": {"Another origin is refused in old browsers.", map[string]string{"Origin": "http://evil.example"}, 403},
		"NullOrigin":    {"A sandboxed page is refused.", map[string]string{"Origin": "null"}, 403},
	}
	h := serve(t, working())
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/cart", strings.NewReader("productId="+mug.ID))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for k, v := range tc.headers {
				r.Header.Set(k, v)
			}
			if w := send(h, r); w.Code != tc.want {
				t.Errorf("%s\ngot status %d, want %d", tc.reason, w.Code, tc.want)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	h := serve(t, working())
	for _, path := range []string{"/home", "/nope", "/checkout", "/assets/css/shop.css", "/utility/headers", "/proxy/x"} {
		got := get(h, path).Header()
		want := map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
		}
		for name, value := range want {
			if got.Get(name) != value {
				t.Errorf("%s: header %s: got %q, want %q", path, name, got.Get(name), value)
			}
		}
	}
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the policy must let nothing in by default: %s", policy)
	}
	for path, want := range map[string]string{"/home": "private, no-cache", "/checkout": "no-store", "/orders/o-1": "no-store"} {
		if got := get(h, path).Header().Get("Cache-Control"); got != want {
			t.Errorf("%s: Cache-Control: got %q, want %q", path, got, want)
		}
	}
}

// TestNoScript keeps the promise that every page works as plain HTML, and that the policy never has to refuse anything.
func TestNoScript(t *testing.T) {
	h := serve(t, working())
	for _, path := range everyPage() {
		body := get(h, path).Body.String()
		for _, bad := range []string{"<script", "style=", "<style", "javascript:", " onclick", " onload", "http://", "https://"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s contains %q", path, bad)
			}
		}
	}
}

func TestSessionCookie(t *testing.T) {
	cases := map[string]struct {
		reason  string
		cookie  string
		tls     bool
		renewed bool
	}{
		"None":       {"A new customer gets a session.", "", false, true},
		"Kept":       {"A known customer keeps it.", customer, false, false},
		"Invented":   {"What the shop did not make is replaced.", "admin", false, true},
		"UpperCase":  {"Only one spelling of an id is known to the backends.", strings.ToUpper(customer), false, true},
		"Path":       {"A path would lead to another customer's data.", "../" + customer, false, true},
		"Braces":     {"Other ways to write a UUID are not ours.", "{" + customer + "}", false, true},
		"BehindTLS":  {"Behind TLS the cookie is for TLS only.", "", true, true},
		"Oversized":  {"An endless cookie is replaced.", strings.Repeat("a", 8<<10), false, true},
		"EmptyValue": {"An empty cookie is replaced.", " ", false, true},
	}
	h := serve(t, working())
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/home", nil)
			if tc.cookie != "" {
				r.Header.Set("Cookie", session.Cookie+"="+tc.cookie)
			}
			if tc.tls {
				r.Header.Set("X-Forwarded-Proto", "https")
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var got []http.Cookie
			for _, c := range w.Result().Cookies() {
				got = append(got, http.Cookie{Name: c.Name, Path: c.Path, HttpOnly: c.HttpOnly, Secure: c.Secure, SameSite: c.SameSite})
				if len(c.Value) != 36 {
					t.Errorf("%s\nsession id: got %q, want a UUID", tc.reason, c.Value)
				}
			}
			var want []http.Cookie
			if tc.renewed {
				want = []http.Cookie{{Name: "SESSIONID", Path: "/", HttpOnly: true, Secure: tc.tls, SameSite: http.SameSiteLaxMode}}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDebugRoutesAreOptional(t *testing.T) {
	h := serveWith(t, working(), Config{Theme: "default"})
	for _, path := range []string{"/utility/headers", "/utility/panic", "/proxy/orders/orders", "/proxy/catalog/products"} {
		if w := get(h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: got status %d, want 404 where debugging is off", path, w.Code)
		}
	}
}
