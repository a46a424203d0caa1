package harness

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/process"
)

func TestTracesThatAreLeft(t *testing.T) {
	dir := controlplane.Dir(filepath.Join(t.TempDir(), "control-plane"))
	if err := tracesOf(dir).left(); err != nil {
		t.Errorf("want nothing left of a control plane that never ran, got %v", err)
	}

	if err := os.Mkdir(string(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	etcd := exec.Command("sleep", "60")
	if err := etcd.Start(); err != nil {
		t.Fatal(err)
	}
	end := func() { _ = etcd.Process.Kill(); _ = etcd.Wait() }
	defer end()
	table, err := json.Marshal([]process.Status{{Name: "etcd", PID: etcd.Process.Pid}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir.Processes(), table, 0o600); err != nil {
		t.Fatal(err)
	}
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = front.Close() }()
	config := clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{"control-plane": {Server: "https://" + front.Addr().String()}},
		Contexts:       map[string]*clientcmdapi.Context{"control-plane": {Cluster: "control-plane"}},
		CurrentContext: "control-plane",
	}
	if err := clientcmd.WriteToFile(config, dir.Kubeconfig()); err != nil {
		t.Fatal(err)
	}

	traces := tracesOf(dir)
	err = traces.left()
	for _, want := range []string{"etcd", "port " + front.Addr().String(), "folder " + string(dir)} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in what is left, got: %v", want, err)
		}
	}

	end()
	_ = front.Close()
	if err := os.RemoveAll(string(dir)); err != nil {
		t.Fatal(err)
	}
	if err := traces.left(); err != nil {
		t.Errorf("want nothing left, got %v", err)
	}
}
