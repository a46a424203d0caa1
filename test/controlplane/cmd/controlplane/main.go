// Command controlplane starts and ends the platform on this machine, without Docker and without an AWS account.
//
//	controlplane up [-claim FILE ...]   start, apply the claims, wait until they are Ready, print what exists
//	controlplane down                   end every process and remove every file
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("no command: use up or down")
	}
	switch args[0] {
	case "up":
		return up(ctx, args[1:])
	case "down":
		return down(args[1:])
	case "serve":
		return serve(ctx, args[1:])
	default:
		return fmt.Errorf("unknown command %q: use up or down", args[0])
	}
}

// serve runs the control plane; up starts it in the background.
func serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	dir := flags.String("dir", "", "the control plane's folder")
	ownNetwork := flags.Bool("own-network", false, "this process is in a network namespace of its own")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return controlplane.Serve(ctx, controlplane.Dir(*dir), *ownNetwork)
}

func down(args []string) error {
	flags := flag.NewFlagSet("down", flag.ContinueOnError)
	dir, err := dirFlag(flags)
	if err != nil {
		return err
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	found, err := controlplane.Down(controlplane.Dir(*dir))
	if err != nil {
		return err
	}
	if !found {
		fmt.Println("no control plane runs in", *dir)
		return nil
	}
	fmt.Println("the control plane is gone: its processes, ports and files")
	return nil
}

func dirFlag(flags *flag.FlagSet) (*string, error) {
	root, err := toolchain.Root()
	if err != nil {
		return nil, err
	}
	return flags.String("dir", filepath.Join(root, "_output", "controlplane"), "the control plane's folder"), nil
}
