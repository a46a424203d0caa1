// Package server runs one HTTP handler from its first connection to its last finished request.
//
// It takes an open listener, so that a taken port is reported before anything else starts. When its context ends it first
// fails readiness, then lets the requests in flight finish, then stops background tasks, then closes what the handler used.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Time-outs of one connection. The write time-out bounds the whole answer: it is longer than any handler's deadline.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 90 * time.Second
	maxHeaderBytes    = 32 << 10
)

// App is what a server runs. Only Handler is required.
type App struct {
	Handler http.Handler
	Drain   func()                            // Makes readiness fail.
	Tasks   []func(ctx context.Context) error // Run beside the handler until the last request has finished.
	Close   func(ctx context.Context) error   // Flushes and closes once nothing runs any more.
}

// Config says how patiently the server stops.
type Config struct {
	Delay time.Duration // Between failing readiness and closing the listener: load balancers take a while to notice.
	Grace time.Duration // For the requests in flight, the tasks and Close, each.
}

// Run serves until ctx ends or a task fails, then drains. It returns nil after a clean stop.
func Run(ctx context.Context, log *slog.Logger, ln net.Listener, cfg Config, app App) error {
	var draining atomic.Bool
	srv := &http.Server{
		Handler:           closing(&draining, app.Handler),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	watchRefused(srv, log)

	tasks, stopTasks := startTasks(ctx, app.Tasks)
	defer stopTasks()
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	log.Info("listening", "address", ln.Addr().String())

	var failure error
	select {
	case <-ctx.Done():
	case failure = <-tasks.failed:
	case failure = <-served: // The listener broke: nothing to wait for.
		draining.Store(true)
	}
	if !draining.Swap(true) {
		drain(log, cfg, app)
	}
	return errors.Join(failure, finish(cfg, srv, tasks, stopTasks, app))
}

// drain fails readiness and waits. Meanwhile every answer closes its connection, so that clients that keep connections
// open move to another replica before this one stops listening.
func drain(log *slog.Logger, cfg Config, app App) {
	log.Info("draining", "delay", cfg.Delay.String())
	if app.Drain != nil {
		app.Drain()
	}
	time.Sleep(cfg.Delay)
}

func finish(cfg Config, srv *http.Server, tasks *tasks, stopTasks func(), app App) error {
	var errs []error
	within := func(what string, fn func(context.Context) error) {
		ctx, cancel := context.WithTimeout(context.Background(), cfg.Grace)
		defer cancel()
		if err := fn(ctx); err != nil {
			errs = append(errs, fmt.Errorf("cannot %s: %w", what, err))
		}
	}
	within("finish requests in flight", srv.Shutdown)
	stopTasks()
	within("stop tasks", tasks.wait)
	if app.Close != nil {
		within("close", app.Close)
	}
	return errors.Join(errs...)
}

func closing(draining *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// tasks are the goroutines beside the handler. The first error of one of them comes out of failed.
type tasks struct {
	failed chan error
	done   chan struct{}
}

// startTasks detaches the tasks from ctx: they outlive it until the requests that need them have finished.
func startTasks(ctx context.Context, fns []func(context.Context) error) (*tasks, func()) {
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	t := &tasks{failed: make(chan error, len(fns)), done: make(chan struct{})}
	var group sync.WaitGroup
	for _, fn := range fns {
		group.Go(func() {
			if err := fn(run); err != nil && run.Err() == nil {
				t.failed <- fmt.Errorf("background task stopped: %w", err)
			}
		})
	}
	go func() {
		group.Wait()
		close(t.done)
	}()
	return t, stop
}

func (t *tasks) wait(ctx context.Context) error {
	select {
	case <-t.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
