package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/internal/server"
)

// TestStop checks the order of a clean stop: readiness fails, the request in flight finishes, then
// tasks, then Close.
func TestStop(t *testing.T) {
	var events journal
	inFlight, finish := make(chan struct{}), make(chan struct{})
	app := server.App{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				close(inFlight)
				<-finish
				events.add("request finished")
			}
			_, _ = w.Write([]byte("done"))
		}),
		Drain: func() { events.add("readiness failed"); close(finish) },
		Tasks: []func(context.Context) error{func(ctx context.Context) error {
			<-ctx.Done()
			events.add("task ended")
			return nil
		}},
		Close: func(context.Context) error { events.add("closed"); return nil },
	}
	s := start(t, server.Config{Grace: time.Minute}, app)
	answer := make(chan string)
	go func() { answer <- s.get("/slow") }()
	<-inFlight
	s.stop()
	if got := <-answer; got != "200 done" {
		t.Errorf("want the request in flight to be answered, got %s", got)
	}
	if err := <-s.ended; err != nil {
		t.Errorf("want a clean end, got %v", err)
	}
	want := []string{"readiness failed", "request finished", "task ended", "closed"}
	if diff := cmp.Diff(want, events.all()); diff != "" {
		t.Errorf("events: -want +got:\n%s", diff)
	}
	if _, err := net.Dial("tcp", s.addr); err == nil {
		t.Error("want the port closed afterwards")
	}
}

// TestDraining checks that a draining server still answers, and closes its clients' connections.
func TestDraining(t *testing.T) {
	drained, stay := make(chan struct{}), make(chan struct{})
	s := start(t, server.Config{Grace: time.Minute}, server.App{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("done")) }),
		Drain:   func() { close(drained); <-stay },
	})
	rsp := s.do(t)
	if rsp.Close {
		t.Error("want a connection that stays open before the drain")
	}
	s.stop()
	<-drained
	if rsp := s.do(t); !rsp.Close || rsp.StatusCode != http.StatusOK {
		t.Errorf("want an answer that closes its connection during the drain, got %d, close %t", rsp.StatusCode, rsp.Close)
	}
	close(stay)
	if err := <-s.ended; err != nil {
		t.Errorf("want a clean end, got %v", err)
	}
}

func TestFailures(t *testing.T) {
	boom := errors.New("boom")
	cases := map[string]struct {
		reason string
		app    server.App
		stop   bool
		want   string
	}{
		"Task": {
			reason: "A service without its task is none: it ends and says why.",
			app:    server.App{Tasks: []func(context.Context) error{func(context.Context) error { return boom }}},
			want:   "background task stopped: boom",
		},
		"TaskDone": {
			reason: "A task that has done its work ends nothing, nor does its error while it is stopped.",
			app: server.App{Tasks: []func(context.Context) error{
				func(context.Context) error { return nil },
				func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
			}},
			stop: true,
		},
		"Close": {
			reason: "What cannot be flushed is reported.",
			app:    server.App{Close: func(context.Context) error { return boom }},
			stop:   true,
			want:   "cannot close: boom",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.app.Handler = http.NotFoundHandler()
			s := start(t, server.Config{Grace: time.Minute}, tc.app)
			if tc.stop {
				s.stop()
			}
			got := ""
			if err := <-s.ended; err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nerror: -want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestRefused sends what the HTTP server answers before any handler. Each is a 4xx and leaves a line in the log.
func TestRefused(t *testing.T) {
	flood := &strings.Builder{}
	for n := range 5000 {
		fmt.Fprintf(flood, "X-Header-%d: %s\r\n", n, strings.Repeat("x", 50))
	}
	cases := map[string]struct{ request, want string }{
		"HeaderFlood":    {"GET / HTTP/1.1\r\nHost: a\r\n" + flood.String() + "\r\n", "431"},
		"LongPath":       {"GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: a\r\n\r\n", "431"},
		"NoHost":         {"GET / HTTP/1.1\r\n\r\n", "400"},
		"NotHTTP":        {"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "400"},
		"TwoLengths":     {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
		"BadHeaderName":  {"GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n", "400"},
		"UnknownVersion": {"GET / HTTP/9.9\r\nHost: a\r\n\r\n", "505"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := start(t, server.Config{Grace: time.Minute}, server.App{Handler: http.NotFoundHandler()})
			if got := s.raw(t, tc.request); got != tc.want {
				t.Errorf("want status %s, got %s", tc.want, got)
			}
			s.stop()
			<-s.ended
			if !strings.Contains(s.log.String(), "request refused before it was read") {
				t.Errorf("want a line in the log, got %s", s.log.String())
			}
		})
	}
	t.Run("Honest", func(t *testing.T) {
		s := start(t, server.Config{Grace: time.Minute}, server.App{Handler: http.NotFoundHandler()})
		if got := s.raw(t, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"); got != "404" {
			t.Errorf("want status 404, got %s", got)
		}
		s.stop()
		<-s.ended
		if strings.Contains(s.log.String(), "refused") {
			t.Errorf("want nothing of the kind in the log for an honest request, got %s", s.log.String())
		}
	})
}

type running struct {
	addr  string
	stop  context.CancelFunc
	ended chan error
	log   *buffer
}

func start(t *testing.T, cfg server.Config, app server.App) running {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	s := running{addr: ln.Addr().String(), stop: stop, ended: make(chan error, 1), log: &buffer{}}
	go func() { s.ended <- server.Run(ctx, slog.New(slog.NewTextHandler(s.log, nil)), ln, cfg, app) }()
	return s
}

func (s running) get(path string) string {
	rsp, err := http.Get("http://" + s.addr + path)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = rsp.Body.Close() }() // It was read.
	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", rsp.StatusCode, body)
}

func (s running) do(t *testing.T) *http.Response {
	t.Helper()
	rsp, err := http.Get("http://" + s.addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = rsp.Body.Close() // Only its header is of interest.
	return rsp
}

// raw sends bytes unchanged, and returns the status of the answer.
func (s running) raw(t *testing.T, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()                  // The server has closed it.
	go func() { _, _ = io.WriteString(conn, request) }() // The server may stop reading half way.
	answer := make([]byte, 12)
	if _, err := io.ReadFull(conn, answer); err != nil {
		t.Fatalf("cannot read answer: %v", err)
	}
	return string(answer[9:])
}

type journal struct {
	mu     sync.Mutex
	events []string
}

func (j *journal) add(event string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, event)
}

func (j *journal) all() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.events
}

type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
