package cluster

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
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

// allowedSecret reports whether a field only has the name of a secret.
func allowedSecret(found string) bool {
	return strings.HasPrefix(found, `"httpTokens":`)
}
