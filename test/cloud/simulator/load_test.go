package simulator_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// BenchmarkNetworks brings the resources of a hundred small networks to Ready, with the simulator
// as a process of its own, and reports its CPU time and memory: go test ./test/cloud/simulator
// -run=NONE -bench=Networks -benchtime=1x.
func BenchmarkNetworks(b *testing.B) {
	const networks = 100
	w := &world{t: b, kube: newClient(b)}
	p := spawn(b, w)
	b.Cleanup(func() {
		p.stop(os.Interrupt)
		b.ReportMetric(p.state().UserTime().Seconds()+p.state().SystemTime().Seconds(), "cpu-s")
	})
	objects := load(b, "testdata/network.yaml")

	for b.Loop() {
		var group sync.WaitGroup
		for n := range networks {
			group.Go(func() {
				for _, o := range objects {
					if err := w.kube.Create(b.Context(), renamed(o, n)); err != nil {
						b.Error(err)
					}
				}
			})
		}
		group.Wait()
		b.Logf("created after %s", b.Elapsed())
		for n := range networks {
			for _, o := range objects {
				w.ready(renamed(o, n))
			}
		}
	}
	b.ReportMetric(resident(p.cmd.Process.Pid), "rss-MB")
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

// resident returns how much memory a process uses; it is zero on systems other than Linux.
func resident(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		kb := 0.0
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}
