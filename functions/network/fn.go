package network

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
)

// New returns the composition function of Networks.
func New(log logging.Logger) *adapter.Function[v1alpha1.Network, *v1alpha1.Network] {
	return adapter.New(adapter.Kind[v1alpha1.Network, *v1alpha1.Network]{Name: kind, Stateful: statefulKinds(), Compose: Compose}, log)
}
