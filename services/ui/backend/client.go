// Package backend calls the store's services over HTTP and JSON.
//
// Each call has its own deadline and reads a bounded answer. A service that cannot be reached, or
// answers 5xx or an invalid body, is a *shop.Unavailable error. The package never writes to a log,
// and never passes a cookie on.
package backend

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/ausmart/platform/services/ui/shop"
)

const (
	// readTimeout is how long a page waits for one read: people leave after about three seconds.
	readTimeout = 2 * time.Second
	// writeTimeout is longer, because giving up on a write leaves the customer unsure of what happened.
	writeTimeout = 8 * time.Second
	// maxAnswer bounds the memory that one answer can take: a page of products is about 10 kB.
	maxAnswer = 1 << 20
	// idlePerHost keeps enough connections for a busy page; the default of two would open a new one for most calls.
	idlePerHost = 64
)

// Transport returns a transport that suits calls between services: connections are kept, and connecting fails fast.
func Transport() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:          4 * idlePerHost,
		MaxIdleConnsPerHost:   idlePerHost,
		IdleConnTimeout:       60 * time.Second, // Less than the 90 seconds after which our servers close idle connections.
		ResponseHeaderTimeout: writeTimeout,
		DisableCompression:    true, // The services do not compress, so do not ask.
	}
}

// client calls one service.
type client struct {
	service string
	base    *url.URL
	http    *http.Client
}

func newClient(service string, base *url.URL, transport http.RoundTripper) client {
	return client{service: service, base: base, http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// get reads the answer at the path made of segments into v.
func (c client) get(ctx context.Context, v any, query url.Values, segments ...string) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	u := c.url(segments...)
	u.RawQuery = query.Encode()
	return c.do(ctx, http.MethodGet, u, nil, v)
}

// send writes body, and reads the answer into v unless v is nil.
func (c client) send(ctx context.Context, method string, body, v any, segments ...string) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return fmt.Errorf("cannot encode request to %s: %w", c.service, err)
		}
	}
	return c.do(ctx, method, c.url(segments...), data, v)
}

// url escapes every segment, so that no value can leave its segment of the path.
func (c client) url(segments ...string) *url.URL {
	escaped := make([]string, len(segments))
	for i, s := range segments {
		escaped[i] = url.PathEscape(s)
		if s == "." || s == ".." { // PathEscape leaves these two alone.
			escaped[i] = strings.ReplaceAll(s, ".", "%2E")
		}
	}
	return c.base.JoinPath(escaped...)
}

func (c client) do(ctx context.Context, method string, u *url.URL, body []byte, v any) error {
	req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("cannot make request to %s: %w", c.service, err)
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	rsp, err := c.http.Do(req)
	if err != nil {
		return c.unavailable(withoutURL(err))
	}
	defer func() { _ = rsp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(rsp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return c.unavailable(fmt.Errorf("cannot read answer: %w", err))
	case len(data) > maxAnswer:
		return c.unavailable(fmt.Errorf("answer is larger than %d bytes", maxAnswer))
	}
	return c.decode(rsp.StatusCode, data, v)
}

func (c client) decode(status int, data []byte, v any) error {
	switch {
	case status == http.StatusNotFound:
		return shop.ErrNotFound
	case status >= 400 && status < 500 && status != http.StatusTooManyRequests:
		return fmt.Errorf("%s answered %d: %w", c.service, status, shop.ErrInvalid)
	case status < 200 || status > 299:
		return c.unavailable(fmt.Errorf("status %d", status))
	case v == nil:
		return nil
	}
	if err := json.Unmarshal(data, v); err != nil {
		return c.unavailable(fmt.Errorf("cannot decode answer: %w", err))
	}
	return nil
}

func (c client) unavailable(err error) error {
	return &shop.Unavailable{Service: c.service, Err: err}
}

// withoutURL drops the URL, which may hold a customer's session id, from an error that goes to the log.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
