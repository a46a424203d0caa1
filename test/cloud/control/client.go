package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/ausmart/platform/test/cloud/account"
)

// A Client talks to a running simulator.
type Client struct{ http *http.Client }

// NewClient takes the socket that the simulator listens on. It connects for each call, so a restart
// does not matter.
func NewClient(socket string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// Inventory returns what exists.
func (c *Client) Inventory(ctx context.Context) (account.Inventory, error) {
	inv := account.Inventory{}
	return inv, c.call(ctx, http.MethodGet, "/inventory", nil, &inv)
}

// Faults lists the faults.
func (c *Client) Faults(ctx context.Context) ([]account.Fault, error) {
	var faults []account.Fault
	return faults, c.call(ctx, http.MethodGet, "/faults", nil, &faults)
}

// Fail lets calls fail.
func (c *Client) Fail(ctx context.Context, f account.Fault) error {
	return c.call(ctx, http.MethodPost, "/faults", f, nil)
}

// Delay holds back the effect of calls.
func (c *Client) Delay(ctx context.Context, d account.Delay) error {
	return c.call(ctx, http.MethodPost, "/delays", d, nil)
}

// Clear ends all faults and delays.
func (c *Client) Clear(ctx context.Context) error {
	return c.call(ctx, http.MethodDelete, "/faults", nil, nil)
}

// Drift changes fields in the cloud, without Kubernetes.
func (c *Client) Drift(ctx context.Context, t account.Target, fields map[string]any) error {
	return c.call(ctx, http.MethodPost, "/drift", change{t, fields}, nil)
}

// Lose deletes resources in the cloud, without Kubernetes.
func (c *Client) Lose(ctx context.Context, t account.Target) error {
	return c.call(ctx, http.MethodPost, "/lose", t, nil)
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	body := &bytes.Buffer{}
	if in != nil {
		if err := json.NewEncoder(body).Encode(in); err != nil {
			return fmt.Errorf("cannot ask the simulator: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://simulator"+path, body)
	if err != nil {
		return fmt.Errorf("cannot ask the simulator: %w", err)
	}
	rsp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("cannot ask the simulator: %w", err)
	}
	defer rsp.Body.Close() //nolint:errcheck // Nothing is lost.
	if rsp.StatusCode != http.StatusOK {
		f := failure{}
		if err := json.NewDecoder(rsp.Body).Decode(&f); err != nil {
			return fmt.Errorf("cannot ask the simulator: %s", rsp.Status)
		}
		return errors.New(f.Error)
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(rsp.Body).Decode(out); err != nil {
		return fmt.Errorf("cannot read the simulator's answer: %w", err)
	}
	return nil
}
