// Package hostile sends malformed and excessive requests to each service, and checks that it
// answers, logs and uses little memory.
package hostile

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/ausmart/platform/test/store/process"
)

const (
	distinctURLs = 20_000
	connections  = 8
	maxSeries    = 200
	// maxMemory is far below the memory limit of the sample's charts, and far above what a service needs for this.
	maxMemory = 96 << 20
)

func services() []string { return []string{"catalog", "cart", "orders", "checkout", "ui"} }

func TestServices(t *testing.T) {
	programs := t.TempDir()
	if err := process.Build(programs, services()...); err != nil {
		t.Fatal(err)
	}
	for _, name := range services() {
		t.Run(name, func(t *testing.T) {
			log := &buffer{}
			p, err := process.Start(programs+"/"+name, []string{"SHUTDOWN_DELAY=0"}, log)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := p.Stop(); err != nil {
					t.Errorf("cannot stop: %v", err)
				}
			})
			attacks(t, p.URL, log)
			t.Run("DistinctURLs", func(t *testing.T) { flood(t, p) })
		})
	}
}

// attacks checks that each gets a 4xx and leaves a line in the log.
func attacks(t *testing.T, base string, log *buffer) {
	cases := map[string]struct {
		method, path, body string
		header             http.Header
		want               []int
	}{
		"PathUp":         {method: "GET", path: "/catalog/../../etc/passwd", want: []int{400, 404}},
		"PathUpEncoded":  {method: "GET", path: "/assets/%2e%2e/%2e%2e/etc/passwd", want: []int{400, 404}},
		"PathSlashes":    {method: "GET", path: "//evil.example//", want: []int{400, 404}},
		"PathNul":        {method: "GET", path: "/carts/%00/items", want: []int{400, 404}},
		"PathLong":       {method: "GET", path: "/carts/" + strings.Repeat("a", 20_000), want: []int{400, 404}},
		"Unknown":        {method: "GET", path: "/.env", want: []int{404}},
		"Method":         {method: "BREW", path: "/nothing", want: []int{404, 405}},
		"HeaderFlood":    {method: "GET", path: "/", header: many("X-Flood", 2000), want: []int{431}},
		"CookieFlood":    {method: "GET", path: "/", header: http.Header{"Cookie": {strings.Repeat("SESSIONID=x; ", 8000)}}, want: []int{431}},
		"LargeBody":      {method: "POST", path: largest(t), body: `{"items":"` + strings.Repeat("x", 2<<20) + `"}`, want: []int{413}},
		"TornBody":       {method: "POST", path: largest(t), body: `{"items":[{`, want: []int{400, 403, 405, 415}},
		"DeepBody":       {method: "POST", path: largest(t), body: strings.Repeat(`{"items":[`, 20_000), want: []int{400, 403, 405, 413, 415}},
		"WrongTypes":     {method: "POST", path: largest(t), body: `{"items":7,"itemId":[],"shippingAddress":"x"}`, want: []int{400, 403, 405, 415}},
		"CrossSite":      {method: "POST", path: "/cart", header: http.Header{"Origin": {"https://evil.example"}, "Content-Type": {"application/x-www-form-urlencoded"}}, body: "productId=x", want: []int{403, 404, 405}},
		"BadQuery":       {method: "GET", path: "/catalog/products?page=" + strings.Repeat("9", 400), want: []int{400, 404}},
		"EscapedGarbage": {method: "GET", path: "/catalog/products?size=%ff%fe" + strings.Repeat("%00", 200), want: []int{400, 404}},
	}
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			before := log.lines()
			got := send(t, client, tc.method, base+tc.path, tc.body, tc.header)
			if !slices.Contains(tc.want, got) {
				t.Errorf("want one of %v, got %d", tc.want, got)
			}
			waitForLine(t, log, before)
		})
	}
}

// flood requests very many different paths, then checks the number of series and the memory.
func flood(t *testing.T, p *process.Process) {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var group sync.WaitGroup
	for range connections {
		group.Go(func() {
			for n := next.Add(1); n <= distinctURLs; n = next.Add(1) {
				path := []string{"/nothing/%d", "/carts/c%d", "/catalog/%d", "/checkout/c%d", "/orders/%d?x=%[1]d", "/assets/%d"}[n%6]
				if status := send(t, client, http.MethodGet, p.URL+fmt.Sprintf(path, n), "", nil); status >= 500 {
					t.Errorf("want no failure, got %d", status)
				}
			}
		})
	}
	group.Wait()
	series := count(t, client, p.URL+"/metrics")
	now, peak, err := p.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("after %d distinct URLs: %d series, %.1f MiB, at most %.1f MiB", distinctURLs, series, float64(now)/(1<<20), float64(peak)/(1<<20))
	if series > maxSeries {
		t.Errorf("want at most %d series, got %d", maxSeries, series)
	}
	if peak > maxMemory {
		t.Errorf("want at most %d bytes in memory, got %d", maxMemory, peak)
	}
}

func send(t *testing.T, client *http.Client, method, address, body string, header http.Header) int {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	req := &http.Request{Method: method, URL: u, Header: header.Clone(), ContentLength: int64(len(body))}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if body != "" {
		req.Body = io.NopCloser(strings.NewReader(body))
		if req.Header.Get("Content-Type") == "" {
			req.Header.Set("Content-Type", "application/json")
		}
	}
	rsp, err := client.Do(req.WithContext(t.Context()))
	if err != nil {
		t.Errorf("%s %.100s: %v", method, address, err)
		return 0
	}
	defer func() { _ = rsp.Body.Close() }() // The relevant part was read.
	_, _ = io.Copy(io.Discard, rsp.Body)    // As above.
	return rsp.StatusCode
}

func count(t *testing.T, client *http.Client, address string) int {
	t.Helper()
	rsp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rsp.Body.Close() }() // It was read.
	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(body)) {
		if !strings.HasPrefix(line, "#") {
			n++
		}
	}
	return n
}

// largest is the path under which the service that is tested takes its largest bodies.
func largest(t *testing.T) string {
	for name, path := range map[string]string{
		"catalog": "/catalog/products", "cart": "/carts/c/items", "orders": "/orders", "checkout": "/checkout/c/update", "ui": "/cart",
	} {
		if strings.HasSuffix(t.Name(), "/"+name) {
			return path
		}
	}
	t.Fatalf("no path for %s", t.Name())
	return ""
}

func many(name string, n int) http.Header {
	h := http.Header{}
	for i := range n {
		h.Set(fmt.Sprintf("%s-%d", name, i), strings.Repeat("x", 50))
	}
	return h
}

// waitForLine waits for the log to grow: the process writes it while the answer is under way.
func waitForLine(t *testing.T, log *buffer, before int) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), time.Millisecond, time.Minute, true, func(context.Context) (bool, error) {
		return log.lines() != before, nil
	})
	if err != nil {
		t.Errorf("want a line in the log: %v", err)
	}
}

// buffer is a log that is read while it is written.
type buffer struct {
	mu sync.Mutex
	n  int
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

func (b *buffer) lines() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.n
}
