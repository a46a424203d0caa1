package grpcserver

import (
	"context"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/crossplane/function-sdk-go"
	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Main runs the function that construct returns until the process is told to
// stop. It is the whole main of a function, and the only place that exits.
func Main[F fnv1.FunctionRunnerServiceServer](construct func(log logging.Logger) F) {
	flags := Flags{}
	kctx := kong.Parse(&flags, kong.Description("A Crossplane composition function of AusMart Platform."))

	log, err := function.NewLogger(flags.Debug)
	kctx.FatalIfErrorf(err)

	kctx.FatalIfErrorf(run(flags, log, construct(log)))
}

// run serves the function until a signal comes.
func run(flags Flags, log logging.Logger, fn fnv1.FunctionRunnerServiceServer) error {
	ctx, restore := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer restore()
	// A second signal finds the default handler, which ends the process at once.
	context.AfterFunc(ctx, restore)

	srv, err := Listen(ctx, log, flags, fn)
	if err != nil {
		return err
	}
	return srv.Run(ctx)
}
