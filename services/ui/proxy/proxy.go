// Package proxy lets a browser read a backend's API through the UI: /proxy/catalog/products is the catalog's own
// /catalog/products.
//
// It only reads. It passes on neither cookies nor any other header of the client, it follows no
// redirect, and a path can reach nothing but the API below the backend's own prefix. It shows all
// orders to every visitor, so production must not enable it.
package proxy

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

const (
	// Prefix is the path under which the proxy answers.
	Prefix = "/proxy"

	timeout   = 5 * time.Second
	maxAnswer = 4 << 20
	maxURI    = 2 << 10
)

// plain is a path of segments that mean the same to everyone: nothing encoded, nothing empty.
var plain = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$`)

// Proxy forwards to the backends that it knows by the first segment of their API.
type Proxy struct {
	log      *slog.Logger
	http     *http.Client
	backends map[string]*url.URL
}

// New returns a Proxy; a nil URL in backends means that it is not configured.
func New(log *slog.Logger, transport http.RoundTripper, backends map[string]*url.URL) *Proxy {
	return &Proxy{log: log, backends: backends, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ServeHTTP answers with what the backend answers.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service, path, ok := split(r)
	if !ok {
		http.Error(w, "cannot forward this path: use letters, digits and . _ ~ - between single slashes", http.StatusBadRequest)
		return
	}
	base := p.backends[service]
	if base == nil {
		http.Error(w, "no endpoint is configured for "+service, http.StatusNotFound)
		return
	}
	if err := p.forward(w, r, base, path); err != nil {
		p.log.ErrorContext(r.Context(), "cannot forward request", "service", service, "error", err)
		http.Error(w, service+" is not available at the moment, try again later", http.StatusServiceUnavailable)
	}
}

// split returns the backend and the path there. It uses the path as it was sent, without decoding.
func split(r *http.Request) (service, path string, ok bool) {
	path, found := strings.CutPrefix(r.URL.EscapedPath(), Prefix)
	path = strings.TrimSuffix(path, "/")
	if !found || len(r.RequestURI) > maxURI || !plain.MatchString(path) {
		return "", "", false
	}
	service, _, _ = strings.Cut(path[1:], "/")
	return service, path, true
}

func (p *Proxy) forward(w http.ResponseWriter, r *http.Request, base *url.URL, path string) error {
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	u := base.JoinPath(path)
	u.RawQuery = r.URL.Query().Encode() // Encoded again, so that both sides read the same query.
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), nil)
	if err != nil {
		return fmt.Errorf("cannot make request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	rsp, err := p.http.Do(req)
	if err != nil {
		return fmt.Errorf("cannot reach backend: %w", cause(err))
	}
	defer func() { _ = rsp.Body.Close() }()
	if rsp.StatusCode >= 300 && rsp.StatusCode < 400 {
		return fmt.Errorf("backend wants to redirect with status %d", rsp.StatusCode)
	}
	answer(w, rsp)
	return nil
}

// answer never lets a backend choose a type that a browser would run.
func answer(w http.ResponseWriter, rsp *http.Response) {
	kind := "text/plain; charset=utf-8"
	if strings.HasPrefix(rsp.Header.Get("Content-Type"), "application/json") {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(rsp.StatusCode)
	_, _ = io.Copy(w, io.LimitReader(rsp.Body, maxAnswer)) // The status is sent: too late to say more.
}

// cause drops the URL, which may hold a customer's id, from an error that goes to the log.
func cause(err error) error {
	if wrapped, ok := err.(*url.Error); ok { //nolint:errorlint // http.Client.Do documents exactly this type.
		return wrapped.Err
	}
	return err
}
