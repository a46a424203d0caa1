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
	"slices"

	"google.golang.org/protobuf/types/known/structpb"
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
	reasonRefused  = "Refused"
)

// A Composite is a pointer to the Go type of a claim, which has the spec and
// status of its composite.
type Composite[T any] interface {
	*T
	runtime.Object
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

	// Compose is pure: the same input has the same output. Its errors name the
	// claim's field and say what to do. It returns a PendingError while something is
	// missing that it cannot compose without.
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

// RunFunction composes. Whatever is wrong with the request is a fatal result, and not
// an error: it stops the pipeline and leaves everything as it is.
func (f *Function[T, X]) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rsp := response.To(req, response.DefaultTTL)
	if err := f.run(req, rsp); err != nil {
		if refused, ok := errors.AsType[*refusal](err); ok {
			condition(rsp, progress.Condition{Type: refused.condition, Reason: refused.reason, Message: err.Error()})
		}
		response.Fatal(rsp, err)
	}
	return rsp, nil
}

// A refusal is an error that a condition of the claim shows.
type refusal struct {
	error

	condition, reason string
}

func (f *Function[T, X]) run(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) error {
	object, err := f.read(req)
	if err != nil {
		return err
	}
	xr, err := f.decode(object)
	if err != nil {
		return err
	}
	spec, _ := object["spec"].(map[string]any)
	env := environment(spec)
	if err := settings.Check(env); err != nil {
		return &refusal{err, ConditionSettingsResolved, reasonInvalid}
	}
	needs := f.require(req, rsp, xr, env)
	found, err := needs.read(req)
	if err != nil {
		return err
	}
	if !found.complete {
		f.log.Debug("Asking for the EnvironmentConfig and the claims that are named", "tag", req.GetMeta().GetTag(), "environment", env, "claims", needs.claims)
		return nil
	}
	obs := observed.From(req)
	if found.claimIsDeleted && !f.isProtected(obs) {
		return &refusal{errClaimDeleted, f.kind.Name + "Ready", reasonDeleting}
	}
	set, err := settings.Resolve(f.kind.Name, env, found.config, spec)
	if err != nil {
		return &refusal{err, ConditionSettingsResolved, reasonInvalid}
	}
	condition(rsp, progress.Condition{Type: ConditionSettingsResolved, True: true, Reason: reasonResolved})

	in := Input[X]{XR: xr, Settings: set, Observed: obs, references: found.references, neighbours: found.neighbours}
	out, err := f.compose(rsp, in, object, needs.claims, found)
	if pending, ok := errors.AsType[*PendingError](err); ok {
		return f.keepAll(req, rsp, in, pending)
	}
	if err != nil {
		return err
	}
	if found.claimIsDeleted {
		out.Resources.DropClaimUsages()
	}
	err = f.write(req, rsp, out)
	f.log.Debug("Composed", "tag", req.GetMeta().GetTag(), "resources", len(rsp.GetDesired().GetResources()))
	return err
}

// compose what the composite is made of, in its place.
func (f *Function[T, X]) compose(rsp *fnv1.RunFunctionResponse, in Input[X], object map[string]any, claims []Claim, found found) (*Output, error) {
	allowed, err := place(f.kind.Name, object, claims, found, in.Observed)
	if err != nil {
		return nil, err
	}
	if in.XR, err = f.decode(object); err != nil {
		return nil, err
	}
	if len(claims) > 0 {
		condition(rsp, matches(allowed))
	}
	out, err := f.kind.Compose(in)
	if _, pending := errors.AsType[*PendingError](err); err != nil && !pending {
		return nil, &refusal{err, f.kind.Name + "Ready", reasonRefused}
	}
	return out, err
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
	composite, err := withStatus(req, status)
	if err != nil {
		return err
	}
	if err := out.Resources.Write(rsp); err != nil {
		return err
	}
	if !slices.ContainsFunc(out.Conditions, func(c progress.Condition) bool { return c.True && c.Type == f.kind.Name+"Ready" }) {
		unready(composite)
	}
	rsp.Desired.Composite = composite
	for _, c := range out.Conditions {
		condition(rsp, c)
	}
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
