// Package image compiles one command of this module into a container image
// without a base: a static binary, an unprivileged user, nothing else. The same
// checkout always gives the same bytes. It needs no container engine.
package image

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// user is the nonroot user of the most common base images.
const user = "65532:65532"

// A Command that an image runs.
type Command struct {
	// Package of the command, relative to the root, such as ./services/cmd/cart.
	Package string

	// Env of the process, as KEY=value.
	Env []string

	// Ports that it listens on, as 8080/tcp.
	Ports []string
}

// name of the command's binary.
func (c Command) name() string { return filepath.Base(c.Package) }

// Build the image of a command for an architecture of Linux. Root is that of the
// checkout.
func Build(ctx context.Context, root string, c Command, arch string) (v1.Image, error) {
	dir, err := os.MkdirTemp("", "image")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	binary := filepath.Join(dir, c.name())
	if err := compile(ctx, root, c.Package, binary, arch); err != nil {
		return nil, err
	}
	return image(binary, c, arch)
}

// compile a static binary without this machine's paths. Its build id is a hash of the sources, the
// flags and the version of Go. Linking takes seconds, and go build does not cache its result; go
// run keeps it in Go's cache.
func compile(ctx context.Context, root, pkg, binary, arch string) error {
	cmd := exec.CommandContext(ctx, "go", "run", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-exec=cp", pkg, binary)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot compile: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// image of the binary and nothing else.
func image(binary string, c Command, arch string) (v1.Image, error) {
	content, err := layer(binary)
	if err != nil {
		return nil, err
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}, tarball.WithCompressedCaching)
	if err != nil {
		return nil, fmt.Errorf("cannot make a layer: %w", err)
	}
	img, err := mutate.AppendLayers(empty.Image, l)
	if err != nil {
		return nil, fmt.Errorf("cannot make an image: %w", err)
	}
	return withConfig(img, c, arch)
}

func withConfig(img v1.Image, c Command, arch string) (v1.Image, error) {
	config, err := img.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("cannot configure the image: %w", err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", arch
	config.Config = v1.Config{
		User:         user,
		Entrypoint:   []string{"/" + c.name()},
		Env:          c.Env,
		ExposedPorts: map[string]struct{}{},
	}
	for _, port := range c.Ports {
		config.Config.ExposedPorts[port] = struct{}{}
	}
	return mutate.ConfigFile(img, config)
}

// layer is a tar archive with the binary at its root. It has no times.
func layer(binary string) ([]byte, error) {
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	header := &tar.Header{Typeflag: tar.TypeReg, Name: filepath.Base(binary), Size: int64(len(content)), Mode: 0o555}
	if err := w.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return archive.Bytes(), nil
}
