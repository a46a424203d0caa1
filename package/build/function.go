package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// function builds the packages of one function, one for each platform.
func (b Builder) function(ctx context.Context, name string) (Package, error) {
	p := Package{Name: name}
	for _, arch := range b.Platforms {
		b.sayf("building %s for linux/%s (minutes, the first time)", name, arch)
		file, err := b.functionFor(ctx, name, arch)
		if err != nil {
			return Package{}, fmt.Errorf("for linux/%s: %w", arch, err)
		}
		p.Files = append(p.Files, file)
	}
	return p, nil
}

func (b Builder) functionFor(ctx context.Context, name, arch string) (string, error) {
	dir, err := os.MkdirTemp("", "package")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	binary := filepath.Join(dir, name)
	if err := compile(ctx, b.Root, binary, arch); err != nil {
		return "", err
	}
	img, err := image(binary, arch)
	if err != nil {
		return "", err
	}
	tarball := filepath.Join(dir, "runtime.tar")
	if err := save(img, tarball); err != nil {
		return "", err
	}

	stage := filepath.Join(dir, "stage")
	if err := copyFile(filepath.Join(b.Root, "package", name, "crossplane.yaml"), filepath.Join(stage, "crossplane.yaml")); err != nil {
		return "", err
	}
	file := filepath.Join(b.Output, fmt.Sprintf("%s-%s-%s.xpkg", name, b.Version, arch))
	return file, b.xpkg(ctx, stage, file, "--embed-runtime-image-tarball="+tarball)
}
