// Package process keeps a set of child processes alive: it starts each, waits until it is ready,
// restarts it when it dies, and ends all of them in reverse order.
//
// It writes one log file for each process, keeps a table of their ids, and logs which process died.
// It never touches a process that it did not start.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

const (
	// readyPoll is how often a starting process is checked. Each poll less saves a tenth of a
	// second of `make up`.
	readyPoll = 100 * time.Millisecond

	// restartFirst and restartMost bound the pause before a dead process is restarted, as in a
	// kubelet's back-off.
	restartFirst = 250 * time.Millisecond
	restartMost  = 5 * time.Second

	// stopGrace is how long a process may take to end before it is killed.
	stopGrace = 10 * time.Second

	// logLines is how much of a log an error carries.
	logLines = 15
)

// A Spec describes how to run a process.
type Spec struct {
	Name string
	Path string
	Args []string
	Env  []string // added to this process's environment

	// Ready returns nil once the process is ready. A nil Ready means that it is ready as soon as it runs.
	Ready func(context.Context) error
}

// A Supervisor runs processes.
type Supervisor struct {
	// Logs is the folder of the log files.
	Logs string

	// Inherit, when set, stays open in every child. A lock on it is held until the last of them is gone.
	Inherit *os.File

	// Changed, when set, is called with all processes whenever one started or died: one call at a
	// time, the last one with the current state.
	Changed func([]Status)

	telling  sync.Mutex // held while Changed is called
	mu       sync.Mutex
	children []*child
}

// A Status describes a process.
type Status struct {
	Name     string `json:"name"`
	PID      int    `json:"pid"`
	Restarts int    `json:"restarts"`
	Log      string `json:"log"`
}

// Start a process and wait until it is ready. One that dies before that, or is not ready when the
// context ends, is ended and removed: the error has its last log lines.
func (s *Supervisor) Start(ctx context.Context, spec Spec) error {
	c := s.newChild(spec)
	exited, err := c.start()
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.children = append(s.children, c)
	s.mu.Unlock()
	s.changed()

	err = c.waitReady(ctx, exited)
	go c.keep(exited)
	if err != nil {
		s.forget(c)
	}
	return err
}

// Stop ends the processes in reverse order of their start.
func (s *Supervisor) Stop() {
	s.mu.Lock()
	children := s.children
	s.children = nil
	s.mu.Unlock()
	for i := len(children) - 1; i >= 0; i-- {
		children[i].stop()
		<-children[i].done
	}
}

// End one process, and remove it. Nothing happens when there is none of that name.
func (s *Supervisor) End(name string) {
	s.mu.Lock()
	i := slices.IndexFunc(s.children, func(c *child) bool { return c.Name == name })
	if i < 0 {
		s.mu.Unlock()
		return
	}
	c := s.children[i]
	s.mu.Unlock()
	s.forget(c)
}

func (s *Supervisor) forget(c *child) {
	s.mu.Lock()
	s.children = slices.DeleteFunc(slices.Clone(s.children), func(other *child) bool { return other == c })
	s.mu.Unlock()
	c.stop()
	<-c.done
	s.changed()
}

// Run a command to its end. It is for steps that happen once, between the starts of processes.
func (s *Supervisor) Run(ctx context.Context, spec Spec) error {
	c := s.newChild(spec)
	exited, err := c.start()
	if err != nil {
		return err
	}
	select {
	case err := <-exited:
		if err != nil {
			return c.failure(err)
		}
		return nil
	case <-ctx.Done():
		_ = c.cmd.Process.Kill()
		<-exited
		return c.failure(ctx.Err())
	}
}

// Status of every process, in the order of their start.
func (s *Supervisor) Status() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Status, 0, len(s.children))
	for _, c := range s.children {
		all = append(all, c.status())
	}
	return all
}

func (s *Supervisor) changed() {
	if s.Changed == nil {
		return
	}
	// The status is read under the lock too, or an older one could be reported last.
	s.telling.Lock()
	defer s.telling.Unlock()
	s.Changed(s.Status())
}

type child struct {
	Spec

	supervisor *Supervisor
	log        string
	stopping   <-chan struct{}
	stop       func()        // ends it; may be called twice
	done       chan struct{} // closed when it has ended

	mu       sync.Mutex
	cmd      *exec.Cmd
	restarts int
}

func (s *Supervisor) newChild(spec Spec) *child {
	ctx, cancel := context.WithCancel(context.Background())
	return &child{
		Spec: spec, supervisor: s, log: filepath.Join(s.Logs, spec.Name+".log"),
		stopping: ctx.Done(), stop: cancel, done: make(chan struct{}),
	}
}

// start the process; the channel gets its exit once.
func (c *child) start() (exited chan error, err error) {
	file, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", c.Name, err)
	}
	defer func() { _ = file.Close() }() // The child has its own copy.

	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Stdout, cmd.Stderr = file, file
	if c.supervisor.Inherit != nil {
		cmd.ExtraFiles = []*os.File{c.supervisor.Inherit}
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", c.Name, err)
	}
	c.mu.Lock()
	c.cmd = cmd
	c.mu.Unlock()

	ch := make(chan error, 1)
	go func() { ch <- cmd.Wait() }()
	return ch, nil
}

func (c *child) waitReady(ctx context.Context, exited chan error) error {
	if c.Ready == nil {
		return nil
	}
	var last error
	err := wait.PollUntilContextCancel(ctx, readyPoll, true, func(ctx context.Context) (bool, error) {
		if last = c.Ready(ctx); last == nil {
			return true, nil
		}
		select {
		case exit := <-exited:
			exited <- exit // For keep.
			last = nil
			return false, fmt.Errorf("it ended before it was ready: %w", cause(exit))
		default:
			return false, nil
		}
	})
	switch {
	case err == nil:
		return nil
	case last != nil:
		return c.failure(fmt.Errorf("it is not ready: %w", last))
	default:
		return c.failure(err)
	}
}

// keep the process running until it is told to stop.
func (c *child) keep(exited chan error) {
	defer close(c.done)
	pause := restartFirst
	for {
		started := time.Now()
		select {
		case <-c.stopping:
			c.end(exited)
			return
		case exit := <-exited:
			log.Printf("%s ended (%v) and is restarted", c.Name, cause(exit))
		}
		if time.Since(started) > 2*restartMost {
			pause = restartFirst
		}
		for exited = nil; exited == nil; pause = min(2*pause, restartMost) {
			select {
			case <-c.stopping:
				return
			case <-time.After(pause):
			}
			exited, _ = c.start() // A failure is tried again, like any exit.
		}
		c.mu.Lock()
		c.restarts++
		c.mu.Unlock()
		c.supervisor.changed()
	}
}

func (c *child) end(exited <-chan error) {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-exited:
	case <-time.After(stopGrace):
		_ = c.cmd.Process.Kill()
		<-exited
	}
}

func (c *child) status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Status{Name: c.Name, PID: c.cmd.Process.Pid, Restarts: c.restarts, Log: c.log}
}

// cause is why a process ended; exit status 0 is a cause too.
func cause(exit error) error {
	if exit == nil {
		return errors.New("exit status 0")
	}
	return exit
}

func (c *child) failure(err error) error {
	return fmt.Errorf("cannot start %s: %w\nthe last lines of %s:\n%s", c.Name, err, c.log, LastLines(c.log))
}

// LastLines of a log file, indented; empty when it cannot be read.
func LastLines(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := strings.Split(string(bytes.TrimSpace(content)), "\n")
	return "  " + strings.Join(lines[max(0, len(lines)-logLines):], "\n  ")
}

// Restarted describes the processes that died and were restarted, with their number of restarts and
// their last log lines; it is empty when none died.
func Restarted(all []Status) string {
	out := &strings.Builder{}
	for _, p := range all {
		if p.Restarts > 0 {
			fmt.Fprintf(out, "%s died and was restarted (restarts: %d); the last lines of %s:\n%s\n", p.Name, p.Restarts, p.Log, LastLines(p.Log))
		}
	}
	return out.String()
}

// Gone reports whether a process has ended. A process that its parent has not waited for yet has ended too.
func Gone(pid int) bool {
	// The state follows the command's name, which is in brackets and may have spaces: see proc(5).
	// Only Linux has this file.
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	zombie := err == nil && bytes.HasPrefix(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" Z"))
	return zombie || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
