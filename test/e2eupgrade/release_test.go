package e2eupgrade

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane/xpkg"
)

// The registries of packages: the public one, and another path of it for functions that run beside
// the released ones. The control plane mirrors both.
const (
	registry = "ghcr.io/ausmart"
	beside   = "ghcr.io/ausmart-next"
)

// A release is a version of the platform: its packages, and the claims of its examples.
type release struct {
	registry string
	version  string
	packages string // folder of .xpkg files
	examples string // folder of environments
}

// checkout is the release of this checkout, in a registry.
func checkout(ctx context.Context, progress io.Writer, root, registry, version string) (release, error) {
	r := release{
		registry: registry, version: version, packages: filepath.Join(root, "_output", "e2e-upgrade-packages", path.Base(registry)),
		examples: filepath.Join(root, "examples"),
	}
	if err := os.RemoveAll(r.packages); err != nil { // An older checkout may have left some.
		return release{}, err
	}
	return r, run(ctx, progress, root, "go", "run", "./package/cmd/packages",
		"--registry="+registry, "--version="+version, "--platforms="+runtime.GOARCH, "--output="+r.packages)
}

// released is the release of a commit, built by its own commands. It stays in the cache of the
// tools, by commit and version.
func released(ctx context.Context, progress io.Writer, root, commit, version string) (release, error) {
	id, err := output(ctx, root, "git", "rev-parse", "--verify", commit+"^{commit}")
	if err != nil {
		return release{}, fmt.Errorf("cannot find the commit of %s: fetch it with git fetch --unshallow: %w", version, err)
	}
	cache, err := toolchain.CacheDir()
	if err != nil {
		return release{}, err
	}
	dir := filepath.Join(cache, "releases", string(bytes.TrimSpace(id))+"-"+version)
	r := release{registry: registry, version: version, packages: filepath.Join(dir, "_output", "packages"), examples: filepath.Join(dir, "examples")}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return release{}, err
	}
	unlock, err := toolchain.Lock(ctx, progress, dir+".lock", "the packages of "+version)
	if err != nil {
		return release{}, err
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil {
		return r, nil
	}
	return r, build(ctx, progress, root, commit, version, dir)
}

// build the packages of a commit in a separate folder, and rename that when it is complete.
func build(ctx context.Context, progress io.Writer, root, commit, version, dir string) error {
	making := dir + ".making"
	if err := os.RemoveAll(making); err != nil {
		return err
	}
	if err := os.MkdirAll(making, 0o755); err != nil {
		return err
	}
	archive := making + ".tar"
	defer func() { _ = os.Remove(archive) }()
	if err := run(ctx, progress, root, "git", "archive", "--output="+archive, commit); err != nil {
		return err
	}
	if err := run(ctx, progress, making, "tar", "-xf", archive); err != nil {
		return err
	}
	if err := run(ctx, progress, making, "go", "run", "./package/cmd/packages",
		"--registry="+registry, "--version="+version, "--platforms="+runtime.GOARCH); err != nil {
		return err
	}
	return os.Rename(making, dir)
}

// push the release's packages, and those that it depends on, to a control plane's registry.
func (r release) push(ctx context.Context, to *xpkg.Registry) error {
	files, err := filepath.Glob(filepath.Join(r.packages, "*.xpkg"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("cannot push %s: there are no packages in %s", r.version, r.packages)
	}
	for _, file := range files {
		p, err := xpkg.Open(file)
		if err != nil {
			return err
		}
		name := p.Name
		if p.Kind == "Configuration" {
			name = "platform"
			if err := pushOthers(ctx, to, p.Dependencies, r.registry); err != nil {
				return err
			}
		}
		if err := to.Push(ctx, p, r.registry+"/"+name, r.version); err != nil {
			return err
		}
	}
	return nil
}

// pushOthers pushes other people's packages at the lowest version that the release takes. Those of
// providers are empty, as everywhere on the control plane: see controlplane.choose.
func pushOthers(ctx context.Context, to *xpkg.Registry, dependencies []xpkg.Dependency, ours string) error {
	for _, d := range dependencies {
		if path.Dir(d.Source) == ours {
			continue
		}
		p, err := other(ctx, d)
		if err != nil {
			return err
		}
		if err := to.Push(ctx, p, d.Source, d.Lowest()); err != nil {
			return err
		}
	}
	return nil
}

func other(ctx context.Context, d xpkg.Dependency) (xpkg.Package, error) {
	name := path.Base(d.Source)
	if d.Kind == "Provider" {
		return xpkg.Empty("Provider", name)
	}
	binary, err := toolchain.Path(ctx, os.Stderr, name)
	if err != nil {
		return xpkg.Package{}, err
	}
	source, err := toolchain.Source(ctx, name, "github.com/crossplane/"+name)
	if err != nil {
		return xpkg.Package{}, err
	}
	meta, err := os.ReadFile(filepath.Join(source, "package", "crossplane.yaml"))
	if err != nil {
		return xpkg.Package{}, err
	}
	return xpkg.Build(meta, binary)
}

// configuration is the package of the release's Configuration, by its digest, as argocd/ names it.
func (r release) configuration() (string, error) {
	p, err := xpkg.Open(filepath.Join(r.packages, "platform-"+r.version+".xpkg"))
	if err != nil {
		return "", err
	}
	digest, err := p.Image.Digest()
	if err != nil {
		return "", fmt.Errorf("cannot read the digest of %s: %w", r.version, err)
	}
	return r.registry + "/platform@" + digest.String(), nil
}

func run(ctx context.Context, progress io.Writer, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, progress, progress
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s, in %s: %w", cmd, dir, err)
	}
	return nil
}

func output(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s, in %s: %w", cmd, dir, err)
	}
	return out, nil
}
