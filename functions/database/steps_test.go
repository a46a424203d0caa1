package database

import (
	"maps"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

func reconcile(t *testing.T, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := p.Reconcile(t.Context())
	if err != nil {
		t.Fatalf("cannot reconcile: %v", err)
	}
	return rsp
}

// settle reconciles until everything is ready and nothing changes.
func settle(t *testing.T, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	var last *fnv1.RunFunctionResponse
	for range 12 {
		rsp := reconcile(t, p)
		if m := simulation.Fatal(rsp); m != "" {
			t.Fatalf("unexpected fatal result: %s", m)
		}
		if last != nil && proto.Equal(last, rsp) {
			return rsp
		}
		p.Provide()
		last = rsp
	}
	t.Fatal("the function does not settle: its answer changes with each reconcile")
	return nil
}

// configure sets the EnvironmentConfig of every environment.
func configure(p *simulation.Plane, data map[string]any) {
	for _, env := range []string{"dev", "staging", "prod"} {
		delete(p.Required, "EnvironmentConfig/"+env)
		if data != nil {
			p.Required["EnvironmentConfig/"+env] = map[string]any{
				"apiVersion": "apiextensions.crossplane.io/v1beta1", "kind": "EnvironmentConfig",
				"metadata": map[string]any{"name": env}, "data": data,
			}
		}
	}
}

func names(rsp *fnv1.RunFunctionResponse) []string {
	return slices.Sorted(maps.Keys(rsp.GetDesired().GetResources()))
}

// changes between two sets of resources, each as "verb name".
func changes(before, after map[string]*fnv1.Resource) []string {
	var out []string
	for name := range before {
		if _, ok := after[name]; !ok {
			out = append(out, "delete "+name)
		} else if !proto.Equal(before[name], after[name]) {
			out = append(out, "update "+name)
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			out = append(out, "create "+name)
		}
	}
	slices.Sort(out)
	return out
}
