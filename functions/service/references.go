package service

import (
	"slices"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
)

// references are the claims that a Service names.
func references(xr *v1alpha1.Service) []adapter.Claim {
	claims := []adapter.Claim{clusterClaim(xr)}
	for _, d := range xr.Spec.Databases {
		claims = append(claims, databaseClaim(d))
	}
	return claims
}

func clusterClaim(xr *v1alpha1.Service) adapter.Claim {
	return adapter.Claim{Kind: "Cluster", Name: xr.Spec.ClusterRef.Name, Field: "spec.clusterRef"}
}

func databaseClaim(d v1alpha1.LocalReference) adapter.Claim {
	return adapter.Claim{Kind: "Database", Name: d.Name, Field: "spec.databases"}
}

// readCluster returns the composite of the cluster, with what a Service cannot do
// without.
func readCluster(in adapter.Input[*v1alpha1.Service]) (*v1alpha1.Cluster, error) {
	claim := clusterClaim(in.XR)
	c, err := adapter.Referenced[v1alpha1.Cluster](in, claim)
	if err != nil {
		return nil, err
	}
	fields := []statusField{
		{"clusterName", c.Status.ClusterName},
		{"kubernetesProviderConfig", c.Status.KubernetesProviderConfig},
		{"vpcCidr", string(c.Status.VPCCIDR)},
	}
	if in.XR.Spec.Ingress != nil && len(c.Status.PublicCIDRs) == 0 {
		fields = append(fields, statusField{"publicCidrs", ""})
	}
	return c, requireFields(claim, fields)
}

// readDatabases returns the databases that the claim names, in its order.
func readDatabases(in adapter.Input[*v1alpha1.Service]) ([]database, error) {
	out := make([]database, 0, len(in.XR.Spec.Databases))
	for _, ref := range in.XR.Spec.Databases {
		claim := databaseClaim(ref)
		xr, err := adapter.Referenced[v1alpha1.Database](in, claim)
		if err != nil {
			return nil, err
		}
		d := database{name: ref.Name, composite: xr.GetName(), engine: xr.Spec.Engine, status: xr.Status}
		if err := requireFields(claim, d.required()); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// A statusField of another claim.
type statusField struct{ name, value string }

// requireFields is pending while one of the fields is empty.
func requireFields(c adapter.Claim, fields []statusField) error {
	i := slices.IndexFunc(fields, func(f statusField) bool { return f.value == "" })
	if i < 0 {
		return nil
	}
	return adapter.Pending("waiting for %s: its status has no %s yet", c, fields[i].name)
}
