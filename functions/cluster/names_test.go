package cluster

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/conventions"
)

// TestNoSecrets checks the resources of the largest cluster: no field that could hold a
// password, a token or a key is set. The control plane of the tests checks that the
// function repeats no secret that it gets.
func TestNoSecrets(t *testing.T) {
	p := largest(t)
	suspicious := regexp.MustCompile(`(?i)"[^"]*(password|passwd|secret_?key|access_?key_?id|private_?key|bearer|token)[^"]*":\s*"[^"]+"`)
	for _, name := range p.Names() {
		text, err := json.Marshal(p.Get(name)["spec"])
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range suspicious.FindAllString(string(text), -1) {
			if !allowedSecret(found) {
				t.Errorf("%s: %s", name, found)
			}
		}
		if p.Kind(name) == "Object" && strings.Contains(string(text), `"kind":"Secret"`) {
			t.Errorf("%s puts a Secret into the cluster", name)
		}
	}
	text, err := json.Marshal(p.XR["status"])
	if err != nil {
		t.Fatal(err)
	}
	if found := suspicious.FindString(string(text)); found != "" {
		t.Errorf("status: %s", found)
	}
}

// TestNamespaces finds every namespace that the largest cluster puts something into, and that its
// pods have permissions in: no Service may take one of them.
func TestNamespaces(t *testing.T) {
	p := largest(t)
	p.Set("dns", map[string]any{"hostedZoneIDs": []any{"Z1"}})
	p.Settle(t)
	found := map[string]bool{}
	for _, name := range p.Names() {
		at := p.ForProvider(name)
		in, _ := at["namespace"].(string)
		if manifest, ok := at["manifest"].(map[string]any); ok {
			meta, _ := manifest["metadata"].(map[string]any)
			if in, _ = meta["namespace"].(string); manifest["kind"] == "Namespace" {
				in, _ = meta["name"].(string)
			}
		}
		if in != "" && !strings.HasPrefix(in, "kube-") {
			found[in] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(found)), slices.Sorted(slices.Values(conventions.ClusterNamespaces()))); diff != "" {
		t.Errorf("namespaces in use, and those that conventions.ClusterNamespaces lists: -used, +listed:\n%s", diff)
	}
	for _, name := range append(conventions.ClusterNamespaces(), "default", "kube-system") {
		if !conventions.IsClusterNamespace(name) {
			t.Errorf("a Service may take the namespace %s", name)
		}
	}
}

// allowedSecret reports whether a field only has the name of a secret.
func allowedSecret(found string) bool {
	return strings.HasPrefix(found, `"httpTokens":`)
}
