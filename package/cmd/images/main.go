// Command images builds the container images of the store and of the guard
// rails, and pushes them to a registry when it is asked to.
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
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/package/image"
)

// Flags of the command.
type flags struct {
	Registry  string   `help:"Registry and path to push to, such as 127.0.0.1:5000/ausmart. Without one the images are written to _output/images."`
	Version   string   `default:"v0.1.0" help:"Tag of the images."`
	Platforms []string `default:"amd64,arm64" help:"Architectures of Linux."`
	Services  []string `default:"ui,catalog,cart,orders,checkout,expire-approvals" help:"What to build: services, or expire-approvals of the guard rails."`
}

func main() {
	var f flags
	kong.Parse(&f)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, f)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "images: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, f flags) error {
	root, err := toolchain.Root()
	if err != nil {
		return err
	}
	for _, service := range f.Services {
		fmt.Fprintf(os.Stderr, "images: building %s for linux/%s\n", service, strings.Join(f.Platforms, " and linux/"))
		index, err := image.Index(ctx, root, command(service), f.Platforms...)
		if err != nil {
			return err
		}
		if err := deliver(ctx, f, root, service, index); err != nil {
			return err
		}
	}
	return nil
}

func command(name string) image.Command {
	if name == "expire-approvals" {
		return image.Command{Package: "./guardrails/cmd/" + name}
	}
	return image.Command{Package: "./services/cmd/" + name, Ports: []string{"8080/tcp"}}
}

// deliver an image to the registry, or to a folder in the OCI layout.
func deliver(ctx context.Context, f flags, root, service string, index v1.ImageIndex) error {
	if f.Registry == "" {
		dir := filepath.Join(root, "_output", "images", service)
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if _, err := layout.Write(dir, index); err != nil {
			return fmt.Errorf("cannot write %s: %w", dir, err)
		}
		fmt.Println(dir)
		return nil
	}
	ref, err := name.NewTag(strings.TrimSuffix(f.Registry, "/") + "/" + service + ":" + f.Version)
	if err != nil {
		return fmt.Errorf("registry %q is not a host and a path: use one such as 127.0.0.1:5000/ausmart", f.Registry)
	}
	if err := remote.WriteIndex(ref, index, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)); err != nil {
		return fmt.Errorf("cannot push %s: %w", ref, err)
	}
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	fmt.Println(ref.Context().Digest(digest.String())) // A claim names the digest, because a tag can move.
	return nil
}
