package telemetry

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/incluster"
)

func inputs() Inputs {
	return Inputs{
		Cluster:            "au-prod",
		Region:             "ap-southeast-2",
		PrometheusEndpoint: "https://aps-workspaces.ap-southeast-2.amazonaws.com/workspaces/ws-0a1b2c3d/",
		Redundant:          true,
	}
}

func all(t *testing.T, in Inputs) []incluster.NamedManifest {
	t.Helper()
	out, err := All(in)
	if err != nil {
		t.Fatalf("cannot make manifests: %v", err)
	}
	return out
}

// TestGolden compares all manifests. The configs in them have files of their own, which
// test/telemetry gives to the collector's code.
func TestGolden(t *testing.T) {
	for _, m := range all(t, inputs()) {
		t.Run(m.Name, func(t *testing.T) {
			if _, err := structpb.NewStruct(m.Object); err != nil {
				t.Errorf("Crossplane's protocol cannot carry it: %v", err)
			}
			if name, ok := strings.CutPrefix(m.Name, "config-"); ok {
				data := into[corev1.ConfigMap](t, m).Data
				functiontest.CompareFile(t, "The whole text.", filepath.Join("testdata", "configs", name+".yaml"), data[configFile])
				return
			}
			text, err := yaml.Marshal(m)
			if err != nil {
				t.Fatalf("cannot marshal manifest: %v", err)
			}
			functiontest.CompareFile(t, "The whole text.", filepath.Join("testdata", "manifests", m.Name+".yaml"), string(text))
		})
	}
}

// TestRules compares the rules whole; test/telemetry gives them to Prometheus'
// own code.
func TestRules(t *testing.T) {
	namespaces, err := RuleNamespaces()
	if err != nil {
		t.Fatalf("cannot make rules: %v", err)
	}
	for _, n := range namespaces {
		functiontest.CompareFile(t, "The whole text.", filepath.Join("testdata", "rules", n.Name+".yaml"), n.Data)
	}
}

func into[T any](t *testing.T, m incluster.NamedManifest) *T {
	t.Helper()
	out := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(m.Object, out); err != nil {
		t.Fatalf("cannot convert %s: %v", m.Name, err)
	}
	return out
}

// TestOrder fails on an object that is applied before what it needs.
func TestOrder(t *testing.T) {
	var names []string
	for _, m := range all(t, inputs()) {
		if slices.Contains(names, m.Name) {
			t.Errorf("%s is there twice", m.Name)
		}
		names = append(names, m.Name)
	}
	cases := map[string]struct {
		reason       string
		first, later string
	}{
		"Namespace":      {"An object needs its namespace.", "namespace-observability", "service-account-adot-collector"},
		"LogsNamespace":  {"So does one of the other namespace.", "namespace-observability-logs", "config-adot-logs"},
		"ServiceAccount": {"A pod needs its account.", "service-account-adot-collector", "deployment-adot-collector"},
		"Config":         {"A pod that mounts a missing config waits for minutes.", "config-adot-metrics", "deployment-adot-metrics"},
		"Rights":         {"A pod without its rights starts, fails and backs off.", "cluster-role-binding-kube-state-metrics", "deployment-kube-state-metrics"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			first, later := slices.Index(names, tc.first), slices.Index(names, tc.later)
			if first < 0 || later < 0 || first > later {
				t.Errorf("%s\n%s is at %d, %s at %d", tc.reason, tc.first, first, tc.later, later)
			}
		})
	}
}

func TestEveryInputCounts(t *testing.T) {
	functiontest.EveryInputCounts(t, inputs(), func(in Inputs) []incluster.NamedManifest { return all(t, in) })
}

// TestConfigRestartsPods fails where a collector would keep an old config.
func TestConfigRestartsPods(t *testing.T) {
	in := inputs()
	in.Cluster = "other"
	before, after := all(t, inputs()), all(t, in)
	for _, name := range []string{"deployment-adot-collector", "deployment-adot-metrics", "daemon-set-adot-logs"} {
		if cmp.Equal(find(t, before, name).Object, find(t, after, name).Object) {
			t.Errorf("%s: another config makes no other pod", name)
		}
	}
}

func find(t *testing.T, all []incluster.NamedManifest, name string) incluster.NamedManifest {
	t.Helper()
	i := slices.IndexFunc(all, func(m incluster.NamedManifest) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return all[i]
}

// TestRights fails on rights in the cluster other than reading, and on the right to read
// what gives more rights: nodes/proxy is a shell in every pod.
func TestRights(t *testing.T) {
	reading := []string{"get", "list", "watch"}
	never := []string{"*", "secrets", "nodes/proxy", "pods/exec", "pods/attach", "pods/portforward"}
	roles := 0
	for _, m := range all(t, inputs()) {
		if m.Object["kind"] != "ClusterRole" {
			continue
		}
		roles++
		for _, r := range into[rbacv1.ClusterRole](t, m).Rules {
			for _, verb := range r.Verbs {
				if !slices.Contains(reading, verb) {
					t.Errorf("%s may %s %v", m.Name, verb, r.Resources)
				}
			}
			for _, resource := range r.Resources {
				if slices.Contains(never, resource) {
					t.Errorf("%s may read %s", m.Name, resource)
				}
			}
		}
	}
	if roles != 3 {
		t.Errorf("got %d roles, want 3: of the gateway, of kube-state-metrics and of the collector of metrics", roles)
	}
}

// TestAlerts fails on an alert that does not tell what to do.
func TestAlerts(t *testing.T) {
	groups := []ruleGroup{serviceAlerts(), podAlerts(), nodeAlerts(), telemetryAlerts(), crossplaneAlerts()}
	names := map[string]bool{}
	for _, g := range groups {
		for _, r := range g.Rules {
			t.Run(r.Alert, func(t *testing.T) {
				if names[r.Alert] {
					t.Error("there are two alerts of this name")
				}
				names[r.Alert] = true
				for _, annotation := range []string{"summary", "runbook"} {
					if len(r.Annotations[annotation]) < 20 {
						t.Errorf("its %s says nothing: %q", annotation, r.Annotations[annotation])
					}
				}
				if s := severity(r.Labels["severity"]); s != page && s != ticket {
					t.Errorf("its severity is %q", s)
				}
				if r.For == "" {
					t.Error("it is raised by a single bad sample")
				}
			})
		}
	}
}

func TestLogGroups(t *testing.T) {
	want := []string{"/ausmart/au-prod/application", "/ausmart/au-prod/platform"}
	if diff := cmp.Diff(want, LogGroups("au-prod")); diff != "" {
		t.Errorf("LogGroups(...): -want, +got:\n%s", diff)
	}
	text, err := logsConfig(inputs()).text()
	if err != nil {
		t.Fatalf("cannot marshal config: %v", err)
	}
	for _, group := range want {
		if !strings.Contains(text, "log_group_name: "+group+"\n") {
			t.Errorf("nothing is written to %s", group)
		}
	}
}

// BenchmarkText compares the text of a config with that of sigs.k8s.io/yaml.
func BenchmarkText(b *testing.B) {
	c := metricsConfig(inputs())
	receivers, err := c.Receivers()
	if err != nil {
		b.Fatal(err)
	}
	whole := map[string]any{"exporters": c.Exporters, "extensions": c.Extensions, "processors": c.Processors, "service": c.Service}
	if err := yaml.Unmarshal([]byte(receivers), &whole); err != nil {
		b.Fatal(err)
	}
	ways := map[string]func() (string, error){
		"InParts": c.text,
		"AtOnce": func() (string, error) {
			text, err := yaml.Marshal(whole)
			return string(text), err
		},
	}
	texts := map[string]bool{}
	for name, write := range ways {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text, err := write()
				if err != nil {
					b.Fatal(err)
				}
				texts[text] = true
			}
		})
	}
	if len(texts) > 1 {
		b.Errorf("they write %d texts", len(texts))
	}
}
