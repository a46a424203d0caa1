package adapter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/progress"
)

const (
	reasonRefused = "Refused"
	reasonWaiting = "WaitingForReference"

	// waitingForMax is how many bytes status.waitingFor takes; the condition has the whole.
	waitingForMax = 1000
)

// A refusal is an error of the claim, or of what belongs to it: nothing can be composed, and what
// exists stays as it is.
type refusal struct{ error }

// refuse the claim because of an error, unless all of it is pending.
func refuse(err error) error {
	if err == nil || len(refusals(err)) == 0 {
		return err
	}
	return &refusal{err}
}

// isKept reports whether an error keeps what exists. Any other stops the pipeline.
func isKept(err error) bool {
	_, refused := errors.AsType[*refusal](err)
	_, pending := errors.AsType[*PendingError](err)
	return refused || pending
}

// refusals in an error, each on its own: a person reads all of them at once. What is only pending
// is none.
func refusals(err error) []error {
	switch e := err.(type) { //nolint:errorlint // It takes the tree of errors apart.
	case nil, *PendingError:
		return nil
	case *refusal:
		return refusals(e.error)
	case interface{ Unwrap() []error }:
		var all []error
		for _, one := range e.Unwrap() {
			all = append(all, refusals(one)...)
		}
		return all
	default:
		return []error{err}
	}
}

// explain all refusals in one message.
func explain(all []error) string {
	if len(all) == 1 {
		return all[0].Error()
	}
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = fmt.Sprintf("%d of %d: %s", i+1, len(all), one)
	}
	return strings.Join(texts, "; ")
}

// invalidSettings refuses the claim because of its settings.
func invalidSettings(rsp *fnv1.RunFunctionResponse, err error) error {
	condition(rsp, progress.Condition{Type: ConditionSettingsResolved, Reason: reasonInvalid, Message: explain(refusals(err))})
	return refuse(err)
}

// keepAll keeps what exists as it is, and shows why: what is refused, or else what is pending. What
// exists is protected as the settings ask, which may be more than before and never less.
func (f *Function[T, X]) keepAll(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, in Input[X], because error) error {
	status, err := lastStatus(in.XR)
	if err != nil {
		return err
	}
	if all := refusals(because); len(all) > 0 {
		f.showRefusals(req, rsp, status, all)
	} else if pending, ok := errors.AsType[*PendingError](because); ok {
		status["waitingFor"] = pending.message
		condition(rsp, progress.Condition{Type: f.kind.Name + "Ready", Reason: reasonWaiting, Message: pending.message})
	}
	composite, err := withStatus(req, status)
	if err != nil {
		return err
	}
	kept := desired.New(in.Observed, "")
	kept.KeepAll()
	c := composition.Composition{Kind: f.kind.Name, Name: in.XR.GetName(), XR: in.XR, Settings: in.Settings, Observed: in.Observed, Desired: kept}
	c.Protect(composition.Guard{StatefulKinds: f.kind.Stateful})
	if err := kept.Write(rsp); err != nil {
		return err
	}
	unready(composite)
	rsp.Desired.Composite = composite
	return nil
}

// showRefusals in the kind's own condition, in the status and, when they are new, in an event.
func (f *Function[T, X]) showRefusals(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, status map[string]any, all []error) {
	message := explain(all)
	short := message
	if len(short) > waitingForMax {
		short = strings.ToValidUTF8(short[:waitingForMax], "") + "…"
	}
	status["waitingFor"] = short
	condition(rsp, progress.Condition{Type: f.kind.Name + "Ready", Reason: reasonRefused, Message: message})
	if told := observedStatus(req)["waitingFor"].GetStringValue(); told != short {
		response.Warning(rsp, errors.New(message)).TargetCompositeAndClaim().WithReason(reasonRefused)
	}
}

// observedStatus of the composite.
func observedStatus(req *fnv1.RunFunctionRequest) map[string]*structpb.Value {
	return req.GetObserved().GetComposite().GetResource().GetFields()["status"].GetStructValue().GetFields()
}

// lastStatus is what the function wrote last. The conditions are Crossplane's.
func lastStatus(xr runtime.Object) (map[string]any, error) {
	u, err := runtime.DefaultUnstructuredConverter.ToUnstructured(xr)
	if err != nil {
		return nil, fmt.Errorf("cannot read the last status: %w", err)
	}
	status, ok := u["status"].(map[string]any)
	if !ok {
		status = map[string]any{}
	}
	delete(status, "conditions")
	return status, nil
}

const (
	// reasonFatalError is how Crossplane marks the conditions that are not in a response with a
	// fatal result, or that a failed call did not bring (crossplane v2.4.0,
	// internal/controller/apiextensions/composite).
	reasonFatalError = "FatalError"

	reasonNotKnown = "NotKnown"
)

// repeat conditions of the claim that the response does not set. Without that Crossplane says of
// each, beside a fatal result, that a fatal error occurred, and goes on to say so until the
// condition is set again: of a claim that only waits, for as long as it waits.
func repeat(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, fatal bool) {
	status := observedStatus(req)
	for _, typ := range status["claimConditionTypes"].GetListValue().GetValues() {
		for _, v := range status["conditions"].GetListValue().GetValues() {
			c := v.GetStructValue().GetFields()
			if c["type"].GetStringValue() != typ.GetStringValue() || isSet(rsp, typ.GetStringValue()) {
				continue
			}
			failed := c["reason"].GetStringValue() == reasonFatalError
			switch {
			case failed:
				response.ConditionUnknown(rsp, typ.GetStringValue(), reasonNotKnown).TargetCompositeAndClaim().
					WithMessage("nothing is composed at the moment: the claim's other conditions say why")
			case fatal:
				condition(rsp, progress.Condition{
					Type: typ.GetStringValue(), True: c["status"].GetStringValue() == "True",
					Reason: c["reason"].GetStringValue(), Message: c["message"].GetStringValue(),
				})
			}
		}
	}
}

func isSet(rsp *fnv1.RunFunctionResponse, typ string) bool {
	return slices.ContainsFunc(rsp.GetConditions(), func(c *fnv1.Condition) bool { return c.GetType() == typ })
}
