package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/ausmart/platform/package/image"
)

// metricsAddress is where Crossplane's function pods announce metrics. A function only opens such a
// port when this flag is set, and no other container shares its pod.
const metricsAddress = ":8080"

// function builds the packages of one function, one for each platform.
func (b Builder) function(ctx context.Context, name string) (Package, error) {
	p := Package{Name: name}
	for _, arch := range b.Platforms {
		file, err := b.functionFor(ctx, name, arch)
		if err != nil {
			return Package{}, fmt.Errorf("for linux/%s: %w", arch, err)
		}
		p.Files = append(p.Files, file)
	}
	return p, nil
}

func (b Builder) functionFor(ctx context.Context, function, arch string) (string, error) {
	dir, err := os.MkdirTemp("", "package")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	img, err := image.Build(ctx, b.Root, image.Command{
		Package: "./functions/cmd/" + function,
		Env:     []string{"METRICS_ADDRESS=" + metricsAddress},
		Ports:   []string{"9443/tcp", "8080/tcp"},
	}, arch)
	if err != nil {
		return "", err
	}
	runtime := filepath.Join(dir, "runtime.tar")
	if err := save(img, runtime); err != nil {
		return "", err
	}

	stage := filepath.Join(dir, "stage")
	if err := copyFile(filepath.Join(b.Root, "package", function, "crossplane.yaml"), filepath.Join(stage, "crossplane.yaml")); err != nil {
		return "", err
	}
	file := filepath.Join(b.Output, fmt.Sprintf("%s-%s-%s.xpkg", function, b.Version, arch))
	return file, b.xpkg(ctx, stage, file, "--embed-runtime-image-tarball="+runtime)
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
