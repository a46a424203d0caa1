// Package progress sums up which of a set of resources are ready, and what is wrong with the
// others, for the person who wrote the claim. It reads the conditions of the observed
// resources and writes nothing.
package progress

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ausmart/platform/functions/internal/observed"
)

// mentioned is how many resources a message names before it says how many more
// there are: enough to act on, few enough to read in a terminal.
const mentioned = 3

// A Condition of a composite and its claim.
type Condition struct {
	// Type of the condition, such as NetworkReady.
	Type string

	// True or false.
	True bool

	// Reason in one word.
	Reason string

	// Message for people: what is pending or wrong, and what to do.
	Message string
}

// A Problem is why one resource does not become ready, or does not change.
type Problem struct {
	// Resource by its name in the composition.
	Resource string

	// Reason in one word, for a condition.
	Reason string

	// Message says what is wrong and what to do.
	Message string
}

// A Summary of a set of resources.
type Summary struct {
	// Total number of resources.
	Total int

	// Waiting are the names of those that are not ready, or not what is asked for, sorted.
	Waiting []string

	// Problems of those that the provider cannot sync, sorted by resource.
	Problems []Problem
}

// Of sums up the named resources.
func Of(obs observed.Resources, names []string) Summary {
	s := Summary{Total: len(names)}
	for _, name := range slices.Sorted(slices.Values(names)) {
		p, troubled := problem(obs, name)
		if troubled {
			s.Problems = append(s.Problems, p)
		}
		// What exists can be ready, and not be what is asked for: AWS refuses the change.
		if !obs.Ready(name) || troubled && !p.passes() {
			s.Waiting = append(s.Waiting, name)
		}
	}
	return s
}

// passes reports whether a problem ends by itself. A resource that is ready stays so meanwhile:
// otherwise a claim would not be ready at every change that AWS takes some time for.
func (p Problem) passes() bool {
	return slices.Contains([]string{ReasonThrottled, ReasonBusy, ReasonCreating}, p.Reason)
}

// Ready reports whether every resource is ready, and as it is asked for.
func (s Summary) Ready() bool { return len(s.Waiting) == 0 }

// Trouble is the worst problem, and how many more there are; empty without problems.
func (s Summary) Trouble() string {
	if len(s.Problems) == 0 {
		return ""
	}
	p := s.worst()
	text := fmt.Sprintf("%s: %s", p.Resource, p.Message)
	if more := len(s.Problems) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Pending is the trouble, or else the resources that are not ready; empty when there is
// neither.
func (s Summary) Pending() string {
	if t := s.Trouble(); t != "" {
		return t
	}
	return s.notReady()
}

// notReady names the resources that are not ready; it is empty when all are.
func (s Summary) notReady() string {
	if s.Ready() {
		return ""
	}
	return fmt.Sprintf("%d of %d resources ready; waiting for %s", s.Total-len(s.Waiting), s.Total, list(s.Waiting))
}

// Reason of the worst problem of what is not ready, and Creating when there is none.
func (s Summary) Reason() string {
	switch {
	case s.Ready():
		return ReasonAvailable
	case len(s.Problems) == 0:
		return ReasonCreating
	default:
		return s.worst().Reason
	}
}

// worst is a problem that a person can solve, where there is one.
func (s Summary) worst() Problem {
	for _, p := range s.Problems {
		if !p.passes() && p.Reason != ReasonProviderError {
			return p
		}
	}
	return s.Problems[0]
}

func list(names []string) string {
	if len(names) <= mentioned+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mentioned], ", "), len(names)-mentioned)
}

// Condition of a type that shows the summary.
func (s Summary) Condition(typ string) Condition {
	return Condition{Type: typ, True: s.Ready(), Reason: s.Reason(), Message: s.Pending()}
}
