// Command expire-approvals takes approvals of removals off once they are too old, or approve nothing any more. It runs once and ends: a CronJob
// of argocd/guardrails runs it.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/guardrails/expiry"
)

// Flags of the command.
type flags struct {
	Lifetime   time.Duration `default:"1h" help:"How long an approval holds."`
	Kubeconfig string        `help:"How to reach the API server. Without one, as a pod does."`
	Now        time.Time     `help:"The time, instead of this machine's: to try what happens later."`
}

func main() {
	var f flags
	kong.Parse(&f)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, f)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "expire-approvals: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, f flags) error {
	config, err := clientcmd.BuildConfigFromFlags("", f.Kubeconfig) // Without a file it is the pod's.
	if err != nil {
		return fmt.Errorf("cannot find an API server: %w", err)
	}
	config.QPS, config.Burst = 50, 100 // A run takes a second, and not one for every two kinds.
	c, err := client.New(config, client.Options{})
	if err != nil {
		return fmt.Errorf("cannot reach the API server: %w", err)
	}
	if f.Now.IsZero() {
		f.Now = time.Now()
	}
	return expiry.Expirer{Client: c, Lifetime: f.Lifetime, Now: f.Now, Log: slog.New(slog.NewTextHandler(os.Stdout, nil))}.Run(ctx)
}
