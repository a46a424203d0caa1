package database

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
// reconciles. Run with -update to write the files anew, and read the diff.
func TestGolden(t *testing.T) {
	reconciles := []struct {
		folder string
		reason string
		next   func(t *testing.T, p *simulation.Plane) *fnv1.RunFunctionResponse
	}{
		{
			folder: "00-fresh",
			reason: "Nothing exists yet: the foundations are asked for, and the database is awaited.",
			next:   reconcile,
		},
		{
			folder: "01-foundations-ready",
			reason: "What the database stands on exists: it is asked for.",
			next:   untilAsked,
		},
		{
			folder: "02-all-ready",
			reason: "Everything is ready: the status is complete and nothing is awaited.",
			next:   settle,
		},
	}
	for env, claims := range examples() {
		for _, claim := range claims {
			t.Run(env+"-"+claim, func(t *testing.T) {
				p := plane(t, example(t, env, claim))
				for _, r := range reconciles {
					golden(t, r.reason, filepath.Join("testdata", env+"-"+claim, r.folder, "response.yaml"), r.next(t, p))
				}
			})
		}
	}
}

// untilAsked makes everything ready that exists, until the database is asked for.
func untilAsked(t *testing.T, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	for range 5 {
		p.Provide()
		rsp := reconcile(t, p)
		if _, ok := rsp.GetDesired().GetResources()[primaryOf(p)]; ok {
			return rsp
		}
	}
	t.Fatal("the database is never asked for")
	return nil
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
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("cannot read golden file: %v; write it with -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: %s\n-want, +got:\n%s", file, reason, diff)
	}
}
