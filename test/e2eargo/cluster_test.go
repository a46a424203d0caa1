package e2eargo

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane/manifest"
)

// aClusterIsRegisteredWithoutCredentials registers au-dev's own cluster, as docs/gitops.md says.
// Argo CD asks argocd-k8s-auth for a token of its IAM role. There is no AWS here, so a script
// answers instead, and only for that cluster.
func (s *stage) aClusterIsRegisteredWithoutCredentials() {
	name := s.clusterName()
	config, err := clientcmd.LoadFromFile(s.Dir.ClusterKubeconfig(name))
	if err != nil {
		s.t.Fatal(err)
	}
	current := config.Contexts[config.CurrentContext]
	cluster, user := config.Clusters[current.Cluster], config.AuthInfos[current.AuthInfo]
	s.answersForAWS(name, map[string]any{
		"clientCertificateData": string(user.ClientCertificateData), "clientKeyData": string(user.ClientKeyData),
	})

	auth, err := json.Marshal(map[string]any{
		"awsAuthConfig":   map[string]any{"clusterName": name},
		"tlsClientConfig": map[string]any{"caData": base64.StdEncoding.EncodeToString(cluster.CertificateAuthorityData)},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	secret := object(core("Secret"), argoNamespace, "au-dev")
	secret.SetLabels(map[string]string{"argocd.argoproj.io/secret-type": "cluster"})
	secret.Object["stringData"] = map[string]any{"name": "au-dev", "server": cluster.Server, "config": string(auth)}
	if err := manifest.Apply(s.t.Context(), s.Client, secret); err != nil {
		s.t.Fatal(err)
	}

	const app = "inside-au-dev"
	s.repo.write("inside/hello.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hello, namespace: default}\n")
	s.pushes("something for the cluster itself")
	made := s.insideApplication(app)
	s.isWell(app)
	if err := s.inside().Get(s.t.Context(), client.ObjectKey{Namespace: "default", Name: "hello"}, &corev1.ConfigMap{}); err != nil {
		s.t.Error(err)
	}
	for _, u := range append(made, secret) {
		if err := s.Client.Delete(s.t.Context(), u); err != nil {
			s.t.Error(err)
		}
	}
}

// insideApplication deploys the folder inside to au-dev, in a project of its own.
func (s *stage) insideApplication(name string) []*unstructured.Unstructured {
	s.t.Helper()
	project := object(argo("AppProject"), argoNamespace, "inside")
	project.Object["spec"] = map[string]any{
		"sourceRepos": []any{s.repo.url}, "destinations": []any{map[string]any{"name": "au-dev", "namespace": "default"}},
		"sourceNamespaces": []any{argoNamespace},
	}
	app := object(argo("Application"), argoNamespace, name)
	app.Object["spec"] = map[string]any{
		"project":     "inside",
		"source":      map[string]any{"repoURL": s.repo.url, "targetRevision": "main", "path": "inside"},
		"destination": map[string]any{"name": "au-dev", "namespace": "default"},
		"syncPolicy":  map[string]any{"automated": map[string]any{"selfHeal": true}},
	}
	for _, u := range []*unstructured.Unstructured{project, app} { // An application without its project waits for the next refresh.
		if err := manifest.Apply(s.t.Context(), s.Client, u); err != nil {
			s.t.Fatal(err)
		}
	}
	return []*unstructured.Unstructured{app, project}
}

// answersForAWS puts a script in place of argocd-k8s-auth.
func (s *stage) answersForAWS(cluster string, status map[string]any) {
	s.t.Helper()
	answer, err := json.Marshal(map[string]any{
		"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": status,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\n[ \"$*\" = 'aws --cluster-name %s' ] || { echo \"asked for $*\" >&2; exit 1; }\ncat <<'EOF'\n%s\nEOF\n", cluster, answer)
	if err := os.WriteFile(filepath.Join(s.argo.dir, "bin", "argocd-k8s-auth"), []byte(script), 0o700); err != nil {
		s.t.Fatal(err)
	}
}

func core(kind string) schema.GroupVersionKind {
	return schema.GroupVersionKind{Version: "v1", Kind: kind}
}
