// Command render prints the composed resources of a claim: YAML on standard output, all else on standard error.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/render"
)

// Flags of the command.
type flags struct {
	Claim       string `arg:""  help:"File with one claim."`
	Environment string `help:"Render for this environment instead of the claim's."`
	Observed    string `help:"File or folder of what exists: composed resources, and the composite with the spec before a change. By default all becomes ready."`
	Required    string `help:"File or folder of resources that functions may ask for. By default the environmentconfig*.yaml files beside the claim."`
	Fresh       bool   `help:"Render once, when nothing exists yet."`
}

func main() {
	var f flags
	kong.Parse(&f)
	if err := run(f); err != nil {
		fmt.Fprintf(os.Stderr, "render: %v\n", err)
		os.Exit(1)
	}
}

func run(f flags) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	root, err := toolchain.Root()
	if err != nil {
		return err
	}
	r := render.Renderer{Root: root, Stdout: os.Stdout, Progress: os.Stderr}
	return r.Render(ctx, render.Request(f))
}
