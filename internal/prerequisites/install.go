package prerequisites

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// aptOptions install no recommendations, which are not needed, and wait for another apt-get that runs.
func aptOptions() []string {
	return []string{"-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}
}

// aptEnvironment has apt-get ask no questions and start none of the packages' own services. Systemd and
// the older scripts each have a variable of their own for that.
func aptEnvironment() []string {
	return []string{"DEBIAN_FRONTEND=noninteractive", "SYSTEMD_OFFLINE=1", "RUNLEVEL=1"}
}

// Ensure installs what is missing, and says so to progress. Where it may not, the error names the command that does.
func Ensure(ctx context.Context, progress io.Writer) error {
	return ensure(ctx, progress, os.Geteuid())
}

func ensure(ctx context.Context, progress io.Writer, user int) error {
	wanted := missing(ctx)
	if len(wanted) == 0 {
		return nil
	}
	for _, p := range wanted {
		fmt.Fprintf(progress, "setup: %s is missing (package %s)\n", p.name, p.pkg)
	}
	pkgs := packages(wanted)
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("this machine has no apt-get: install %s with its own package manager, or run make test with %s=1 to skip the tests "+
			"that need them", strings.Join(Missing(ctx), ", "), SkipMissing)
	}
	root, ok := asRoot(ctx, user)
	if !ok {
		return fmt.Errorf("installing needs root: run this, then try again (or run make test with %s=1 to skip the tests that need it):\n  "+
			"sudo apt-get update && sudo apt-get install --no-install-recommends %s", SkipMissing, strings.Join(pkgs, " "))
	}
	fmt.Fprintf(progress, "setup: installing with apt-get: %s\n", strings.Join(pkgs, " "))
	if err := apt(ctx, root, "update", "-q"); err != nil {
		return err
	}
	if err := apt(ctx, root, slices.Concat([]string{"install"}, aptOptions(), pkgs)...); err != nil {
		return err
	}
	if left := Missing(ctx); len(left) > 0 {
		return fmt.Errorf("cannot find %s though %s are installed: install them in another way, or run make test with %s=1 to skip the tests "+
			"that need them", strings.Join(left, ", "), strings.Join(pkgs, " "), SkipMissing)
	}
	fmt.Fprintln(progress, "setup: installed. The tests start servers of their own; where systemd runs, `systemctl disable` ends the packages' ones.")
	return nil
}

// packages of the programs, each once.
func packages(programs []program) []string {
	var pkgs []string
	for _, p := range programs {
		if !slices.Contains(pkgs, p.pkg) {
			pkgs = append(pkgs, p.pkg)
		}
	}
	return pkgs
}

// asRoot is what a command of root starts with, and whether the user may run one without a password.
func asRoot(ctx context.Context, user int) (prefix []string, ok bool) {
	if user == 0 {
		return nil, true
	}
	if exec.CommandContext(ctx, "sudo", "-n", "true").Run() != nil {
		return nil, false
	}
	return []string{"sudo", "-n"}, true
}

func apt(ctx context.Context, root []string, args ...string) error {
	command := slices.Concat(root, []string{"env"}, aptEnvironment(), []string{"apt-get"}, args)
	if out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("cannot install: apt-get %s: %w\n%s\nwhat to do: make that command work, or run make test with %s=1 to skip the tests "+
			"that need what is missing", strings.Join(args, " "), err, out, SkipMissing)
	}
	return nil
}
