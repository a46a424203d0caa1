// Package adapter connects the pure functions that compose a kind of claim to
// Crossplane's function SDK.
//
// It decodes the composite, requires the EnvironmentConfig of its environment and the
// claims that it names, resolves the settings, calls the kind's Compose, and writes
// what that returns: composed resources, the composite's status, conditions. It
// decides nothing about any resource.
package adapter

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"google.golang.org/protobuf/types/known/structpb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/crossplane/function-sdk-go/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/settings"
)

const (
	// ConditionSettingsResolved reports whether the environment's settings could be
	// resolved.
	ConditionSettingsResolved = "SettingsResolved"

	reasonResolved = "Resolved"
	reasonInvalid  = "InvalidSettings"
)

// A Composite is a pointer to the Go type of a claim, which has the spec and
// status of its composite.
type Composite[T any] interface {
	*T
	runtime.Object
	metav1.Object
}

// A Kind of claim.
type Kind[T any, X Composite[T]] struct {
	// Name of the claim's kind, such as Network.
	Name string

	// References returns the claims that the claim names, for Compose to read with
	// Referenced; nil where a kind names none.
	References func(xr X) []Claim

	// Neighbours reports whether Compose compares the claim with the others of its kind and
	// namespace, which it reads with Neighbours; nil where it never does.
	Neighbours func(xr X) bool

	// Stateful are the kinds of resources that hold what cannot be restored: deletion protection
	// holds them, and the claim with them.
	Stateful []string

	// Compose is pure: the same input has the same output. Its errors refuse the claim: they
	// name the claim's field and say what to do, and all that exists stays as it is. It
	// returns a PendingError while something is missing that it cannot compose without.
	Compose func(in Input[X]) (*Output, error)
}

// Input of a Compose.
type Input[X any] struct {
	// XR is the composite: its spec, and its status as it was written last.
	XR X

	// Settings in effect.
	Settings settings.Settings

	// Observed composed resources.
	Observed observed.Resources

	references map[Claim]map[string]any
	neighbours []map[string]any
}

// Output of a Compose.
type Output struct {
	// Resources that are desired.
	Resources *desired.Resources

	// Status of the composite: a pointer to the claim's status type.
	Status any

	// Conditions of the composite and the claim, in the order to show.
	Conditions []progress.Condition

	// Refusals of parts of the claim, for which Resources has what exists. Each names the
	// claim's field and says what to do.
	Refusals []error
}

// A Function runs a kind's Compose for Crossplane.
type Function[T any, X Composite[T]] struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	kind Kind[T, X]
	log  logging.Logger
}

// New returns the composition function of a kind.
func New[T any, X Composite[T]](k Kind[T, X], log logging.Logger) *Function[T, X] {
	return &Function[T, X]{kind: k, log: log}
}

// RunFunction composes. A claim that is refused keeps what exists, and says why. A request that
// cannot be read is a fatal result, and not an error: it stops the pipeline and leaves everything
// as it is.
func (f *Function[T, X]) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rsp := response.To(req, response.DefaultTTL)
	err := f.run(req, rsp)
	if errors.Is(err, errClaimDeleted) {
		condition(rsp, progress.Condition{Type: f.kind.Name + "Ready", Reason: reasonDeleting, Message: err.Error()})
	}
	if err != nil {
		response.Fatal(rsp, err)
	}
	repeat(req, rsp, err != nil)
	return rsp, nil
}

func (f *Function[T, X]) run(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) error {
	object, err := f.read(req)
	if err != nil {
		return err
	}
	in := Input[X]{Observed: observed.From(req)}
	if in.XR, err = f.decode(object); err != nil {
		return err
	}
	out, err := f.compose(req, rsp, object, &in)
	switch {
	case errors.Is(err, errIncomplete):
		return nil
	case isKept(err):
		return f.keepAll(req, rsp, in, err)
	case err != nil:
		return err
	}
	err = f.write(req, rsp, out)
	f.log.Debug("Composed", "tag", req.GetMeta().GetTag(), "resources", len(rsp.GetDesired().GetResources()))
	return err
}

// compose what the composite is made of, with its settings, in its place.
func (f *Function[T, X]) compose(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, object map[string]any, in *Input[X]) (*Output, error) {
	spec, _ := object["spec"].(map[string]any)
	env := environment(spec)
	if err := settings.Check(env); err != nil {
		return nil, invalidSettings(rsp, err)
	}
	needs := f.require(req, rsp, in.XR, env)
	found, err := needs.read(req)
	if err != nil {
		return nil, err
	}
	if !found.complete {
		f.log.Debug("Asking for the EnvironmentConfig and the claims that are named", "tag", req.GetMeta().GetTag(), "environment", env, "claims", needs.claims)
		if found.configErr != nil {
			return nil, invalidSettings(rsp, found.configErr)
		}
		return nil, errIncomplete
	}
	if found.claimIsDeleted && !f.isProtected(in.Observed) {
		return nil, errClaimDeleted
	}
	set, err := settings.Resolve(f.kind.Name, env, found.config, spec)
	in.Settings = set
	if err := errors.Join(found.configErr, err); err != nil {
		return nil, invalidSettings(rsp, err)
	}
	condition(rsp, progress.Condition{Type: ConditionSettingsResolved, True: true, Reason: reasonResolved})
	in.references, in.neighbours = found.references, found.neighbours
	out, err := f.composeInPlace(rsp, in, object, needs.claims, found)
	if out != nil && found.claimIsDeleted {
		out.Resources.DropClaimUsages()
	}
	return out, err
}

// composeInPlace composes where the composite is. One that is out of place is refused, with all
// else that is wrong with it.
func (f *Function[T, X]) composeInPlace(rsp *fnv1.RunFunctionResponse, in *Input[X], object map[string]any, claims []Claim, found found) (*Output, error) {
	allowed, err := place(f.kind.Name, object, claims, found, in.Observed)
	if misplaced := refusals(err); isKept(err) && len(misplaced) > 0 {
		condition(rsp, progress.Condition{Type: ConditionReferencesMatch, Reason: reasonMismatch, Message: explain(misplaced)})
		return nil, errors.Join(err, f.alsoRefused(*in, object))
	}
	if err != nil {
		return nil, err
	}
	if in.XR, err = f.decode(object); err != nil {
		return nil, err
	}
	if len(claims) > 0 {
		condition(rsp, matches(allowed))
	}
	out, err := f.kind.Compose(*in)
	return out, refuse(err)
}

// alsoRefused is what else is wrong with a claim that is out of place, as it would be composed where
// it exists.
func (f *Function[T, X]) alsoRefused(in Input[X], object map[string]any) error {
	is := placeOf(in.Observed)
	spec, _ := object["spec"].(map[string]any)
	if is.Region == "" || spec == nil {
		return nil
	}
	spec["region"], spec["providerConfigName"] = is.Region, is.ProviderConfig
	xr, err := f.decode(object)
	if err != nil {
		return err
	}
	in.XR = xr
	out, err := f.kind.Compose(in)
	if out != nil {
		err = errors.Join(out.Refusals...)
	}
	return refuse(err)
}

// isProtected reports whether the composite cannot be deleted, also where its claim is: then it is
// composed as always, and so it goes on when a person switches its protection off.
func (f *Function[T, X]) isProtected(obs observed.Resources) bool {
	hold := desired.ProtectionName("X" + f.kind.Name)
	return obs.Has(hold) && !obs.Deleting(hold)
}

// read the composite as it is: the settings find their fields in it by path.
func (f *Function[T, X]) read(req *fnv1.RunFunctionRequest) (map[string]any, error) {
	s := req.GetObserved().GetComposite().GetResource()
	if want, got := "X"+f.kind.Name, s.GetFields()["kind"].GetStringValue(); got != want {
		return nil, fmt.Errorf("cannot compose a %q: this function composes %s; correct the Composition", got, want)
	}
	if spec := s.GetFields()["spec"]; spec == nil || spec.AsInterface() == nil {
		return nil, fmt.Errorf("cannot compose X%s: it has no spec", f.kind.Name)
	}
	return s.AsMap(), nil
}

// decode the composite.
func (f *Function[T, X]) decode(object map[string]any) (X, error) {
	xr := X(new(T))
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, xr); err != nil {
		return nil, fmt.Errorf("cannot decode X%s: %w", f.kind.Name, err)
	}
	return xr, nil
}

// environment that the claim names; empty where it names none.
func environment(spec map[string]any) v1alpha1.Environment {
	env, _ := spec["environment"].(string)
	return v1alpha1.Environment(env)
}

// write what a kind composed. An error leaves the response's desired state as it was.
func (f *Function[T, X]) write(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, out *Output) error {
	status, err := runtime.DefaultUnstructuredConverter.ToUnstructured(out.Status)
	if err != nil {
		return fmt.Errorf("cannot write status: %w", err)
	}
	own, refused := f.kind.Name+"Ready", len(out.Refusals) > 0
	if refused {
		f.showRefusals(req, rsp, status, out.Refusals)
	}
	composite, err := withStatus(req, status)
	if err != nil {
		return err
	}
	if err := out.Resources.Write(rsp); err != nil {
		return err
	}
	ready := false
	for _, c := range out.Conditions {
		if c.Type == own && refused {
			continue
		}
		ready = ready || c.True && c.Type == own
		condition(rsp, c)
	}
	if !ready {
		unready(composite)
	}
	rsp.Desired.Composite = composite
	return nil
}

// withStatus returns the desired composite with the status on top of what
// earlier steps of the pipeline put there. A function may write nothing else.
func withStatus(req *fnv1.RunFunctionRequest, status map[string]any) (*fnv1.Resource, error) {
	s, err := structpb.NewStruct(status)
	if err != nil {
		return nil, fmt.Errorf("cannot write status: %w", err)
	}
	xr := req.GetObserved().GetComposite().GetResource().GetFields()
	earlier := req.GetDesired().GetComposite().GetResource().GetFields()
	merged := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	maps.Copy(merged.GetFields(), earlier["status"].GetStructValue().GetFields())
	maps.Copy(merged.GetFields(), s.GetFields())

	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	maps.Copy(out.GetFields(), earlier)
	out.Fields["apiVersion"], out.Fields["kind"] = xr["apiVersion"], xr["kind"]
	out.Fields["status"] = structpb.NewStructValue(merged)
	return &fnv1.Resource{
		Resource:          out,
		ConnectionDetails: req.GetDesired().GetComposite().GetConnectionDetails(),
		Ready:             req.GetDesired().GetComposite().GetReady(),
	}, nil
}

// unready marks the composite as not ready. Otherwise Crossplane would call it ready when
// all resources that are composed so far are: none while a reference is pending, or those of
// the first stages.
func unready(composite *fnv1.Resource) { composite.Ready = fnv1.Ready_READY_FALSE }

func condition(rsp *fnv1.RunFunctionResponse, c progress.Condition) {
	set := response.ConditionFalse
	if c.True {
		set = response.ConditionTrue
	}
	o := set(rsp, c.Type, c.Reason).TargetCompositeAndClaim()
	if c.Message != "" {
		o.WithMessage(c.Message)
	}
}
