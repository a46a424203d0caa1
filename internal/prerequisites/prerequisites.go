// Package prerequisites lists the programs that tests run and that Go does not build: where each of
// them is, and which package of Debian and Ubuntu has it.
//
// Command setup installs what is missing; make test, make setup and CI run it first. A test asks for a program with Require.
package prerequisites

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// SkipMissing is the variable that, when it is not empty, lets tests skip instead of fail when their program is missing.
const SkipMissing = "SKIP_MISSING"

// A program that tests run.
type program struct {
	name string
	pkg  string // of Debian and Ubuntu

	files    []string // names on the PATH and patterns of paths, the first that exists is it; the program's own name when there are none
	variable string   // of the environment, which names another file
	probe    []string // a command that fails when the program is missing, where a file is not enough
}

// programs in the order in which they are checked. Packages of servers are the smallest ones that have the program.
func programs() []program {
	return []program{
		{name: "git", pkg: "git"},
		{name: "make", pkg: "make"},
		// The shop is tested in a real browser.
		{name: "chromium", pkg: "chromium", files: []string{"chromium", "chromium-browser", "google-chrome"}, variable: "CHROMIUM"},
		// The simulations of DynamoDB, SQS and EC2 are Python programs.
		{name: "python3 with venv", pkg: "python3-venv", probe: []string{"python3", "-c", "import ensurepip, venv"}},
		{name: "mariadbd", pkg: "mariadb-server-core", files: []string{"mariadbd", "/usr/sbin/mariadbd"}},
		{name: "mariadb-install-db", pkg: "mariadb-server-core"},
		// mariadb-install-db calls it, and its package does not depend on the one that has it.
		{name: "my_print_defaults", pkg: "mariadb-client-core"},
		{name: "postgres", pkg: "postgresql", files: []string{"/usr/lib/postgresql/*/bin/postgres", "postgres"}},
		{name: "initdb", pkg: "postgresql", files: []string{"/usr/lib/postgresql/*/bin/initdb", "initdb"}},
		{name: "redis-server", pkg: "redis-server"},
		// Not the wrapper on the PATH: that one changes to a system user of its own.
		{name: "rabbitmq-server", pkg: "rabbitmq-server", files: []string{"/usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server"}},
		{name: "epmd", pkg: "erlang-base"},
	}
}

// path of the program, empty when it is missing. A program that is found by a probe has no path.
func (p program) path(ctx context.Context) (path string, found bool) {
	if len(p.probe) > 0 {
		return "", exec.CommandContext(ctx, p.probe[0], p.probe[1:]...).Run() == nil
	}
	if p.variable != "" {
		if path := os.Getenv(p.variable); path != "" {
			return path, true
		}
	}
	files := p.files
	if len(files) == 0 {
		files = []string{p.name}
	}
	for _, file := range files {
		if path, err := exec.LookPath(file); err == nil {
			return path, true
		}
		// The last one is the newest version, where there are several.
		if matches, err := filepath.Glob(file); err == nil && len(matches) > 0 {
			return matches[len(matches)-1], true
		}
	}
	return "", false
}

// Path of the named program. The error tells what to do when it is missing.
func Path(ctx context.Context, name string) (string, error) {
	all := programs()
	i := slices.IndexFunc(all, func(p program) bool { return p.name == name })
	if i < 0 {
		return "", fmt.Errorf("cannot find program %q: add it to the list in internal/prerequisites", name)
	}
	path, found := all[i].path(ctx)
	if !found {
		return "", fmt.Errorf("%s is missing: run make setup, which installs it, or set %s=1 to skip the tests that need it", name, SkipMissing)
	}
	return path, nil
}

// Require returns the path of the named program. A test that needs it fails when it is missing, and
// skips when SKIP_MISSING is set.
func Require(tb testing.TB, name string) string {
	tb.Helper()
	path, err := Path(tb.Context(), name)
	switch {
	case err == nil:
		return path
	case os.Getenv(SkipMissing) != "":
		tb.Skip(err)
	default:
		tb.Fatal(err)
	}
	return ""
}

// missing programs of this machine.
func missing(ctx context.Context) []program {
	return slices.DeleteFunc(programs(), func(p program) bool {
		_, found := p.path(ctx)
		return found
	})
}

// Missing names the programs that this machine does not have.
func Missing(ctx context.Context) []string {
	var names []string
	for _, p := range missing(ctx) {
		names = append(names, p.name)
	}
	return names
}
