package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/ausmart/platform/test/cloud/account"
)

// A Client talks to a running stand-in.
type Client struct{ url func() (string, error) }

// NewClient takes the address that the stand-in printed, such as http://127.0.0.1:40001.
func NewClient(url string) *Client {
	return &Client{url: func() (string, error) { return url, nil }}
}

// FromFile takes the file that the stand-in writes its address to, and reads it for each call: the address changes when the
// stand-in is started again.
func FromFile(path string) *Client {
	return &Client{url: func() (string, error) {
		b, err := os.ReadFile(path)
		return string(b), err
	}}
}

// Inventory says what exists.
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

// Drift changes fields behind Kubernetes' back.
func (c *Client) Drift(ctx context.Context, t account.Target, fields map[string]any) error {
	return c.call(ctx, http.MethodPost, "/drift", change{t, fields}, nil)
}

// Lose deletes resources behind Kubernetes' back.
func (c *Client) Lose(ctx context.Context, t account.Target) error {
	return c.call(ctx, http.MethodPost, "/lose", t, nil)
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	body := &bytes.Buffer{}
	if in != nil {
		if err := json.NewEncoder(body).Encode(in); err != nil {
			return fmt.Errorf("cannot ask the stand-in: %w", err)
		}
	}
	url, err := c.url()
	if err != nil {
		return fmt.Errorf("cannot find the stand-in: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, url+path, body)
	if err != nil {
		return fmt.Errorf("cannot ask the stand-in: %w", err)
	}
	rsp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("cannot ask the stand-in: %w", err)
	}
	defer rsp.Body.Close() //nolint:errcheck // Nothing is lost.
	if rsp.StatusCode != http.StatusOK {
		f := failure{}
		if err := json.NewDecoder(rsp.Body).Decode(&f); err != nil {
			return fmt.Errorf("cannot ask the stand-in: %s", rsp.Status)
		}
		return errors.New(f.Error)
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(rsp.Body).Decode(out); err != nil {
		return fmt.Errorf("cannot read the stand-in's answer: %w", err)
	}
	return nil
}
