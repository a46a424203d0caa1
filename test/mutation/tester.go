package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// An outcome of testing a mutant.
type outcome string

const (
	killed   outcome = "killed"
	survived outcome = "survived"
	timedOut outcome = "timed out"
)

type result struct {
	mutant  *mutant
	outcome outcome
	note    string
}

// A tester builds test programs with mutants in them, and runs them.
type tester struct {
	dir      string
	timeout  time.Duration
	kinds    []*source
	programs map[*source]*program
}

// A program is the tests of a package.
type program struct {
	path    string
	dir     string
	reached map[int]bool
}

// newTester writes the mutated sources.
func newTester(packages []*source, sample []*mutant, timeout time.Duration) (*tester, error) {
	dir, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return nil, fmt.Errorf("cannot make a folder: %w", err)
	}
	t := &tester{dir: dir, timeout: timeout, programs: map[*source]*program{}}
	files := map[*file][]*mutant{}
	for _, m := range sample {
		files[m.file] = append(files[m.file], m)
	}
	overlay := map[string]string{}
	write := func(name string, text []byte) error {
		copied := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		overlay[name] = copied
		return os.WriteFile(copied, text, 0o600)
	}
	for _, p := range packages {
		if p.isKind() {
			t.kinds = append(t.kinds, p)
		}
		mutated := false
		for _, f := range p.files {
			if mutants := files[f]; len(mutants) > 0 {
				mutated = true
				err = errors.Join(err, write(f.name, weave(f.text, mutants)))
			}
		}
		if mutated {
			err = errors.Join(err, write(filepath.Join(p.dir, "mutants_of_this_run.go"), p.activeMutant()))
		}
	}
	text, jsonErr := json.Marshal(map[string]any{"Replace": overlay})
	if err := errors.Join(err, jsonErr, os.WriteFile(t.overlay(), text, 0o600)); err != nil {
		t.close()
		return nil, fmt.Errorf("cannot write mutants: %w", err)
	}
	return t, nil
}

func (t *tester) overlay() string { return filepath.Join(t.dir, "overlay.json") }

func (t *tester) close() { _ = os.RemoveAll(t.dir) }

// test mutants, one after the other. Those that it had no time for are missing.
func (t *tester) test(ctx context.Context, mutants []*mutant) ([]result, error) {
	var results []result
	for _, m := range mutants {
		r, err := t.testOne(ctx, m)
		switch {
		case ctx.Err() != nil:
			return results, nil //nolint:nilerr // Interrupted.
		case err != nil:
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "%d of %d %s: %s%s\n", len(results)+1, len(mutants), r.outcome, m, r.note)
		results = append(results, r)
	}
	return results, nil
}

func (t *tester) testOne(ctx context.Context, m *mutant) (result, error) {
	var tests []*source
	if m.in.tests {
		tests = append(tests, m.in)
	}
	for _, kind := range t.kinds {
		if m.in.isShared() || m.in.isPartOf(kind) {
			tests = append(tests, kind)
		}
	}
	note := " (no test reaches it)"
	for _, s := range tests {
		p, err := t.program(ctx, s)
		if err != nil {
			return result{}, err
		}
		if !p.reached[m.id] {
			continue
		}
		note = ""
		o, err := t.run(ctx, p, "MUTANT="+strconv.Itoa(m.id))
		if err != nil || o != survived {
			return result{mutant: m, outcome: o}, err
		}
	}
	return result{mutant: m, outcome: survived, note: note}, nil
}

// program with a package's tests. Once it is built, it runs without an active mutant:
// it must pass, and says which mutants are reached.
func (t *tester) program(ctx context.Context, s *source) (*program, error) {
	if p, ok := t.programs[s]; ok {
		return p, nil
	}
	p := &program{path: filepath.Join(t.dir, strings.ReplaceAll(s.dir, "/", "_")+".test"), dir: s.dir, reached: map[int]bool{}}
	build := exec.CommandContext(ctx, "go", "test", "-c", "-ldflags=-s -w", "-overlay", t.overlay(), "-o", p.path, "./"+s.dir)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("cannot build the tests of %s: %w\n%s", s.dir, err, out)
	}
	trace := p.path + ".trace"
	o, err := t.run(ctx, p, "MUTANT_TRACE="+trace)
	if err != nil {
		return nil, err
	}
	if o != survived {
		return nil, fmt.Errorf("the tests of %s without a mutant: %s", s.dir, o)
	}
	text, err := os.ReadFile(trace)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot read which mutants are reached: %w", err)
	}
	for line := range strings.FieldsSeq(string(text)) {
		id, err := strconv.Atoi(line)
		if err != nil {
			return nil, fmt.Errorf("cannot read which mutants are reached: %w", err)
		}
		p.reached[id] = true
	}
	t.programs[s] = p
	return p, nil
}

// run a test program. Its time is the processor's, so that a busy machine kills no
// mutant; one that waits without end is stopped by the clock, much later.
func (t *tester) run(ctx context.Context, p *program, env string) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*t.timeout)
	defer cancel()
	limit := strconv.Itoa(int(t.timeout.Seconds()))
	c := exec.CommandContext(ctx, "sh", "-c", `ulimit -t "$0"; exec "$@"`, limit, p.path,
		"-test.short", "-test.failfast", "-test.timeout=0")
	c.Dir = p.dir
	c.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "MUTANT") }), env)
	// A test that is stopped leaves the servers that it started: they end with its group.
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	err := c.Run()
	if c.Process != nil {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return survived, nil
	case !errors.As(err, &exit):
		return "", fmt.Errorf("cannot run the tests of %s: %w", p.dir, err)
	case ctx.Err() != nil || isOutOfTime(exit):
		return timedOut, nil
	default:
		return killed, nil
	}
}

// isOutOfTime reports whether a program was stopped at its limit of processor time.
func isOutOfTime(exit *exec.ExitError) bool {
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGXCPU)
}
