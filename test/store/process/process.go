// Package process runs a service's program as the separate process that it is in production, on a
// free port of loopback, and measures its CPU time and memory.
package process

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	localprocess "github.com/ausmart/platform/test/controlplane/process"
)

// stopTimeout is how long a service may take to stop before it is killed.
const stopTimeout = 30 * time.Second

// Process is a service that runs.
type Process struct {
	URL     string
	Started time.Duration // From its start to its first open port.

	cmd   *exec.Cmd
	ended chan error
}

// Build compiles the programs of the named services into dir.
func Build(dir string, names ...string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot make folder for programs: %w", err)
	}
	for _, name := range names {
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(dir, name), "github.com/ausmart/platform/services/cmd/"+name)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build %s: %w\n%s", name, err, out)
		}
	}
	return nil
}

// Start runs a program with vars as its only settings, and copies its log to log. It returns once the program listens.
func Start(program string, vars []string, log io.Writer) (*Process, error) {
	cmd := exec.Command(program)
	cmd.Env = slices.Concat(vars, []string{"HOST=127.0.0.1", "PORT=0", "PATH=" + os.Getenv("PATH")})
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // It does not outlive this process.
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("cannot read log of %s: %w", program, err)
	}
	cmd.Stderr = log
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", program, err)
	}
	p := &Process{cmd: cmd, ended: make(chan error, 1)}
	lines := bufio.NewReaderSize(out, 64<<10)
	for p.URL == "" {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("cannot start %s: it ended: %w", program, errors.Join(err, cmd.Wait()))
		}
		_, _ = log.Write(line) // The log is for people.
		p.URL = listening(line)
	}
	p.Started = time.Since(begun)
	go func() {
		_, _ = io.Copy(log, lines) // Until it ends.
		p.ended <- cmd.Wait()
	}()
	return p, nil
}

// listening returns the address that a line of the log announces.
func listening(line []byte) string {
	var entry struct {
		Msg     string `json:"msg"`
		Address string `json:"address"`
	}
	if json.Unmarshal(line, &entry) != nil || entry.Msg != "listening" {
		return ""
	}
	if _, _, err := net.SplitHostPort(entry.Address); err != nil {
		return ""
	}
	return "http://" + entry.Address
}

// Stop ends the process by SIGTERM and returns how it ended.
func (p *Process) Stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // It may have ended by itself; the channel ended has the result.
	select {
	case err := <-p.ended:
		return err
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill() // As above.
		return fmt.Errorf("cannot stop %s within %s", p.cmd.Path, stopTimeout)
	}
}

// CPU returns the time that the process has spent on all cores.
func (p *Process) CPU() (time.Duration, error) {
	used, err := localprocess.UsageOf(p.cmd.Process.Pid)
	return used.CPU, err
}

// Memory returns the bytes that the process uses now, and their maximum so far.
func (p *Process) Memory() (now, peak int64, err error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, fmt.Errorf("cannot read memory: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		key, value, _ := strings.Cut(line, ":")
		var target *int64
		switch key {
		case "VmRSS":
			target = &now
		case "VmHWM":
			target = &peak
		default:
			continue
		}
		kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("cannot read memory: %w", err)
		}
		*target = kb << 10
	}
	return now, peak, nil
}
