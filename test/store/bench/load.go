package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const requestTimeout = 30 * time.Second

// load is how many requests are sent, over how many connections. Each connection sends its next
// request after the answer to the last.
type load struct {
	requests, connections int
}

// send sends the load to url and returns how long that took. Any answer but the wanted status is an error.
func (l load) send(url string, s scenario) (time.Duration, error) {
	client := &http.Client{Timeout: requestTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: l.connections}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	errs := make([]error, l.connections)
	var group sync.WaitGroup
	begun := time.Now()
	for c := range l.connections {
		group.Go(func() {
			for n := next.Add(1); n <= int64(l.requests) && errs[c] == nil; n = next.Add(1) {
				errs[c] = s.request(client, url, int(n))
			}
		})
	}
	group.Wait()
	return time.Since(begun), errors.Join(errs...)
}

// request sends the scenario's request number n.
func (s scenario) request(client *http.Client, url string, n int) error {
	path := strings.ReplaceAll(s.path, "{n}", strconv.Itoa(n%customers))
	req, err := http.NewRequest(s.method, url+path, strings.NewReader(s.body))
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/html, application/json")
	if s.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	rsp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = rsp.Body.Close() }() // It was read.
	if _, err := io.Copy(io.Discard, rsp.Body); err != nil {
		return err
	}
	if rsp.StatusCode != s.status {
		return fmt.Errorf("%s %s: want status %d, got %d", s.method, path, s.status, rsp.StatusCode)
	}
	return nil
}
