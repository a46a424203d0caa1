package process

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// clockTick is the kernel's unit of CPU time in /proc, on every Linux architecture that Go runs on.
const clockTick = 10 * time.Millisecond

// A Usage is a process's CPU time and memory.
type Usage struct {
	CPU time.Duration
	RSS int64 // bytes
}

// UsageOf reads the usage of the process with this id. It needs Linux's /proc.
func UsageOf(pid int) (Usage, error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return Usage{}, fmt.Errorf("cannot read the usage of process %d: %w", pid, err)
	}
	// The command's name is in brackets and may have spaces, so the fields after it are counted.
	// User and system time are fields 14 and 15, resident pages are field 24 of proc(5); two fields
	// come before the count.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 22 {
		return Usage{}, fmt.Errorf("cannot read the usage of process %d: its stat has %d fields", pid, len(fields))
	}
	var ticks, pages int64
	for _, i := range []int{11, 12} {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return Usage{}, fmt.Errorf("cannot read the CPU time of process %d: %w", pid, err)
		}
		ticks += n
	}
	if pages, err = strconv.ParseInt(fields[21], 10, 64); err != nil {
		return Usage{}, fmt.Errorf("cannot read the memory of process %d: %w", pid, err)
	}
	return Usage{CPU: time.Duration(ticks) * clockTick, RSS: pages * int64(os.Getpagesize())}, nil
}
