package cluster

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStateful sorts every kind that the largest cluster has by whether it holds
// state, so that nobody adds a kind without an answer.
func TestStateful(t *testing.T) {
	p := largest(t)
	got := map[bool][]string{}
	for _, name := range p.Names() {
		if kind := p.Get(name)["kind"].(string); !slices.Contains(got[stateful(kind)], kind) {
			got[stateful(kind)] = append(got[stateful(kind)], kind)
		}
	}
	slices.Sort(got[true])
	slices.Sort(got[false])
	want := map[bool][]string{
		true: {"Cluster", "Group", "Key", "Workspace"},
		false: {
			"AccessEntry", "AccessPolicyAssociation", "Addon", "Alias", "ClusterAuth", "ClusterUsage", "InstanceProfile", "LaunchTemplate", "NodeGroup", "Object",
			"PodIdentityAssociation", "ProviderConfig", "Queue", "QueuePolicy", "Release", "ResourcePolicy", "Role", "RolePolicy", "RolePolicyAttachment",
			"Rule", "RuleGroupNamespace", "SecurityGroup", "SecurityGroupIngressRule", "Target", "Usage", "WebACL",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds that hold state: -want, +got:\n%s", diff)
	}
}

// TestNoSecrets reads all that the largest cluster is made of: no field of it that
// could hold a password, a token or a key is set. That none is repeated that the
// function is shown is seen to by the simulation.
func TestNoSecrets(t *testing.T) {
	p := largest(t)
	suspicious := regexp.MustCompile(`(?i)"[^"]*(password|passwd|secret_?key|access_?key_?id|private_?key|bearer|token)[^"]*":\s*"[^"]+"`)
	for _, name := range p.Names() {
		text, err := json.Marshal(p.Get(name)["spec"])
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range suspicious.FindAllString(string(text), -1) {
			if !allowedSecret(found) {
				t.Errorf("%s: %s", name, found)
			}
		}
		if p.Get(name)["kind"] == "Object" && strings.Contains(string(text), `"kind":"Secret"`) {
			t.Errorf("%s puts a Secret into the cluster", name)
		}
	}
	text, err := json.Marshal(p.XR["status"])
	if err != nil {
		t.Fatal(err)
	}
	if found := suspicious.FindString(string(text)); found != "" {
		t.Errorf("status: %s", found)
	}
}

// allowedSecret are fields that speak of tokens and hold none.
func allowedSecret(found string) bool {
	return strings.HasPrefix(found, `"httpTokens":`)
}

// TestTags checks who wins.
func TestTags(t *testing.T) {
	p := plane(t, xr("tags", map[string]any{"tags": map[string]any{"team": "store", "Name": "mine", "ausmart.io/environment": "prod"}}))
	reconcile(t, p)
	want := map[string]any{"team": "store", "Name": "tags-role-cluster", "ausmart.io/environment": "dev", "ausmart.io/cluster": "tags"}
	if diff := cmp.Diff(want, forProvider(p, clusterRoleName)["tags"]); diff != "" {
		t.Errorf("The platform finds its resources by its own tags, which win: -want, +got:\n%s", diff)
	}
}

// TestShorten checks the names that are ours to choose.
func TestShorten(t *testing.T) {
	long := strings.Repeat("x", 70)
	cases := map[string]struct {
		reason, name, suffix string
		longest              int
		want                 string
	}{
		"Plain": {"A name that fits is the name.", "shop", "-node", 64, "shop-node"},
		"Dots":  {"AWS has no dots here, and shop.au is not shop-au.", "shop.au", "-node", 64, "shop-au-" + digest("shop.au")[:6] + "-node"},
		"Long":  {"A name that is cut stays apart from others.", long, "-karpenter", 64, strings.Repeat("x", 47) + "-" + digest(long)[:6] + "-karpenter"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := shorten(tc.name, tc.suffix, tc.longest)
			if got != tc.want || len(got) > tc.longest {
				t.Errorf("%s\nshorten(%q, %q, %d) = %q (%d letters), want %q", tc.reason, tc.name, tc.suffix, tc.longest, got, len(got), tc.want)
			}
		})
	}
}

// TestLongNames has a composite with the longest name that Kubernetes gives one:
// every name in AWS still fits.
func TestLongNames(t *testing.T) {
	name := strings.Repeat("x", 63) + "-a1b2c"
	p := plane(t, xr(name, map[string]any{"environment": "prod"}))
	settle(t, p)
	limits := map[string]int{"Role": 64, "Cluster": 100, "InstanceProfile": 128, "Rule": 64, "NodeGroup": 63}
	checked := 0
	for _, n := range p.Names() {
		longest, ok := limits[p.Get(n)["kind"].(string)]
		if !ok {
			continue
		}
		checked++
		inAWS := p.Get(n)["metadata"].(map[string]any)["annotations"].(map[string]any)["crossplane.io/external-name"].(string)
		if len(inAWS) > longest {
			t.Errorf("%s: %q has %d letters, and AWS takes %d", n, inAWS, len(inAWS), longest)
		}
	}
	if checked < 10 {
		t.Errorf("only %d names were checked", checked)
	}
	if q := forProvider(p, queueName)["name"].(string); len(q) > queueNameMax {
		t.Errorf("queue: %q has %d letters", q, len(q))
	}
}
