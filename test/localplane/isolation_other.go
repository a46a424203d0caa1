//go:build !linux

package localplane

import "syscall"

// isolations: network namespaces are Linux's.
func isolations() []*syscall.SysProcAttr { return []*syscall.SysProcAttr{{Setsid: true}} }

func isolated(*syscall.SysProcAttr) bool { return false }

func raiseLoopback() error { return nil }
