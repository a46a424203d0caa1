package adapter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/request"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/settings"
)

const (
	// environmentConfig is the name of the requirement for the EnvironmentConfig.
	environmentConfig = "environment-config"

	// neighbours is the name of the requirement for the other composites of the kind and namespace.
	neighbours = "neighbours"

	// ownClaim is the name of the requirement for the composite's own claim.
	ownClaim = "own-claim"

	// annotationDeletionAttempt is where Crossplane notes that the deletion of something
	// that is in use was refused, to do it when the last user has gone
	// (crossplane v2.4.0, internal/protection).
	annotationDeletionAttempt = "usage.crossplane.io/deletion-attempt-with-policy"

	reasonDeleting = "Deleting"
)

// errClaimDeleted stops the pipeline of a composite that is deleted with its claim, and that nothing
// protects.
// Crossplane composes it once more when its last user is gone, and deletes it two seconds
// later: a reconcile that is still applying then would create again what was just deleted.
var errClaimDeleted = errors.New("the claim is being deleted: nothing more is made of it, and what it is made of goes when nothing uses it any more")

// errIncomplete is for a call before Crossplane has looked for all that is required: it calls again.
var errIncomplete = errors.New("not all that is required is there yet")

// requirements are what a function reads beside the composite.
type requirements struct {
	environment v1alpha1.Environment
	claims      []Claim

	// neighbours reports whether the other composites of the kind and namespace are required.
	neighbours bool

	// ownClaim reports whether the composite's own claim is required.
	ownClaim bool
}

// found is what Crossplane found of the requirements.
type found struct {
	// complete reports whether Crossplane has looked for all of them.
	complete bool

	// config is nil where there is no EnvironmentConfig. It has the settings that can be read,
	// also beside an error.
	config    *settings.Config
	configErr error

	references map[Claim]map[string]any

	// twins are the names of the composites of a claim that has more than one.
	twins map[Claim][]string

	// neighbours are all composites of the kind and namespace, the composite itself among them.
	neighbours []map[string]any

	claimIsDeleted bool
}

// require asks Crossplane for what the composite needs.
func (f *Function[T, X]) require(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, xr X, env v1alpha1.Environment) requirements {
	r := requirements{environment: env}
	if f.kind.References != nil {
		r.claims = f.kind.References(xr)
	}
	if rsp.GetRequirements() == nil {
		rsp.Requirements = &fnv1.Requirements{}
	}
	if rsp.GetRequirements().GetResources() == nil {
		rsp.Requirements.Resources = make(map[string]*fnv1.ResourceSelector, 1+len(r.claims))
	}
	required := rsp.GetRequirements().GetResources()
	required[environmentConfig] = &fnv1.ResourceSelector{
		ApiVersion: "apiextensions.crossplane.io/v1beta1",
		Kind:       "EnvironmentConfig",
		Match:      &fnv1.ResourceSelector_MatchName{MatchName: string(env)},
	}
	meta := metadata(req)
	labels := meta["labels"].GetStructValue().GetFields()
	name, namespace := labels[conventions.LabelClaimName].GetStringValue(), labels[conventions.LabelClaimNamespace].GetStringValue()
	for _, c := range r.claims {
		required[c.key()] = c.selector(namespace)
	}
	if namespace != "" && f.kind.Neighbours != nil && f.kind.Neighbours(xr) {
		r.neighbours = true
		required[neighbours] = &fnv1.ResourceSelector{
			ApiVersion: v1alpha1.GroupVersion().String(),
			Kind:       "X" + f.kind.Name,
			Match: &fnv1.ResourceSelector_MatchLabels{MatchLabels: &fnv1.MatchLabels{
				Labels: map[string]string{conventions.LabelClaimNamespace: namespace},
			}},
		}
	}
	attempt := meta["annotations"].GetStructValue().GetFields()[annotationDeletionAttempt].GetStringValue()
	if attempt != "" && name != "" && namespace != "" {
		r.ownClaim = true
		required[ownClaim] = &fnv1.ResourceSelector{
			ApiVersion: v1alpha1.GroupVersion().String(),
			Kind:       f.kind.Name,
			Namespace:  &namespace,
			Match:      &fnv1.ResourceSelector_MatchName{MatchName: name},
		}
	}
	return r
}

// key of the requirement for the claim's composite.
func (c Claim) key() string { return strings.ToLower(c.Kind) + "/" + c.Name }

// selector of the claim's composite. The namespace is empty for a composite that has
// no claim of its own.
func (c Claim) selector(namespace string) *fnv1.ResourceSelector {
	labels := map[string]string{conventions.LabelClaimName: c.Name}
	if namespace != "" {
		labels[conventions.LabelClaimNamespace] = namespace
	}
	return &fnv1.ResourceSelector{
		ApiVersion: v1alpha1.GroupVersion().String(),
		Kind:       "X" + c.Kind,
		Match:      &fnv1.ResourceSelector_MatchLabels{MatchLabels: &fnv1.MatchLabels{Labels: labels}},
	}
}

// read what Crossplane found.
func (r requirements) read(req *fnv1.RunFunctionRequest) (found, error) {
	out := found{references: make(map[Claim]map[string]any, len(r.claims)), twins: map[Claim][]string{}}
	out.config, out.complete, out.configErr = readEnvironmentConfig(req, r.environment)
	for _, c := range r.claims {
		rs, fetched, err := request.GetRequiredResource(req, c.key())
		if err != nil {
			return out, fmt.Errorf("cannot read %s: %w", c, err)
		}
		out.complete = out.complete && fetched
		if len(rs) > 0 {
			out.references[c] = rs[0].Resource.Object
		}
		if len(rs) > 1 {
			for _, twin := range rs {
				out.twins[c] = append(out.twins[c], twin.Resource.GetName())
			}
			slices.Sort(out.twins[c])
		}
	}
	if err := r.readNeighbours(req, &out); err != nil {
		return out, err
	}
	if !r.ownClaim {
		return out, nil
	}
	rs, fetched, err := request.GetRequiredResource(req, ownClaim)
	if err != nil {
		return out, fmt.Errorf("cannot read the composite's claim: %w", err)
	}
	out.complete = out.complete && fetched
	out.claimIsDeleted = fetched && (len(rs) == 0 || rs[0].Resource.GetDeletionTimestamp() != nil)
	return out, nil
}

func (r requirements) readNeighbours(req *fnv1.RunFunctionRequest, out *found) error {
	if !r.neighbours {
		return nil
	}
	rs, fetched, err := request.GetRequiredResource(req, neighbours)
	if err != nil {
		return fmt.Errorf("cannot read the other claims of the namespace: %w", err)
	}
	out.complete = out.complete && fetched
	for _, n := range rs {
		out.neighbours = append(out.neighbours, n.Resource.Object)
	}
	return nil
}

// readEnvironmentConfig reads the EnvironmentConfig from the request: nil when
// there is none. It reports whether Crossplane has looked for it yet. Composing
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

func metadata(req *fnv1.RunFunctionRequest) map[string]*structpb.Value {
	return req.GetObserved().GetComposite().GetResource().GetFields()["metadata"].GetStructValue().GetFields()
}
