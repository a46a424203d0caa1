package account

import (
	"errors"
	"fmt"
	"time"

	"github.com/ausmart/platform/test/cloud/catalog"
)

// A Target selects the resources of a fault or a delay. An empty field means any.
type Target struct {
	// Kind is service/Kind, such as ec2/VPC.
	Kind string `json:"kind,omitempty"`

	// Name is the name of the Kubernetes object, or the identifier in the account.
	Name string `json:"name,omitempty"`

	Operation Operation `json:"operation,omitempty"`
}

func (t Target) matches(r *Resource, op Operation) bool {
	return (t.Kind == "" || t.Kind == r.Kind.String()) &&
		(t.Name == "" || t.Name == r.Name || t.Name == r.ID) &&
		(t.Operation == "" || t.Operation == op)
}

func (t Target) validate() error {
	if t.Kind != "" {
		if _, err := catalog.Parse(t.Kind); err != nil {
			return err
		}
	}
	switch t.Operation {
	case "", Create, Describe, Update, Delete:
		return nil
	}
	return fmt.Errorf("unknown operation %q: use create, describe, update or delete", t.Operation)
}

// A Fault makes calls fail with an error code of AWS.
type Fault struct {
	Target

	// Code is such as VpcLimitExceeded; Message defaults to AWS's own text for it.
	Code    string `json:"code"`
	Message string `json:"message,omitempty"`

	// Times is how many calls fail; zero means until the faults are cleared.
	Times int `json:"times,omitempty"`

	// Hits counts the calls that failed.
	Hits int `json:"hits"`
}

// A Delay postpones the effect of an accepted call: until then a created resource is not ready, and
// a deleted one still exists.
type Delay struct {
	Target

	Duration Duration `json:"duration"`
}

// A Duration is written as in Go, such as 5s.
type Duration time.Duration

// MarshalText writes it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// Fail adds a fault.
func (a *Account) Fail(f Fault) error {
	if f.Code == "" {
		return errors.New("cannot add a fault without a code: use one of AWS's, such as ThrottlingException")
	}
	if err := f.validate(); err != nil {
		return fmt.Errorf("cannot add a fault: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, &f)
	return nil
}

// Delay adds a delay. If several match, the first one applies.
func (a *Account) Delay(d Delay) error {
	if err := d.validate(); err != nil {
		return fmt.Errorf("cannot add a delay: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.delays = append(a.delays, d)
	return nil
}

// Faults lists the faults and how often each one was used.
func (a *Account) Faults() []Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]Fault, 0, len(a.faults))
	for _, f := range a.faults {
		out = append(out, *f)
	}
	return out
}

// Clear removes every fault and delay.
func (a *Account) Clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults, a.delays = nil, nil
}

func (a *Account) fault(m model, r *Resource, op Operation) error {
	for _, f := range a.faults {
		if !f.matches(r, op) || (f.Times > 0 && f.Hits >= f.Times) {
			continue
		}
		f.Hits++
		message := f.Message
		if message == "" {
			message = messageOf(f.Code, r.Kind.Service+":"+m.operation(op))
		}
		return a.refused(m, r, op, &refusal{f.Code, message})
	}
	return nil
}

func (a *Account) delay(r *Resource, op Operation) time.Duration {
	for _, d := range a.delays {
		if d.matches(r, op) {
			return time.Duration(d.Duration)
		}
	}
	return 0
}
