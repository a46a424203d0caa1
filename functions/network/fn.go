package network

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/runner"
)

// New returns the composition function of Networks.
func New(log logging.Logger) *runner.Function[v1alpha1.Network, *v1alpha1.Network] {
	return runner.New(runner.Kind[v1alpha1.Network, *v1alpha1.Network]{Name: "Network", Compose: Compose}, log)
}
