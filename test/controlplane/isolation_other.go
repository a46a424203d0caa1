//go:build !linux

package controlplane

import "syscall"

// isolations has one entry: only Linux has network namespaces.
func isolations() []*syscall.SysProcAttr { return []*syscall.SysProcAttr{{Setsid: true}} }

func isolated(*syscall.SysProcAttr) bool { return false }

func raiseLoopback() error { return nil }
