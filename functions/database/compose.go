package database

import (
	"errors"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/adapter"
	"github.com/ausmart/platform/functions/internal/composition"
)

// Compose decides which managed resources a Database is made of. Its errors name
// the claim's field and say what to do.
func Compose(in adapter.Input[*v1alpha1.Database]) (*adapter.Output, error) {
	spec := in.XR.Spec
	exists, err := readState(in.Observed, primaryName(spec.Engine))
	if err != nil {
		return nil, err
	}
	d := &database{
		Composition: composition.New(kind, in.XR, spec.CommonSpec, in.XR.Status.CommonStatus, in.Settings, in.Observed, stages()...),
		spec:        spec,
		state:       exists,
	}
	d.Account = exists.account
	if err := d.checkEngine(); err != nil { // The other fields of the claim are about another engine.
		return nil, d.Refused(err)
	}
	d.network, err = readNetwork(in)
	err = errors.Join(d.keepSnapshot(), d.planVersion(), d.checkLoginVersion(), d.validateNew(), err)
	d.keepWhatExists()
	if err := d.Refused(err); err != nil {
		return nil, err
	}
	d.addKey()
	if err := d.Refused(d.addEngine()); err != nil {
		return nil, err
	}
	d.addUsages()

	d.checkRemovals()
	conditions := d.Conditions()
	return &adapter.Output{
		Resources:  d.Desired,
		Status:     d.status(conditions[len(conditions)-1].Message),
		Conditions: append(append(conditions, d.versionCondition()), append(d.engineConditions(), d.ProtectionCondition(d.guard()))...),
		Refusals:   d.Refusals,
	}, nil
}
