package soak

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"
)

// result is how one customer's visit ended: with an order, or stuck at a page.
type result struct {
	pages  int
	order  string
	stuck  string
	status int
}

// visit is one customer who looks around, buys a mug and leaves. They keep the forms as they are
// and give up at the first page that fails.
func visit(ctx context.Context, shop string) result {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return result{stuck: err.Error()}
	}
	client := &http.Client{Jar: jar, Timeout: 40 * time.Second, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	const mug = "631a3db5-ac07-492c-a994-8cd56923c112"
	var r result
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{path: "/home"},
		{path: "/catalog?tag=accessories"},
		{path: "/catalog/" + mug},
		{path: "/cart", form: url.Values{"productId": {mug}}},
		{path: "/checkout"},
		{path: "/checkout", form: url.Values{"firstName": {"John"}}},
		{path: "/checkout/delivery", form: url.Values{"token": {"priority-mail"}}},
		{path: "/checkout/payment", form: url.Values{"cvc": {"123"}}},
	} {
		status, at := browse(ctx, client, shop+step.path, step.form)
		r.pages++
		if status != http.StatusOK {
			r.stuck, r.status = step.path, status
			return r
		}
		r.order = orderIn(at)
	}
	return r
}

// browse opens a page, or posts a form, and returns where that led.
func browse(ctx context.Context, client *http.Client, address string, form url.Values) (status int, at string) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rsp, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = rsp.Body.Close() }() // It was read.
	if _, err := io.Copy(io.Discard, rsp.Body); err != nil {
		return 0, err.Error()
	}
	return rsp.StatusCode, rsp.Request.URL.Path
}

// orderIn returns the id in the path of an order's page, or nothing.
func orderIn(at string) string {
	if path.Dir(at) != "/orders" {
		return ""
	}
	return path.Base(at)
}

// ledger counts the results of all customers.
type ledger struct {
	mu     sync.Mutex
	visits int
	pages  int
	orders []string
	stuck  map[int]int
}

func (l *ledger) add(r result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.visits++
	l.pages += r.pages
	if r.order != "" {
		l.orders = append(l.orders, r.order)
		return
	}
	if l.stuck == nil {
		l.stuck = map[int]int{}
	}
	l.stuck[r.status]++
}

func (l *ledger) String() string {
	return fmt.Sprintf("%d visits, %d pages, %d orders seen, stuck by status: %v", l.visits, l.pages, len(l.orders), l.stuck)
}
