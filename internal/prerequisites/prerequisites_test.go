package prerequisites

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// machine is a PATH with the named programs and no others. Each of them does nothing, with success.
func machine(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\nexit 0\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("CHROMIUM", "")
	t.Setenv(SkipMissing, "")
	return dir
}

func TestPath(t *testing.T) {
	dir := machine(t, "redis-server", "google-chrome")
	cases := map[string]struct {
		reason   string
		program  string
		chromium string
		want     string
		err      string
	}{
		"OnThePath": {reason: "A program is found by its name.", program: "redis-server", want: filepath.Join(dir, "redis-server")},
		"OtherName": {reason: "A browser has several names.", program: "chromium", want: filepath.Join(dir, "google-chrome")},
		"Variable":  {reason: "The variable comes first.", program: "chromium", chromium: "/opt/chromium", want: "/opt/chromium"},
		"Missing":   {reason: "The error says what to do.", program: "epmd", err: "epmd is missing: run make setup"},
		"Probe":     {reason: "A module of Python is no file.", program: "python3 with venv", err: "python3 with venv is missing"},
		"Unknown":   {reason: "A typing error is no missing program.", program: "redis", err: `cannot find program "redis"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CHROMIUM", tc.chromium)
			got, err := Path(t.Context(), tc.program)
			if got != tc.want {
				t.Errorf("%s\nwant %q, got %q, %v", tc.reason, tc.want, got, err)
			}
			if (err != nil) != (tc.err != "") || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%s\nwant %q in: %v", tc.reason, tc.err, err)
			}
		})
	}
}

// requirer records what Require does to a test.
type requirer struct {
	testing.TB
	failed, skipped bool
}

func (r *requirer) Helper()      {}
func (r *requirer) Fatal(...any) { r.failed = true }
func (r *requirer) Skip(...any)  { r.skipped = true }

func TestRequire(t *testing.T) {
	machine(t, "redis-server")
	for _, tc := range []struct {
		name, program, skipMissing string
		failed, skipped            bool
	}{
		{name: "Present", program: "redis-server"},
		{name: "Missing", program: "epmd", failed: true},
		{name: "SkipMissing", program: "epmd", skipMissing: "1", skipped: true},
		{name: "PresentThoughSkipMissing", program: "redis-server", skipMissing: "1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv(SkipMissing, tc.skipMissing)
			r := &requirer{TB: t}
			Require(r, tc.program)
			if r.failed != tc.failed || r.skipped != tc.skipped {
				t.Errorf("want failed %t and skipped %t, got %t and %t", tc.failed, tc.skipped, r.failed, r.skipped)
			}
		})
	}
}

// everything is what a machine has that misses nothing but RabbitMQ and PostgreSQL, which are found by fixed paths too.
func everything() []string {
	return []string{"git", "make", "chromium", "python3", "mariadbd", "mariadb-install-db", "my_print_defaults", "redis-server", "epmd", "postgres", "initdb"}
}

func TestEnsure(t *testing.T) {
	without := func(name string) []string {
		return slices.DeleteFunc(everything(), func(other string) bool { return other == name })
	}
	t.Run("NoPackageManager", func(t *testing.T) {
		machine(t, without("chromium")...)
		err := ensure(t.Context(), &bytes.Buffer{}, 0)
		if err == nil || !strings.Contains(err.Error(), "no apt-get") || !strings.Contains(err.Error(), "chromium") {
			t.Errorf("want an error that names what to install, got: %v", err)
		}
	})
	t.Run("PackageManagerFails", func(t *testing.T) {
		dir := machine(t, append(without("chromium"), "sudo", "env")...)
		script := []byte("#!/bin/sh\necho 'no network' >&2\nexit 100\n")
		for _, name := range []string{"apt-get", "env"} {
			if err := os.WriteFile(filepath.Join(dir, name), script, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		err := ensure(t.Context(), &bytes.Buffer{}, 0)
		if err == nil || !strings.Contains(err.Error(), "no network") {
			t.Errorf("want apt-get's own words in the error, got: %v", err)
		}
	})
	t.Run("PackageIsNotEnough", func(t *testing.T) {
		machine(t, append(without("chromium"), "apt-get", "sudo", "env")...)
		var progress bytes.Buffer
		err := ensure(t.Context(), &progress, 1000)
		if err == nil || !strings.Contains(err.Error(), "cannot find") || !strings.Contains(err.Error(), "chromium") {
			t.Errorf("want an error that names what is still missing, got: %v", err)
		}
		if !strings.Contains(progress.String(), "installing with apt-get") {
			t.Errorf("want the packages named before they are installed, got: %s", progress.String())
		}
	})
	t.Run("NotRoot", func(t *testing.T) {
		machine(t, append(without("chromium"), "apt-get")...)
		err := ensure(t.Context(), &bytes.Buffer{}, 1000)
		if err == nil || !strings.Contains(err.Error(), "sudo apt-get update && sudo apt-get install") {
			t.Errorf("want the command that installs, got: %v", err)
		}
	})
}

// TestPackages checks that a package is named once, and that each program has one.
func TestPackages(t *testing.T) {
	got := packages(programs())
	if slices.Contains(got, "") {
		t.Errorf("want a package for every program, got %q", got)
	}
	sorted := slices.Sorted(slices.Values(got))
	if len(slices.Compact(sorted)) != len(got) {
		t.Errorf("want each package once, got %q", got)
	}
}
