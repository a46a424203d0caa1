package service

import (
	"maps"
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

// TestNothingFlaps takes readiness away from one resource after another, and the
// answers of their providers with it: the function asks for what it asked before.
func TestNothingFlaps(t *testing.T) {
	p := kit().NewExample(t, "au-prod/orders")
	p.Settle(t)
	before := specs(p.Reconcile(t))
	for _, name := range p.Names() {
		p.MarkReady()
		p.Fail(name, "throttled")
		if diff := cmp.Diff(before, specs(p.Reconcile(t))); diff != "" {
			t.Errorf("%s is in trouble: -want, +got:\n%s", name, diff)
		}
	}
	for _, name := range []string{"queue-events", "dead-letter-queue-events", "pod-identity", "role", "deployment"} {
		p.MarkReady()
		p.Get(name)["status"] = map[string]any{}
		rsp := p.Reconcile(t)
		for _, kept := range []string{"deployment", "queue-events", "dead-letter-queue-events"} {
			// Only the spec: a resource that is kept has its external name beside it.
			if diff := cmp.Diff(before[kept].(map[string]any)["spec"], specs(rsp)[kept].(map[string]any)["spec"]); diff != "" {
				t.Errorf("%s lost its status, and %s changes: -want, +got:\n%s", name, kept, diff)
			}
		}
	}
}

// specs of what the function wants.
func specs(rsp *fnv1.RunFunctionResponse) map[string]any {
	out := map[string]any{}
	for name, r := range rsp.GetDesired().GetResources() {
		out[name] = r.GetResource().AsMap()
	}
	return out
}

// changed are the paths at which two answers differ.
func changed(prefix string, a, b any) []string {
	ma, oka := a.(map[string]any)
	mb, okb := b.(map[string]any)
	la, isa := a.([]any)
	lb, isb := b.([]any)
	var out []string
	switch {
	case oka && okb:
		keys := maps.Clone(ma)
		maps.Copy(keys, mb)
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			out = append(out, changed(prefix+"."+k, ma[k], mb[k])...)
		}
	case isa && isb && len(la) == len(lb):
		for i := range la {
			out = append(out, changed(prefix+"[]", la[i], lb[i])...)
		}
	case !cmp.Equal(a, b):
		out = append(out, strings.TrimPrefix(prefix, "."))
	}
	return out
}

// TestImageChangesOneField rolls out another version: one field of one resource.
func TestImageChangesOneField(t *testing.T) {
	for _, name := range store() {
		p := kit().NewExample(t, "au-prod/"+name)
		before := specs(p.Settle(t))
		p.Spec()["image"] = "ghcr.io/ausmart/" + name + ":v0.2.0"
		after := specs(p.Settle(t))
		want := []string{"deployment.spec.forProvider.manifest.spec.template.spec.containers[].image"}
		if diff := cmp.Diff(want, changed("", before, after)); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", name, diff)
		}
	}
}
