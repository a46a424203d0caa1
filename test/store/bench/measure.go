package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ausmart/platform/test/store/process"
)

// Goals that hold for every service.
const (
	goalIdleMiB = 20
	goalStartMS = 100
)

// starts is how often a service is started to measure that: the median is kept, as the first one reads the disk.
const starts = 5

// settle lets a service finish its start before its memory is read.
const settle = 500 * time.Millisecond

// Figures are the measurements of one scenario.
type Figures struct {
	Service           string  `json:"service"`
	Request           string  `json:"request"`
	Requests          int     `json:"requests"`
	RequestsPerSecond float64 `json:"requestsPerSecond"`
	CPUMillis         float64 `json:"cpuMillisPerRequest"`
	GoalCPUMillis     float64 `json:"goalCpuMillisPerRequest,omitempty"`
	StartMillis       float64 `json:"startMillis"`
	IdleMiB           float64 `json:"idleMiB"`
	LoadedMiB         float64 `json:"loadedMiB"`
}

func measureAll(programs string, l load, w io.Writer) ([]Figures, error) {
	fmt.Fprintln(w, "Building the services.")
	all := scenarios()
	for _, s := range all {
		if err := process.Build(programs, s.service); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(w, "%d requests over %d connections for each line, %d cores.\n\n", l.requests, l.connections, runtime.NumCPU())
	const row = "%-9s %-58s %10s %14s %8s %8s %10s  %s\n"
	fmt.Fprintf(w, row, "service", "request", "requests/s", "CPU ms/request", "start ms", "idle MiB", "loaded MiB", "")
	var figures []Figures
	for _, s := range all {
		f, err := measure(filepath.Join(programs, s.service), s, l)
		if err != nil {
			return nil, fmt.Errorf("cannot measure %s: %w", s.service, err)
		}
		fmt.Fprintf(w, row, f.Service, f.Request, fmt.Sprintf("%.0f", f.RequestsPerSecond), fmt.Sprintf("%.3f", f.CPUMillis),
			fmt.Sprintf("%.0f", f.StartMillis), fmt.Sprintf("%.1f", f.IdleMiB), fmt.Sprintf("%.1f", f.LoadedMiB), f.missed())
		figures = append(figures, f)
	}
	return figures, nil
}

func measure(program string, s scenario, l load) (f Figures, err error) {
	p, started, err := startOften(program)
	if err != nil {
		return f, err
	}
	defer func() {
		if stopped := p.Stop(); err == nil {
			err = stopped
		}
	}()
	time.Sleep(settle)
	idle, _, err := p.Memory()
	if err != nil {
		return f, err
	}
	if err := warmUp(p.URL, s, l); err != nil {
		return f, err
	}
	before, err := p.CPU()
	if err != nil {
		return f, err
	}
	took, err := l.send(p.URL, s)
	if err != nil {
		return f, err
	}
	after, err := p.CPU()
	if err != nil {
		return f, err
	}
	_, peak, err := p.Memory()
	return Figures{
		Service: s.service, Request: s.name(), Requests: l.requests,
		RequestsPerSecond: float64(l.requests) / took.Seconds(),
		CPUMillis:         millis(after-before) / float64(l.requests), GoalCPUMillis: s.goal,
		StartMillis: millis(started), IdleMiB: mebibytes(idle), LoadedMiB: mebibytes(peak),
	}, err
}

// warmUp sends the scenario's preparing requests, then a tenth of the load.
func warmUp(url string, s scenario, l load) error {
	if s.prepare != nil {
		if _, err := (load{customers, l.connections}).send(url, *s.prepare); err != nil {
			return err
		}
	}
	_, err := load{l.requests / 10, l.connections}.send(url, s)
	return err
}

// startOften returns a fresh process, and the median time of several starts.
func startOften(program string) (*process.Process, time.Duration, error) {
	var times []time.Duration
	for {
		p, err := process.Start(program, []string{"SHUTDOWN_DELAY=0"}, io.Discard)
		if err != nil {
			return nil, 0, err
		}
		times = append(times, p.Started)
		if len(times) == starts {
			slices.Sort(times)
			return p, times[starts/2], nil
		}
		if err := p.Stop(); err != nil {
			return nil, 0, err
		}
	}
}

// missed names the goals that the figures miss.
func (f Figures) missed() string {
	var missed strings.Builder
	for name, over := range map[string]bool{
		"CPU": f.GoalCPUMillis > 0 && f.CPUMillis > f.GoalCPUMillis, "idle": f.IdleMiB > goalIdleMiB, "start": f.StartMillis > goalStartMS,
	} {
		if over {
			missed.WriteString(" over its goal: " + name)
		}
	}
	return missed.String()
}

func write(path string, figures []Figures) error {
	raw, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot encode figures: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("cannot make folder for figures: %w", err)
	}
	if err := os.WriteFile(path, append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("cannot write figures: %w", err)
	}
	return nil
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func mebibytes(n int64) float64 { return float64(n) / (1 << 20) }
