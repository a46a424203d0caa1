package service

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	appsv1 "k8s.io/api/apps/v1"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func deployment(t testing.TB, p *functiontest.ControlPlane) appsv1.Deployment {
	t.Helper()
	return manifest[appsv1.Deployment](t, p, deploymentName)
}

// TestNothingFlaps makes one resource after another fail, and then removes the status of
// some: the function composes the same as before.
func TestNothingFlaps(t *testing.T) {
	p := kit().NewExample(t, "au-prod/orders")
	p.Settle(t)
	before := p.Reconcile(t)
	for _, name := range p.Names() {
		p.MarkReady()
		p.Fail(name, "throttled")
		if changes := functiontest.Changes(before, p.Reconcile(t)); changes != nil {
			t.Errorf("%s is in trouble: %v", name, changes)
		}
	}
	for _, name := range []string{"queue-events", "dead-letter-queue-events", "pod-identity", "role", "deployment"} {
		p.MarkReady()
		p.Get(name)["status"] = map[string]any{}
		rsp := p.Reconcile(t)
		for _, kept := range []string{"deployment", "queue-events", "dead-letter-queue-events"} {
			spec := func(rsp *fnv1.RunFunctionResponse) any { // A resource that is kept has its external name beside it.
				return rsp.GetDesired().GetResources()[kept].GetResource().AsMap()["spec"]
			}
			if diff := cmp.Diff(spec(before), spec(rsp)); diff != "" {
				t.Errorf("%s lost its status, and %s changes: -want, +got:\n%s", name, kept, diff)
			}
		}
	}
}

// TestNamesAreDistinct has queues whose names are made of each other's: no two have one name in SQS,
// as long as the schema's rule holds.
func TestNamesAreDistinct(t *testing.T) {
	base := []string{"a", "dead", "dead-letters", "a-dead-letters", "a-dead-letters-dead-letters", "dead-letters-a", strings.Repeat("q", 40), strings.Repeat("q", 39)}
	for seed := range 40 {
		r := functiontest.NewRandom(seed)
		var names []string
		for _, name := range base {
			refused := slices.ContainsFunc(names, func(o string) bool { return name == o+"-dead-letters" || o == name+"-dead-letters" })
			if !refused && r.IntN(2) == 0 {
				names = append(names, name)
			}
		}
		p := kit().New(t, "names", map[string]any{"queues": refs(names...)})
		p.Settle(t)
		users := map[any]string{}
		for _, resource := range p.Names() {
			if p.Kind(resource) != "Queue" {
				continue
			}
			name := p.ForProvider(resource)["name"]
			if other, taken := users[name]; taken {
				t.Errorf("queues %v: %s and %s are both %v", names, other, resource, name)
			}
			users[name] = resource
		}
		if len(users) != 2*len(names) {
			t.Errorf("queues %v have %d names", names, len(users))
		}
	}
}

// TestImageChangesOneField rolls out another version: one field of one resource.
func TestImageChangesOneField(t *testing.T) {
	for _, name := range store() {
		p := kit().NewExample(t, "au-prod/"+name)
		before := p.Settle(t)
		from, to := p.Spec()["image"].(string), "ghcr.io/ausmart/"+name+":v0.2.0"
		p.Spec()["image"] = to
		got := functiontest.Differences(before, p.Settle(t))
		old, now, ok := strings.Cut(strings.Join(got, "\n"), " -> ")
		list, is := strings.CutPrefix(old, "deployment spec.forProvider.manifest.spec.template.spec.containers: ")
		if !ok || !is || strings.Replace(list, from, to, 1) != now {
			t.Errorf("%s: more than the image of the container changed: %v", name, got)
		}
	}
}
