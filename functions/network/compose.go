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
	if err := checkZones(spec.Region, spec.AvailabilityZones); err != nil {
		return nil, err
	}
	addresses, err := newPlan(spec)
	if err != nil {
		return nil, err
	}
	exists, err := readState(in.Observed)
	if err != nil {
		return nil, err
	}
	zones := sorted(spec.AvailabilityZones)
	n := &network{
		Composition: composition.New(kind, in.XR, spec.CommonSpec, in.XR.Status.CommonStatus, in.Settings, in.Observed),
		spec:        spec,
		plan:        addresses,
		zones:       zones,
		nat:         planNAT(in.Settings.NATGateways.V, zones, in.Observed, exists),
		state:       exists,
	}
	n.Account = exists.account
	if err := n.validateImmutable(); err != nil {
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

	if err := n.checkRemovals(); err != nil {
		return nil, err
	}
	conditions := n.Conditions()
	return &adapter.Output{
		Resources:  n.Desired,
		Status:     n.status(in.XR.Status, conditions[len(conditions)-1].Message),
		Conditions: append(conditions, n.flowLogCondition(), n.accessLogCondition(), n.ProtectionCondition(guard())),
	}, nil
}
