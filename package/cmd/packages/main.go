// Command packages builds the packages that Crossplane installs, and pushes them
// to a registry when it is asked to.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/package/build"
)

// Flags of the command.
type flags struct {
	Registry  string   `default:"ghcr.io/ausmart" help:"Registry and path that the packages are for."`
	Version   string   `default:"v0.1.0"                     help:"Semantic version of the packages, starting with v."`
	Platforms []string `default:"amd64,arm64"            help:"Architectures of Linux that functions are built for."`
	Output    string   `default:"_output/packages"       help:"Folder for the package files, from the root of the checkout."`
	Push      bool     `help:"Push the packages to the registry."`
}

func main() {
	var f flags
	kong.Parse(&f)
	if err := run(f); err != nil {
		fmt.Fprintf(os.Stderr, "packages: %v\n", err)
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
	cli, err := toolchain.Path(ctx, os.Stderr, "crossplane-cli")
	if err != nil {
		return err
	}
	output := f.Output
	if !filepath.IsAbs(output) {
		output = filepath.Join(root, output)
	}
	b := build.Builder{
		Root:      root,
		Output:    output,
		CLI:       cli,
		Platforms: f.Platforms,
		Registry:  strings.TrimSuffix(f.Registry, "/"),
		Version:   f.Version,
		Progress:  os.Stderr,
	}
	packages, err := b.Build(ctx)
	if err != nil {
		return err
	}
	if f.Push {
		pushed, err := b.Push(ctx, packages)
		if err != nil {
			return err
		}
		fmt.Println(strings.Join(pushed, "\n"))
		return nil
	}
	for _, p := range packages {
		fmt.Println(strings.Join(p.Files, "\n"))
	}
	return nil
}
