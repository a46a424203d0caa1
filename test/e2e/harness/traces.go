package harness

import (
	"fmt"
	"net"
	"os"
	"strings"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/process"
)

// traces are what a running control plane has on the machine, and what must be gone after it.
type traces struct {
	dir       controlplane.Dir
	processes map[string]int // process ids by name
	front     string         // the address of its API server
}

// tracesOf a control plane, before it is ended. A control plane that did not start has only some of them.
func tracesOf(dir controlplane.Dir) traces {
	t := traces{dir: dir, processes: map[string]int{}}
	if pid, err := controlplane.Daemon(dir); err == nil {
		t.processes["controlplane serve"] = pid
	}
	if all, err := controlplane.ProcessesOf(dir); err == nil {
		for _, p := range all {
			t.processes[p.Name] = p.PID
		}
	}
	if config, err := clientcmd.BuildConfigFromFlags("", dir.Kubeconfig()); err == nil {
		t.front = strings.TrimPrefix(config.Host, "https://")
	}
	return t
}

// left returns an error that lists what is still there.
func (t traces) left() error {
	var there []string
	for name, pid := range t.processes {
		if !process.Gone(pid) {
			there = append(there, fmt.Sprintf("process %d, %s", pid, name))
		}
	}
	if t.front != "" {
		if conn, err := net.Dial("tcp", t.front); err == nil {
			_ = conn.Close()
			there = append(there, "port "+t.front)
		}
	}
	if _, err := os.Stat(string(t.dir)); err == nil {
		there = append(there, "folder "+string(t.dir))
	}
	if len(there) == 0 {
		return nil
	}
	return fmt.Errorf("cannot end the control plane: after controlplane down there is still\n  %s", strings.Join(there, "\n  "))
}
