package adapter

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/ausmart/platform/apis/v1alpha1"
)

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

// A PendingError is what a Compose returns while something is missing that it cannot
// compose without. It is no failure: the composite shows what is pending, and what
// exists stays as it is.
type PendingError struct{ message string }

func (p *PendingError) Error() string { return p.message }

// Pending returns a PendingError with a message for people.
func Pending(format string, args ...any) error {
	return &PendingError{message: fmt.Sprintf(format, args...)}
}

// missing is pending for a claim that does not exist.
func missing(c Claim) error {
	return Pending("waiting for %s: there is none in this namespace; apply it, or correct the name", c)
}

// ambiguous is pending for a claim with more than one composite: the finalizer of the first claim
// was removed by hand, and the claim made again. Only one of them has what others use.
func ambiguous(c Claim, composites []string) error {
	return Pending("waiting for %s: the composites %s are both of this claim, and nothing moves from one to the other: "+
		"\"A claim has two composites\" in docs/troubleshooting.md says how to keep the one that is in use", c, strings.Join(composites, " and "))
}

// Referenced decodes the composite of a claim that Kind.References listed. One that
// does not exist is pending. So is one that is not ready, but only until a resource exists:
// after that a network that gets another zone must not stop its users.
func Referenced[T any, R Composite[T], X any](in Input[X], c Claim) (R, error) {
	found, ok := in.references[c]
	if !ok {
		return nil, missing(c)
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
		return nil, Pending("waiting for %s: it is being deleted; name another one", c)
	case ready(state.Status):
		return xr, nil
	default:
		// Its own condition shows what is pending there. To repeat that here would write
		// this composite and its claim with every resource that becomes ready there.
		return nil, Pending("waiting for %s: it is not ready yet", c)
	}
}

// Neighbours decodes the other composites of the kind and namespace, where Kind.Neighbours asked
// for them.
func Neighbours[T any, X interface {
	Composite[T]
	metav1.Object
}](in Input[X]) ([]X, error) {
	out := make([]X, 0, len(in.neighbours))
	for _, object := range in.neighbours {
		xr := X(new(T))
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, xr); err != nil {
			return nil, fmt.Errorf("cannot decode another claim of the namespace: %w", err)
		}
		if xr.GetName() != in.XR.GetName() {
			out = append(out, xr)
		}
	}
	return out, nil
}

func ready(s v1alpha1.CommonStatus) bool {
	for _, c := range s.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True"
		}
	}
	return false
}
