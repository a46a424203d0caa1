package cluster

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
)

// New returns the composition function of Clusters.
func New(log logging.Logger) *adapter.Function[v1alpha1.Cluster, *v1alpha1.Cluster] {
	return adapter.New(adapter.Kind[v1alpha1.Cluster, *v1alpha1.Cluster]{
		Name: kind, References: references, Stateful: statefulKinds(), Compose: Compose,
	}, log)
}

func references(xr *v1alpha1.Cluster) []adapter.Claim {
	return []adapter.Claim{networkClaim(xr)}
}

// networkClaim is the claim of the network that the cluster lives in.
func networkClaim(xr *v1alpha1.Cluster) adapter.Claim {
	return adapter.Claim{Kind: "Network", Name: xr.Spec.NetworkRef.Name, Field: "spec.networkRef"}
}
