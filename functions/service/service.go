package service

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
)

// kind of the claim.
const kind = "Service"

// A service under composition.
type service struct {
	*composition.Composition
	identity

	spec      v1alpha1.ServiceSpec
	cluster   *v1alpha1.Cluster
	databases []database
	state     state

	// mistakes of the claim that composing met.
	mistakes []error
}

func (s *service) fail(err error) { s.mistakes = append(s.mistakes, err) }
