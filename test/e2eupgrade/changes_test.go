package e2eupgrade

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/internal/toolchain"
)

// A change is an entry of CHANGELOG.md that affects running claims. Its lines are patterns: *
// matches any characters except a slash.
type change struct {
	Changelog string   `json:"changelog"` // words of the entry
	Does      []string `json:"does"`      // what always happens
	May       []string `json:"may"`       // what may happen, for a moment or because time is short
}

// changes since the first release: the effects of the new packages on unchanged claims, and then
// those of the new examples.
type changes struct {
	Upgrade []change `json:"upgrade"`
	Claims  []change `json:"claims"`
}

func readChanges() (changes, error) {
	content, err := os.ReadFile(filepath.Join("testdata", "changes.yaml"))
	if err != nil {
		return changes{}, err
	}
	c := changes{}
	if err := yaml.UnmarshalStrict(content, &c); err != nil {
		return changes{}, fmt.Errorf("cannot read testdata/changes.yaml: %w", err)
	}
	return c, nil
}

// verdict returns the lines that no change lists, and the patterns that should have matched and did not.
func verdict(happened []string, listed []change) []string {
	var does, may, wrong []string
	for _, c := range listed {
		does, may = append(does, c.Does...), append(may, c.May...)
	}
	for _, line := range happened {
		if !slices.ContainsFunc(slices.Concat(does, may), func(pattern string) bool { return matches(pattern, line) }) {
			wrong = append(wrong, "not listed: "+line)
		}
	}
	for _, pattern := range does {
		if !slices.ContainsFunc(happened, func(line string) bool { return matches(pattern, line) }) {
			wrong = append(wrong, "listed, but did not happen: "+pattern)
		}
	}
	return wrong
}

// matches compares with a * that also matches a slash: names of resources have one.
func matches(pattern, line string) bool {
	noSlash := strings.NewReplacer("/", "\x00")
	ok, err := path.Match(noSlash.Replace(pattern), noSlash.Replace(line))
	return ok && err == nil
}

// backwards returns the changes of the way back: created becomes deleted, and deleted becomes created.
func backwards(listed []change) []change {
	turn := func(lines []string) []string {
		var out []string
		for _, line := range lines {
			verb, rest, _ := strings.Cut(line, " ")
			switch verb {
			case "makes":
				verb = "deletes"
			case "deletes":
				verb = "makes"
			}
			out = append(out, verb+" "+rest)
		}
		return out
	}
	out := make([]change, 0, len(listed))
	for _, c := range listed {
		out = append(out, change{Changelog: c.Changelog, Does: turn(c.Does), May: turn(c.May)})
	}
	return out
}

func TestVerdict(t *testing.T) {
	boundary := change{
		Does: []string{"changes *: iam/Role * forProvider.permissionsBoundary", "makes Cluster *: sqs/Queue dead"},
		May:  []string{"unready *: composite Synced"},
	}
	const role, queue = "changes Cluster au-dev: iam/Role nodes forProvider.permissionsBoundary", "makes Cluster au-dev: sqs/Queue dead"
	cases := map[string]struct {
		reason   string
		happened []string
		listed   []change
		want     []string
	}{
		"AsListed": {
			reason: "A listed change happens; one that may happen need not.", happened: []string{role, queue}, listed: []change{boundary},
		},
		"Moment": {
			reason: "A change that may happen is accepted.", happened: []string{role, queue, "unready Service ui: composite Synced"}, listed: []change{boundary},
		},
		"Surprise": {
			reason: "A change that is not listed is named.", happened: []string{"replaces Network au-dev: ec2/VPC vpc"},
			want: []string{"not listed: replaces Network au-dev: ec2/VPC vpc"},
		},
		"Stale": {
			reason: "A listed change that does not happen is wrong too.", happened: []string{queue}, listed: []change{boundary},
			want: []string{"listed, but did not happen: changes *: iam/Role * forProvider.permissionsBoundary"},
		},
		"Back": {
			reason: "On the way back a created resource is deleted.", listed: backwards([]change{boundary}),
			happened: []string{role, "deletes Cluster au-dev: sqs/Queue dead"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, verdict(tc.happened, tc.listed)); diff != "" {
				t.Errorf("\n%s\nverdict(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	asks := func(field string, value any) map[string]any {
		return map[string]any{"forProvider": map[string]any{field: value, "region": "ap-southeast-2"}}
	}
	before := snapshot{resources: map[string]resource{
		"stays":    {uid: "1", external: "vpc-1", asks: asks("cidr", "10.0.0.0/16")},
		"goes":     {uid: "2"},
		"anew":     {uid: "3", external: "i-1"},
		"inside":   {uid: "4", inside: "a"},
		"changing": {uid: "5", asks: asks("size", int64(1))},
	}}
	after := snapshot{resources: map[string]resource{
		"stays":    {uid: "1", external: "vpc-1", asks: asks("cidr", "10.0.0.0/16")},
		"comes":    {uid: "6"},
		"anew":     {uid: "3", external: "i-2"},
		"inside":   {uid: "4", inside: "b"},
		"changing": {uid: "5", asks: asks("size", int64(2))},
	}}
	want := []string{"changes changing forProvider.size", "deletes goes", "makes comes", "replaces anew", "replaces inside"}
	if diff := cmp.Diff(want, differences(before, after)); diff != "" {
		t.Errorf("differences(...): -want, +got:\n%s", diff)
	}
}

// TestChangesAreInChangelog fails when an upgrade's change to running claims is not in CHANGELOG.md.
func TestChangesAreInChangelog(t *testing.T) {
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	all, err := readChanges()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		t.Fatal(err)
	}
	changelog := strings.Join(strings.Fields(string(content)), " ")
	for _, c := range slices.Concat(all.Upgrade, all.Claims) {
		if c.Changelog == "" || !strings.Contains(changelog, strings.Join(strings.Fields(c.Changelog), " ")) {
			t.Errorf("testdata/changes.yaml lists %q, which CHANGELOG.md does not say: users must read there what an upgrade changes", c.Changelog)
		}
	}
}
