package service

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// TestGuards changes a service that is ready, and looks at what stays.
func TestGuards(t *testing.T) {
	set := func(field string, value any) func(*simulation.Plane) {
		return func(p *simulation.Plane) { p.XR["spec"] = with(p.XR["spec"].(map[string]any), field, value) }
	}
	allow := func(names string) func(*simulation.Plane) {
		return func(p *simulation.Plane) {
			p.XR["metadata"].(map[string]any)["annotations"] = map[string]any{"platform.ausmart.io/allow-removal": names}
		}
	}
	all := func(changes ...func(*simulation.Plane)) func(*simulation.Plane) {
		return func(p *simulation.Plane) {
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
		change func(p *simulation.Plane)
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
			fatal:  `refusing to delete Queue "dead-letter-queue-jobs": spec.queues does not list it any more, but deletionProtection is on: to keep it, put that back` + or + "dead-letter-queue-jobs",
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
			fatal:  `refusing to delete Repository "repository": spec.repository does not want it any more, but deletionProtection is on: to keep it, put that back` + or + "repository",
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
			p := dev(t, xr("guard", map[string]any{"environment": tc.env, "queues": queues("jobs", "mail"), "repository": true}))
			settle(t, p)
			held := slices.DeleteFunc(p.Names(), func(n string) bool {
				return n != "repository" && !strings.Contains(n, "queue-") || strings.HasPrefix(n, "usage-")
			})
			tc.change(p)

			rsp := reconcile(t, p)
			if diff := cmp.Diff(tc.fatal, simulation.Fatal(rsp)); diff != "" {
				t.Fatalf("%s\nfatal result: -want, +got:\n%s", tc.reason, diff)
			}
			if tc.fatal == "" {
				p.Provide()
				settle(t, p)
			}
			var gone []string
			for _, name := range held {
				if p.Get(name) == nil {
					gone = append(gone, name)
				}
			}
			if diff := cmp.Diff(tc.gone, gone); diff != "" {
				t.Errorf("%s\nwhat held state and is gone: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestStateful sorts every kind that the largest service has by whether it holds
// state, so that nobody adds a kind without an answer.
func TestStateful(t *testing.T) {
	p := dev(t, xr("kinds", full()))
	settle(t, p)
	got := map[bool][]string{}
	for _, name := range p.Names() {
		if kind := p.Get(name)["kind"].(string); !slices.Contains(got[stateful(kind)], kind) {
			got[stateful(kind)] = append(got[stateful(kind)], kind)
		}
	}
	slices.Sort(got[true])
	slices.Sort(got[false])
	want := map[bool][]string{
		true:  {"Queue", "Repository"},
		false: {"ClusterUsage", "LifecyclePolicy", "Object", "PodIdentityAssociation", "Role", "RolePolicy"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds that hold state: -want, +got:\n%s", diff)
	}
}

// TestForgotten has a queue that exists and that no version of the function makes.
func TestForgotten(t *testing.T) {
	p := dev(t, xr("forgotten", nil))
	req := request(t, p)
	old, err := structpb.NewStruct(map[string]any{"kind": "Queue"})
	if err != nil {
		t.Fatal(err)
	}
	req.Observed.Resources["old"] = &fnv1.Resource{Resource: old}
	rsp, err := p.Function.RunFunction(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	want := `refusing to delete Queue "old": nothing in the claim asks for that; or annotate the claim with platform.ausmart.io/allow-removal: old`
	if diff := cmp.Diff(want, simulation.Fatal(rsp)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestUsages follows who keeps whom.
func TestUsages(t *testing.T) {
	p := plane(t, "au-prod", example(t, "au-prod", "orders"))
	settle(t, p)
	got := map[string][]string{}
	for _, name := range p.Names() {
		if p.Get(name)["kind"] != "ClusterUsage" {
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
		p := plane(t, "au-prod", example(t, "au-prod", name))
		settle(t, p)
		specs = append(specs, p.Get(namespaceName)["spec"])
	}
	if diff := cmp.Diff(specs[0], specs[1]); diff != "" {
		t.Errorf("two services fight over their namespace: -orders, +ui:\n%s", diff)
	}
	if got := specs[0].(map[string]any)["deletionPolicy"]; got != "Orphan" {
		t.Errorf("the namespace's deletionPolicy is %v: the first service to go would take the other with it", got)
	}
}
