package service

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
)

// New returns the composition function of Services.
func New(log logging.Logger) *adapter.Function[v1alpha1.Service, *v1alpha1.Service] {
	return adapter.New(adapter.Kind[v1alpha1.Service, *v1alpha1.Service]{
		Name: kind, References: references, Neighbours: hasHost, Stateful: statefulKinds(), Compose: Compose,
	}, log)
}
