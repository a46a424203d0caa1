// Command manifests checks every YAML file in the named folders of the checkout against its schema.
// It prints each mistake with its file, line and field, and fails when there is one.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/manifests"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folders []string) error {
	if len(folders) == 0 {
		return errors.New("no folder: name folders below the root of the checkout, such as examples")
	}
	root, err := toolchain.Root()
	if err != nil {
		return err
	}
	faults, err := manifests.NewChecker(root).Check(ctx, folders...)
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Println(f)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d mistakes: correct them where the lines above say", len(faults))
	}
	return nil
}
