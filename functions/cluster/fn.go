package cluster

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/runner"
)

// New returns the composition function of Clusters.
func New(log logging.Logger) *runner.Function[v1alpha1.Cluster, *v1alpha1.Cluster] {
	return runner.New(runner.Kind[v1alpha1.Cluster, *v1alpha1.Cluster]{
		Name: "Cluster", References: references, Compose: Compose,
	}, log)
}

func references(xr *v1alpha1.Cluster) []runner.Claim {
	return []runner.Claim{network(xr)}
}

// network is the claim that the cluster lives in.
func network(xr *v1alpha1.Cluster) runner.Claim {
	return runner.Claim{Kind: "Network", Name: xr.Spec.NetworkRef.Name, Field: "spec.networkRef"}
}
