package service

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/server"

	// An image with nothing but the service has no root certificates for AWS.
	_ "golang.org/x/crypto/x509roots/fallback"
)

const (
	// defaultDelay is how long Kubernetes typically takes to stop sending requests to a pod that is not ready.
	defaultDelay = 3 * time.Second
	// defaultGrace leaves time for the rest of the 30 seconds that Kubernetes gives a pod.
	defaultGrace = 8 * time.Second
)

// Main runs the service that build makes until SIGINT or SIGTERM, and returns the exit code. A second signal ends it at once.
func Main(name string, build Build) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	defer stop()
	if err := listenAndRun(ctx, name, build); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}

func listenAndRun(ctx context.Context, name string, build Build) error {
	e := env.New(os.Getenv)
	address := net.JoinHostPort(e.String("HOST", ""), strconv.Itoa(e.Int("PORT", 8080, 0, 65535)))
	stopping := server.Config{
		Delay: e.Duration("SHUTDOWN_DELAY", defaultDelay),
		Grace: e.Duration("SHUTDOWN_GRACE", defaultGrace),
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen, set PORT to a free port: %w", err)
	}
	k, err := NewKit(ctx, name, e, os.Stdout)
	if err != nil {
		return err
	}
	return k.Run(ctx, ln, stopping, build)
}

// Run builds the service and serves it on ln until ctx ends.
func (k *Kit) Run(ctx context.Context, ln net.Listener, stopping server.Config, build Build) error {
	app, err := k.app(ctx, build)
	if err != nil {
		_ = ln.Close() // Nothing was served on it.
		return err
	}
	return server.Run(ctx, k.Log, ln, stopping, app)
}

// app adds the kit's own part to what build makes. Mistakes in the environment are reported before
// the errors that they cause.
func (k *Kit) app(ctx context.Context, build Build) (server.App, error) {
	app, err := build(ctx, k)
	if mistakes := k.Env.Err(); mistakes != nil {
		return server.App{}, mistakes
	}
	if err != nil {
		return server.App{}, err
	}
	inner := app.Close
	app.Drain = k.Health.Drain
	app.Close = func(ctx context.Context) error {
		defer func() { _ = k.Flush(ctx) }() // Spans that cannot be sent are lost; the requests were answered.
		if inner == nil {
			return nil
		}
		return inner(ctx)
	}
	return app, nil
}
