package localplane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/ausmart/platform/test/localplane/process"
)

const (
	// stopTimeout is how long a plane may take to end in order before it is killed: its processes end one after the other.
	stopTimeout = 40 * time.Second

	// killTimeout is how long the kernel may take to bury what was killed.
	killTimeout = 10 * time.Second

	lockPoll = 50 * time.Millisecond
)

// The files that the daemon inherits, after standard input, output and error.
const (
	apiServerFD = 3
	lockFD      = 4
	clustersFD  = 5
)

// Up starts a plane in the background and returns when it is ready. serve is the command that calls Serve.
func Up(ctx context.Context, dir Dir, cfg Config, serve []string, progress io.Writer) error {
	if err := makeDirs(dir.logs()); err != nil {
		return err
	}
	lock, err := tryLock(dir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	if err := writeJSON(dir.config(), cfg); err != nil {
		return err
	}
	if err := start(ctx, dir, serve, lock, progress); err != nil {
		return err
	}
	if _, err := os.Stat(dir.Kubeconfig()); err != nil {
		return errors.New("the plane did not start: see above; when it is mended, run make up again")
	}
	return nil
}

// Serve is the daemon's side of Up: it runs the plane until it is told to end.
func Serve(ctx context.Context, dir Dir, ownNetwork bool) error {
	progress := os.Stdout // Up reads it until it is closed.
	if ownNetwork {
		if err := raiseLoopback(); err != nil {
			return fmt.Errorf("cannot raise the loopback device: %w", err)
		}
	}
	apiServer, err := net.FileListener(os.NewFile(apiServerFD, "api-server"))
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	clusters, err := net.FileListener(os.NewFile(clustersFD, "clusters"))
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	lock := os.NewFile(lockFD, "lock")
	syscall.CloseOnExec(lockFD) // Children inherit it by name, not by accident.
	err = Run(ctx, dir, Front{apiServer, clusters}, lock, progress, func() { _ = progress.Close() })
	if err != nil {
		fmt.Fprintln(progress, err)
	}
	return err
}

// Down ends the plane in dir and removes the folder. It reports whether there was one.
func Down(dir Dir) (found bool, err error) {
	if _, err := os.Stat(string(dir)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	lock, err := tryLock(dir)
	if err != nil {
		if lock, err = end(dir); err != nil {
			return true, err
		}
	}
	defer func() { _ = lock.Close() }()
	if err := os.RemoveAll(string(dir)); err != nil {
		return true, fmt.Errorf("cannot remove the plane's folder: %w", err)
	}
	return true, nil
}

func start(ctx context.Context, dir Dir, serve []string, lock *os.File, progress io.Writer) error {
	apiServer, err := listen()
	if err != nil {
		return err
	}
	defer func() { _ = apiServer.Close() }()
	clusters, err := listen()
	if err != nil {
		return err
	}
	defer func() { _ = clusters.Close() }()
	output, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("cannot make a pipe: %w", err)
	}
	defer func() { _ = output.Close() }()
	pid, err := launch(dir, serve, w, []*os.File{apiServer, lock, clusters}, progress)
	_ = w.Close()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = syscall.Kill(pid, syscall.SIGTERM) })
	defer stop()
	_, err = io.Copy(progress, output)
	return err
}

// listen on a free port of the machine's own loopback device. The file can be handed to a process in another network namespace.
func listen() (*os.File, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	defer func() { _ = l.Close() }()      // The file is another handle of the same socket.
	f, err := l.(*net.TCPListener).File() //nolint:forcetypeassert // It is one.
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	return f, nil
}

// launch tries the ways to run the daemon, the best isolated first.
func launch(dir Dir, serve []string, stdout *os.File, inherit []*os.File, progress io.Writer) (pid int, err error) {
	stderr, err := os.Create(dir.supervisorLog())
	if err != nil {
		return 0, fmt.Errorf("cannot write a log: %w", err)
	}
	defer func() { _ = stderr.Close() }()
	for _, attr := range isolations() {
		args := append(slices.Clone(serve[1:]), "-dir="+string(dir), "-own-network="+strconv.FormatBool(isolated(attr)))
		cmd := exec.Command(serve[0], args...)
		cmd.Stdout, cmd.Stderr, cmd.ExtraFiles, cmd.SysProcAttr = stdout, stderr, inherit, attr
		if err = cmd.Start(); err != nil {
			continue
		}
		if !isolated(attr) {
			fmt.Fprintln(progress, "note: this machine allows no network namespace: Crossplane's metrics and probe ports listen on every address")
		}
		pid = cmd.Process.Pid
		if err := os.WriteFile(dir.path("pid"), []byte(strconv.Itoa(pid)), 0o600); err != nil {
			_ = cmd.Process.Kill()
			return 0, fmt.Errorf("cannot write the process id: %w", err)
		}
		return pid, cmd.Process.Release()
	}
	return 0, fmt.Errorf("cannot start the plane: %w", err)
}

// end the plane that holds the lock, in order when it does so itself, else by killing its process group. The lock proves that the
// recorded id is still this plane's, whatever happened since: every process of it holds the lock.
func end(dir Dir) (*os.File, error) {
	content, err := os.ReadFile(dir.path("pid"))
	if err != nil {
		return nil, fmt.Errorf("cannot end the plane in %s: %w", dir, err)
	}
	pid, err := strconv.Atoi(string(content))
	if err != nil {
		return nil, fmt.Errorf("cannot end the plane in %s: its process id: %w", dir, err)
	}
	_ = syscall.Kill(pid, syscall.SIGTERM)
	if lock := waitLock(dir, stopTimeout); lock != nil {
		return lock, nil
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	if lock := waitLock(dir, killTimeout); lock != nil {
		return lock, nil
	}
	return nil, fmt.Errorf("cannot end the plane in %s: processes of group %d are still there after SIGKILL", dir, pid)
}

func waitLock(dir Dir, timeout time.Duration) *os.File {
	for deadline := time.Now().Add(timeout); time.Now().Before(deadline); time.Sleep(lockPoll) {
		if lock, err := tryLock(dir); err == nil {
			return lock
		}
	}
	return nil
}

// tryLock takes the lock that every process of a plane holds.
func tryLock(dir Dir) (*os.File, error) {
	f, err := os.OpenFile(dir.lock(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock the plane's folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("a plane already runs in %s: end it with make down, or choose another folder", dir)
	}
	return f, nil
}

// ProcessesOf reads the table of a plane's processes.
func ProcessesOf(dir Dir) ([]process.Status, error) {
	var all []process.Status
	if err := readJSON(dir.Processes(), &all); err != nil {
		return nil, fmt.Errorf("cannot read the plane's processes: %w", err)
	}
	return all, nil
}
