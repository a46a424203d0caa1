package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/cloud"
	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/pypi"
)

// The grades of the cloud.
const (
	simulator = "simulated"
	provider  = "provider"
)

// configureCloud builds the programs of the cloud.
func configureCloud(ctx context.Context, progress io.Writer, root, grade string, cfg *controlplane.Config) (err error) {
	switch grade {
	case simulator:
		cfg.Simulator, err = buildCommand(ctx, progress, root, "simulator")
	case provider:
		cfg.Provider, err = buildProvider(ctx, progress, root)
	default:
		err = fmt.Errorf("cannot use cloud %q: it must be %s or %s", grade, simulator, provider)
	}
	return err
}

func buildProvider(ctx context.Context, progress io.Writer, root string) (*cloud.RealProvider, error) {
	others, err := buildCommand(ctx, progress, root, "simulator")
	if err != nil {
		return nil, err
	}
	api, err := buildCommand(ctx, progress, root, "awsapi")
	if err != nil {
		return nil, err
	}
	ministack, err := pypi.Path(ctx, progress, pypi.Ministack)
	if err != nil {
		return nil, err
	}
	moto, err := pypi.Path(ctx, progress, pypi.Moto)
	if err != nil {
		return nil, err
	}
	provider, err := toolchain.Path(ctx, progress, "provider-aws")
	if err != nil {
		return nil, err
	}
	return &cloud.RealProvider{
		Provider: provider, AWSAPI: api, Simulator: others,
		Ministack: filepath.Join(ministack, "ministack"), Moto: filepath.Join(moto, "moto_server"),
	}, nil
}

// buildCommand builds a program of package cloud from this checkout.
func buildCommand(ctx context.Context, progress io.Writer, root, name string) (string, error) {
	binary := filepath.Join(root, "_output", "bin", name)
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		return "", fmt.Errorf("cannot build %s: %w", name, err)
	}
	cmd := exec.CommandContext(ctx, "go", "run", "-exec=cp -f", "./test/cloud/cmd/"+name, binary)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, progress, progress
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("cannot build %s: %w", name, err)
	}
	return binary, nil
}
