package contract_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the generated pages")

// resourcesPage is written by TestResourcesPage.
const resourcesPage = "../../docs/resources.md"

// A claimSize counts a claim's resources by API group and kind.
type claimSize map[string]map[string]int

// TestResourcesPage compares docs/resources.md with the resources that the functions compose for
// the examples once everything is ready. Run it with -update to rewrite the page.
func TestResourcesPage(t *testing.T) {
	t.Parallel()
	dev, err := sizes("au-dev")
	if err != nil {
		t.Fatal(err)
	}
	prod, err := sizes("au-prod")
	if err != nil {
		t.Fatal(err)
	}
	got := page(dev, prod)
	if *update {
		if err := os.WriteFile(resourcesPage, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(resourcesPage)
	if err != nil {
		t.Fatalf("cannot read the page: %v; write it with -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want, +got:\n%s", resourcesPage, diff)
	}
}

// sizes of an environment's claims, by title.
func sizes(environment string) (map[string]claimSize, error) {
	responses, err := goldens()
	if err != nil {
		return nil, err
	}
	out := map[string]claimSize{}
	for _, path := range settled(responses) {
		name := filepath.Base(filepath.Dir(filepath.Dir(path)))
		if name != environment && !strings.HasPrefix(name, environment+"-") {
			continue
		}
		title := strings.TrimPrefix(responses[path].Desired.Composite.Resource["kind"].(string), "X")
		if name != environment {
			title += " " + strings.TrimPrefix(name, environment+"-")
		}
		out[title] = count(responses[path])
	}
	return out, nil
}

func count(r response) claimSize {
	out := claimSize{}
	for _, resource := range r.Desired.Resources {
		version, _ := resource.Resource["apiVersion"].(string)
		group, _, _ := strings.Cut(version, "/")
		kind, _ := resource.Resource["kind"].(string)
		if out[group] == nil {
			out[group] = map[string]int{}
		}
		out[group][kind]++
	}
	return out
}

const awsGroups = ".aws.upbound.io"

func page(dev, prod map[string]claimSize) string {
	var b strings.Builder
	b.WriteString(`# What a claim is made of

Counted by a test in what the functions compose for examples/au-dev and examples/au-prod once everything is ready
(` + "`go test ./test/contract -run ResourcesPage -update`" + ` writes this page).

| claim | AWS resources, dev | prod | in the cluster, dev | prod | Usages, dev | prod |
|---|---|---|---|---|---|---|
`)
	titles := slices.Sorted(maps.Keys(prod))
	for _, title := range titles {
		fmt.Fprintf(&b, "| %s |", title)
		for _, of := range []func(group string) bool{isAWS, inCluster, isUsage} {
			fmt.Fprintf(&b, " %s | %s |", total(dev[title], of), total(prod[title], of))
		}
		b.WriteString("\n")
	}
	for _, title := range titles {
		fmt.Fprintf(&b, "\n## %s\n\n| service | kind | dev | prod |\n|---|---|---|---|\n", title)
		for _, group := range groups(dev[title], prod[title]) {
			for _, kind := range slices.Sorted(maps.Keys(union(dev[title][group], prod[title][group]))) {
				fmt.Fprintf(&b, "| %s | %s | %d | %d |\n", strings.TrimSuffix(group, awsGroups), kind, dev[title][group][kind], prod[title][group][kind])
			}
		}
	}
	return b.String()
}

func isAWS(group string) bool { return strings.HasSuffix(group, awsGroups) }

func inCluster(group string) bool {
	return group == "kubernetes.crossplane.io" || group == "helm.crossplane.io"
}

func isUsage(group string) bool { return group == "protection.crossplane.io" }

func total(s claimSize, of func(group string) bool) string {
	if s == nil {
		return ""
	}
	n := 0
	for group, kinds := range s {
		if of(group) {
			for _, k := range kinds {
				n += k
			}
		}
	}
	return strconv.Itoa(n)
}

func groups(sizes ...claimSize) []string {
	all := map[string]bool{}
	for _, s := range sizes {
		for group := range s {
			all[group] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func union(counts ...map[string]int) map[string]bool {
	all := map[string]bool{}
	for _, c := range counts {
		for kind := range c {
			all[kind] = true
		}
	}
	return all
}
