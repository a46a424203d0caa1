package network

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
			reason:  "Nothing exists yet: everything is asked for, and everything is awaited.",
			provide: func(*simulation.Plane) {},
		},
		{
			folder: "01-vpc-ready",
			reason: "The VPC, its gateway and the key are ready: addresses may be used, policies name the account, and the bucket the key.",
			provide: func(p *simulation.Plane) {
				p.Provide(vpcName, internetGatewayName, subnetName(tierApp, "a"), keyName)
			},
		},
		{
			folder:  "02-all-ready",
			reason:  "Everything is ready: the status is complete and nothing is awaited.",
			provide: func(p *simulation.Plane) { p.Provide() },
		},
	}
	for _, claim := range []string{"au-dev", "au-prod", "us-prod"} {
		t.Run(claim, func(t *testing.T) {
			p := plane(example(t, claim))
			if err := p.Configure(filepath.Join("..", "..", "examples", "environments", "prod.yaml")); err != nil {
				t.Fatal(err)
			}
			for _, r := range reconciles {
				r.provide(p)
				rsp, err := p.Reconcile(t.Context())
				if err != nil {
					t.Fatalf("%s: cannot reconcile: %v", r.folder, err)
				}
				golden(t, r.reason, filepath.Join("testdata", claim, r.folder, "response.yaml"), rsp)
			}
		})
	}
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
