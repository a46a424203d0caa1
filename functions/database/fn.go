package database

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
)

// New returns the composition function of Databases.
func New(log logging.Logger) *adapter.Function[v1alpha1.Database, *v1alpha1.Database] {
	return adapter.New(adapter.Kind[v1alpha1.Database, *v1alpha1.Database]{
		Name: kind, References: references, Stateful: statefulKinds(), Compose: Compose,
	}, log)
}

// references are the claims that a Database claim names. A table lives in no
// network, whatever its claim says.
func references(xr *v1alpha1.Database) []adapter.Claim {
	if xr.Spec.NetworkRef == nil || xr.Spec.Engine == v1alpha1.EngineDynamoDB {
		return nil
	}
	return []adapter.Claim{networkClaim(xr)}
}

// networkClaim is the claim of the network that the database lives in.
func networkClaim(xr *v1alpha1.Database) adapter.Claim {
	return adapter.Claim{Kind: "Network", Name: xr.Spec.NetworkRef.Name, Field: "spec.networkRef"}
}
