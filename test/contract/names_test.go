package contract_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/discovery"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// TestNames fails when a kind has other names in kubectl than the documented ones.
func TestNames(t *testing.T) {
	t.Parallel()

	type names struct {
		Namespaced bool
		ShortNames []string
		Categories []string
		Columns    []string
	}
	claim, composite := []string{"platform", "claim"}, []string{"platform", "composite"}
	cases := map[string]struct {
		reason string
		want   names
	}{
		"networks": {
			reason: "A network's addresses are in the wide columns.",
			want: names{Namespaced: true, ShortNames: []string{"net"}, Categories: claim,
				Columns: []string{"Name", "STATUS", "ENVIRONMENT", "COST", "VPC", "NAT", "WAITING-FOR", "SYNCED", "READY", "CONNECTION-SECRET", "AGE"}},
		},
		"clusters": {
			reason: "Many groups have a kind cluster, so the short name is unique.",
			want: names{Namespaced: true, ShortNames: []string{"ekscluster"}, Categories: claim,
				Columns: []string{"Name", "STATUS", "ENVIRONMENT", "VERSION", "COST", "WAITING-FOR", "SYNCED", "READY", "CONNECTION-SECRET", "AGE"}},
		},
		"databases": {
			reason: "A database shows what it is.",
			want: names{Namespaced: true, ShortNames: []string{"db"}, Categories: claim,
				Columns: []string{"Name", "STATUS", "ENVIRONMENT", "ENGINE", "VERSION", "COST", "WAITING-FOR", "SYNCED", "READY", "CONNECTION-SECRET", "AGE"}},
		},
		"services": {
			reason: "service is Kubernetes' own kind, so app is the name to use.",
			want: names{Namespaced: true, ShortNames: []string{"app"}, Categories: claim,
				Columns: []string{"Name", "STATUS", "ENVIRONMENT", "IMAGE", "REPLICAS", "URL", "COST", "WAITING-FOR", "SYNCED", "READY", "CONNECTION-SECRET", "AGE"}},
		},
	}
	// A composite resource is cluster-scoped, leaves the short name to its claim, and shows the same
	// columns; Crossplane adds its own to both.
	for plural, tc := range maps.Clone(cases) {
		c := tc
		c.reason = "A composite resource shows what its claim shows."
		own := slices.Index(tc.want.Columns, "CONNECTION-SECRET")
		c.want = names{Categories: composite, Columns: slices.Concat(tc.want.Columns[:own], []string{"COMPOSITION", "COMPOSITIONREVISION", "AGE"})}
		cases["x"+plural] = c
	}

	client, err := discovery.NewDiscoveryClientForConfig(server.Get(t).Config)
	if err != nil {
		t.Fatalf("cannot make a client: %v", err)
	}
	served, err := client.ServerResourcesForGroupVersion(v1alpha1.GroupVersion().String())
	if err != nil {
		t.Fatalf("cannot list kinds: %v", err)
	}
	got := map[string]names{}
	for _, r := range served.APIResources {
		if strings.Contains(r.Name, "/") {
			continue // A kind's status or scale.
		}
		got[r.Name] = names{r.Namespaced, r.ShortNames, r.Categories, columns(t, client, r.Name)}
		if _, found := cases[r.Name]; !found {
			t.Errorf("%s is served, and this test does not know it", r.Name)
		}
	}
	for plural, tc := range cases {
		t.Run(plural, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(tc.want, got[plural]); diff != "" {
				t.Errorf("\n%s\n%s: -want, +got:\n%s", tc.reason, plural, diff)
			}
		})
	}
}

// columns returns the columns that kubectl get -o wide shows.
func columns(t *testing.T, client *discovery.DiscoveryClient, plural string) []string {
	t.Helper()

	raw, err := client.RESTClient().Get().AbsPath("apis", v1alpha1.Group, v1alpha1.Version, plural).
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").DoRaw(t.Context())
	if err != nil {
		t.Fatalf("cannot list %s: %v", plural, err)
	}
	table := metav1.Table{}
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatalf("cannot decode table of %s: %v", plural, err)
	}
	names := make([]string, 0, len(table.ColumnDefinitions))
	for _, c := range table.ColumnDefinitions {
		names = append(names, c.Name)
	}
	return names
}
