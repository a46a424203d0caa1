// Package toolchain builds the command-line tools that the tests and the local control plane run:
// Kubernetes, etcd, Crossplane, its command line, a linter.
//
// It reads the nested tool modules in internal/toolchain/modules (a go.mod and a go.sum each, which
// pin the versions), and writes the binaries to a cache outside the checkout, so a second clone or a
// `git clean` needs no new build. It never downloads a prebuilt binary, and never changes the
// module files.
package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// modulesDir is where the nested tool modules are, below the root of the checkout.
const modulesDir = "internal/toolchain/modules"

// Path returns the path of the named tool's binary, and builds it first when the cache does not
// have it. It reports a build and its duration to progress.
func Path(ctx context.Context, progress io.Writer, name string) (string, error) {
	t, err := find(name)
	if err != nil {
		return "", err
	}
	if assets := os.Getenv("KUBEBUILDER_ASSETS"); assets != "" && t.asset {
		return assetPath(assets, name)
	}
	b, err := newBuild(ctx, t)
	if err != nil {
		return "", fmt.Errorf("cannot find tool %q: %w", name, err)
	}
	if exists(b.binary) {
		return b.binary, nil
	}
	if err := b.run(ctx, progress); err != nil {
		return "", fmt.Errorf("cannot build tool %q: %w", name, err)
	}
	return b.binary, nil
}

// Paths is Path for several tools, one after the other: two links of this size in parallel do not
// fit a small machine's memory.
func Paths(ctx context.Context, progress io.Writer, names ...string) (map[string]string, error) {
	paths := make(map[string]string, len(names))
	for _, name := range names {
		path, err := Path(ctx, progress, name)
		if err != nil {
			return nil, err
		}
		paths[name] = path
	}
	return paths, nil
}

// CacheDir is the project's cache: $AUSMART_CACHE, or a folder in the user's cache directory.
func CacheDir() (string, error) {
	if dir := os.Getenv("AUSMART_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("cannot find a cache directory, set AUSMART_CACHE to one: %w", err)
	}
	return filepath.Join(dir, "ausmart"), nil
}

// Root is the root of the checkout that the working directory is in.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("cannot find the checkout: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, modulesDir)) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("cannot find %s in %s or above it: run this inside a checkout of the platform", modulesDir, start)
		}
	}
}

func assetPath(assets, name string) (string, error) {
	path := filepath.Join(assets, name)
	if !exists(path) {
		return "", fmt.Errorf("cannot find tool %q in KUBEBUILDER_ASSETS=%s: put it there, or unset the variable to have it built", name, assets)
	}
	return path, nil
}

// newBuild finds the place of the binary: the folder's name changes with everything that could
// change the binary.
func newBuild(ctx context.Context, t tool) (build, error) {
	root, err := Root()
	if err != nil {
		return build{}, err
	}
	cache, err := CacheDir()
	if err != nil {
		return build{}, err
	}
	goVersion, err := exec.CommandContext(ctx, "go", "env", "GOVERSION", "GOOS", "GOARCH").Output()
	if err != nil {
		return build{}, fmt.Errorf("cannot run go: is it installed and on the PATH? %w", err)
	}
	b := build{tool: t, moduleDir: filepath.Join(root, modulesDir, t.module)}
	key, err := hash(b, goVersion)
	if err != nil {
		return build{}, err
	}
	b.binary = filepath.Join(cache, "tools", t.name+"-"+key, t.name)
	return b, nil
}

func hash(b build, goVersion []byte) (string, error) {
	h := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(b.moduleDir, name))
		if err != nil {
			return "", err
		}
		h.Write(content)
	}
	h.Write(goVersion)
	_, _ = io.WriteString(h, strings.Join(b.args(""), "\x00"))
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Source is the folder with the source of a module that a nested tool module depends on; with an
// empty tool, of one that the platform's own module depends on. Custom resource definitions are
// read from it.
func Source(ctx context.Context, tool, module string) (string, error) {
	dir, err := Root()
	if err != nil {
		return "", err
	}
	if tool != "" {
		dir = filepath.Join(dir, modulesDir, tool)
	}
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("cannot find the source of %s with %q in %s: %w", module, cmd, dir, err)
	}
	found := struct{ Dir string }{}
	if err := json.Unmarshal(out, &found); err != nil {
		return "", fmt.Errorf("cannot find the source of %s: %w", module, err)
	}
	return found.Dir, nil
}
