package service

import (
	"cmp"
	"fmt"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
	"github.com/ausmart/platform/functions/internal/conventions"
)

// hasHost reports whether the claim asks for a host, which no other service of the cluster may have.
func hasHost(xr *v1alpha1.Service) bool { return xr.Spec.Ingress != nil && xr.Spec.Ingress.Host != "" }

// checkHost refuses a host that an older service of the cluster has: the load balancer would give
// requests to one of them, and DNS has one address for a host. All services of a cluster are in
// its claim's namespace.
func checkHost(in adapter.Input[*v1alpha1.Service]) error {
	if !hasHost(in.XR) {
		return nil
	}
	others, err := adapter.Neighbours[v1alpha1.Service](in)
	if err != nil {
		return err
	}
	for _, o := range others {
		if hasHost(o) && o.Spec.Ingress.Host == in.XR.Spec.Ingress.Host && o.Spec.ClusterRef == in.XR.Spec.ClusterRef && isOlder(o, in.XR) {
			name, _ := conventions.ClaimOf(o)
			return fmt.Errorf("spec.ingress.host: %s is the host of Service %q, which is older: choose another host, or remove it there first", o.Spec.Ingress.Host, name)
		}
	}
	return nil
}

// isOlder reports whether one service was made before another. Of two that were made in the same
// second, the first by name counts as older.
func isOlder(one, other *v1alpha1.Service) bool {
	a, b := one.GetCreationTimestamp(), other.GetCreationTimestamp()
	return cmp.Or(a.Compare(b.Time), cmp.Compare(one.GetName(), other.GetName())) < 0
}
