// Package ordering places the order of a purchase: with the orders service, or with a mock.
package ordering

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ausmart/platform/services/checkout/purchase"
)

var (
	// ErrRejected says that the orders service will never take this order.
	ErrRejected = errors.New("the order was not accepted")
	// ErrUnavailable means that it is unknown whether there is an order. Placing it again with the
	// same key gives the answer.
	ErrUnavailable = errors.New("the order cannot be placed at the moment, submit again in a moment")
)

const (
	dialTimeout = time.Second
	// callTimeout is longer than the orders service takes to report that its database is down, and
	// shorter than the UI waits for this service.
	callTimeout = 7 * time.Second
	// maxAnswer is more than the largest order.
	maxAnswer = 1 << 20
	// idleConns keeps connections open for as many shoppers at once as two replicas of orders can serve.
	idleConns = 64
)

// Transport returns the transport for calls to the orders service.
func Transport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
		MaxIdleConnsPerHost: idleConns,
		IdleConnTimeout:     time.Minute,
	}
}

// Client places orders with the orders service.
type Client struct {
	url    string
	client http.Client
}

// NewClient returns a Client for the service at endpoint, such as http://orders.
func NewClient(endpoint string, transport http.RoundTripper) *Client {
	return &Client{
		url:    strings.TrimSuffix(endpoint, "/") + "/orders",
		client: http.Client{Transport: transport, Timeout: callTimeout},
	}
}

// Place returns the id of the order for the checkout. One key never has a second order.
func (c *Client) Place(ctx context.Context, key string, checkout purchase.Checkout) (string, error) {
	body, err := json.Marshal(newOrder(checkout))
	if err != nil {
		return "", fmt.Errorf("cannot encode order: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("cannot make order request: %w: %w", ErrUnavailable, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key) // With it, the HTTP client may repeat a request whose connection was closed.
	rsp, err := c.client.Do(r)
	if err != nil {
		return "", fmt.Errorf("cannot place order: %w: %w", ErrUnavailable, err)
	}
	defer func() { _ = rsp.Body.Close() }() // It has been read.
	return orderID(rsp)
}

func orderID(rsp *http.Response) (string, error) {
	body, err := io.ReadAll(io.LimitReader(rsp.Body, maxAnswer))
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot read placed order: %w: %w", ErrUnavailable, err)
	case rsp.StatusCode == http.StatusBadRequest || rsp.StatusCode == http.StatusRequestEntityTooLarge:
		return "", fmt.Errorf("%w: %s", ErrRejected, problem(body))
	case rsp.StatusCode/100 != 2:
		return "", fmt.Errorf("cannot place order: %w: orders answered %s", ErrUnavailable, rsp.Status)
	}
	var placed struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(body, &placed); err != nil || placed.ID == "" {
		return "", fmt.Errorf("cannot place order: %w: orders answered without an id", ErrUnavailable)
	}
	return placed.ID, nil
}

// problem is why the orders service refused the order.
func problem(body []byte) string {
	var answer struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Message == "" {
		return "it gave no reason"
	}
	return answer.Message
}

// Mock makes up an id for each order and keeps nothing. The same key has the same id, as with the orders service.
type Mock struct{}

// Place returns an id that depends on nothing but the key.
func (Mock) Place(_ context.Context, key string, _ purchase.Checkout) (string, error) {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(key)).String(), nil
}
