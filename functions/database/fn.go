package database

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/runner"
)

// New returns the composition function of Databases.
func New(log logging.Logger) *runner.Function[v1alpha1.Database, *v1alpha1.Database] {
	return runner.New(runner.Kind[v1alpha1.Database, *v1alpha1.Database]{
		Name: "Database", References: references, Compose: Compose,
	}, log)
}

// references are the claims that a Database claim names. A table lives in no
// network, whatever its claim says.
func references(xr *v1alpha1.Database) []runner.Claim {
	if xr.Spec.NetworkRef == nil || xr.Spec.Engine == v1alpha1.EngineDynamoDB {
		return nil
	}
	return []runner.Claim{networkOf(xr)}
}

func networkOf(xr *v1alpha1.Database) runner.Claim {
	return runner.Claim{Kind: "Network", Name: xr.Spec.NetworkRef.Name, Field: "spec.networkRef"}
}
