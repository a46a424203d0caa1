// Package process keeps a set of child processes alive: it starts each, waits until it is ready, starts it again when it dies, and
// ends all of them in the opposite order.
//
// It writes one log file a process, and a table of their ids. It never touches a process that it did not start.
package process

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// readyPoll is how often a starting process is asked whether it is ready. Each saved poll is a tenth of a second of `make up`.
	readyPoll = 100 * time.Millisecond

	// restartFirst and restartMost bound the pause before a dead process is started again, as a kubelet's back-off does.
	restartFirst = 250 * time.Millisecond
	restartMost  = 5 * time.Second

	// stopGrace is how long a process may take to end before it is killed.
	stopGrace = 10 * time.Second

	// logLines is how much of a log an error carries.
	logLines = 15
)

// A Spec says how to run a process.
type Spec struct {
	Name string
	Path string
	Args []string
	Env  []string // added to this process's environment

	// Ready returns nil once the process does its work. Nil when it is ready as soon as it runs.
	Ready func(context.Context) error
}

// A Supervisor runs processes.
type Supervisor struct {
	// Logs is the folder of the log files.
	Logs string

	// Inherit, when set, stays open in every child. A lock on it is held until the last of them is gone.
	Inherit *os.File

	// Changed, when set, is told the processes whenever one started or died.
	Changed func([]Status)

	mu       sync.Mutex
	children []*child
}

// A Status is what is known of a process.
type Status struct {
	Name     string `json:"name"`
	PID      int    `json:"pid"`
	Restarts int    `json:"restarts"`
	Log      string `json:"log"`
}

// Start a process and wait until it is ready. One that dies before that is not started again: the error has its last words.
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
	return err
}

// Stop ends the processes, the last started first.
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

// End one process, and forget it. Nothing happens when there is none of that name.
func (s *Supervisor) End(name string) {
	s.mu.Lock()
	i := slices.IndexFunc(s.children, func(c *child) bool { return c.Name == name })
	if i < 0 {
		s.mu.Unlock()
		return
	}
	c := s.children[i]
	s.children = slices.Delete(slices.Clone(s.children), i, i+1)
	s.mu.Unlock()
	c.stop()
	<-c.done
	s.changed()
}

// Run a command to its end. It is for what has to happen once, between the starts of processes.
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
	if s.Changed != nil {
		s.Changed(s.Status())
	}
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

// start the process; the channel tells once how it exited.
func (c *child) start() (exited chan error, err error) {
	log, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", c.Name, err)
	}
	defer func() { _ = log.Close() }() // The child has its own copy.

	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Stdout, cmd.Stderr = log, log
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
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for {
		err := c.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case exit := <-exited:
			c.stop() // It never ran: keep must not start it again.
			exited <- exit
			return c.failure(exit)
		case <-ctx.Done():
			return c.failure(fmt.Errorf("it is not ready: %w", err))
		case <-tick.C:
		}
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
		case <-exited:
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
			exited, _ = c.start() // A failure is tried again, as any exit is.
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
