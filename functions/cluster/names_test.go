package cluster

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// TestNoSecrets reads all that the largest cluster is made of: no field of it that
// could hold a password, a token or a key is set. The control plane
// checks that it repeats none that it is given.
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

// allowedSecret are fields that speak of tokens and hold none.
func allowedSecret(found string) bool {
	return strings.HasPrefix(found, `"httpTokens":`)
}
