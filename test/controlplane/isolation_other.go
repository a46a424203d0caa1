//go:build !linux

package controlplane

import "syscall"

// isolations: network namespaces are Linux's.
func isolations() []*syscall.SysProcAttr { return []*syscall.SysProcAttr{{Setsid: true}} }

func isolated(*syscall.SysProcAttr) bool { return false }

func raiseLoopback() error { return nil }
