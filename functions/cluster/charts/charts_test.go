package charts

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

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
			functiontest.CompareFile(t, "All releases with their values.", filepath.Join("testdata", name+".yaml"), string(got))
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
			reason: "Karpenter's CRDs come before Karpenter.",
			in:     func(*Inputs) {},
			want:   []string{MetricsServer, LoadBalancer, SecretsDriver, SecretsProvider, ExternalDNS, KarpenterCRDs, Karpenter},
		},
		"NoZones": {
			reason: "external-dns needs a hosted zone.",
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

func TestEveryInputCounts(t *testing.T) { functiontest.EveryInputCounts(t, full(), All) }

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
	pinned := map[string]bool{}
	for _, p := range Pins() {
		t.Run(p.Chart.Name, func(t *testing.T) {
			if pinned[p.Chart.Name] {
				t.Error("it is pinned twice")
			}
			pinned[p.Chart.Name] = true
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

// TestDocs compares the page that lists the charts with the table of pins. -update writes it.
func TestDocs(t *testing.T) {
	page := &strings.Builder{}
	page.WriteString("# Charts in a cluster\n\nWritten by a test from [the table of pins](../functions/cluster/charts/pins.go), where the versions were read on 2026-11-29.\n" +
		"Controllers that have a service account here call AWS with a role of their own, by Pod Identity.\n\n" +
		"| chart | version | of | namespace | service account | repository |\n|---|---|---|---|---|---|\n")
	for _, p := range Pins() {
		fmt.Fprintf(page, "| %s | %s | %s | %s | %s | %s |\n", p.Chart.Name, p.Chart.Version, p.Released, p.Namespace, p.ServiceAccount, p.Chart.Repository)
	}
	functiontest.CompareFile(t, "The page has the table of pins.", filepath.Join("..", "..", "..", "docs", "charts.md"), page.String())
}
