package cluster

import (
	"errors"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
	"github.com/ausmart/platform/functions/internal/composition"
)

// Compose decides which managed resources a Cluster is made of. Its errors name
// the claim's field and say what to do.
func Compose(in adapter.Input[*v1alpha1.Cluster]) (*adapter.Output, error) {
	spec := in.XR.Spec
	exists, err := readState(in.Observed, nodeGroupName(spec))
	if err != nil {
		return nil, err
	}
	c := &cluster{
		Composition: composition.New(kind, in.XR, spec.CommonSpec, in.XR.Status.CommonStatus, in.Settings, in.Observed, stages()...),
		spec:        spec,
		state:       exists,
	}
	c.Account = exists.account
	c.network, err = readNetwork(in)
	err = errors.Join(err, c.planVersions(), c.validate())
	c.keepWhatExists()
	if err := c.Refused(err); err != nil {
		return nil, err
	}
	c.addControlPlane()
	c.addNodes()
	c.addAddons()
	c.addAccess()
	c.addKarpenter()
	c.addControllers()
	c.addWAF()
	if err := c.Refused(c.addObservability(), c.addInCluster()); err != nil {
		return nil, err
	}
	c.keepOldNodes()
	c.addUsages()

	c.checkRemovals()
	conditions := c.Conditions()
	return &adapter.Output{
		Resources:  c.Desired,
		Status:     c.status(conditions[len(conditions)-1].Message),
		Conditions: append(conditions, c.version.condition, c.regionCondition(), c.egressCondition(), c.addressCondition(), c.ProtectionCondition(c.guard())),
		Refusals:   c.Refusals,
	}, nil
}
