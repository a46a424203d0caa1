package cluster

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

// New returns the composition function of Clusters.
func New(log logging.Logger) *runner.Function[v1alpha1.Cluster, *v1alpha1.Cluster] {
	return runner.New(runner.Kind[v1alpha1.Cluster, *v1alpha1.Cluster]{
		Name: "Cluster", Claim: claim, References: references, Compose: Compose,
	}, log)
}

// claim reads the settings that a Cluster claim overrides.
func claim(xr *v1alpha1.Cluster) (v1alpha1.Environment, settings.Layer) {
	spec := xr.Spec
	l := settings.Layer{DeletionProtection: spec.DeletionProtection, IAMPath: spec.IAMPath, PermissionsBoundary: spec.PermissionsBoundary}
	if k := spec.KMS; k != nil {
		l.KMS = k.Enabled
	}
	if w := spec.WAF; w != nil {
		l.WAF = w.Enabled
	}
	if o := spec.Observability; o != nil && o.RetentionDays != nil {
		l.RetentionDays = new(int32(*o.RetentionDays))
	}
	return spec.Environment, l
}

func references(xr *v1alpha1.Cluster) []runner.Claim {
	return []runner.Claim{network(xr)}
}

// network is the claim that the cluster lives in.
func network(xr *v1alpha1.Cluster) runner.Claim {
	return runner.Claim{Kind: "Network", Name: xr.Spec.NetworkRef.Name, Field: "spec.networkRef"}
}
