package service

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares the whole response for each example claim over several
// reconciles; those of prod have the EnvironmentConfig of the examples. Run with
// -update to write the files anew, and read the diff.
func TestGolden(t *testing.T) {
	reconciles := []struct {
		folder  string
		reason  string
		provide func(p *simulation.Plane)
	}{
		{
			folder:  "00-fresh",
			reason:  "Nothing exists yet: what AWS makes is asked for, and the namespace.",
			provide: func(*simulation.Plane) {},
		},
		{
			folder:  "01-namespace-and-role-ready",
			reason:  "The namespace is there and the role has its association: what surrounds the pods is asked for, the pods are not.",
			provide: func(p *simulation.Plane) { p.Provide() },
		},
		{
			folder:  "02-guarded",
			reason:  "Policies, account and secrets are there: now the pods may start.",
			provide: func(p *simulation.Plane) { p.Provide() },
		},
		{
			folder: "03-all-ready",
			reason: "Everything is ready: the status is complete and nothing is awaited.",
			provide: func(p *simulation.Plane) {
				for range 2 {
					p.Provide()
					if _, err := p.Reconcile(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				p.Provide()
			},
		},
	}
	for env, names := range map[string][]string{"au-dev": store(), "au-prod": store(), "us-prod": {"ui"}} {
		for _, name := range names {
			t.Run(env+"-"+name, func(t *testing.T) {
				p := plane(t, env, example(t, env, name))
				if err := p.Configure(filepath.Join("..", "..", "examples", "environments", "prod.yaml")); err != nil {
					t.Fatal(err)
				}
				for _, r := range reconciles {
					r.provide(p)
					rsp, err := p.Reconcile(t.Context())
					if err != nil {
						t.Fatalf("%s: cannot reconcile: %v", r.folder, err)
					}
					golden(t, r.reason, filepath.Join("testdata", env+"-"+name, r.folder, "response.yaml"), rsp)
				}
				if p := conditions(p, t); p[conditionReady] != "True" {
					t.Errorf("the last reconcile must have everything ready: %v", p)
				}
			})
		}
	}
}

// conditions of the service by type.
func conditions(p *simulation.Plane, t *testing.T) map[string]string {
	t.Helper()
	rsp, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, c := range rsp.GetConditions() {
		out[c.GetType()] = map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[c.GetStatus()]
	}
	return out
}

func golden(t *testing.T, reason, file string, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	j, err := protojson.Marshal(rsp)
	if err != nil {
		t.Fatalf("cannot marshal response: %v", err)
	}
	got, err := yaml.JSONToYAML(j)
	if err != nil {
		t.Fatalf("cannot convert response: %v", err)
	}
	compare(t, reason, file, string(got))
}

// compare with a file that -update writes.
func compare(t *testing.T, reason, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("cannot read golden file: %v; write it with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: %s\n-want, +got:\n%s", file, reason, diff)
	}
}
