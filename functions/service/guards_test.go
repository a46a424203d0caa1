package service

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestGuards changes a service that is ready, and looks at what stays.
func TestGuards(t *testing.T) {
	set := func(field string, value any) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) { p.Set(field, value) }
	}
	allow := func(names string) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) {
			p.Annotate("platform.ausmart.io/allow-removal", names)
		}
	}
	all := func(changes ...func(*functiontest.ControlPlane)) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) {
			for _, change := range changes {
				change(p)
			}
		}
	}
	queues := func(names ...string) []any {
		out := []any{}
		for _, n := range names {
			out = append(out, map[string]any{"name": n, "maxReceiveCount": int64(5)})
		}
		return out
	}
	const or = "; or annotate the claim with platform.ausmart.io/allow-removal: "

	cases := map[string]struct {
		reason string
		env    string
		change func(p *functiontest.ControlPlane)
		fatal  string
		gone   []string // of what holds state, once it settles
	}{
		"QueueGone": {
			reason: "A queue that the claim no longer lists goes, with its dead letters.",
			env:    "dev",
			change: set("queues", queues("mail")),
			gone:   []string{"dead-letter-queue-jobs", "queue-jobs"},
		},
		"QueueRenamed": {
			reason: "A queue under another name is another queue.",
			env:    "dev",
			change: set("queues", queues("tasks", "mail")),
			gone:   []string{"dead-letter-queue-jobs", "queue-jobs"},
		},
		"QueueProtected": {
			reason: "In production that is the first of two steps, and it says what the second is.",
			env:    "prod",
			change: set("queues", queues("mail")),
			fatal:  `refusing to delete Queue "dead-letter-queue-jobs": spec.queues does not list it any more, but deletionProtection is on: to keep it, list it again` + or + "dead-letter-queue-jobs",
		},
		"QueueAllowed": {
			reason: "The second step.",
			env:    "prod",
			change: all(set("queues", queues("mail")), allow("dead-letter-queue-jobs, queue-jobs")),
			gone:   []string{"dead-letter-queue-jobs", "queue-jobs"},
		},
		"RepositoryGone": {
			reason: "A repository that the claim no longer wants goes.",
			env:    "staging",
			change: set("repository", false),
			gone:   []string{"repository"},
		},
		"RepositoryProtected": {
			reason: "Production's images are what runs.",
			env:    "prod",
			change: set("repository", false),
			fatal:  `refusing to delete Repository "repository": spec.repository is off, but deletionProtection is on: to keep it, set spec.repository: true` + or + "repository",
		},
		"OtherEnvironment": {
			reason: "What an environment means decides how queues are protected, never whether they exist.",
			env:    "prod",
			change: set("environment", "dev"),
		},
		"Path": {
			reason: "AWS cannot move a role, and the pods act in its name.",
			env:    "dev",
			change: set("iamPath", "/own/"),
			fatal: `spec.iamPath: Role "role" is at /, and AWS cannot move it to /own/ as the claim wants: ` +
				"set spec.iamPath: / to keep it, or create a new claim",
		},
		"Namespace": {
			reason: "A workload does not move: the old one would be left behind.",
			env:    "dev",
			change: set("namespace", "elsewhere"),
			fatal:  "spec.namespace: the service is in guard and cannot move to elsewhere: create a new claim",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "guard", map[string]any{"environment": tc.env, "queues": queues("jobs", "mail"), "repository": true})
			p.Settle(t)
			held := kit().Held(p)
			tc.change(p)

			rsp := p.Reconcile(t)
			if diff := cmp.Diff(tc.fatal, functiontest.Fatal(rsp)); diff != "" {
				t.Fatalf("%s\nfatal result: -want, +got:\n%s", tc.reason, diff)
			}
			if tc.fatal == "" {
				p.MarkReady()
				p.Settle(t)
			}
			var gone []string
			for _, name := range held {
				if !p.Has(name) {
					gone = append(gone, name)
				}
			}
			if diff := cmp.Diff(tc.gone, gone); diff != "" {
				t.Errorf("%s\nwhat held state and is gone: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestUsages follows who keeps whom.
func TestUsages(t *testing.T) {
	p := kit().NewExample(t, "au-prod/orders")
	p.Settle(t)
	got := map[string][]string{}
	for _, name := range p.Names() {
		if p.Kind(name) != "ClusterUsage" {
			continue
		}
		spec := p.Get(name)["spec"].(map[string]any)
		of, by := spec["of"].(map[string]any), spec["by"].(map[string]any)
		ref := func(m map[string]any) string { return m["resourceRef"].(map[string]any)["name"].(string) }
		for _, user := range p.Names() {
			if p.Get(user)["metadata"].(map[string]any)["name"] == ref(by) {
				key := of["kind"].(string) + " " + ref(of)
				got[key] = append(got[key], user)
			}
		}
	}
	want := map[string][]string{
		"XCluster au-prod-x7k2p": {
			"autoscaler", "cluster-service", "deployment", "disruption-budget", "namespace", "network-policy-allow", "network-policy-deny",
			"pod-identity", "secrets", "service-account",
		},
		"XDatabase orders-x7k2p": {"deployment"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who keeps whom: -want, +got:\n%s", diff)
	}
}

// TestNamespaceIsShared has two services in one namespace: they ask for the same
// object, and it outlives both.
func TestNamespaceIsShared(t *testing.T) {
	var specs []any
	for _, name := range []string{"orders", "ui"} {
		p := kit().NewExample(t, "au-prod/"+name)
		p.Settle(t)
		specs = append(specs, p.Get(namespaceName)["spec"])
	}
	if diff := cmp.Diff(specs[0], specs[1]); diff != "" {
		t.Errorf("two services fight over their namespace: -orders, +ui:\n%s", diff)
	}
	if got := specs[0].(map[string]any)["deletionPolicy"]; got != "Orphan" {
		t.Errorf("the namespace's deletionPolicy is %v: the first service to go would take the other with it", got)
	}
}
