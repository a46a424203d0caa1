package network

import (
	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
	"github.com/ausmart/platform/functions/internal/composition"
)

// Compose decides which managed resources a Network is made of. Its errors name
// the claim's field and say what to do.
func Compose(in adapter.Input[*v1alpha1.Network]) (*adapter.Output, error) {
	spec := in.XR.Spec
	exists, err := readState(in.Observed)
	if err != nil {
		return nil, err
	}
	n := &network{
		Composition: composition.New(kind, in.XR, spec.CommonSpec, in.XR.Status.CommonStatus, in.Settings, in.Observed),
		spec:        spec,
		zones:       sorted(spec.AvailabilityZones),
		state:       exists,
	}
	n.Account = exists.account
	n.keepRange()
	n.keepSettings()
	if err := n.Refused(n.planZones()); err != nil {
		return nil, err
	}
	n.keepSubnets()
	n.keepAddresses()
	if err := n.Refused(n.keepZones()); err != nil {
		return nil, err
	}
	n.addVPC()
	n.addSubnets()
	n.addEgress()
	n.addGatewayEndpoints()
	n.addInterfaceEndpoints()
	n.addSecurityGroups()
	n.addKey()
	n.addLogBucket()
	n.addAccessLogs()
	n.addFlowLogs()

	n.checkRemovals()
	conditions := n.Conditions()
	return &adapter.Output{
		Resources:  n.Desired,
		Status:     n.status(in.XR.Status, conditions[len(conditions)-1].Message),
		Conditions: append(conditions, n.flowLogCondition(), n.accessLogCondition(), n.ProtectionCondition(guard())),
		Refusals:   n.Refusals,
	}, nil
}
