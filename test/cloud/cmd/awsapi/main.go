// Command awsapi serves an imitation of the AWS APIs at one address: see package awsapi.
package main

import (
	"context"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/ausmart/platform/test/cloud/awsapi"
	"github.com/ausmart/platform/test/pypi"
)

type cli struct {
	Listen    string   `help:"Where to listen, such as 127.0.0.1:4500." required:""`
	Ministack *url.URL `help:"Where ministack listens."                 required:""`
	Moto      *url.URL `help:"Where moto listens."                      required:""`
}

// Run serves until it is told to stop.
func (c cli) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	programs := map[string]*url.URL{pypi.Ministack: c.Ministack, pypi.Moto: c.Moto}
	return awsapi.Serve(ctx, c.Listen, programs, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
}

func main() {
	cli := cli{}
	k := kong.Parse(&cli, kong.Name("awsapi"), kong.Description("Routes requests for AWS to the programs that imitate it."))
	k.FatalIfErrorf(k.Run())
}
