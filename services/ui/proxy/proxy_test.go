package proxy

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// received is a request as a backend got it.
type received struct {
	Method, Target, Cookie, Authorization, Accept string
}

func TestProxy(t *testing.T) {
	type answer struct {
		Status int
		Kind   string
		Body   string
	}
	cases := map[string]struct {
		reason string
		method string
		target string
		reach  *received
		want   answer
	}{
		"Products": {
			reason: "The path after /proxy is the backend's own.",
			method: http.MethodGet, target: "/proxy/catalog/products?page=2&tags=a,b",
			reach: &received{Method: "GET", Target: "/catalog/products?page=2&tags=a%2Cb", Accept: "application/json"},
			want:  answer{200, "application/json", `{"ok":true}`},
		},
		"TrailingSlash": {
			reason: "A trailing slash is forgiven.",
			method: http.MethodGet, target: "/proxy/catalog/",
			reach: &received{Method: "GET", Target: "/catalog", Accept: "application/json"},
			want:  answer{200, "application/json", `{"ok":true}`},
		},
		"Page": {
			reason: "HTML from a backend is passed on as plain text.",
			method: http.MethodGet, target: "/proxy/catalog/html",
			reach: &received{Method: "GET", Target: "/catalog/html", Accept: "application/json"},
			want:  answer{200, "text/plain; charset=utf-8", "<script>1</script>"},
		},
		"Missing": {
			reason: "A 404 of the backend is one of the proxy.",
			method: http.MethodGet, target: "/proxy/catalog/missing",
			reach: &received{Method: "GET", Target: "/catalog/missing", Accept: "application/json"},
			want:  answer{404, "text/plain; charset=utf-8", "no\n"},
		},
		"Redirect": {
			reason: "A redirect could lead anywhere; it is not followed.",
			method: http.MethodGet, target: "/proxy/catalog/redirect",
			reach: &received{Method: "GET", Target: "/catalog/redirect", Accept: "application/json"},
			want:  answer{503, "text/plain; charset=utf-8", "catalog is not available at the moment, try again later\n"},
		},
		"NotConfigured": {
			reason: "A mocked backend has no API.",
			method: http.MethodGet, target: "/proxy/orders",
			want: answer{404, "text/plain; charset=utf-8", "no endpoint is configured for orders\n"},
		},
		"Unknown": {
			reason: "Only the four backends are known.",
			method: http.MethodGet, target: "/proxy/metrics",
			want: answer{404, "text/plain; charset=utf-8", "no endpoint is configured for metrics\n"},
		},
	}
	for _, trick := range []string{
		"/proxy/catalog/../metrics", "/proxy/catalog/%2e%2e/metrics", "/proxy/catalog/..%2fmetrics", "/proxy/catalog/%252e%252e/metrics",
		"/proxy/catalog//products", "/proxy/catalog/./products", "/proxy//catalog", "/proxy/", "/proxy/catalog/a%00b", "/proxy/catalog/a%0d%0ab",
		"/proxy/catalog\\..\\metrics", "/proxy/catalog;/metrics", "/proxy/catalog/.hidden", "/proxy/@evil.example/", "/proxy/catalog/" + strings.Repeat("a", maxURI),
	} {
		cases["Trick "+trick[:min(len(trick), 40)]] = struct {
			reason string
			method string
			target string
			reach  *received
			want   answer
		}{
			reason: "A path that two readers could read differently is refused.", method: http.MethodGet, target: trick,
			want: answer{400, "text/plain; charset=utf-8", "cannot forward this path: use letters, digits and . _ ~ - between single slashes\n"},
		}
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var reached *received
			backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				reached = &received{r.Method, r.URL.String(), r.Header.Get("Cookie"), r.Header.Get("Authorization"), r.Header.Get("Accept")}
				misbehave(w, r)
			}))
			defer backend.Close()
			w := httptest.NewRecorder()
			over(t, backend.URL).ServeHTTP(w, request(t, tc.method, tc.target))
			got := answer{w.Code, w.Header().Get("Content-Type"), w.Body.String()}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.reach, reached); diff != "" {
				t.Errorf("%s\nreached the backend, -want +got:\n%s", tc.reason, diff)
			}
			if c := w.Header().Get("Set-Cookie"); c != "" {
				t.Errorf("%s\na backend set a cookie: %s", tc.reason, c)
			}
		})
	}
}

// misbehave is a backend that misbehaves.
func misbehave(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Set-Cookie", "SESSIONID=stolen")
	switch r.URL.Path {
	case "/catalog/html":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<script>1</script>")
	case "/catalog/redirect":
		http.Redirect(w, r, "http://evil.example/", http.StatusFound)
	case "/catalog/missing":
		http.Error(w, "no", http.StatusNotFound)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"ok":true}`)
	}
}

func over(t testing.TB, backend string) *Proxy {
	t.Helper()
	base, err := url.Parse(backend)
	if err != nil {
		t.Fatal(err)
	}
	return New(slog.New(slog.DiscardHandler), http.DefaultTransport, map[string]*url.URL{"catalog": base, "orders": nil})
}

// request builds a request whose path is exactly what was sent, as the server does.
func request(t testing.TB, method, target string) *http.Request {
	t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		t.Skip("no server would accept this")
	}
	r := httptest.NewRequest(method, "/", nil)
	r.URL, r.RequestURI = u, target
	r.Header.Set("Cookie", "SESSIONID=mine")
	r.Header.Set("Authorization", "secret")
	return r
}

func TestBackendDown(t *testing.T) {
	backend := httptest.NewServer(http.NotFoundHandler())
	address := backend.URL
	backend.Close()
	w := httptest.NewRecorder()
	over(t, address).ServeHTTP(w, request(t, http.MethodGet, "/proxy/catalog/products"))
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "127.0.0.1") {
		t.Errorf("an outage is a 503 that tells nothing of the inside: got %d %s", w.Code, w.Body)
	}
}

// FuzzPath checks that no path reaches anything outside the backend's own API.
func FuzzPath(f *testing.F) {
	f.Add("/proxy/catalog/products")
	f.Add("/proxy/catalog/%2e%2e/%2e%2e/etc")
	f.Add("/proxy/catalog/..;/metrics")
	f.Add("/proxy/catalog/\u2025/metrics")
	f.Fuzz(func(t *testing.T, target string) {
		service, path, ok := split(request(t, http.MethodGet, "/"+strings.TrimPrefix(target, "/")))
		if !ok {
			return
		}
		if path != "/"+service && !strings.HasPrefix(path, "/"+service+"/") {
			t.Errorf("%q leaves the API: %q", target, path)
		}
		if strings.ContainsAny(path, "%\\;:@?#") || strings.Contains(path, "/.") || strings.Contains(path, "//") {
			t.Errorf("%q is passed on as %q", target, path)
		}
	})
}
