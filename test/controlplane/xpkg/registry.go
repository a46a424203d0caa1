package xpkg

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// A Registry serves packages on loopback, under their public names with its own host in front.
type Registry struct {
	// Host is its address and port.
	Host string

	server *http.Server
}

// NewRegistry starts a registry on a free port.
func NewRegistry() (*Registry, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot start a package registry: %w", err)
	}
	r := &Registry{
		Host:   l.Addr().String(),
		server: &http.Server{Handler: registry.New(registry.Logger(log.New(io.Discard, "", 0)))}, //nolint:gosec // Loopback only.
	}
	r.Serve(l)
	return r, nil
}

// Serve on another address too, such as one outside the control plane's network namespace.
func (r *Registry) Serve(l net.Listener) {
	go func() { _ = r.server.Serve(l) }()
}

// At returns a registry that another process serves at an address.
func At(host string) *Registry { return &Registry{Host: host, server: &http.Server{}} } //nolint:gosec // It serves nothing.

// Push a package under a public name, such as xpkg.crossplane.io/crossplane-contrib/function-auto-ready, and a tag.
func (r *Registry) Push(ctx context.Context, p Package, source, tag string) error {
	ref, err := name.NewTag(r.Mirror(source) + ":" + tag)
	if err != nil {
		return fmt.Errorf("cannot push package %s: %w", p.Name, err)
	}
	if err := remote.Write(ref, p.Image, remote.WithContext(ctx)); err != nil {
		return fmt.Errorf("cannot push package %s: %w", p.Name, err)
	}
	return nil
}

// Pull the image of a public name with a tag or a digest.
func (r *Registry) Pull(ctx context.Context, image string) (v1.Image, error) {
	ref, err := name.ParseReference(r.Mirror(image))
	if err != nil {
		return nil, fmt.Errorf("cannot pull %s: %w", image, err)
	}
	img, err := remote.Image(ref, remote.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("cannot pull %s: %w", image, err)
	}
	return img, nil
}

// Mirror is this registry's address of a public source.
func (r *Registry) Mirror(source string) string {
	_, repository, _ := strings.Cut(source, "/")
	return r.Host + "/" + repository
}

// Close stops it.
func (r *Registry) Close() { _ = r.server.Close() }
