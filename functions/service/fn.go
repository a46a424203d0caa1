package service

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

// New returns the composition function of Services.
func New(log logging.Logger) *runner.Function[v1alpha1.Service, *v1alpha1.Service] {
	return runner.New(runner.Kind[v1alpha1.Service, *v1alpha1.Service]{
		Name: "Service", Claim: claim, References: references, Compose: Compose,
	}, log)
}

// claim reads the settings that a Service claim overrides.
func claim(xr *v1alpha1.Service) (v1alpha1.Environment, settings.Layer) {
	return xr.Spec.Environment, settings.Layer{IAMPath: xr.Spec.IAMPath, PermissionsBoundary: xr.Spec.PermissionsBoundary}
}
