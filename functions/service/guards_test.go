package service

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestGuards changes a service that is ready.
func TestGuards(t *testing.T) {
	queues := func(names ...string) []any {
		out := []any{}
		for _, n := range names {
			out = append(out, map[string]any{"name": n, "maxReceiveCount": int64(5)})
		}
		return out
	}
	const or = "; or annotate the claim with platform.ausmart.io/allow-removal: "

	in := func(environment string) map[string]any {
		return map[string]any{"environment": environment, "queues": queues("jobs", "mail"), "repository": true}
	}
	functiontest.RunGuards(t, kit(), map[string]functiontest.Guard{
		"QueueGone": {
			Reason: "A queue that the claim no longer lists is deleted, with its dead-letter queue.",
			Spec:   in("dev"),
			Change: functiontest.SetField("queues", queues("mail")),
			Gone:   []string{"dead-letter-queue-jobs", "queue-jobs"},
		},
		"QueueRenamed": {
			Reason: "A queue under another name is another queue.",
			Spec:   in("dev"),
			Change: functiontest.SetField("queues", queues("tasks", "mail")),
			Gone:   []string{"dead-letter-queue-jobs", "queue-jobs"},
		},
		"QueueProtected": {
			Reason: "In production that is the first of two steps, and the message names the second.",
			Spec:   in("prod"),
			Change: functiontest.SetField("queues", queues("mail")),
			Fatal:  `refusing to delete Queue "dead-letter-queue-jobs" and Queue "queue-jobs": spec.queues does not list it any more, but deletionProtection is on: to keep it, list it again` + or + "dead-letter-queue-jobs,queue-jobs",
		},
		"QueueAllowed": {
			Reason: "The annotation is the second step.",
			Spec:   in("prod"),
			Change: functiontest.InTurn(functiontest.SetField("queues", queues("mail")), functiontest.AllowRemoval("dead-letter-queue-jobs, queue-jobs")),
			Gone:   []string{"dead-letter-queue-jobs", "queue-jobs"},
		},
		"RepositoryGone": {
			Reason: "A repository that the claim switches off is deleted.",
			Spec:   in("staging"),
			Change: functiontest.SetField("repository", false),
			Gone:   []string{"repository"},
		},
		"RepositoryProtected": {
			Reason: "A repository of production is protected too.",
			Spec:   in("prod"),
			Change: functiontest.SetField("repository", false),
			Fatal:  `refusing to delete Repository "repository": spec.repository is off, but deletionProtection is on: to keep it, set spec.repository: true` + or + "repository",
		},
		"OtherEnvironment": {
			Reason: "A change of the environment deletes no queue and no repository.",
			Spec:   in("prod"),
			Change: functiontest.SetField("environment", "dev"),
		},
		"Path": {
			Reason: "AWS cannot move a role to another path.",
			Spec:   in("dev"),
			Change: functiontest.SetField("iamPath", "/own/"),
			Fatal: `spec.iamPath: Role "role" is at /, and AWS cannot move it to /own/ as the claim wants: ` +
				"set spec.iamPath: / to keep it, or create a new claim",
		},
		"Namespace": {
			Reason: "A workload cannot change its namespace: the old one would be left behind.",
			Spec:   in("dev"),
			Change: functiontest.SetField("namespace", "elsewhere"),
			Fatal:  "spec.namespace: the service is in guard and cannot move to elsewhere: create a new claim",
		},
	})
}

// TestUsages lists what the service protects from deletion, and which of its resources use it.
func TestUsages(t *testing.T) {
	p := kit().NewExample(t, "au-prod/orders")
	p.Settle(t)
	want := map[string][]string{
		"XCluster/au-prod": {
			"autoscaler", "cluster-service", "deployment", "disruption-budget", "namespace", "network-policy-allow", "network-policy-deny",
			"pod-identity", "secrets", "service-account",
		},
		"XDatabase/orders": {"deployment"},
	}
	if diff := cmp.Diff(want, p.Users()); diff != "" {
		t.Errorf("users of each protected object: -want, +got:\n%s", diff)
	}
}

// TestNamespaceIsShared has two services in one namespace: both compose the same object,
// and it stays when they are deleted.
func TestNamespaceIsShared(t *testing.T) {
	var specs []any
	for _, name := range []string{"orders", "ui"} {
		p := kit().NewExample(t, "au-prod/"+name)
		p.Settle(t)
		specs = append(specs, p.Get(namespaceName)["spec"])
	}
	if diff := cmp.Diff(specs[0], specs[1]); diff != "" {
		t.Errorf("two services compose different namespaces: -orders, +ui:\n%s", diff)
	}
	if got := specs[0].(map[string]any)["deletionPolicy"]; got != "Orphan" {
		t.Errorf("the namespace's deletionPolicy is %v: the first service that is deleted would delete the other", got)
	}
}

// TestWithoutClaim has a composite that was created without a claim: its own name is the workload's.
func TestWithoutClaim(t *testing.T) {
	p := kit().New(t, "alone", nil)
	metadata := p.XR["metadata"].(map[string]any)
	delete(metadata, "labels")
	p.Settle(t)
	if got := p.ForProvider("deployment")["manifest"].(map[string]any)["metadata"].(map[string]any)["name"]; got != metadata["name"] {
		t.Errorf("the workload is %q, want the composite's name %q", got, metadata["name"])
	}
}
