package build

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const (
	// user is the nonroot user of the images that most people base theirs on.
	user = "65532:65532"

	// metricsAddress is where Crossplane's function pods announce metrics. A
	// function opens no such port unless it is told to, and its pod is its own.
	metricsAddress = ":8080"
)

// compile builds the command that the binary is called after. The binary is
// static and knows neither this machine's paths nor its own build's id.
func compile(ctx context.Context, root, binary, arch string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=",
		"-o", binary, "./functions/cmd/"+filepath.Base(binary))
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot compile: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// image of the binary and nothing else.
func image(binary, arch string) (v1.Image, error) {
	content, err := layer(binary)
	if err != nil {
		return nil, err
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot make a layer: %w", err)
	}
	img, err := mutate.AppendLayers(empty.Image, l)
	if err != nil {
		return nil, fmt.Errorf("cannot make an image: %w", err)
	}
	return withConfig(img, filepath.Base(binary), arch)
}

func withConfig(img v1.Image, command, arch string) (v1.Image, error) {
	config, err := img.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("cannot configure the image: %w", err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", arch
	config.Config = v1.Config{
		User:         user,
		Entrypoint:   []string{"/" + command},
		Env:          []string{"METRICS_ADDRESS=" + metricsAddress},
		ExposedPorts: map[string]struct{}{"9443/tcp": {}, "8080/tcp": {}},
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

// save the image where the command line can read it.
func save(img v1.Image, file string) error {
	tag, err := name.NewTag("runtime:latest")
	if err != nil {
		return err
	}
	if err := tarball.WriteToFile(file, tag, img); err != nil {
		return fmt.Errorf("cannot save the image: %w", err)
	}
	return nil
}
