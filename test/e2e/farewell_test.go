package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/test/cloud/account"
)

// A departure is an object of the control plane that went.
type departure struct {
	claim string // whose it was
	kind  string // with that of what an Object put into the cluster, a Release's chart, a ProviderConfig's provider
	name  string
	tick  int // what went in one tick went together, as far as anybody can see
}

// departed are watched kinds: those whose order is promised. They are listed one after the other, and what must go last is listed first:
// when its list shows it gone, the later list of what had to go before it shows that gone too. The other way round both could go between
// the two lists, and only the second would be seen to.
func departed() []schema.GroupVersionKind {
	return []schema.GroupVersionKind{
		{Group: "ec2.aws.upbound.io", Version: "v1beta1", Kind: "VPC"},
		{Group: "ec2.aws.upbound.io", Version: "v1beta1", Kind: "Subnet"},
		{Group: "elasticache.aws.upbound.io", Version: "v1beta2", Kind: "ReplicationGroup"},
		{Group: "rds.aws.upbound.io", Version: "v1beta2", Kind: "Instance"},
		{Group: "eks.aws.upbound.io", Version: "v1beta1", Kind: "Cluster"},
		{Group: "eks.aws.upbound.io", Version: "v1beta1", Kind: "NodeGroup"},
		{Group: "eks.aws.upbound.io", Version: "v1beta1", Kind: "ClusterAuth"},
		{Group: "helm.crossplane.io", Version: "v1beta1", Kind: "ProviderConfig"},
		{Group: "helm.crossplane.io", Version: "v1beta1", Kind: "Release"},
		{Group: "kubernetes.crossplane.io", Version: "v1alpha1", Kind: "ProviderConfig"},
		{Group: "kubernetes.crossplane.io", Version: "v1alpha2", Kind: "Object"},
	}
}

// watchDepartures notes in which order the environment's objects go, until the returned function is called.
func (e *environment) watchDepartures() (stop func() []departure) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	var order []departure
	owners := e.composites()
	wg.Go(func() {
		last := map[string]departure{}
		for tick := 0; ; tick++ {
			if now, err := e.present(ctx, owners); err == nil {
				for key, d := range last {
					if _, there := now[key]; !there {
						d.tick = tick
						order = append(order, d)
					}
				}
				last = now
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(glance):
			}
		}
	})
	return func() []departure { cancel(); wg.Wait(); return order }
}

func (e *environment) present(ctx context.Context, owners map[string]string) (map[string]departure, error) {
	found := map[string]departure{}
	for _, gvk := range departed() {
		l := &unstructured.UnstructuredList{}
		l.SetGroupVersionKind(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
		if err := e.client.List(ctx, l); err != nil {
			return nil, err
		}
		for _, u := range l.Items {
			claim := owners[u.GetLabels()["crossplane.io/composite"]]
			if claim == "" {
				continue
			}
			found[gvk.String()+u.GetName()] = departure{claim: claim, kind: fullKind(&u), name: u.GetName()}
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

// wentBefore asserts that everything that the first describes was gone when anything of the second went. Nothing of either kind is an
// error too: the test would prove nothing.
func (e *environment) wentBefore(order []departure, first, second func(departure) bool, what string) {
	e.t.Helper()
	var last, next *departure
	for i := range order {
		d := &order[i]
		if first(*d) && (last == nil || d.tick > last.tick) {
			last = d
		}
		if second(*d) && (next == nil || d.tick < next.tick) {
			next = d
		}
	}
	switch {
	case last == nil || next == nil:
		e.t.Errorf("%s: %s: nothing of one of them went", e.name, what)
	case last.tick > next.tick:
		e.t.Errorf("%s: %s, but %s %s of %s went before %s %s of %s",
			e.name, what, next.kind, next.name, next.claim, last.kind, last.name, last.claim)
	}
}

// kindOf a departure is one of the kinds, or begins with one that ends in a space.
func kindOf(kinds ...string) func(departure) bool {
	return func(d departure) bool {
		return slices.ContainsFunc(kinds, func(k string) bool {
			return d.kind == k || strings.HasSuffix(k, " ") && strings.HasPrefix(d.kind, k)
		})
	}
}

func of(claim string, kind func(departure) bool) func(departure) bool {
	return func(d departure) bool { return strings.HasPrefix(d.claim, claim+" ") && (kind == nil || kind(d)) }
}

// told is the order as a person reads it.
func told(order []departure) string {
	out := &strings.Builder{}
	for _, d := range order {
		fmt.Fprintf(out, "  %4d  %-22s %-28s %s\n", d.tick, d.claim, d.kind, d.name)
	}
	return out.String()
}

// madeAgain are resources that were made after they had been deleted, by kind and name.
func madeAgain(resources []account.Resource) []string {
	var again []string
	for _, r := range resources {
		if r.Made > 1 {
			again = append(again, fmt.Sprintf("%s %s (%d times)", r.Kind, r.Name, r.Made))
		}
	}
	return again
}
