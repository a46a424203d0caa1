// Package pypi installs the programs from PyPI that simulate AWS in tests, each in its own virtual environment.
//
// It reads the pinned versions beside this file (one file for each program, with all its
// dependencies), and writes to the project's cache outside the checkout. It never changes the
// machine's own Python.
package pypi

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/ausmart/platform/internal/toolchain"
)

// The programs.
const (
	Ministack = "ministack"
	Moto      = "moto"
)

//go:embed *.txt
var pins embed.FS

// Path returns a program's folder of executables, and installs the program first when the cache
// does not have it. It reports the installation to progress.
func Path(ctx context.Context, progress io.Writer, program string) (string, error) {
	list, err := pins.ReadFile(program + ".txt")
	if err != nil {
		return "", fmt.Errorf("cannot find program %q: there are %s and %s", program, Ministack, Moto)
	}
	cache, err := toolchain.CacheDir()
	if err != nil {
		return "", err
	}
	env := environment{program: program, list: list, dir: filepath.Join(cache, "pypi", program+"-"+sum(list))}
	if err := env.ensure(ctx, progress); err != nil {
		return "", fmt.Errorf("cannot install %s: %w", program, err)
	}
	return filepath.Join(env.dir, "bin"), nil
}

// Version of a package that a program's pins name.
func Version(program, pkg string) (string, error) {
	list, err := pins.ReadFile(program + ".txt")
	if err != nil {
		return "", fmt.Errorf("cannot find program %q: %w", program, err)
	}
	for line := range strings.Lines(string(list)) {
		if name, version, _ := strings.Cut(strings.TrimSpace(line), "=="); name == pkg {
			return version, nil
		}
	}
	return "", fmt.Errorf("cannot find %s in the pins of %s", pkg, program)
}

// An environment is a program's virtual environment.
type environment struct {
	program string
	list    []byte
	dir     string
}

func (e environment) ensure(ctx context.Context, progress io.Writer) error {
	if err := os.MkdirAll(filepath.Dir(e.dir), 0o755); err != nil {
		return err
	}
	unlock, err := toolchain.Lock(ctx, progress, e.dir+".lock", e.program)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(e.complete()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return e.install(ctx, progress)
}

func (e environment) install(ctx context.Context, progress io.Writer) error {
	fmt.Fprintf(progress, "installing %s from PyPI (once; it stays in %s)\n", e.program, e.dir)
	start := time.Now()
	if err := run(ctx, "python3", "-m", "venv", "--clear", e.dir); err != nil {
		return fmt.Errorf("%w\nwhat to do: run make setup, which installs Python with its venv module (3.11 or newer)", err)
	}
	list := filepath.Join(e.dir, "requirements.txt")
	if err := os.WriteFile(list, e.list, 0o600); err != nil {
		return err
	}
	// --no-deps: only pinned packages are installed, so that a missing pin fails here and not later.
	pip := filepath.Join(e.dir, "bin", "pip")
	if err := run(ctx, pip, "install", "-q", "--disable-pip-version-check", "--no-deps", "-r", list); err != nil {
		return err
	}
	if err := run(ctx, pip, "check", "-q", "--disable-pip-version-check"); err != nil {
		return err
	}
	if err := os.WriteFile(e.complete(), nil, 0o600); err != nil {
		return err
	}
	fmt.Fprintf(progress, "installed %s in %s\n", e.program, time.Since(start).Round(time.Second))
	return nil
}

// complete marks an environment whose installation is complete.
func (e environment) complete() string { return filepath.Join(e.dir, "complete") }

func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// sum names an environment by the hash of its pins, so that a changed pin makes a new one.
func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:6])
}
