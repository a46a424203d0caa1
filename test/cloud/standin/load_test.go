package standin_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/control"
)

// BenchmarkNetworks brings the resources of a hundred small networks to Ready with the stand-in as a process of its own, and
// says what that costs it: go test ./test/cloud/standin -run=NONE -bench=Networks -benchtime=1x
func BenchmarkNetworks(b *testing.B) {
	const networks = 100
	dir := b.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "standin"), "../cmd/standin").CombinedOutput(); err != nil {
		b.Fatalf("cannot build the stand-in: %v\n%s", err, out)
	}
	config := rest.CopyConfig(server.Get(b).Config)
	config.QPS = -1
	kube, err := client.New(config, client.Options{})
	if err != nil {
		b.Fatal(err)
	}
	writeKubeconfig(b, config, filepath.Join(dir, "kubeconfig"))
	cmd := exec.Command(filepath.Join(dir, "standin"), "--kubeconfig", filepath.Join(dir, "kubeconfig"),
		"--state", filepath.Join(dir, "state"), "--control", filepath.Join(dir, "s"))
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		b.ReportMetric(cmd.ProcessState.UserTime().Seconds()+cmd.ProcessState.SystemTime().Seconds(), "cpu-s")
	})
	objects := load(b, "testdata/network.yaml")

	for b.Loop() {
		var group sync.WaitGroup
		for n := range networks {
			group.Go(func() {
				for _, o := range objects {
					if err := kube.Create(b.Context(), renamed(o, n)); err != nil {
						b.Error(err)
					}
				}
			})
		}
		group.Wait()
		b.Logf("created after %s", b.Elapsed())
		w := &world{t: b, kube: kube, cloud: control.NewClient(filepath.Join(dir, "s"))}
		for n := range networks {
			for _, o := range objects {
				w.ready(renamed(o, n))
			}
		}
	}
	b.ReportMetric(resident(b, cmd.Process.Pid), "rss-MB")
}

// renamed makes the n-th copy of an object, and lets it refer to its siblings.
func renamed(o *unstructured.Unstructured, n int) *unstructured.Unstructured {
	suffix := fmt.Sprintf("-%d", n)
	c := o.DeepCopy()
	c.SetName(c.GetName() + suffix)
	for k, v := range c.GetLabels() {
		c.SetLabels(map[string]string{k: v + suffix})
	}
	if name := externalName(c); name != "" {
		c.SetAnnotations(map[string]string{"crossplane.io/external-name": name + suffix})
	}
	rename(c.Object["spec"], suffix)
	return c
}

func rename(v any, suffix string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			rename(e, suffix)
		}
	case map[string]any:
		for key, value := range v {
			m, ok := value.(map[string]any)
			switch {
			case ok && strings.HasSuffix(key, "Ref"):
				m["name"] = m["name"].(string) + suffix
			case ok && key == "matchLabels":
				for label := range m {
					m[label] = m[label].(string) + suffix
				}
			default:
				rename(value, suffix)
			}
		}
	}
}

func writeKubeconfig(b *testing.B, c *rest.Config, path string) {
	b.Helper()
	k := clientcmdapi.NewConfig()
	k.Clusters["c"] = &clientcmdapi.Cluster{Server: c.Host, CertificateAuthorityData: c.CAData}
	k.AuthInfos["u"] = &clientcmdapi.AuthInfo{ClientCertificateData: c.CertData, ClientKeyData: c.KeyData}
	k.Contexts["c"] = &clientcmdapi.Context{Cluster: "c", AuthInfo: "u"}
	k.CurrentContext = "c"
	if err := clientcmd.WriteToFile(*k, path); err != nil {
		b.Fatal(err)
	}
}

// resident reads how much memory a process holds; Linux only, zero elsewhere.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		kb := 0.0
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}
