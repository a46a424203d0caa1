// Package runner is the edge between Crossplane's protobuf and the pure
// functions that compose a kind of claim.
//
// It decodes the composite resource, asks for the EnvironmentConfig of its
// environment, resolves the settings, calls the kind's Compose, and writes what
// it answers: composed resources, the composite's status, conditions. It has no
// opinion on any resource.
package runner

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
	"github.com/crossplane/function-sdk-go/request"
	"github.com/crossplane/function-sdk-go/response"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/settings"
)

const (
	// ConditionSettingsResolved says whether the environment's settings could be
	// worked out.
	ConditionSettingsResolved = "SettingsResolved"

	// environmentConfig is the name of the requirement for the EnvironmentConfig.
	environmentConfig = "environment-config"

	reasonResolved = "Resolved"
	reasonInvalid  = "InvalidSettings"
	reasonRefused  = "Refused"
)

// A Composite is a pointer to the Go type of a claim, which has the spec and
// status of its composite resource.
type Composite[T any] interface {
	*T
	runtime.Object
}

// A Kind of claim.
type Kind[T any, X Composite[T]] struct {
	// Name of the claim's kind, such as Network.
	Name string

	// References returns the claims that the claim names, for Compose to look at
	// with Referenced; nil where a kind names none.
	References func(xr X) []Claim

	// Compose is pure: the same input has the same output. Its errors name the
	// claim's field and say what to do. It returns a WaitingError where something that
	// it cannot compose without is still to come.
	Compose func(in Input[X]) (*Output, error)
}

// Input of a Compose.
type Input[X any] struct {
	// XR is the composite resource: its spec, and its status as it was written last.
	XR X

	// Settings in effect.
	Settings settings.Settings

	// Observed composed resources.
	Observed observed.Resources

	references map[Claim]map[string]any
}

// Output of a Compose.
type Output struct {
	// Resources that are wanted.
	Resources *desired.Resources

	// Status of the composite: a pointer to the claim's status type.
	Status any

	// Conditions of the composite and the claim, in the order to show.
	Conditions []Condition
}

// A Condition of the composite and the claim.
type Condition struct {
	// Type of the condition, such as NetworkReady.
	Type string

	// True or false.
	True bool

	// Reason in one word.
	Reason string

	// Message for people: what is awaited or wrong, and what to do.
	Message string
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

// RunFunction composes. Whatever is wrong with the request is a fatal result,
// which stops the pipeline and leaves everything as it is, and not an error.
func (f *Function[T, X]) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rsp := response.To(req, response.DefaultTTL)
	log := f.log.WithValues("tag", req.GetMeta().GetTag())

	xr, spec, err := f.decode(req)
	if err != nil {
		return fatal(rsp, err), nil
	}

	env := environment(spec)
	if err := settings.Check(env); err != nil {
		return f.refuse(rsp, ConditionSettingsResolved, reasonInvalid, err), nil
	}
	claims := f.references(xr)
	requireEnvironmentConfig(rsp, env)
	requireReferences(rsp, claims, namespace(req))
	asked := requireOwnClaim(req, rsp, f.kind.Name)
	config, fetched, err := readEnvironmentConfig(req, env)
	if err != nil {
		return f.refuse(rsp, ConditionSettingsResolved, reasonInvalid, err), nil
	}
	references, found, err := readReferences(req, claims)
	if err != nil {
		return fatal(rsp, err), nil
	}
	leaves, looked, err := leaving(req)
	if err != nil {
		return fatal(rsp, err), nil
	}
	if !fetched || !found || asked && !looked {
		log.Debug("Asking for the EnvironmentConfig and what the claim names", "environment", env, "claims", claims)
		return rsp, nil
	}
	if asked && leaves {
		return f.refuse(rsp, f.kind.Name+"Ready", reasonDeleting, errLeaving), nil
	}
	set, err := settings.Resolve(f.kind.Name, env, config, spec)
	if err != nil {
		return f.refuse(rsp, ConditionSettingsResolved, reasonInvalid, err), nil
	}
	condition(rsp, Condition{Type: ConditionSettingsResolved, True: true, Reason: reasonResolved})

	in := Input[X]{XR: xr, Settings: set, Observed: observed.From(req), references: references}
	out, err := f.kind.Compose(in)
	if waiting, ok := errors.AsType[*WaitingError](err); ok {
		return f.wait(req, rsp, in, waiting), nil
	}
	if err != nil {
		return f.refuse(rsp, f.kind.Name+"Ready", reasonRefused, err), nil
	}
	if err := f.write(req, rsp, out); err != nil {
		return fatal(rsp, err), nil
	}
	log.Debug("Composed", "resources", len(out.Resources.Names()))
	return rsp, nil
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
	if !slices.ContainsFunc(out.Conditions, func(c Condition) bool { return c.True && c.Type == f.kind.Name+"Ready" }) {
		unready(composite)
	}
	rsp.Desired.Composite = composite
	for _, c := range out.Conditions {
		condition(rsp, c)
	}
	return nil
}

// decode the composite resource, and its spec as it is: the settings find their
// fields in it by path.
func (f *Function[T, X]) decode(req *fnv1.RunFunctionRequest) (X, map[string]any, error) {
	s := req.GetObserved().GetComposite().GetResource()
	if want, got := "X"+f.kind.Name, s.GetFields()["kind"].GetStringValue(); got != want {
		return nil, nil, fmt.Errorf("cannot compose a %q: this function composes %s; mend the Composition", got, want)
	}
	xr, object := X(new(T)), s.AsMap()
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, xr); err != nil {
		return nil, nil, fmt.Errorf("cannot decode X%s: %w", f.kind.Name, err)
	}
	spec, _ := object["spec"].(map[string]any)
	return xr, spec, nil
}

// environment that the claim names; empty where it names none.
func environment(spec map[string]any) v1alpha1.Environment {
	env, _ := spec["environment"].(string)
	return v1alpha1.Environment(env)
}

// requireEnvironmentConfig asks Crossplane for the EnvironmentConfig that
// carries the environment's name.
func requireEnvironmentConfig(rsp *fnv1.RunFunctionResponse, env v1alpha1.Environment) {
	if rsp.GetRequirements() == nil {
		rsp.Requirements = &fnv1.Requirements{}
	}
	if rsp.GetRequirements().GetResources() == nil {
		rsp.Requirements.Resources = make(map[string]*fnv1.ResourceSelector, 1)
	}
	rsp.Requirements.Resources[environmentConfig] = &fnv1.ResourceSelector{
		ApiVersion: "apiextensions.crossplane.io/v1beta1",
		Kind:       "EnvironmentConfig",
		Match:      &fnv1.ResourceSelector_MatchName{MatchName: string(env)},
	}
}

// readEnvironmentConfig reads the EnvironmentConfig from the request: nil when
// there is none. It says whether Crossplane has looked for it yet. Composing
// before it has would compose with other settings, so a Crossplane that never
// looks is an error.
func readEnvironmentConfig(req *fnv1.RunFunctionRequest, env v1alpha1.Environment) (*settings.Config, bool, error) {
	rs, fetched, err := request.GetRequiredResource(req, environmentConfig)
	if err != nil {
		return nil, false, fmt.Errorf("cannot read EnvironmentConfig %q: %w", env, err)
	}
	if !fetched {
		if !request.HasCapability(req, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES) {
			return nil, false, fmt.Errorf("cannot read EnvironmentConfig %q: this Crossplane does not say that it can fetch resources for a function: upgrade it to v2.2 or newer", env)
		}
		return nil, false, nil
	}
	if len(rs) == 0 {
		return nil, true, nil
	}
	data, ok := rs[0].Resource.Object["data"].(map[string]any)
	if !ok && rs[0].Resource.Object["data"] != nil {
		return nil, true, fmt.Errorf("EnvironmentConfig %q: data: must be an object", env)
	}
	config, err := settings.ParseConfig(string(env), data)
	return config, true, err
}

func (f *Function[T, X]) references(xr X) []Claim {
	if f.kind.References == nil {
		return nil
	}
	return f.kind.References(xr)
}

// namespace of the claim; empty for a composite that has none.
func namespace(req *fnv1.RunFunctionRequest) string {
	return metadata(req)["labels"].GetStructValue().GetFields()[labelClaimNamespace].GetStringValue()
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

// unready keeps Crossplane from calling the composite ready because all that is
// composed so far is: nothing at all while a reference is waited for, or the first
// stages of several.
func unready(composite *fnv1.Resource) { composite.Ready = fnv1.Ready_READY_FALSE }

func (f *Function[T, X]) refuse(rsp *fnv1.RunFunctionResponse, typ, reason string, err error) *fnv1.RunFunctionResponse {
	condition(rsp, Condition{Type: typ, Reason: reason, Message: err.Error()})
	return fatal(rsp, err)
}

func fatal(rsp *fnv1.RunFunctionResponse, err error) *fnv1.RunFunctionResponse {
	response.Fatal(rsp, err)
	return rsp
}

func condition(rsp *fnv1.RunFunctionResponse, c Condition) {
	set := response.ConditionFalse
	if c.True {
		set = response.ConditionTrue
	}
	o := set(rsp, c.Type, c.Reason).TargetCompositeAndClaim()
	if c.Message != "" {
		o.WithMessage(c.Message)
	}
}
