package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"golang.org/x/sync/errgroup"
)

// A Builder builds the packages of one checkout.
type Builder struct {
	Root      string   // of the checkout
	Output    string   // folder for the package files
	CLI       string   // the crossplane command line
	Platforms []string // architectures of Linux that functions are built for
	Registry  string   // of the packages, with their common path: example.org/ausmart
	Version   string   // of all packages
	Progress  io.Writer
}

// A Package is the content of one repository of the registry at one version.
type Package struct {
	Name  string   // of the repository, below the Registry
	Files []string // one for each platform; a Configuration has one in all
}

// configuration is the repository of the Configuration.
const configuration = "platform"

// Build the package of every function, and the Configuration.
func (b Builder) Build(ctx context.Context) ([]Package, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.Output, 0o755); err != nil {
		return nil, err
	}
	functions, err := b.functions()
	if err != nil {
		return nil, err
	}

	built := make([]Package, len(functions))
	all, compiling := errgroup.WithContext(ctx)
	all.SetLimit(runtime.GOMAXPROCS(0)) // Linking and compressing use one core each.
	for i, name := range functions {
		b.sayf("building %s for %s (minutes, the first time)", name, strings.Join(b.Platforms, " and "))
		all.Go(func() (err error) {
			if built[i], err = b.function(compiling, name); err != nil {
				return fmt.Errorf("cannot build %s: %w", name, err)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return nil, err
	}

	c, err := b.configuration(ctx, functions)
	if err != nil {
		return nil, fmt.Errorf("cannot build the Configuration: %w", err)
	}
	return slices.Concat(built, []Package{c}), nil
}

// check the user's input, before minutes of compiling.
func (b Builder) check() error {
	if !regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`).MatchString(b.Version) {
		return fmt.Errorf("version %q is not a semantic one: use one such as v0.1.0", b.Version)
	}
	_, err := name.NewRepository(b.Registry+"/"+configuration, name.StrictValidation)
	if err != nil || strings.Contains(b.Registry, "://") {
		return fmt.Errorf("registry %q is not a host and a path: use one such as 127.0.0.1:5000/ausmart", b.Registry)
	}
	if len(b.Platforms) == 0 {
		return errors.New("there is no platform to build for: use amd64, arm64 or both")
	}
	return nil
}

// digestsFile is the file with the pushed packages' digests, in the folder of the packages.
const digestsFile = "digests.txt"

// Push the packages to the registry. It returns each by its digest, for signing and installing, and
// writes them to a file.
func (b Builder) Push(ctx context.Context, packages []Package) ([]string, error) {
	pushed := make([]string, 0, len(packages))
	for _, p := range packages {
		ref := fmt.Sprintf("%s/%s:%s", b.Registry, p.Name, b.Version)
		b.sayf("pushing %s", ref)
		if err := b.run(ctx, "xpkg", "push", "--package-files="+strings.Join(p.Files, ","), ref); err != nil {
			return nil, fmt.Errorf("cannot push %s: %w", ref, err)
		}
		digest, err := digestOf(ctx, ref)
		if err != nil {
			return nil, err
		}
		pushed = append(pushed, digest)
	}
	return pushed, os.WriteFile(filepath.Join(b.Output, digestsFile), []byte(strings.Join(pushed, "\n")+"\n"), 0o600)
}

// digestOf returns a tag's image by its digest.
func digestOf(ctx context.Context, ref string) (string, error) {
	tag, err := name.NewTag(ref, name.StrictValidation)
	if err != nil {
		return "", err
	}
	found, err := remote.Head(tag, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain))
	if err != nil {
		return "", fmt.Errorf("cannot ask the registry for the digest of %s: %w", ref, err)
	}
	return tag.Context().Digest(found.Digest.String()).Name(), nil
}

// functions are the folders of package/ that describe a function, by name.
func (b Builder) functions() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(b.Root, "package", "function-*", "crossplane.yaml"))
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(files))
	for _, f := range files {
		names = append(names, filepath.Base(filepath.Dir(f)))
	}
	return names, nil
}

func (b Builder) sayf(format string, args ...any) {
	_, _ = fmt.Fprintf(b.Progress, "packages: "+format+"\n", args...)
}
