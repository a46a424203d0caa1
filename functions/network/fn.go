package network

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/runner"
	"github.com/ausmart/platform/functions/internal/settings"
)

// New returns the composition function of Networks.
func New(log logging.Logger) *runner.Function[v1alpha1.Network, *v1alpha1.Network] {
	return runner.New(runner.Kind[v1alpha1.Network, *v1alpha1.Network]{Name: "Network", Claim: claim, Compose: Compose}, log)
}

// claim reads the settings that a Network claim overrides.
func claim(xr *v1alpha1.Network) (v1alpha1.Environment, settings.Layer) {
	spec := xr.Spec
	l := settings.Layer{IAMPath: spec.IAMPath, PermissionsBoundary: spec.PermissionsBoundary}
	if spec.NATGateways != "" {
		l.NATGateways = &spec.NATGateways
	}
	if e := spec.VPCEndpoints; e != nil {
		l.VPCEndpoints = e.Enabled
	}
	if f := spec.FlowLogs; f != nil {
		l.FlowLogs = f.Enabled
		if f.RetentionDays != nil {
			l.RetentionDays = new(int32(*f.RetentionDays))
		}
	}
	if k := spec.KMS; k != nil {
		l.KMS = k.Enabled
	}
	return spec.Environment, l
}
