package database

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNoPassword looks for a password in all that the function answers, of every
// example at every stage: none may ever be in Kubernetes.
func TestNoPassword(t *testing.T) {
	// Fields that speak of passwords without holding one, and one that names where
	// the cloud keeps it.
	harmless := []string{"manageMasterUserPassword", "noPasswordRequired", "masterUserSecretKmsKeyId", "secretArn"}
	telltale := regexp.MustCompile(`(?i)[a-z-]*(password|passwd|authtoken|auth_token|secretref|secretkeyref|connectionsecret|secret)[a-z-]*`)
	for env, claims := range examples() {
		for _, claim := range claims {
			t.Run(env+"-"+claim, func(t *testing.T) {
				p := plane(t, example(t, env, claim))
				for range 5 {
					rsp := reconcile(t, p)
					for name, r := range rsp.GetDesired().GetResources() {
						if len(r.GetConnectionDetails()) > 0 {
							t.Errorf("%s has connection details", name)
						}
					}
					if len(rsp.GetDesired().GetComposite().GetConnectionDetails()) > 0 {
						t.Error("the composite has connection details")
					}
					raw, err := json.Marshal(rsp.GetDesired())
					if err != nil {
						t.Fatal(err)
					}
					// What the words of an ARN or a description say is no field.
					text := regexp.MustCompile(`"arn:[^"]*"|"[A-Z][^"]* [^"]*"`).ReplaceAllString(string(raw), `""`)
					for _, word := range telltale.FindAllString(text, -1) {
						if !slices.Contains(harmless, word) {
							t.Errorf("the answer speaks of %s", word)
						}
					}
					p.Provide()
				}
			})
		}
	}
}

// TestMasterUser has the form that RDS wants (CreateDBInstance API, read 2026-11-29),
// and names that an engine reserves or that everybody tries first; which ones RDS
// refuses is written nowhere.
func TestMasterUser(t *testing.T) {
	if slices.Contains([]string{"admin", "rdsadmin", "root", "postgres", "mysql", "master", "administrator"}, masterUser) ||
		!regexp.MustCompile(`^[a-z][a-z0-9_]{0,15}$`).MatchString(masterUser) || strings.HasPrefix(masterUser, "pg_") {
		t.Errorf("%q cannot be a master user", masterUser)
	}
	for _, claim := range []string{"catalog", "orders"} {
		p := plane(t, example(t, "au-prod", claim))
		settle(t, p)
		if got := forProvider(p, "instance")["username"]; got != masterUser {
			t.Errorf("%s: the master user is %v", claim, got)
		}
	}
}
