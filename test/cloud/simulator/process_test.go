package simulator_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/ausmart/platform/test/cloud"
)

func TestKilledAgainAndAgain(t *testing.T) {
	w := &world{t: t, kube: newClient(t)}
	p := spawn(t, w, "--max-retry=400ms")
	w.stop = func() { p.stop(os.Interrupt) }
	t.Cleanup(w.end)

	var objects []*unstructured.Unstructured
	for i := range 40 {
		v := vpc(fmt.Sprintf("killed-%d", i))
		s := subnetOf(v.GetName(), v.GetName())
		objects = append(objects, v, s)
		w.apply(v, s)
		if i%10 == 9 {
			p.stop(os.Kill)
			p.start()
		}
	}
	w.ready(objects...)
	want := map[string]string{}
	for _, o := range objects {
		want[title(o)] = externalName(w.get(o))
	}
	p.stop(os.Kill)
	p.start()

	got := map[string]string{}
	inv := w.inventory()
	for _, r := range inv.Resources {
		got[r.Kind.Kind+" "+r.Name] = r.ID
	}
	if len(inv.Twice) != 0 || inv.Made != len(objects) {
		t.Errorf("made %d of %d, twice: %v", inv.Made, len(objects), inv.Twice)
	}
	for name, id := range want {
		if got[name] != id {
			t.Errorf("%s has external name %q, and exists as %q", name, id, got[name])
		}
	}
}

// A process is the simulator's command, as a control plane runs it.
type process struct {
	w   *world
	p   cloud.Process
	cmd *exec.Cmd
}

// spawn builds the command and starts it for a world, with additional flags.
func spawn(t testing.TB, w *world, flags ...string) *process {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "simulator")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/simulator").CombinedOutput(); err != nil {
		t.Fatalf("cannot build the simulator: %v\n%s", err, out)
	}
	controlPlane := cloud.ControlPlane{Kubeconfig: filepath.Join(dir, "kubeconfig"), Dir: filepath.Join(dir, "cloud")}
	writeKubeconfig(t, controlPlane.Kubeconfig)
	processes, err := cloud.Simulator{Binary: binary}.Processes(t.Context(), controlPlane)
	if err != nil {
		t.Fatal(err)
	}
	w.cloud = cloud.Simulator{}.Client(controlPlane)
	p := &process{w: w, p: processes[0]}
	p.p.Args = append(p.p.Args, flags...)
	p.start()
	return p
}

func (p *process) start() {
	p.w.t.Helper()
	p.cmd = exec.Command(p.p.Path, p.p.Args...)
	if err := p.cmd.Start(); err != nil {
		p.w.t.Fatal(err)
	}
	p.w.eventually("the simulator answers", func() error { return p.p.Ready(context.Background()) })
}

func (p *process) stop(s os.Signal) {
	_ = p.cmd.Process.Signal(s) // It may already have ended; the test then fails on what is missing.
	_ = p.cmd.Wait()
}

func (p *process) state() *os.ProcessState { return p.cmd.ProcessState }

func writeKubeconfig(t testing.TB, path string) {
	t.Helper()
	c := server.Get(t).Config
	k := clientcmdapi.NewConfig()
	k.Clusters["c"] = &clientcmdapi.Cluster{Server: c.Host, CertificateAuthorityData: c.CAData}
	k.AuthInfos["u"] = &clientcmdapi.AuthInfo{ClientCertificateData: c.CertData, ClientKeyData: c.KeyData}
	k.Contexts["c"] = &clientcmdapi.Context{Cluster: "c", AuthInfo: "u"}
	k.CurrentContext = "c"
	if err := clientcmd.WriteToFile(*k, path); err != nil {
		t.Fatal(err)
	}
}
