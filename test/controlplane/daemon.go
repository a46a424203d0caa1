package controlplane

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

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/ausmart/platform/test/controlplane/process"
)

const (
	// stopTimeout is how long a control plane may take to stop before it is killed: its processes
	// stop one after the other.
	stopTimeout = 40 * time.Second

	// killTimeout is how long the kernel may take to end killed processes.
	killTimeout = 10 * time.Second

	lockPoll = 50 * time.Millisecond

	// lockText marks the folder of a control plane: Down must not remove any other folder.
	lockText = "This is the folder of a local control plane. The command controlplane down removes it, with everything in it.\n"

	// again tells what to do when a control plane did not start.
	again = "when it is fixed, run make up again"
)

// The files that the daemon inherits, after standard input, output and error.
const (
	apiServerFD = 3 + iota
	lockFD
	clustersFD
	registryFD
	refusalFD // where the daemon reports that it cannot have its own network
)

// Up starts a control plane in the background and returns when it is ready. serve is the command that calls Serve.
func Up(ctx context.Context, dir Dir, cfg Config, serve []string, progress io.Writer) error {
	lock, err := occupy(dir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	if err := writeJSON(dir.config(), cfg); err != nil {
		return err
	}
	return start(ctx, dir, serve, lock, progress)
}

// occupy a folder that is empty, does not exist yet, or was left by a control plane that did not stop cleanly.
func occupy(dir Dir) (lock *os.File, err error) {
	if err := makeDirs(string(dir)); err != nil {
		return nil, err
	}
	files, err := os.ReadDir(string(dir))
	if err != nil {
		return nil, fmt.Errorf("cannot read the control plane's folder: %w", err)
	}
	if len(files) > 0 && !isControlPlane(dir) {
		return nil, fmt.Errorf("cannot start a control plane in %s: there are other files, which make down would remove: choose a folder that is empty or not there", dir)
	}
	if lock, err = tryLock(dir); err != nil {
		return nil, err
	}
	if _, err := lock.WriteString(lockText); err != nil {
		return nil, fmt.Errorf("cannot mark the control plane's folder: %w", err)
	}
	// Files with the state and the processes of an earlier control plane are not valid for this one.
	for _, stale := range []string{dir.Kubeconfig(), dir.Processes(), dir.pid()} {
		if err := os.Remove(stale); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("cannot remove what an earlier control plane left: %w", err)
		}
	}
	return lock, makeDirs(dir.logs())
}

func isControlPlane(dir Dir) bool {
	content, err := os.ReadFile(dir.lock())
	return err == nil && string(content) == lockText
}

// Serve is the daemon's side of Up: it runs the control plane until it is told to end, and reports
// why when it cannot.
func Serve(ctx context.Context, dir Dir, ownNetwork bool) error {
	progress := os.Stdout // Up reads it until it is closed.
	if err := enterNetwork(ownNetwork, os.NewFile(refusalFD, "refusal")); err != nil {
		return err // Up tries the next way.
	}
	err := serve(ctx, dir, progress)
	if err != nil {
		fmt.Fprintln(progress, err)
	}
	return err
}

// enterNetwork makes the network namespace of this process usable, if it has one, or writes to
// refusal why it cannot.
func enterNetwork(own bool, refusal io.WriteCloser) error {
	defer func() { _ = refusal.Close() }() // Nothing was written: go on.
	if !own {
		return nil
	}
	if err := raiseLoopback(); err != nil {
		err = fmt.Errorf("cannot raise the loopback device: %w", err)
		fmt.Fprint(refusal, err)
		return err
	}
	return nil
}

func serve(ctx context.Context, dir Dir, progress io.WriteCloser) error {
	apiServer, err := inherited(apiServerFD)
	if err != nil {
		return err
	}
	clusters, err := inherited(clustersFD)
	if err != nil {
		return err
	}
	registry, err := inherited(registryFD)
	if err != nil {
		return err
	}
	lock := os.NewFile(lockFD, "lock")
	syscall.CloseOnExec(lockFD) // Children inherit it only when they are meant to.
	return Run(ctx, dir, Front{apiServer, clusters, registry}, lock, progress, func() { _ = progress.Close() })
}

// inherited is a listener that this process was started with. Its children do not inherit it: the
// port must not outlive this process.
func inherited(fd uintptr) (net.Listener, error) {
	f := os.NewFile(fd, "listener")
	defer func() { _ = f.Close() }() // The listener is another handle of the same socket, which is closed on exec.
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	return l, nil
}

// Down ends the control plane in dir and removes the folder. It reports whether there was one.
func Down(dir Dir) (found bool, err error) {
	if _, err := os.Stat(string(dir)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if !isControlPlane(dir) {
		return false, fmt.Errorf("cannot end a control plane in %s: it is not a control plane's folder: name the folder that the control plane was started in", dir)
	}
	lock, err := tryLock(dir)
	if err != nil {
		if lock, err = end(dir); err != nil {
			return true, err
		}
	}
	defer func() { _ = lock.Close() }()
	if err := os.RemoveAll(string(dir)); err != nil {
		return true, fmt.Errorf("cannot remove the control plane's folder: %w", err)
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
	registry, err := listen()
	if err != nil {
		return err
	}
	defer func() { _ = registry.Close() }()
	output, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("cannot make a pipe: %w", err)
	}
	defer func() { _ = output.Close() }()
	daemon, err := launch(dir, serve, w, []*os.File{apiServer, lock, clusters, registry}, progress)
	_ = w.Close()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = daemon.Process.Signal(syscall.SIGTERM) })
	defer stop()
	if _, err := io.Copy(progress, output); err != nil {
		return fmt.Errorf("cannot follow the start of the control plane: %w", err)
	}
	if !exists(dir.Kubeconfig()) {
		return failure(dir, daemon)
	}
	return daemon.Process.Release()
}

// failure of a daemon that ended before the control plane was ready. A daemon that returned an
// error has printed it; the last lines of one that was killed are in its log.
func failure(dir Dir, daemon *exec.Cmd) error {
	const saidIt = 1
	_ = daemon.Wait() // Its state has the result.
	if daemon.ProcessState.ExitCode() == saidIt {
		return errors.New("the control plane did not start: see above; " + again)
	}
	return fmt.Errorf("the control plane did not start: its daemon ended with %s; the last lines of %s:\n%s\n%s",
		daemon.ProcessState, dir.supervisorLog(), process.LastLines(dir.supervisorLog()), again)
}

// listen on a free port of the machine's own loopback device. The file can be handed to a process
// in another network namespace.
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
func launch(dir Dir, serve []string, stdout *os.File, inherit []*os.File, progress io.Writer) (daemon *exec.Cmd, err error) {
	stderr, err := os.Create(dir.supervisorLog())
	if err != nil {
		return nil, fmt.Errorf("cannot write a log: %w", err)
	}
	defer func() { _ = stderr.Close() }()
	refusal := errors.New("only Linux has them")
	for _, attr := range isolations() {
		daemon = exec.Command(serve[0], append(slices.Clone(serve[1:]), "-dir="+string(dir), "-own-network="+strconv.FormatBool(isolated(attr)))...)
		daemon.Stdout, daemon.Stderr, daemon.ExtraFiles, daemon.SysProcAttr = stdout, stderr, inherit, attr
		if err = attempt(dir, daemon); err != nil {
			refusal = err
			continue
		}
		if !isolated(attr) {
			fmt.Fprintf(progress, "note: this machine allows no network namespace (%v): Crossplane's metrics and probe ports listen on every address\n", refusal)
		}
		return daemon, nil
	}
	return nil, fmt.Errorf("cannot start the control plane: %w", refusal)
}

// attempt to start the daemon. If a namespace can be created but not used, only the daemon can
// detect that: it reports it and ends.
func attempt(dir Dir, daemon *exec.Cmd) error {
	refusal, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("cannot make a pipe: %w", err)
	}
	defer func() { _ = refusal.Close() }()
	daemon.ExtraFiles = append(slices.Clone(daemon.ExtraFiles), w)
	err = daemon.Start()
	_ = w.Close()
	if err != nil {
		return err
	}
	if err := os.WriteFile(dir.pid(), []byte(strconv.Itoa(daemon.Process.Pid)), 0o600); err != nil {
		_ = daemon.Process.Kill()
		return fmt.Errorf("cannot write the process id: %w", err)
	}
	why, err := io.ReadAll(refusal)
	if err == nil && len(why) > 0 {
		_ = daemon.Wait()
		return errors.New(string(why))
	}
	return err
}

// end the control plane that holds the lock: it is asked to stop, and its process group is killed
// when it does not. The lock proves that the recorded process id is still this control plane's:
// every process of it holds the lock.
func end(dir Dir) (*os.File, error) {
	pid, err := Daemon(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot end the control plane in %s: %w", dir, err)
	}
	_ = syscall.Kill(pid, syscall.SIGTERM)
	if lock := waitLock(dir, stopTimeout, func() bool { return process.Gone(pid) }); lock != nil {
		return lock, nil
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	if lock := waitLock(dir, killTimeout, func() bool { return false }); lock != nil {
		return lock, nil
	}
	return nil, fmt.Errorf("cannot end the control plane in %s: processes of group %d are still there after SIGKILL", dir, pid)
}

// waitLock waits for the lock, until the timeout or until inVain: the daemon, which could stop the
// control plane, is gone.
func waitLock(dir Dir, timeout time.Duration, inVain func() bool) *os.File {
	var lock *os.File
	_ = wait.PollUntilContextTimeout(context.Background(), lockPoll, timeout, true, func(context.Context) (bool, error) {
		last := inVain() // Asked first: a process that is gone has released the lock.
		var err error
		lock, err = tryLock(dir)
		return err == nil || last, nil
	}) // Without a lock there is none to return.
	return lock
}

// Daemon is the process id of a control plane's daemon: the parent of its processes.
func Daemon(dir Dir) (pid int, err error) {
	content, err := os.ReadFile(dir.pid())
	if err != nil {
		return 0, fmt.Errorf("cannot read the control plane's process id: %w", err)
	}
	if pid, err = strconv.Atoi(string(content)); err != nil {
		return 0, fmt.Errorf("cannot read the control plane's process id: %w", err)
	}
	return pid, nil
}

// tryLock takes the lock that every process of a control plane holds.
func tryLock(dir Dir) (*os.File, error) {
	f, err := os.OpenFile(dir.lock(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock the control plane's folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("a control plane already runs in %s: end it with make down, or choose another folder", dir)
	}
	return f, nil
}

// ProcessesOf reads the table of a control plane's processes.
func ProcessesOf(dir Dir) ([]process.Status, error) {
	var all []process.Status
	if err := readJSON(dir.Processes(), &all); err != nil {
		return nil, fmt.Errorf("cannot read the control plane's processes: %w", err)
	}
	return all, nil
}
