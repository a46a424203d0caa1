package e2eargo

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/ausmart/platform/internal/prerequisites"
	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/process"
	"github.com/ausmart/platform/test/e2e/harness"
)

const (
	// argoNamespace is Argo CD's own.
	argoNamespace = "argocd"

	// flags is the ConfigMap that Argo CD's pods take their environment from.
	flags = "argocd-cmd-params-cm"

	controller = "argocd-application-controller"
)

// An argoCD is the processes of Argo CD in this test.
type argoCD struct {
	dir        string
	source     string // of Argo CD: its manifests
	supervisor *process.Supervisor
	env        []string
	namespaced []string // the command that enters the control plane's network namespace, if it has one of its own
	specs      []process.Spec
}

// startArgoCD beside a control plane, with its definitions and default settings. Our settings come
// from argocd/, as on any cluster.
func startArgoCD(t *testing.T, p *harness.ControlPlane) *argoCD {
	t.Helper()
	binary, err := toolchain.Path(t.Context(), os.Stderr, "argocd")
	if err != nil {
		t.Fatal(err)
	}
	source, err := toolchain.Source(t.Context(), "argocd", "github.com/argoproj/argo-cd/v3")
	if err != nil {
		t.Fatal(err)
	}
	a := &argoCD{dir: filepath.Join(string(p.Dir), "argocd"), source: source, namespaced: inNamespace(t, p.Dir)}
	for _, dir := range []string{"bin", "home", "tls", "ssh", "gpg", "logs", "redis", "tmp"} {
		if err := os.MkdirAll(filepath.Join(a.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	table := string(p.Dir) + "-argocd.json"
	a.endStale(t, table)
	a.supervisor = &process.Supervisor{Logs: filepath.Join(a.dir, "logs"), Changed: func(all []process.Status) { record(table, all) }}
	a.env = []string{
		"KUBECONFIG=" + filepath.Join(string(p.Dir), "internal.kubeconfig"), "ARGOCD_FAKE_IN_CLUSTER=true", "ARGOCD_GPG_ENABLED=false",
		"ARGOCD_TLS_DATA_PATH=" + filepath.Join(a.dir, "tls"), "ARGOCD_SSH_DATA_PATH=" + filepath.Join(a.dir, "ssh"),
		"ARGOCD_GNUPGHOME=" + filepath.Join(a.dir, "gpg"), "ARGOCD_ASK_PASS_SOCK=" + filepath.Join(a.dir, "ask-pass.sock"),
		"HOME=" + filepath.Join(a.dir, "home"), "TMPDIR=" + filepath.Join(a.dir, "tmp"),
		"PATH=" + filepath.Join(a.dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
	}
	// Besides Argo CD itself, a plain folder in Git needs only this program of its image.
	if err := os.WriteFile(filepath.Join(a.dir, "bin", "git-verify-wrapper.sh"), []byte(read(t, filepath.Join(source, "hack/git-verify-wrapper.sh"))), 0o700); err != nil {
		t.Fatal(err)
	}
	a.install(t, p)
	t.Cleanup(func() {
		a.supervisor.Stop()
		_ = os.Remove(table)
		if t.Failed() {
			keepLogs(p.Dir, a)
		}
	})
	a.start(t, binary, freePorts(t, p.Dir, 8))
	return a
}

// endStale ends the processes of an interrupted run: two Argo CDs would undo each other's work. A
// process belongs to this stage when its environment says so.
func (a *argoCD) endStale(t *testing.T, table string) {
	t.Helper()
	content, err := os.ReadFile(table)
	if err != nil {
		return // There was no such run.
	}
	var all []process.Status
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		environment, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.PID))
		if strings.Contains(string(environment), a.dir) {
			_ = syscall.Kill(p.PID, syscall.SIGKILL)
		}
	}
}

func record(table string, all []process.Status) {
	content, err := json.Marshal(all)
	if err == nil {
		err = os.WriteFile(table, content, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot record Argo CD's processes:", err)
	}
}

// install the objects of Argo CD's own manifest, except its workloads.
func (a *argoCD) install(t *testing.T, p *harness.ControlPlane) {
	t.Helper()
	ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
	ns.SetName(argoNamespace)
	crds, err := manifest.Read(a.files(t, "manifests/crds/*-crd.yaml")...)
	if err != nil {
		t.Fatal(err)
	}
	config, err := manifest.Read(a.files(t, "manifests/base/config/argocd-*.yaml")...)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range config {
		o.SetNamespace(argoNamespace)
		if o.GetKind() == "Secret" {
			o.Object["stringData"] = map[string]any{"server.secretkey": "a key that signs nothing here"}
		}
	}
	if err := manifest.Apply(t.Context(), p.Client, append(crds, ns)...); err != nil {
		t.Fatal(err)
	}
	if err := manifest.WaitFor(t.Context(), p.Client, crds, "Established"); err != nil {
		t.Fatal(err)
	}
	if err := manifest.Apply(t.Context(), p.Client, config...); err != nil {
		t.Fatal(err)
	}
}

func (a *argoCD) files(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(a.source, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("cannot find %s in Argo CD's source: %v", pattern, err)
	}
	return files
}

func (a *argoCD) start(t *testing.T, binary string, ports []int) {
	t.Helper()
	redis, repository := loopback(ports[0]), loopback(ports[1])
	a.specs = []process.Spec{
		{
			Name: "redis", Path: prerequisites.Require(t, "redis-server"), Env: a.env,
			Args: []string{"--bind", "127.0.0.1", "--port", strconv.Itoa(ports[0]), "--dir", filepath.Join(a.dir, "redis"), "--save", "", "--appendonly", "no"},
		},
		a.component(t, binary, "argocd-repo-server", "repo-server/argocd-repo-server-deployment.yaml",
			"--address=127.0.0.1", "--port="+strconv.Itoa(ports[1]), "--metrics-address=127.0.0.1", "--metrics-port="+strconv.Itoa(ports[2]),
			"--disable-tls", "--client-ca-path=", "--redis="+redis),
		a.component(t, binary, controller, "application-controller/argocd-application-controller-statefulset.yaml",
			"--namespace="+argoNamespace, "--metrics-port="+strconv.Itoa(ports[3]), "--repo-server="+repository, "--repo-server-plaintext", "--redis="+redis),
		a.component(t, binary, "argocd-applicationset-controller", "applicationset-controller/argocd-applicationset-controller-deployment.yaml",
			"--namespace="+argoNamespace, "--argocd-repo-server="+repository, "--repo-server-plaintext", "--metrics-addr="+loopback(ports[4]),
			"--probe-addr="+loopback(ports[5]), "--webhook-addr="+loopback(ports[6])),
	}
	for _, spec := range a.specs {
		if err := a.supervisor.Start(t.Context(), a.inside(spec)); err != nil {
			t.Fatal(err)
		}
	}
}

// restart a process.
func (a *argoCD) restart(t *testing.T, name string) {
	t.Helper()
	i := slices.IndexFunc(a.specs, func(s process.Spec) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("there is no process %s", name)
	}
	a.supervisor.End(name)
	if err := a.supervisor.Start(t.Context(), a.inside(a.specs[i])); err != nil {
		t.Fatal(err)
	}
}

// component of Argo CD, with the environment that its pod would get from our settings.
func (a *argoCD) component(t *testing.T, binary, name, workload string, args ...string) process.Spec {
	t.Helper()
	return process.Spec{
		Name: name, Path: binary, Args: append(args, "--logformat=text"),
		Env: slices.Concat(a.env, []string{"ARGOCD_BINARY_NAME=" + name}, a.settings(t, filepath.Join(a.source, "manifests/base", workload))),
	}
}

// settings are those of our settings that Argo CD's manifest of a workload sets in its environment.
func (a *argoCD) settings(t *testing.T, workload string) []string {
	t.Helper()
	ours, err := manifest.Read(filepath.Join(root(t), "argocd/bootstrap/settings/argocd-cmd-params-cm.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	data, _, _ := unstructured.NestedStringMap(ours[0].Object, "data")
	objs, err := manifest.Read(workload)
	if err != nil {
		t.Fatal(err)
	}
	pod := struct {
		Spec struct{ Template corev1.PodTemplateSpec }
	}{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(map[string]any{"Spec": map[string]any{"Template": objs[0].Object["spec"].(map[string]any)["template"]}}, &pod); err != nil {
		t.Fatal(err)
	}
	var env []string
	for _, e := range pod.Spec.Template.Spec.Containers[0].Env {
		if e.ValueFrom == nil || e.ValueFrom.ConfigMapKeyRef == nil || e.ValueFrom.ConfigMapKeyRef.Name != flags {
			continue
		}
		if value, set := data[e.ValueFrom.ConfigMapKeyRef.Key]; set {
			env = append(env, e.Name+"="+value)
		}
	}
	return env
}

// inside runs a process in the control plane's network namespace: Argo CD's metrics listen on every
// address, and there is only loopback.
func (a *argoCD) inside(spec process.Spec) process.Spec {
	if len(a.namespaced) > 0 {
		spec.Args = slices.Concat(a.namespaced[1:], []string{spec.Path}, spec.Args)
		spec.Path = a.namespaced[0]
	}
	return spec
}

// inNamespace is the command that runs another one in the network namespace of a control plane; it
// is empty when the control plane has none of its own.
func inNamespace(t *testing.T, dir controlplane.Dir) []string {
	t.Helper()
	pid, err := controlplane.Daemon(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !differs(pid, "net") {
		return nil
	}
	command := []string{"nsenter", "--target=" + strconv.Itoa(pid), "--net"}
	if differs(pid, "user") {
		command = append(command, "--user", "--preserve-credentials")
	}
	if command[0], err = exec.LookPath("nsenter"); err != nil {
		t.Fatalf("cannot enter the control plane's network namespace: %v: install util-linux", err)
	}
	return append(command, "--")
}

// differs reports whether a process is in another namespace than this one.
func differs(pid int, namespace string) bool {
	theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", pid, namespace))
	ours, ownErr := os.Readlink("/proc/self/ns/" + namespace)
	return err == nil && ownErr == nil && theirs != ours
}

// freePorts on this machine that the control plane, which may have its own loopback device, does
// not use either.
func freePorts(t *testing.T, dir controlplane.Dir, n int) []int {
	t.Helper()
	pid, err := controlplane.Daemon(dir)
	if err != nil {
		t.Fatal(err)
	}
	taken, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", pid)) // On other systems than Linux there is no such file, and no namespace.
	var ports []int
	for len(ports) < n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }() // Held until all are found, so that none comes twice.
		port := l.Addr().(*net.TCPAddr).Port
		if !strings.Contains(string(taken), fmt.Sprintf(":%04X ", port)) {
			ports = append(ports, port)
		}
	}
	return ports
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// keepLogs copies Argo CD's logs to those of the control plane.
func keepLogs(dir controlplane.Dir, a *argoCD) {
	harness.KeepLogs(dir)
	kept := string(dir) + "-logs"
	if err := os.CopyFS(filepath.Join(kept, "argocd"), os.DirFS(filepath.Join(a.dir, "logs"))); err != nil {
		fmt.Fprintln(os.Stderr, "cannot keep Argo CD's logs:", err)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
