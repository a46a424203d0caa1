package cluster

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// usages of a cluster: who keeps what, by the names in Kubernetes.
func usages(p *functiontest.ControlPlane) map[string][]string {
	out := map[string][]string{}
	for _, name := range p.Names() {
		if p.Kind(name) != "ClusterUsage" {
			continue
		}
		spec := p.Get(name)["spec"].(map[string]any)
		if spec["by"] == nil {
			continue // It holds the composite, until a person releases it.
		}
		ref := func(side string) string {
			return spec[side].(map[string]any)["resourceRef"].(map[string]any)["name"].(string)
		}
		out[ref("by")] = append(out[ref("by")], ref("of"))
	}
	return out
}

// deleteAll deletes everything at once, as garbage collection does: what is kept
// by a Usage stays until its last user is gone. It returns who went in which round.
func deleteAll(t *testing.T, p *functiontest.ControlPlane) map[string]int {
	t.Helper()
	keeps := usages(p)
	left := map[string]string{"au-dev-x7k2p": "network"} // by name in Kubernetes
	for _, name := range p.Names() {
		if p.Kind(name) != "ClusterUsage" {
			left[p.Get(name)["metadata"].(map[string]any)["name"].(string)] = name
		}
	}
	gone := map[string]int{}
	for round := 1; len(left) > 0; round++ {
		used := map[string]bool{}
		for by, targets := range keeps {
			if _, ok := left[by]; ok {
				for _, target := range targets {
					used[target] = true
				}
			}
		}
		n := len(left)
		for object, name := range maps.Clone(left) {
			if !used[object] {
				gone[name] = round
				delete(left, object)
			}
		}
		if len(left) == n {
			t.Fatalf("a circle of Usages keeps %v", slices.Sorted(maps.Values(left)))
		}
	}
	return gone
}

// TestDeletionOrder deletes everything at once and looks at what outlives what.
func TestDeletionOrder(t *testing.T) {
	p := kit().New(t, "ends", map[string]any{"dns": map[string]any{"hostedZoneIDs": []any{"Z1"}}})
	p.Settle(t)
	gone := deleteAll(t, p)

	before := func(reason, first, then string) {
		t.Helper()
		if gone[first] == 0 || gone[then] == 0 || gone[first] >= gone[then] {
			t.Errorf("%s: %s goes in round %d, %s in round %d", reason, first, gone[first], then, gone[then])
		}
	}
	group := slices.DeleteFunc(p.Names(), func(n string) bool { return !strings.HasPrefix(n, nodeGroupPrefix) })[0]
	for _, pool := range []string{"object-node-pool-on-demand", "object-node-pool-spot"} {
		before("Karpenter ends its pools' instances", pool, "release-karpenter")
		before("A pool is made of its class", pool, "object-node-class")
	}
	before("Karpenter must hear of its class's end", "object-node-class", "release-karpenter")
	for _, right := range []string{"pod-identity-karpenter", "role-karpenter-policy", karpenterAccessName, profileName} {
		before("Karpenter may end instances until it is gone", "release-karpenter", right)
	}
	before("The controller deletes its load balancers", "release-aws-load-balancer-controller", "role-load-balancers-policy")
	before("external-dns deletes its records", "release-external-dns", "pod-identity-external-dns")
	for _, name := range p.Names() {
		switch p.Kind(name) {
		case "Release", "Object":
			before("What is in the cluster goes while the cluster can be reached", name, kubeconfigName)
			before("What is in the cluster goes while its controllers have nodes", name, group)
			before("What is in the cluster goes before the cluster", name, clusterName)
		case "ProviderConfig":
			before("A config goes before the kubeconfig that it reads", name, kubeconfigName)
		}
	}
	before("EKS deletes no cluster that has nodes", group, clusterName)
	before("Nodes need their network to drain", group, addonName(addonCNI))
	for _, ours := range []string{clusterName, group, groupName, "rule-nodes-from-control-plane"} {
		before("The network goes last", ours, "network")
	}
}

// unheld are the resources that no Usage holds: they may go the moment everything is
// deleted, and each entry says why that does no harm. A name ends in * where more
// belongs to the reason.
func unheld() map[string]string {
	const lastWords, atCrossplane = "what is collected in the last minutes is lost, and nobody asks for it", "goes with its composite, by the person who releases it"
	return map[string]string{
		"access-[0-9a-f]*":             "people need no entry to what is being deleted",
		"addon-aws-ebs-csi-driver":     "the platform makes no volumes; those of others are theirs to delete first",
		"grafana":                      lastWords,
		"hold-*":                       atCrossplane,
		"key-eks-alias":                "it is a name",
		"launch-template":              "EKS made its own of it; no node comes any more",
		"log-group-application":        lastWords,
		"log-group-platform":           lastWords,
		"log-policy-spans":             lastWords,
		"pod-identity-telemetry-*":     lastWords,
		"pod-identity-ebs-csi":         "as the driver",
		"prometheus":                   lastWords,
		"queue-interruptions-policy":   "nodes that are ended need no warning",
		"role-telemetry-*":             lastWords,
		"rules-*":                      lastWords,
		"role-ebs-csi*":                "as the driver",
		"role-grafana*":                lastWords,
		"rule-interruption-*":          "nodes that are ended need no warning",
		"target-interruption-*":        "nodes that are ended need no warning",
		"web-acl":                      "AWS refuses it while a load balancer uses it",
		"security-group-control-plane": "AWS refuses it while the control plane's interfaces use it",
	}
}

// TestNothingIsUnheldWithoutReason deletes everything of production at once: what
// goes before anything else does must be in the list.
func TestNothingIsUnheldWithoutReason(t *testing.T) {
	p := kit().NewExample(t, "au-prod")
	p.Settle(t)
	held := map[string]bool{}
	for _, targets := range usages(p) {
		for _, target := range targets {
			held[target] = true
		}
	}
	used := map[string]bool{}
	for _, name := range p.Names() {
		object := p.Get(name)
		if object["kind"] == "ClusterUsage" || held[object["metadata"].(map[string]any)["name"].(string)] {
			continue
		}
		if i := slices.IndexFunc(slices.Sorted(maps.Keys(unheld())), func(pattern string) bool {
			match, err := path.Match(pattern, name)
			if err != nil {
				t.Fatal(err)
			}
			used[pattern] = used[pattern] || match
			return match
		}); i < 0 && !isInCluster(object) {
			t.Errorf("%s goes at once when everything is deleted: give it a Usage, or a reason", name)
		}
	}
	for pattern := range unheld() {
		if !used[pattern] {
			t.Errorf("%s is in the list and nothing is called so", pattern)
		}
	}
}

// isInCluster says whether a resource is the first to go by intent: what runs in
// the cluster.
func isInCluster(object map[string]any) bool {
	return object["kind"] == "Release" || object["kind"] == "Object"
}

// TestUsagesAreOneForEach fails when a Usage is for more than one user, or names
// nobody.
func TestUsagesAreOneForEach(t *testing.T) {
	p := kit().New(t, "each", nil)
	p.Settle(t)
	seen := map[string]string{}
	for _, name := range p.Names() {
		if p.Kind(name) != "ClusterUsage" {
			continue
		}
		spec := p.Get(name)["spec"].(map[string]any)
		for _, side := range []string{"of", "by"} {
			ref, _ := spec[side].(map[string]any)["resourceRef"].(map[string]any)["name"].(string)
			if ref == "" {
				t.Errorf("%s: %s names nobody", name, side)
			}
		}
		key := strings.TrimPrefix(name, "usage-")
		if seen[key] != "" {
			t.Errorf("%s and %s say the same", seen[key], name)
		}
		seen[key] = name
	}
	if len(seen) == 0 {
		t.Error("there is no Usage at all")
	}
}

// TestNewNodesBeforeOld changes what AWS cannot change of a node group: the old
// one stays until the new one is ready.
func TestNewNodesBeforeOld(t *testing.T) {
	groups := func(p *functiontest.ControlPlane) []string {
		return slices.DeleteFunc(p.Names(), func(n string) bool { return !strings.HasPrefix(n, nodeGroupPrefix) })
	}
	p := kit().New(t, "nodes", nil)
	p.Settle(t)
	old := groups(p)[0]
	was := p.Get(old)["spec"]
	p.Set("nodes.instanceTypes", []any{"m7i.large"})
	p.Reconcile(t)
	if n := len(groups(p)); n != 2 {
		t.Fatalf("there are %d node groups: the new one comes, the old one stays", n)
	}
	if diff := cmp.Diff(was, p.Get(old)["spec"]); diff != "" {
		t.Errorf("the old group is touched: -before, +after:\n%s", diff)
	}
	if held := "usage-" + old + "-of-" + clusterName; !p.Has(held) {
		t.Errorf("the old group can lose its cluster: there is no %s", held)
	}
	p.Settle(t)
	if got := groups(p); len(got) != 1 || got[0] == old {
		t.Errorf("the old group is still there: %v", got)
	}
}

// TestUpgrade takes a cluster up: the control plane first, then its nodes.
func TestUpgrade(t *testing.T) {
	p := kit().New(t, "up", map[string]any{"version": "1.34"})
	p.Settle(t)
	group := slices.DeleteFunc(p.Names(), func(n string) bool { return !strings.HasPrefix(n, nodeGroupPrefix) })[0]
	versions := func() []any { return []any{p.ForProvider(clusterName)["version"], p.ForProvider(group)["version"]} }
	p.Set("version", "1.35")
	p.Reconcile(t)
	if diff := cmp.Diff([]any{"1.35", "1.34"}, versions()); diff != "" {
		t.Errorf("nodes never go before the control plane: -want, +got:\n%s", diff)
	}
	p.MarkReady(clusterName)
	p.Reconcile(t)
	if diff := cmp.Diff([]any{"1.35", "1.35"}, versions()); diff != "" {
		t.Errorf("nodes follow: -want, +got:\n%s", diff)
	}
}

// TestSubnetsStay has a network that gets another zone: EKS takes none that it did
// not begin with, and a node group's cannot change.
func TestSubnetsStay(t *testing.T) {
	p := kit().New(t, "zones", nil)
	p.Settle(t)
	group := slices.DeleteFunc(p.Names(), func(n string) bool { return !strings.HasPrefix(n, nodeGroupPrefix) })[0]
	subnets := func() []any {
		return []any{p.ForProvider(clusterName)["vpcConfig"].([]any)[0].(map[string]any)["subnetIds"], p.ForProvider(group)["subnetIds"]}
	}
	before := subnets()
	network := p.Required("XNetwork/au-dev")["status"].(map[string]any)
	network["subnets"].(map[string]any)["app"].(map[string]any)["d"] = "subnet-d"
	p.Settle(t)
	if diff := cmp.Diff(before, subnets()); diff != "" {
		t.Errorf("-before, +after:\n%s", diff)
	}
}
