package controlplane

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// isolations are the ways to run the daemon: as root in a network namespace that has only a
// loopback device; the same in a user namespace; and without a namespace, for machines that allow
// neither.
func isolations() []*syscall.SysProcAttr {
	root := []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	group := []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	return []*syscall.SysProcAttr{
		{Setsid: true, Cloneflags: syscall.CLONE_NEWNET},
		{Setsid: true, Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWUSER, UidMappings: root, GidMappings: group},
		{Setsid: true},
	}
}

func isolated(attr *syscall.SysProcAttr) bool { return attr.Cloneflags&syscall.CLONE_NEWNET != 0 }

// raiseLoopback switches on the only device of a new network namespace.
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}
