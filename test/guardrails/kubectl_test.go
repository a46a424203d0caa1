package guardrails_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/internal/toolchain"
)

// kubectl is the real one.
func kubectl(t *testing.T) string {
	t.Helper()
	path, err := toolchain.Path(t.Context(), os.Stderr, "kubectl")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// kubeconfig writes a kubeconfig for a person.
func kubeconfig(t *testing.T, config *rest.Config, who person) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := writeKubeconfig(file, config, who); err != nil {
		t.Fatal(err)
	}
	return file
}

func writeKubeconfig(file string, config *rest.Config, who person) error {
	out := clientcmdapi.NewConfig()
	out.Clusters["test"] = &clientcmdapi.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	out.AuthInfos["test"] = &clientcmdapi.AuthInfo{
		ClientCertificateData: config.CertData, ClientKeyData: config.KeyData,
		Impersonate: who.name, ImpersonateGroups: append([]string{"system:authenticated"}, who.groups...),
	}
	out.Contexts["test"] = &clientcmdapi.Context{Cluster: "test", AuthInfo: "test"}
	out.CurrentContext = "test"
	return clientcmd.WriteToFile(*out, file)
}

// applyByHand applies the guardrails as docs/guardrails.md says for an installation without Argo CD.
func applyByHand(ctx context.Context, config *rest.Config) error {
	kubectl, err := toolchain.Path(ctx, os.Stderr, "kubectl")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "guardrails")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "kubeconfig")
	if err := writeKubeconfig(file, config, person{name: "root", groups: []string{"system:masters"}}); err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, kubectl, "apply", "-k", guardrails, "--kubeconfig="+file).CombinedOutput(); err != nil {
		return fmt.Errorf("cannot apply %s: %w\n%s", guardrails, err, out)
	}
	return nil
}

// TestJuniorDeletesProduction is the platform's first question: what does a junior read after
// kubectl delete namespace production, and what is left?
func TestJuniorDeletesProduction(t *testing.T) {
	config := server.Get(t).Config
	root, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, config: config, kind: "Database", root: root}
	u := s.claim("prod", "")

	out, err := s.kubectl(junior, "kubectl delete namespace production")
	if err == nil {
		t.Fatalf("production is gone: %s", out)
	}
	t.Logf("$ kubectl delete namespace production\n%s", out)
	for _, want := range []string{
		"Error from server (Forbidden)", "is a production namespace of team retail", "nothing was deleted", "kubectl config current-context",
		"an operator (ClusterRole platform-operator)", "kubectl annotate namespace production --overwrite " + approved + "=",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the refusal does not say %q", want)
		}
	}
	for _, o := range []client.Object{s.namespace(production), u} {
		if err := root.Get(t.Context(), client.ObjectKeyFromObject(o), o); err != nil || o.GetDeletionTimestamp() != nil {
			t.Errorf("%s %s is not as it was: %v", o.GetObjectKind().GroupVersionKind().Kind, o.GetName(), err)
		}
	}
}
