package runner

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/request"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
)

// The labels that Crossplane puts on the composite of a claim.
const (
	labelClaimName      = "crossplane.io/claim-name"
	labelClaimNamespace = "crossplane.io/claim-namespace"
)

const reasonWaiting = "WaitingForReference"

// A Claim that another one names, in its own namespace.
type Claim struct {
	// Kind of the claim, such as Network.
	Kind string

	// Name of the claim.
	Name string

	// Field of the spec that names it, such as spec.networkRef.
	Field string
}

func (c Claim) String() string { return fmt.Sprintf("%s %q (%s)", c.Kind, c.Name, c.Field) }

// key of the requirement for the claim's composite.
func (c Claim) key() string { return strings.ToLower(c.Kind) + "/" + c.Name }

// WaitingError is what a Compose returns, as an error, while something is missing that
// it cannot compose without. It is no failure: the composite says what is
// awaited, and whatever exists stays as it is.
type WaitingError struct{ message string }

func (w *WaitingError) Error() string { return w.message }

// Wait for something that a person can understand from the message.
func Wait(format string, args ...any) error {
	return &WaitingError{message: fmt.Sprintf(format, args...)}
}

// Referenced decodes the composite of a claim that Kind.References listed. It
// waits for one that does not exist. One that is not ready is waited for too, but
// only until something has been composed: after that, a network that grows a
// zone must not hold up what already lives in it.
func Referenced[T any, R Composite[T], X any](in Input[X], c Claim) (R, error) {
	found, ok := in.references[c]
	if !ok {
		return nil, Wait("waiting for %s: there is none in this namespace; apply it, or correct the name", c)
	}
	xr := R(new(T))
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(found, xr); err != nil {
		return nil, fmt.Errorf("cannot decode %s: %w", c, err)
	}
	if len(in.Observed.Names()) > 0 {
		return xr, nil
	}
	state := struct {
		Metadata struct {
			DeletionTimestamp string `json:"deletionTimestamp"`
		} `json:"metadata"`
		Status v1alpha1.CommonStatus `json:"status"`
	}{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(found, &state); err != nil {
		return nil, fmt.Errorf("cannot decode %s: %w", c, err)
	}
	switch {
	case state.Metadata.DeletionTimestamp != "":
		return nil, Wait("waiting for %s: it is being deleted; name another one", c)
	case ready(state.Status):
		return xr, nil
	default:
		// What it waits for in turn, it says itself. To repeat that here would write this
		// composite and its claim anew with every resource that becomes ready there.
		return nil, Wait("waiting for %s: it is not ready yet", c)
	}
}

func ready(s v1alpha1.CommonStatus) bool {
	for _, c := range s.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True"
		}
	}
	return false
}

// requireReferences asks Crossplane for the composites of the claims.
func requireReferences(rsp *fnv1.RunFunctionResponse, claims []Claim, namespace string) {
	for _, c := range claims {
		labels := map[string]string{labelClaimName: c.Name}
		if namespace != "" {
			labels[labelClaimNamespace] = namespace
		}
		rsp.GetRequirements().Resources[c.key()] = &fnv1.ResourceSelector{
			ApiVersion: v1alpha1.GroupVersion().String(),
			Kind:       "X" + c.Kind,
			Match:      &fnv1.ResourceSelector_MatchLabels{MatchLabels: &fnv1.MatchLabels{Labels: labels}},
		}
	}
}

// readReferences returns the composites that Crossplane found, and says whether
// it has looked for all of them.
func readReferences(req *fnv1.RunFunctionRequest, claims []Claim) (map[Claim]map[string]any, bool, error) {
	out := make(map[Claim]map[string]any, len(claims))
	for _, c := range claims {
		rs, fetched, err := request.GetRequiredResource(req, c.key())
		if err != nil {
			return nil, false, fmt.Errorf("cannot read %s: %w", c, err)
		}
		if !fetched {
			return nil, false, nil
		}
		if len(rs) > 0 {
			out[c] = rs[0].Resource.Object
		}
	}
	return out, true, nil
}

// wait answers with what exists as it is, and says what is awaited.
func (f *Function[T, X]) wait(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, in Input[X], w *WaitingError) *fnv1.RunFunctionResponse {
	status, err := lastStatus(in.XR)
	if err != nil {
		return fatal(rsp, err)
	}
	status["waitingFor"] = w.message
	composite, err := withStatus(req, status)
	if err != nil {
		return fatal(rsp, err)
	}
	if err := desired.Keep(in.Observed, rsp); err != nil {
		return fatal(rsp, err)
	}
	unready(composite)
	rsp.Desired.Composite = composite
	condition(rsp, Condition{Type: f.kind.Name + "Ready", Reason: reasonWaiting, Message: w.message})
	return rsp
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
