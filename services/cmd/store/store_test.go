package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestVisit opens the store, buys something by the forms' defaults, and closes it.
func TestVisit(t *testing.T) {
	shop := open(t, nil)
	browser := newBrowser(t, shop)
	for _, step := range []struct {
		reason string
		path   string
		form   url.Values // Posted when it is not nil.
		want   string
	}{
		{"The home page is up.", "/home", nil, "shop-now"},
		{"A product can be put into the cart.", "/cart", url.Values{"productId": {"631a3db5-ac07-492c-a994-8cd56923c112"}}, "Campfire Mug"},
		{"Check-out starts with the address.", "/checkout", nil, "checkout-submit"},
		{"The address leads to the delivery.", "/checkout", url.Values{}, "priority-mail"},
		{"The delivery leads to the payment.", "/checkout/delivery", url.Values{"token": {"priority-mail"}}, "checkout-submit"},
		{"The payment makes an order: 40 for the mug, 10 for the delivery, 5 tax.", "/checkout/payment", url.Values{}, "55"},
		{"The cart is empty then.", "/cart", nil, "empty"},
	} {
		body := browser.visit(step.path, step.form)
		if !strings.Contains(body, step.want) {
			t.Fatalf("%s\nwant %q at %s, got:\n%s", step.reason, step.want, step.path, body)
		}
	}
}

// TestMistake checks that a mistake in a service's settings ends the store with a sentence that names it.
func TestMistake(t *testing.T) {
	vars := map[string]string{"PORT": "0", "RETAIL_CART_PERSISTENCE_PROVIDER": "floppy"}
	err := run(t.Context(), func(key string) string { return vars[key] }, io.Discard, io.Discard)
	const want = `carts: cannot use RETAIL_CART_PERSISTENCE_PROVIDER: "floppy" is not one of in-memory, dynamodb, redis`
	if err == nil || err.Error() != want {
		t.Errorf("want %s, got %v", want, err)
	}
}

// open runs the store until the test ends, and returns its address.
func open(t *testing.T, vars map[string]string) string {
	t.Helper()
	getenv := func(key string) string {
		if key == "PORT" {
			return "0"
		}
		return vars[key]
	}
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, getenv, w, io.Discard)
		_ = w.Close() // It never fails.
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("cannot close the store: %v", err)
		}
	})
	out := bufio.NewReader(r)
	line, err := out.ReadString('\n')
	if err != nil {
		t.Fatalf("cannot open the store: %v", <-ended)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // The rest of the greeting.
	return regexp.MustCompile(`http://\S+`).FindString(line)
}

type browser struct {
	t      *testing.T
	shop   string
	client *http.Client
}

func newBrowser(t *testing.T, shop string) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{t, shop, &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

func (b browser) visit(path string, form url.Values) string {
	b.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.shop+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rsp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatalf("cannot visit %s: %v", path, err)
	}
	defer func() { _ = rsp.Body.Close() }() // It was read.
	page, err := io.ReadAll(rsp.Body)
	if err != nil || rsp.StatusCode != http.StatusOK {
		b.t.Fatalf("cannot read %s: status %d, %v", path, rsp.StatusCode, err)
	}
	return string(page)
}
