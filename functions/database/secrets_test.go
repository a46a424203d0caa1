package database

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNoPassword checks the response of every example at every stage: no field has a
// password, or the name of a Secret with one. The control plane of the tests checks that
// the function repeats no secret that it gets.
func TestNoPassword(t *testing.T) {
	passwordField := regexp.MustCompile(`(?i)"([^"]*(?:password|passwd|authtoken|auth_token|secretref|secretkeyref|connectionsecret)[^"]*)":`)
	for _, env := range []string{"au-dev", "au-prod", "us-prod"} {
		for _, claim := range []string{"catalog", "orders", "checkout", "cart"} {
			t.Run(env+"-"+claim, func(t *testing.T) {
				p := kit().NewExample(t, env+"/"+claim)
				for range 5 {
					rsp := p.Reconcile(t)
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
					for _, found := range passwordField.FindAllStringSubmatch(string(raw), -1) {
						// The only password is in AWS.
						if field := found[1]; field != "manageMasterUserPassword" && field != "noPasswordRequired" {
							t.Errorf("the answer sets %s", field)
						}
					}
					p.MarkReady()
				}
			})
		}
	}
}

// TestMasterUser has the names that RDS refuses
// (docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html; from memory, 2026-11).
func TestMasterUser(t *testing.T) {
	if slices.Contains([]string{"admin", "rdsadmin", "root", "postgres", "mysql", "master", "administrator"}, masterUser) ||
		!regexp.MustCompile(`^[a-z][a-z0-9_]{0,15}$`).MatchString(masterUser) || strings.HasPrefix(masterUser, "pg_") {
		t.Errorf("%q cannot be a master user", masterUser)
	}
	for _, claim := range []string{"catalog", "orders"} {
		p := kit().NewExample(t, "au-prod/"+claim)
		p.Settle(t)
		if got := p.ForProvider("instance")["username"]; got != masterUser {
			t.Errorf("%s: the master user is %v", claim, got)
		}
	}
}
