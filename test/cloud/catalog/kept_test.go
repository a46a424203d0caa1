package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const keptHeader = `# Derived from Terraform's schema in github.com/upbound/provider-aws/v2 by kept_test.go; rewrite it with
#   go test ./test/cloud/catalog -update
# service/Kind field ...
`

// keptBlocks are blocks that are optional and computed. Terraform's schema in JSON says that of attributes only. Read in
// terraform-provider-aws (upbound's fork at 7049bcc1808e, internal/service, 2026-11-30): dynamodb/table.go,
// ec2/ec2_launch_template.go, ec2/vpc_endpoint.go, eks/cluster.go, eks/node_group.go, elasticache/user.go, iam/role.go.
// The other blocks of the kinds that the platform composes are optional only.
func keptBlocks() map[GroupKind][]string {
	return map[GroupKind][]string{
		{"dynamodb", "Table"}:     {"attribute", "pointInTimeRecovery", "serverSideEncryption", "ttl"},
		{"ec2", "LaunchTemplate"}: {"metadataOptions"},
		{"ec2", "VPCEndpoint"}:    {"dnsOptions", "subnetConfiguration"},
		{"eks", "Cluster"}:        {"accessConfig", "kubernetesNetworkConfig", "upgradePolicy"},
		{"eks", "NodeGroup"}:      {"nodeRepairConfig", "updateConfig"},
		{"elasticache", "User"}:   {"authenticationMode"},
		{"iam", "Role"}:           {"inlinePolicy"},
	}
}

// A block of Terraform's schema.
type block struct {
	Attributes map[string]struct{ Optional, Computed bool } `json:"attributes"`
	Blocks     map[string]struct {
		MaxItems int   `json:"max_items"`
		Block    block `json:"block"`
	} `json:"block_types"`
}

// kept are the paths of the block's attributes that are optional and computed. The elements of a list or set are new
// ones when they change, so only a block of which there is one keeps anything.
func (b block) kept(prefix string) []string {
	var out []string
	for name, a := range b.Attributes {
		everywhere := prefix == "" && slices.Contains([]string{"id", "region", "tags_all"}, name)
		if a.Optional && a.Computed && !everywhere {
			out = append(out, prefix+lowerCamel(name))
		}
	}
	for name, in := range b.Blocks {
		if in.MaxItems == 1 {
			out = append(out, in.Block.kept(prefix+lowerCamel(name)+".")...)
		}
	}
	return out
}

func TestKeptFieldsAreThoseOfTerraform(t *testing.T) {
	dir := providerDir(t)
	blocks := terraformSchema(t, dir)
	types := terraformTypes(t, dir)
	var got strings.Builder
	got.WriteString(keptHeader)
	for _, gk := range composed(t) {
		b, ok := blocks[types[gk]]
		if !ok && gk != (GroupKind{"eks", "ClusterAuth"}) { // The provider's own kind.
			t.Fatalf("Terraform's schema has no %q, which is %s", types[gk], gk)
		}
		fmt.Fprintf(&got, "%s\n", strings.Join(append([]string{gk.String()}, slices.Sorted(slices.Values(append(keptBlocks()[gk], b.kept("")...)))...), " "))
	}
	if *update {
		if err := os.WriteFile("kept.txt", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("kept.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("kept.txt differs from Terraform's schema, run with -update: -want, +got:\n%s", diff)
	}
}

// terraformSchema by resource type.
func terraformSchema(t *testing.T, dir string) map[string]block {
	t.Helper()
	var schema struct {
		Providers map[string]struct {
			Resources map[string]struct {
				Block block `json:"block"`
			} `json:"resource_schemas"`
		} `json:"provider_schemas"`
	}
	raw, err := os.ReadFile(filepath.Join(dir, "config", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	out := map[string]block{}
	for _, p := range schema.Providers {
		for name, r := range p.Resources {
			out[name] = r.Block
		}
	}
	return out
}

// terraformTypes by kind.
func terraformTypes(t *testing.T, dir string) map[GroupKind]string {
	t.Helper()
	out := map[GroupKind]string{}
	for _, service := range services {
		versions, err := filepath.Glob(filepath.Join(dir, "apis", "cluster", service, "v*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range versions {
			a, err := parseAPI(v, service)
			if err != nil {
				t.Fatal(err)
			}
			for kind, name := range a.terraform {
				out[GroupKind{service, kind}] = name
			}
		}
	}
	return out
}

// composed are the kinds of AWS that the platform activates, sorted.
func composed(t *testing.T) []GroupKind {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("../../../argocd/platform/activation.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []GroupKind
	for line := range strings.Lines(string(raw)) {
		name, ok := strings.CutSuffix(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "- ")), Suffix)
		plural, service, _ := strings.Cut(name, ".")
		if !ok {
			continue
		}
		is := slices.DeleteFunc(slices.Collect(maps.Keys(c.kinds)), func(gk GroupKind) bool {
			return gk.Service != service || !slices.Contains(plurals(gk.Kind), plural)
		})
		if len(is) != 1 {
			t.Fatalf("%d kinds are %s", len(is), name)
		}
		out = append(out, is[0])
	}
	slices.SortFunc(out, func(a, b GroupKind) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// plurals that the CRD of a kind may have in its name.
func plurals(kind string) []string {
	name := strings.ToLower(kind)
	return []string{name, name + "s", name + "es", strings.TrimSuffix(name, "y") + "ies"}
}
