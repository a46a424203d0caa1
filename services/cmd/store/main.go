// Command store runs the whole shop in one process on loopback: five services, each on its own port, on in-memory stores.
//
// It reads HOST and PORT for the shop's address, and hands all other variables on to the services, so that any of them may
// use a real store. It logs warnings only, unless LOG_LEVEL says otherwise.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(realMain()) }

func realMain() int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // A second signal ends the process at once.
	defer stop()
	if err := run(ctx, os.Getenv, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "store:", err)
		return 1
	}
	return 0
}
