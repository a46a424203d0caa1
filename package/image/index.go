package image

import (
	"context"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// Index builds the images of a command for several architectures of Linux under one name, from
// which a node pulls its own.
func Index(ctx context.Context, root string, c Command, archs ...string) (v1.ImageIndex, error) {
	index := v1.ImageIndex(empty.Index)
	for _, arch := range archs {
		img, err := Build(ctx, root, c, arch)
		if err != nil {
			return nil, fmt.Errorf("cannot build %s for linux/%s: %w", c.name(), arch, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        img,
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}},
		})
	}
	return index, nil
}
