package functiontest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// deletionAttempt is where Crossplane notes that the deletion of a composite was refused.
const deletionAttempt = "usage.crossplane.io/deletion-attempt-with-policy"

// testProtection has a production claim: the claim, its composite and each resource that holds
// state refuse their deletion, by every route, until the claim gives its protection up.
func testProtection(t *testing.T, k Kind) {
	for _, e := range k.Protected {
		t.Run(e, func(t *testing.T) {
			p := k.NewExample(t, e)
			p.Settle(t)
			if missing := k.unheld(p); len(missing) > 0 {
				t.Errorf("nothing refuses the deletion of %v", missing)
			}
			for name, test := range map[string]func(*testing.T, *ControlPlane){
				"GivenUp": k.givesUp, "OtherEnvironment": k.changesEnvironment, "Bypassed": k.isBypassed, "NamespaceDeleted": k.losesNamespace,
			} {
				t.Run(name, func(t *testing.T) { test(t, p.clone()) })
			}
		})
	}
}

// unheld are the claim, its composite and the resources that hold state that no Usage without a
// user protects.
func (k Kind) unheld(p *ControlPlane) []string {
	held := map[string]bool{}
	for _, name := range p.Names() {
		if spec := child(p.Get(name), "spec"); strings.HasPrefix(name, "hold-") && spec["by"] == nil && spec["reason"] != nil {
			kind, of := usageRef(spec, "of")
			held[kind+"/"+of] = true
		}
	}
	meta := child(p.XR, "metadata")
	want := []string{"X" + k.Name + "/" + meta["name"].(string), k.Name + "/" + child(meta, "labels")["crossplane.io/claim-name"].(string)}
	for _, name := range k.Held(p) {
		want = append(want, p.Kind(name)+"/"+child(p.Get(name), "metadata")["name"].(string))
	}
	return slices.DeleteFunc(want, func(object string) bool { return held[object] })
}

// protections are the names of what refuses a deletion.
func (p *ControlPlane) protections() []string {
	return slices.DeleteFunc(p.Names(), func(name string) bool { return !strings.HasPrefix(name, "hold-") })
}

// givesUp its protection: that is one step, and the deletion another.
func (k Kind) givesUp(t *testing.T, p *ControlPlane) {
	p.Spec()["deletionProtection"] = false
	p.Reconcile(t)
	p.MarkReady()
	text := ConditionText(p.Settle(t), "DeletionProtected")
	if diff := cmp.Diff([]string{}, p.protections()); diff != "" || !strings.HasPrefix(text, "False Unprotected: ") {
		t.Errorf("DeletionProtected is %q, and what refuses the deletion: -want, +got:\n%s", text, diff)
	}
}

// changesEnvironment to one that protects nothing, which takes no protection away: the claim has
// to give that up, too.
func (k Kind) changesEnvironment(t *testing.T, p *ControlPlane) {
	spec := p.Spec() // What cannot change in what exists stays as it is.
	spec["environment"], spec["allowCrossEnvironment"], spec["kms"] = "dev", true, map[string]any{"enabled": true}
	if spec["engine"] == "redis" {
		spec["redisLogin"] = true
	}
	p.Reconcile(t)
	p.MarkReady()
	rsp := p.Settle(t)
	if text := ConditionText(rsp, "DeletionProtected"); !strings.HasPrefix(text, "True Kept: spec.environment has changed") {
		t.Errorf("DeletionProtected is %q", text)
	}
	if missing := k.unheld(p); len(missing) > 0 {
		t.Errorf("nothing refuses the deletion of %v any more", missing)
	}
	k.givesUp(t, p)
}

// isBypassed by whoever deletes a resource that holds state itself: the claim names it.
func (k Kind) isBypassed(t *testing.T, p *ControlPlane) {
	for _, name := range k.Held(p) {
		p := p.clone()
		meta := child(p.Get(name), "metadata")
		meta["deletionTimestamp"] = "2026-11-01T00:00:00Z"
		want := "False Bypassed: " + p.Kind(name) + " " + meta["name"].(string) + " was deleted by itself"
		if text := ConditionText(p.Reconcile(t), "DeletionProtected"); !strings.HasPrefix(text, want) {
			t.Errorf("DeletionProtected is %q, want %q", text, want)
		}
	}
}

// losesNamespace and with it the claim: the composite still refuses, and goes on when a person
// switches its protection off, where the claim cannot.
func (k Kind) losesNamespace(t *testing.T, p *ControlPlane) {
	meta := child(p.XR, "metadata")
	labels := child(meta, "labels")
	p.Annotate(deletionAttempt, "Foreground")
	p.Require(k.Name+"/"+labels["crossplane.io/claim-name"].(string), map[string]any{
		"apiVersion": "platform.ausmart.io/v1alpha1", "kind": k.Name,
		"metadata": map[string]any{"name": labels["crossplane.io/claim-name"], "namespace": labels["crossplane.io/claim-namespace"], "deletionTimestamp": "2026-11-01T00:00:00Z"},
	})
	before := p.Names()
	p.Reconcile(t)
	for _, name := range p.Names() {
		if p.Kind(name) == "Usage" {
			t.Errorf("%s is made in a namespace that takes nothing new", name)
		}
	}
	gone := slices.DeleteFunc(before, func(name string) bool {
		return p.Has(name) || name == "hold-"+strings.ToLower(k.Name) || strings.HasPrefix(name, "usage-of-")
	})
	if len(gone) > 0 {
		t.Errorf("%v are gone before anyone gave the protection up", gone)
	}
	p.Spec()["deletionProtection"] = false
	for range 4 {
		p.Reconcile(t)
		p.MarkReady()
	}
	if diff := cmp.Diff([]string{}, p.protections()); diff != "" {
		t.Errorf("what refuses the deletion for ever: -want, +got:\n%s", diff)
	}
}

// testSettingsMatter sets each setting that the claims of the kind show to two values, and expects
// another answer at some time between nothing and ready: a setting that does nothing is a bug.
func testSettingsMatter(t *testing.T, k Kind) {
	values := map[string][]any{
		"natGateways": {"None", "PerZone"}, "retentionDays": {7, 400}, "backupRetentionDays": {0, 14},
		"iamPath": {"/one/", "/two/"}, "permissionsBoundary": {"arn:aws:iam::111122223333:policy/one", "arn:aws:iam::111122223333:policy/two"},
	}
	for _, name := range sortedKeys(k.BuiltIn(t, "dev")) {
		t.Run(name, func(t *testing.T) {
			both := values[name]
			if both == nil {
				both = []any{true, false}
			}
			for _, spec := range k.Sensitive {
				one, other := k.New(t, "setting", spec), k.New(t, "setting", spec)
				one.Configure(map[string]any{name: both[0]})
				other.Configure(map[string]any{name: both[1]})
				if differ(t, one, other) {
					return
				}
			}
			t.Errorf("the setting %s does nothing", name)
		})
	}
}

// differ reports whether the function answers two claims differently at some time between nothing and ready, or their
// refusal.
func differ(t *testing.T, one, other *ControlPlane) bool {
	t.Helper()
	var last *fnv1.RunFunctionResponse
	for range maxReconciles {
		a, b := one.Reconcile(t), other.Reconcile(t)
		switch {
		case Fatal(a) != Fatal(b) || len(Changes(a, b)) > 0:
			return true
		case Fatal(a) != "" || (last != nil && len(Changes(last, a)) == 0):
			return false
		}
		last = a
		one.MarkReady()
		other.MarkReady()
	}
	return false
}
