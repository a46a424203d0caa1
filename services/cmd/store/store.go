package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/ausmart/platform/services/cart"
	"github.com/ausmart/platform/services/catalog"
	"github.com/ausmart/platform/services/checkout"
	"github.com/ausmart/platform/services/internal/env"
	"github.com/ausmart/platform/services/internal/server"
	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/orders"
	"github.com/ausmart/platform/services/ui"
)

const (
	loopback = "127.0.0.1"
	uiPort   = 8888
	// grace is short, because a person has pressed Ctrl-C and waits, and longer than the five seconds that
	// net/http waits for a connection that was opened and never used.
	grace = 7 * time.Second
)

// member is one of the five while it runs.
type member struct {
	name  string
	build service.Build
	ln    net.Listener
	stop  context.CancelFunc
	ended chan error
}

// run opens the shop and keeps it open until ctx ends or a service fails.
func run(ctx context.Context, getenv func(string) string, stdout, logs io.Writer) error {
	members, err := listen(env.New(getenv))
	if err != nil {
		return err
	}
	lookup := settings(getenv, members)
	failed := make(chan error, len(members))
	for _, m := range members {
		m.start(ctx, lookup, logs, failed)
	}
	announce(stdout, members)
	select {
	case <-ctx.Done():
		fmt.Fprintln(stdout, "Closing.")
	case err = <-failed:
	}
	// A service stops before those that it calls, so that its last requests still succeed.
	for i := len(members) - 1; i >= 0; i-- {
		members[i].stop()
		if ended := <-members[i].ended; err == nil {
			err = ended
		}
	}
	return err
}

// listen opens every port before anything else, so that a taken one is reported alone. Each service comes after those it calls.
func listen(e *env.Env) ([]*member, error) {
	members := []*member{
		{name: "catalog", build: catalog.Build},
		{name: "carts", build: cart.Build},
		{name: "orders", build: orders.Build},
		{name: "checkout", build: checkout.Build},
		{name: "ui", build: ui.Build},
	}
	for _, m := range members {
		address := net.JoinHostPort(loopback, "0")
		if m.name == "ui" {
			address = net.JoinHostPort(e.String("HOST", loopback), strconv.Itoa(e.Int("PORT", uiPort, 0, 65535)))
		}
		if err := e.Err(); err != nil {
			return nil, err
		}
		ln, err := net.Listen("tcp", address)
		if err != nil {
			return nil, fmt.Errorf("cannot listen, set PORT to a free port: %w", err)
		}
		m.ln = ln
	}
	return members, nil
}

// settings gives each service the addresses of the others; all other settings come from the environment.
func settings(getenv func(string) string, members []*member) func(string) string {
	defaults := map[string]string{"LOG_LEVEL": "warn"}
	for _, m := range members {
		address := "http://" + m.ln.Addr().String()
		switch m.name {
		case "catalog":
			defaults["RETAIL_UI_ENDPOINTS_CATALOG"] = address
		case "carts":
			defaults["RETAIL_UI_ENDPOINTS_CARTS"] = address
		case "orders":
			defaults["RETAIL_UI_ENDPOINTS_ORDERS"] = address
			defaults["RETAIL_CHECKOUT_ENDPOINTS_ORDERS"] = address
		case "checkout":
			defaults["RETAIL_UI_ENDPOINTS_CHECKOUT"] = address
		}
	}
	return func(key string) string {
		if v := getenv(key); v != "" {
			return v
		}
		return defaults[key]
	}
}

// start serves m until its own stop is called, which the end of ctx does not do.
func (m *member) start(ctx context.Context, lookup func(string) string, logs io.Writer, failed chan<- error) {
	ctx, m.stop = context.WithCancel(context.WithoutCancel(ctx))
	m.ended = make(chan error, 1)
	go func() {
		err := m.serve(ctx, lookup, logs)
		if err != nil {
			failed <- err
		}
		m.ended <- err
	}()
}

func (m *member) serve(ctx context.Context, lookup func(string) string, logs io.Writer) error {
	k, err := service.NewKit(ctx, m.name, env.New(lookup), logs)
	if err == nil {
		err = k.Run(ctx, m.ln, server.Config{Grace: grace}, m.build)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", m.name, err)
	}
	return nil
}

func announce(w io.Writer, members []*member) {
	shop := members[len(members)-1]
	fmt.Fprintf(w, "The store is open: http://%s   (Ctrl-C closes it)\n", shop.ln.Addr())
	for _, m := range members[:len(members)-1] {
		fmt.Fprintf(w, "  %-9s http://%s\n", m.name, m.ln.Addr())
	}
}
