package iampolicy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestProviderConfigs checks that argocd/ has the roles and the service account of the policies.
func TestProviderConfigs(t *testing.T) {
	configs := manifests(t, "providerconfigs.yaml")
	if len(configs) == 0 {
		t.Fatal("providerconfigs.yaml has no ProviderConfig")
	}
	for _, c := range configs {
		chain, _ := c["spec"].(map[string]any)["assumeRoleChain"].([]any)
		for _, link := range chain {
			arn, _ := link.(map[string]any)["roleARN"].(string)
			if !strings.HasSuffix(arn, ":role/"+providerRole) {
				t.Errorf("a ProviderConfig assumes %s: the trust policies and provider-policy-accounts.json are for roles called %s, "+
					"which are not below %s, where the provider may change roles", arn, providerRole, Path)
			}
		}
	}
	raw, err := os.ReadFile(filepath.Join(root, "argocd", "platform", "runtime.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), "serviceAccountName: "+serviceAccount+"\n") {
		t.Errorf("no runtime config has the service account %s of the trust policies", serviceAccount)
	}
}

// TestEnvironments checks that an EnvironmentConfig with a path or a boundary has those that the
// provider's role is limited to.
func TestEnvironments(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "examples", "environments", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("cannot find EnvironmentConfigs: %v", err)
	}
	boundary := strings.TrimPrefix(Boundary, "arn:aws:iam::"+account)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		config := struct {
			Data struct {
				IAMPath             string `json:"iamPath"`
				PermissionsBoundary string `json:"permissionsBoundary"`
			} `json:"data"`
		}{}
		if err := yaml.Unmarshal(raw, &config); err != nil {
			t.Fatalf("cannot read %s: %v", file, err)
		}
		if got := config.Data.IAMPath; got != "" && got != Path {
			t.Errorf("%s: iamPath is %s: the provider's role makes roles below %s only", file, got, Path)
		}
		if got := config.Data.PermissionsBoundary; got != "" && !strings.HasSuffix(got, boundary) {
			t.Errorf("%s: permissionsBoundary is %s: the provider's role makes roles with one that ends in %s only", file, got, boundary)
		}
	}
}

// manifests of a file in argocd/platform.
func manifests(t *testing.T, name string) []map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "argocd", "platform", name))
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	for _, document := range slices.Collect(strings.SplitSeq(string(raw), "\n---\n")) {
		m := map[string]any{}
		if err := yaml.Unmarshal([]byte(document), &m); err != nil {
			t.Fatalf("cannot read %s: %v", name, err)
		}
		all = append(all, m)
	}
	return all
}
