package awsapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// slow bounds how long a client may take to send a request's header.
const slow = 10 * time.Second

// Serve requests at an address until the context ends.
func Serve(ctx context.Context, address string, programs map[string]*url.URL, log *slog.Logger) error {
	r, err := NewRouter(programs, log)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	log.Info("this imitates AWS: no resource behind it is real", "address", l.Addr().String())
	s := &http.Server{Handler: r, ReadHeaderTimeout: slow}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot serve: %w", err)
	}
	return nil
}
