package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

const (
	// poll is how often a starting function is checked.
	poll = 5 * time.Millisecond

	// startTimeout is more than a function ever needs: it starts in 0.1 s, but
	// not on a machine that builds something else on every core.
	startTimeout = 30 * time.Second

	// stopTimeout is how long a function may take to stop before it is killed.
	stopTimeout = 5 * time.Second
)

// A process is a function that listens on a socket.
type process struct {
	socket string
	log    *bytes.Buffer
	cancel context.CancelFunc
	ended  chan struct{} // closed when the process is gone
}

// startProcess starts a function and waits until it listens.
func startProcess(ctx context.Context, binary, socket string) (*process, error) {
	ctx, cancel := context.WithCancel(ctx)
	p := &process{socket: socket, log: &bytes.Buffer{}, cancel: cancel, ended: make(chan struct{})}

	cmd := exec.CommandContext(ctx, binary, "--insecure", "--network=unix", "--address="+socket)
	cmd.Stdout, cmd.Stderr = p.log, p.log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, err
	}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait()
	}()

	if err := p.listens(ctx); err != nil {
		p.stop()
		return nil, fmt.Errorf("%w: %s", err, oneLine(p.log.String()))
	}
	return p, nil
}

// listens waits until the function takes connections.
func (p *process) listens(ctx context.Context) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, poll, startTimeout, true, func(ctx context.Context) (bool, error) {
		var conn net.Conn
		if conn, last = (&net.Dialer{}).DialContext(ctx, "unix", p.socket); last == nil {
			return true, conn.Close()
		}
		select {
		case <-p.ended:
			return false, errors.New("it ended before it listened")
		default:
			return false, nil
		}
	})
	if wait.Interrupted(err) {
		return fmt.Errorf("it does not listen: %w", errors.Join(last, err))
	}
	return err
}

// stop asks the function to stop and returns when it has.
func (p *process) stop() {
	p.cancel()
	<-p.ended
}
