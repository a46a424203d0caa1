package charts

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write the golden files anew")

// full is a cluster with everything on.
func full() Inputs {
	return Inputs{
		Cluster:           "au-prod",
		Region:            "ap-southeast-2",
		VPCID:             "vpc-0a1b2c3d",
		InterruptionQueue: "au-prod-karpenter",
		HostedZoneIDs:     []string{"Z0123456789ABCDEFGHIJ", "Z1"},
		Redundant:         true,
	}
}

// minimal is a cluster without Karpenter and DNS, with one of each controller.
func minimal() Inputs {
	return Inputs{Cluster: "au-dev", Region: "ap-southeast-2", VPCID: "vpc-0a1b2c3d"}
}

// TestGolden compares all releases, with all their values.
func TestGolden(t *testing.T) {
	for name, in := range map[string]Inputs{"full": full(), "minimal": minimal()} {
		t.Run(name, func(t *testing.T) {
			got, err := yaml.Marshal(All(in))
			if err != nil {
				t.Fatalf("cannot marshal releases: %v", err)
			}
			file := filepath.Join("testdata", name+".yaml")
			if *update {
				if err := os.WriteFile(file, got, 0o600); err != nil {
					t.Fatalf("cannot write golden file: %v", err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("cannot read golden file: %v; write it with -update", err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("All(%s): -want, +got:\n%s", name, diff)
			}
		})
	}
}

func TestAll(t *testing.T) {
	cases := map[string]struct {
		reason string
		in     func(*Inputs)
		want   []string
	}{
		"Everything": {
			reason: "Karpenter's CRDs stand before Karpenter.",
			in:     func(*Inputs) {},
			want:   []string{MetricsServer, LoadBalancer, SecretsDriver, SecretsProvider, ExternalDNS, KarpenterCRDs, Karpenter},
		},
		"NoZones": {
			reason: "Without a zone to write to there is nothing for external-dns to do.",
			in:     func(in *Inputs) { in.HostedZoneIDs = nil },
			want:   []string{MetricsServer, LoadBalancer, SecretsDriver, SecretsProvider, KarpenterCRDs, Karpenter},
		},
		"NoKarpenter": {
			reason: "Without a queue Karpenter is off, and its CRDs with it.",
			in:     func(in *Inputs) { in.InterruptionQueue = "" },
			want:   []string{MetricsServer, LoadBalancer, SecretsDriver, SecretsProvider, ExternalDNS},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := full()
			tc.in(&in)
			var got []string
			for _, r := range All(in) {
				got = append(got, r.Name)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nAll(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEveryInputCounts fails on an input that changes nothing.
func TestEveryInputCounts(t *testing.T) {
	before := All(full())
	inputs := reflect.TypeFor[Inputs]()
	for i := range inputs.NumField() {
		t.Run(inputs.Field(i).Name, func(t *testing.T) {
			in := full()
			field := reflect.ValueOf(&in).Elem().Field(i)
			switch v := field.Interface().(type) {
			case string:
				field.SetString(v + "x")
			case bool:
				field.SetBool(!v)
			case []string:
				field.Set(reflect.ValueOf(append([]string{"Z9"}, v...)))
			default:
				t.Fatalf("the test knows no other value for a %T: teach it", v)
			}
			if cmp.Equal(before, All(in)) {
				t.Error("another value changes no release")
			}
		})
	}
}

// TestValuesFitCrossplane fails on values that Crossplane's protocol cannot carry.
func TestValuesFitCrossplane(t *testing.T) {
	for _, r := range All(full()) {
		if _, err := structpb.NewStruct(r.Parameters.Values); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if r.Parameters.Values == nil && r.Name != KarpenterCRDs {
			t.Errorf("%s: it has no values", r.Name)
		}
	}
}

func TestPins(t *testing.T) {
	exact := regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	seen := map[string]bool{}
	for _, p := range Pins() {
		t.Run(p.Chart.Name, func(t *testing.T) {
			if seen[p.Chart.Name] {
				t.Error("it is pinned twice")
			}
			seen[p.Chart.Name] = true
			if !exact.MatchString(p.Chart.Version) {
				t.Errorf("version %q is not exact", p.Chart.Version)
			}
			if !strings.HasPrefix(p.Chart.Repository, "https://") && !strings.HasPrefix(p.Chart.Repository, "oci://") {
				t.Errorf("repository %q is neither https nor oci", p.Chart.Repository)
			}
			if _, err := time.Parse(time.DateOnly, p.Released); err != nil {
				t.Errorf("released on no day: %v", err)
			}
			if p.Source == "" {
				t.Error("no source says where the version was read")
			}
		})
	}
}

// TestDocs holds the page that lists the charts to the table of pins. Run with
// -update to write it anew.
func TestDocs(t *testing.T) {
	page := &strings.Builder{}
	page.WriteString("# Charts in a cluster\n\nWritten by a test from [the table of pins](../functions/cluster/charts/pins.go), where the versions were read on 2026-11-29.\n" +
		"Controllers that have a service account here call AWS with a role of their own, by Pod Identity.\n\n" +
		"| chart | version | of | namespace | service account | repository |\n|---|---|---|---|---|---|\n")
	for _, p := range Pins() {
		fmt.Fprintf(page, "| %s | %s | %s | %s | %s | %s |\n", p.Chart.Name, p.Chart.Version, p.Released, p.Namespace, p.ServiceAccount, p.Chart.Repository)
	}
	file := filepath.Join("..", "..", "..", "docs", "charts.md")
	if *update {
		if err := os.WriteFile(file, []byte(page.String()), 0o600); err != nil {
			t.Fatalf("cannot write page: %v", err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("cannot read page: %v; write it with -update", err)
	}
	if diff := cmp.Diff(string(want), page.String()); diff != "" {
		t.Errorf("-want, +got; write it with -update:\n%s", diff)
	}
}
