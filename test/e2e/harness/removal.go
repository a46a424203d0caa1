package harness

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// removalPoll is how often the objects are listed.
const removalPoll = 250 * time.Millisecond

// A Removal is an object of the control plane that was deleted.
type Removal struct {
	Claim string // its owner, as kind and name
	Kind  string // with the kind of an Object's content, a Release's chart, a ProviderConfig's provider
	Name  string
	Tick  int // objects with the same tick were gone in the same list
}

// removed are the watched kinds, whose deletion order is promised. They are listed one after the
// other, and the kind that must be deleted last is listed first: when it is gone, the later list of
// a kind that must be deleted before it must show that kind gone too. In the opposite order, both
// could be deleted between the two lists, and only the second list would show it.
func removed() []schema.GroupVersionKind {
	return []schema.GroupVersionKind{
		{Group: "ec2.aws.upbound.io", Version: "v1beta1", Kind: "VPC"},
		{Group: "ec2.aws.upbound.io", Version: "v1beta1", Kind: "Subnet"},
		{Group: "elasticache.aws.upbound.io", Version: "v1beta2", Kind: "ReplicationGroup"},
		{Group: "rds.aws.upbound.io", Version: "v1beta3", Kind: "Instance"},
		{Group: "eks.aws.upbound.io", Version: "v1beta2", Kind: "Cluster"},
		{Group: "eks.aws.upbound.io", Version: "v1beta2", Kind: "NodeGroup"},
		{Group: "eks.aws.upbound.io", Version: "v1beta1", Kind: "ClusterAuth"},
		{Group: "helm.crossplane.io", Version: "v1beta1", Kind: "ProviderConfig"},
		{Group: "helm.crossplane.io", Version: "v1beta1", Kind: "Release"},
		{Group: "kubernetes.crossplane.io", Version: "v1alpha1", Kind: "ProviderConfig"},
		{Group: "kubernetes.crossplane.io", Version: "v1alpha2", Kind: "Object"},
	}
}

// WatchRemovals records the order in which the objects behind claims are deleted, until the
// returned function is called. The map has the claims, as kind and name, by the names of their
// composites.
func WatchRemovals(c client.Client, claims map[string]string) (stop func() []Removal) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var order []Removal
	wg.Go(func() {
		last := map[string]Removal{}
		tick := 0
		wait.UntilWithContext(ctx, func(ctx context.Context) {
			if now, err := present(ctx, c, claims); err == nil {
				for key, r := range last {
					if _, there := now[key]; !there {
						r.Tick = tick
						order = append(order, r)
					}
				}
				last = now
			}
			tick++
		}, removalPoll)
	})
	return func() []Removal { cancel(); wg.Wait(); return order }
}

func present(ctx context.Context, c client.Client, claims map[string]string) (map[string]Removal, error) {
	found := map[string]Removal{}
	for _, gvk := range removed() {
		l := &unstructured.UnstructuredList{}
		l.SetGroupVersionKind(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
		if err := c.List(ctx, l); err != nil {
			return nil, err
		}
		for _, u := range l.Items {
			if claim := claims[u.GetLabels()["crossplane.io/composite"]]; claim != "" {
				found[gvk.String()+u.GetName()] = Removal{Claim: claim, Kind: fullKind(&u), Name: u.GetName()}
			}
		}
	}
	return found, nil
}

func fullKind(u *unstructured.Unstructured) string {
	switch u.GetKind() {
	case "Object":
		inner, _, _ := unstructured.NestedString(u.Object, "spec", "forProvider", "manifest", "kind")
		return "Object " + inner
	case "Release":
		chart, _, _ := unstructured.NestedString(u.Object, "spec", "forProvider", "chart", "name")
		return "Release " + chart
	case "ProviderConfig":
		provider, _, _ := strings.Cut(u.GroupVersionKind().Group, ".")
		return "ProviderConfig " + provider
	}
	return u.GetKind()
}

// OutOfOrder lists the violations of the promised deletion order when a whole environment was
// deleted: network, cluster, databases, services.
func OutOfOrder(order []Removal) []string {
	inCluster := kindOf("Object ")
	karpenter, kubeconfig := kindOf("Release karpenter", "Release karpenter-crd"), kindOf("ClusterAuth")
	promises := []struct {
		first, second func(Removal) bool
		what          string
	}{
		{of("Service", inCluster), of("Cluster", nil), "Services are deleted before the Cluster"},
		{of("Cluster", kindOf("Object NodePool", "Object EC2NodeClass")), karpenter, "node pools are deleted before Karpenter"},
		{kindOf("Release "), kindOf("ProviderConfig helm"), "releases are deleted before their ProviderConfig"},
		{of("Cluster", inCluster), kindOf("ProviderConfig kubernetes"), "objects are deleted before their ProviderConfig"},
		{kindOf("ProviderConfig "), kubeconfig, "ProviderConfigs are deleted before the kubeconfig"},
		{kindOf("NodeGroup", "ClusterAuth"), of("Cluster", kindOf("Cluster")), "nodes and kubeconfig are deleted before the EKS cluster"},
		{kindOf("Cluster", "Instance", "ReplicationGroup"), of("Network", nil), "cluster and databases are deleted before the Network"},
	}
	var wrong []string
	for _, p := range promises {
		if why := notBefore(order, p.first, p.second); why != "" {
			wrong = append(wrong, p.what+": "+why)
		}
	}
	return wrong
}

// notBefore describes an object of the first set that was deleted after one of the second; it is
// empty when there is none. It is also a violation when either set is empty: that would prove
// nothing.
func notBefore(order []Removal, first, second func(Removal) bool) string {
	var last, next *Removal
	for i := range order {
		r := &order[i]
		if first(*r) && (last == nil || r.Tick > last.Tick) {
			last = r
		}
		if second(*r) && (next == nil || r.Tick < next.Tick) {
			next = r
		}
	}
	switch {
	case last == nil || next == nil:
		return "nothing of one of them was deleted"
	case last.Tick > next.Tick:
		return fmt.Sprintf("%s %s of %s was deleted before %s %s of %s", next.Kind, next.Name, next.Claim, last.Kind, last.Name, last.Claim)
	}
	return ""
}

// kindOf matches a removal whose kind is one of the kinds, or starts with one that ends in a space.
func kindOf(kinds ...string) func(Removal) bool {
	return func(r Removal) bool {
		return slices.ContainsFunc(kinds, func(k string) bool {
			return r.Kind == k || strings.HasSuffix(k, " ") && strings.HasPrefix(r.Kind, k)
		})
	}
}

func of(claim string, kind func(Removal) bool) func(Removal) bool {
	return func(r Removal) bool { return strings.HasPrefix(r.Claim, claim+" ") && (kind == nil || kind(r)) }
}

// List formats removals for a person.
func List(order []Removal) string {
	out := &strings.Builder{}
	for _, r := range order {
		fmt.Fprintf(out, "  %4d  %-22s %-28s %s\n", r.Tick, r.Claim, r.Kind, r.Name)
	}
	return out.String()
}
