// Package settings decides what an environment means: KMS on or off, one NAT gateway or one
// for each zone, how long logs are kept.
//
// It reads three layers and takes the first that has a value: the claim's own
// field, the EnvironmentConfig that carries the environment's name, and the
// built-in values in table.go. For each setting it remembers the layer, so that a
// claim's status shows where its values come from. It writes nothing.
//
// A new setting is a constant, a field of Settings and a row of the table, all of
// them in table.go.
package settings

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// An Origin is the layer that a value comes from.
type Origin string

// The origins other than an EnvironmentConfig, which is named "EnvironmentConfig/<name>".
const (
	OriginClaim   Origin = "claim"
	OriginBuiltIn Origin = "built-in"
	OriginKept    Origin = "earlier environment"

	// OriginExists is for the value of what exists, where another one is refused.
	OriginExists Origin = "kept"
)

// Who set the value, as the subject of a sentence.
func (o Origin) Who() string {
	switch o {
	case OriginBuiltIn:
		return "the platform"
	case OriginClaim:
		return "the claim"
	case OriginKept:
		return "the claim's earlier environment"
	case OriginExists:
		return "what exists"
	default:
		return string(o)
	}
}

// A Value of a setting, and where it comes from.
type Value[T any] struct {
	V      T
	Origin Origin
}

// Kept is the value of what exists, where another one is refused.
func Kept[T any](v T) Value[T] { return Value[T]{V: v, Origin: OriginExists} }

// A claim that settings are for.
type claim struct {
	kind        string
	environment v1alpha1.Environment
}

// Check that there is such an environment.
func Check(env v1alpha1.Environment) error {
	switch env {
	case v1alpha1.EnvironmentDev, v1alpha1.EnvironmentStaging, v1alpha1.EnvironmentProd:
		return nil
	default:
		return fmt.Errorf("spec.environment: unknown environment %q: use dev, staging or prod", env)
	}
}

// Resolve takes each setting from the spec of a claim of the kind, else from the
// environment's config (nil where the platform team wrote none), else from the
// built-in values. It fails when the environment is unknown, and when fields of
// the claim are out of a setting's bounds. The other settings are resolved all the same.
func Resolve(kind string, env v1alpha1.Environment, config *Config, spec map[string]any) (Settings, error) {
	if err := Check(env); err != nil {
		return Settings{}, err
	}
	s := Settings{claim: claim{kind: kind, environment: env}}
	var errs []error
	for _, r := range table {
		// Two settings below a field that is no object meet the same error.
		if err := r.resolve(&s, config, spec); err != nil && !slices.ContainsFunc(errs, func(e error) bool { return e.Error() == err.Error() }) {
			errs = append(errs, err)
		}
	}
	return s, errors.Join(errs...)
}

// Keep what protects data as it was, where the claim has changed its environment: deletion
// protection, and while that is on, final snapshots and backups. One change would otherwise take
// all of them away, where the deletion itself takes two. It lasts until the claim sets the
// protection's own field.
func (s Settings) Keep(last v1alpha1.CommonStatus) Settings {
	moved := last.Environment != "" && last.Environment != s.claim.environment
	for _, r := range table {
		earlier := last.Settings[string(r.Name())]
		if _, acts := r.field(s.claim.kind); acts && (moved || earlier.Origin == string(OriginKept)) && (r.Name() == DeletionProtection || s.DeletionProtection.V) {
			r.keep(&s, earlier)
		}
	}
	return s
}

// Kept are the settings that stay as they were in the claim's earlier environment, with their
// values.
func (s Settings) Kept() []string {
	var out []string
	for _, r := range table {
		if e := r.effective(&s); e.Origin == string(OriginKept) {
			out = append(out, fmt.Sprintf("%s: %s", r.Name(), e.Value))
		}
	}
	return out
}

// Effective settings for the claim's status: those that its kind acts on, without
// the ones that this claim does not.
func (s Settings) Effective(without ...Name) map[string]v1alpha1.EffectiveSetting {
	out := make(map[string]v1alpha1.EffectiveSetting, len(table))
	for _, r := range table {
		if _, acts := r.field(s.claim.kind); acts && !slices.Contains(without, r.Name()) {
			out[string(r.Name())] = r.effective(&s)
		}
	}
	return out
}

// ChangedByClaim reports whether the claim itself asks for the value of a setting:
// by its own field, now or when its last status was written, or by its change to
// another environment. What the platform team changes for everyone is no such change.
func (s Settings) ChangedByClaim(name Name, last v1alpha1.CommonStatus) bool {
	if last.Environment != "" && last.Environment != s.claim.environment {
		return true
	}
	return s.origin(name) == OriginClaim || last.Settings[string(name)].Origin == string(OriginClaim)
}

// RemovalReason is why a resource would be deleted that a setting has switched off
// without the claim's asking for it, and what agrees to that.
func (s Settings) RemovalReason(name Name) string {
	reason := fmt.Sprintf("%s is now as %s has it, and the claim did not ask for that", name, s.origin(name).Who())
	if path, _ := rowOf(name).field(s.claim.kind); path != noField {
		reason += fmt.Sprintf(": to agree, set spec.%s in the claim", path)
	}
	return reason
}

func (s Settings) origin(name Name) Origin {
	return Origin(rowOf(name).effective(&s).Origin)
}
