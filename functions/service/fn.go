package service

import (
	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/runner"
)

// New returns the composition function of Services.
func New(log logging.Logger) *runner.Function[v1alpha1.Service, *v1alpha1.Service] {
	return runner.New(runner.Kind[v1alpha1.Service, *v1alpha1.Service]{
		Name: "Service", References: references, Compose: Compose,
	}, log)
}
