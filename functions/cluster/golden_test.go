package cluster

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares the whole response for each example claim at each step of a
// cluster's making; those of prod have the EnvironmentConfig of the examples. Run with
// -update to write the files anew, and read the diff.
func TestGolden(t *testing.T) {
	steps := []struct {
		folder string
		reason string
		shows  string // the resource that is asked for first at this step
	}{
		{"00-fresh", "Nothing exists yet: what a cluster stands on is asked for.", clusterRoleName},
		{"01-control-plane", "What the control plane stands on is ready: it is asked for.", clusterName},
		{"02-networking", "The API is there: what nodes need is asked for.", addonName(addonCNI)},
		{"03-nodes", "Nodes would have a network and credentials: they are asked for.", nodeGroupPrefix},
		{"04-add-ons", "Nodes are ready: what runs on them is asked for.", addonName(addonDNS)},
		{"05-controllers", "The platform reaches the cluster: what it puts there is asked for.", helmConfigName},
	}
	for _, claim := range []string{"au-dev", "au-prod", "us-prod"} {
		t.Run(claim, func(t *testing.T) {
			p := plane(t, example(t, claim))
			if err := p.Configure(filepath.Join("..", "..", "examples", "environments", "prod.yaml")); err != nil {
				t.Fatal(err)
			}
			for _, s := range steps {
				golden(t, s.reason, filepath.Join("testdata", claim, s.folder, "response.yaml"), until(t, p, s.shows))
			}
			golden(t, "Everything is ready: the status is complete and nothing is awaited.", filepath.Join("testdata", claim, "06-all-ready", "response.yaml"), settle(t, p))
		})
	}
}

// until reconciles until a resource whose name begins so is asked for.
func until(t *testing.T, p *simulation.Plane, prefix string) *fnv1.RunFunctionResponse {
	t.Helper()
	for range 20 {
		rsp := reconcile(t, p)
		p.Provide()
		for name := range rsp.GetDesired().GetResources() {
			if strings.HasPrefix(name, prefix) {
				return rsp
			}
		}
	}
	t.Fatalf("%s is never asked for", prefix)
	return nil
}

func golden(t *testing.T, reason, file string, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	if m := simulation.Fatal(rsp); m != "" {
		t.Fatalf("%s: unexpected fatal result: %s", file, m)
	}
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
