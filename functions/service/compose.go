package service

import (
	"errors"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
	"github.com/ausmart/platform/functions/internal/composition"
)

// Compose decides what a Service is made of. Its errors name the claim's field and
// say what to do.
func Compose(in adapter.Input[*v1alpha1.Service]) (*adapter.Output, error) {
	id, err := identify(in.XR)
	cluster, noCluster := readCluster(in)
	databases, noDatabases := readDatabases(in)
	if err := errors.Join(err, noCluster, checkHost(in), noDatabases); err != nil {
		return nil, err
	}
	spec := in.XR.Spec
	exists, err := readState(in.Observed, spec.Queues)
	if err != nil {
		return nil, err
	}
	s := &service{
		Composition: composition.New(kind, in.XR, spec.CommonSpec, in.XR.Status.CommonStatus, in.Settings, in.Observed),
		identity:    id,
		spec:        spec,
		cluster:     cluster,
		databases:   databases,
		state:       exists,
	}
	s.keepNamespace()
	s.addQueues()
	s.addRepository()
	s.addRole()
	s.addNamespace()
	s.addSecrets()
	s.addPolicies()
	s.addTraffic()
	s.addScaling()
	s.addWorkload()
	s.addUsages()
	if err := s.Refused(s.mistakes...); err != nil {
		return nil, err
	}
	s.checkRemovals()
	conditions := s.Conditions()
	return &adapter.Output{
		Resources:  s.Desired,
		Status:     s.status(conditions[len(conditions)-1].Message),
		Conditions: append(conditions, s.workloadCondition(), s.ProtectionCondition(guard())),
		Refusals:   s.Refusals,
	}, nil
}
