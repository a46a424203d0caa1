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

// nodeGroupsOf a cluster, by their names in the composition.
func nodeGroupsOf(p *functiontest.ControlPlane) []string {
	return slices.DeleteFunc(p.Names(), func(name string) bool { return !strings.HasPrefix(name, nodeGroupPrefix) })
}

// TestDeletionOrder deletes everything at once, and checks what is deleted before what.
func TestDeletionOrder(t *testing.T) {
	p := kit().New(t, "ends", map[string]any{"dns": map[string]any{"hostedZoneIDs": []any{"Z1"}}})
	p.Settle(t)
	gone := map[string]int{} // round of the deletion, by name
	for round, wave := range p.DeletionWaves(t) {
		for _, name := range wave {
			gone[name] = round + 1
		}
	}

	before := func(reason, first, then string) {
		t.Helper()
		if gone[first] == 0 || gone[then] == 0 || gone[first] >= gone[then] {
			t.Errorf("%s: %s goes in round %d, %s in round %d", reason, first, gone[first], then, gone[then])
		}
	}
	group := nodeGroupsOf(p)[0]
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
		before("The network goes last", ours, "XNetwork/au-dev")
	}
}

// unprotected are the resources without a Usage: they are deleted first when everything is
// deleted. Each has the reason why that does no harm. A name with * is a pattern.
func unprotected() map[string]string {
	const lastWords = "what is collected in the last minutes is lost, and no one needs it"
	return map[string]string{
		"access-[0-9a-f]*":             "people need no entry to what is being deleted",
		"addon-aws-ebs-csi-driver":     "the platform makes no volumes; those of others are theirs to delete first",
		"grafana":                      lastWords,
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
		"web-acl-logging":              lastWords,
		"security-group-control-plane": "AWS refuses it while the control plane's interfaces use it",
	}
}

// TestUnprotected deletes everything of production at once: what is deleted first must be
// in the list.
func TestUnprotected(t *testing.T) {
	p := kit().NewExample(t, "au-prod")
	p.Settle(t)
	users := p.Users()
	used := map[string]bool{}
	for _, name := range p.Names() {
		object := p.Get(name)
		if object["kind"] == "ClusterUsage" || object["kind"] == "Usage" || users[name] != nil {
			continue
		}
		if i := slices.IndexFunc(slices.Sorted(maps.Keys(unprotected())), func(pattern string) bool {
			match, err := path.Match(pattern, name)
			if err != nil {
				t.Fatal(err)
			}
			used[pattern] = used[pattern] || match
			return match
		}); i < 0 && !isInCluster(object) {
			t.Errorf("%s is deleted first when everything is deleted: give it a Usage, or a reason", name)
		}
	}
	for pattern := range unprotected() {
		if !used[pattern] {
			t.Errorf("%s is in the list and no resource has that name", pattern)
		}
	}
}

// isInCluster reports whether a resource is in the cluster. Those are deleted first on
// purpose.
func isInCluster(object map[string]any) bool {
	return object["kind"] == "Release" || object["kind"] == "Object"
}

// TestUsagesAreOneForEach fails when two Usages protect the same resource for the same
// user, or a Usage names no resource.
func TestUsagesAreOneForEach(t *testing.T) {
	p := kit().New(t, "each", nil)
	p.Settle(t)
	if len(p.Users()) == 0 {
		t.Error("there is no Usage at all")
	}
	for target, users := range p.Users() {
		if slices.Contains(users, "") || strings.HasSuffix(target, "/") {
			t.Errorf("a Usage names no resource: %s is used by %q", target, users)
		}
		if once := slices.Compact(slices.Sorted(slices.Values(users))); len(once) != len(users) {
			t.Errorf("two Usages protect %s for the same user: %q", target, users)
		}
	}
}

// TestNewNodesBeforeOld changes the instance types, which AWS cannot change of a node group:
// the old group stays until the new one is ready.
func TestNewNodesBeforeOld(t *testing.T) {
	p := kit().New(t, "nodes", nil)
	p.Settle(t)
	old := nodeGroupsOf(p)[0]
	was := p.Get(old)["spec"]
	p.Set("nodes.instanceTypes", []any{"m7i.large"})
	p.Reconcile(t)
	if n := len(nodeGroupsOf(p)); n != 2 {
		t.Fatalf("there are %d node groups: the new one comes, the old one stays", n)
	}
	if diff := cmp.Diff(was, p.Get(old)["spec"]); diff != "" {
		t.Errorf("the old group is touched: -before, +after:\n%s", diff)
	}
	if held := "usage-" + old + "-of-" + clusterName; !p.Has(held) {
		t.Errorf("the old group can lose its cluster: there is no %s", held)
	}
	p.Settle(t)
	if got := nodeGroupsOf(p); len(got) != 1 || got[0] == old {
		t.Errorf("the old group is still there: %v", got)
	}
}

// TestUpgrade upgrades a cluster: the control plane first, then its nodes.
func TestUpgrade(t *testing.T) {
	p := kit().New(t, "up", map[string]any{"version": "1.34"})
	p.Settle(t)
	group := nodeGroupsOf(p)[0]
	versions := func() []any { return []any{p.ForProvider(clusterName)["version"], p.ForProvider(group)["version"]} }
	p.Set("version", "1.35")
	p.Reconcile(t)
	if diff := cmp.Diff([]any{"1.35", "1.34"}, versions()); diff != "" {
		t.Errorf("nodes are never upgraded before the control plane: -want, +got:\n%s", diff)
	}
	p.MarkReady(clusterName)
	p.Reconcile(t)
	if diff := cmp.Diff([]any{"1.35", "1.35"}, versions()); diff != "" {
		t.Errorf("nodes follow: -want, +got:\n%s", diff)
	}
}

// TestSubnetsStay has a network that gets another zone: EKS refuses subnets in a zone that
// the cluster did not start with, and the subnets of a node group cannot change.
func TestSubnetsStay(t *testing.T) {
	p := kit().New(t, "zones", nil)
	p.Settle(t)
	group := nodeGroupsOf(p)[0]
	subnets := func() []any {
		return []any{p.ForProvider(clusterName)["vpcConfig"].(map[string]any)["subnetIds"], p.ForProvider(group)["subnetIds"]}
	}
	before := subnets()
	network := p.Required("XNetwork/au-dev")["status"].(map[string]any)
	network["subnets"].(map[string]any)["app"].(map[string]any)["d"] = "subnet-d"
	p.Settle(t)
	if diff := cmp.Diff(before, subnets()); diff != "" {
		t.Errorf("-before, +after:\n%s", diff)
	}
}
