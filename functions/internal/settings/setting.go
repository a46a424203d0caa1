package settings

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A Name of a setting.
type Name string

// A setting is a row of the table.
type setting[T any] struct {
	name Name

	// values that it can have.
	values values[T]

	// value of it in the Settings.
	value func(*Settings) *Value[T]

	// The built-in value for each environment.
	dev, staging, prod T

	// meaning of the setting, a sentence.
	meaning string

	// fields of the kinds of claim that act on it. Their status shows it.
	fields fields

	// keeps returns the value that an earlier status shows, where that protects data more than
	// the value in effect; nil for a setting that protects none.
	keeps func(earlier string, is T) (T, bool)
}

// fields of a setting by the kind of claim: paths below spec.
type fields map[string]string

// noField is for a kind that acts on a setting that its claim cannot change.
const noField = ""

// A row is a setting of any type.
type row interface {
	Name() Name

	// description for the documentation: what the setting means, and the values that it takes.
	description() (meaning, values string)

	// field of a kind of claim, and whether the kind acts on the setting.
	field(kind string) (path string, acts bool)

	// read a value from an EnvironmentConfig, with its type and bounds.
	read(v any) (any, error)

	// resolve the value in effect.
	resolve(s *Settings, config *Config, spec map[string]any) error

	// keep the value of an earlier status where that protects data more.
	keep(s *Settings, earlier v1alpha1.EffectiveSetting)

	// effective value, for a claim's status.
	effective(s *Settings) v1alpha1.EffectiveSetting
}

func (r *setting[T]) Name() Name { return r.name }

func (r *setting[T]) description() (meaning, values string) { return r.meaning, r.values.words }

func (r *setting[T]) field(kind string) (path string, acts bool) {
	path, acts = r.fields[kind]
	return path, acts
}

func (r *setting[T]) read(v any) (any, error) { return r.values.read(v) }

func (r *setting[T]) resolve(s *Settings, config *Config, spec map[string]any) error {
	value := r.value(s)
	*value = Value[T]{V: r.builtIn(s.claim.environment), Origin: OriginBuiltIn}
	if v, ok := config.value(r.name).(T); ok {
		*value = Value[T]{V: v, Origin: config.origin}
	}
	path := r.fields[s.claim.kind]
	if path == noField {
		return nil
	}
	given, err := fieldAt(spec, path)
	if err != nil || given == nil {
		return err
	}
	v, err := r.values.read(given)
	if err != nil {
		return fmt.Errorf("spec.%s: %w", path, err)
	}
	*value = Value[T]{V: v, Origin: OriginClaim}
	return nil
}

func (r *setting[T]) keep(s *Settings, earlier v1alpha1.EffectiveSetting) {
	value := r.value(s)
	if r.keeps == nil || value.Origin == OriginClaim {
		return
	}
	if v, more := r.keeps(earlier.Value, value.V); more {
		*value = Value[T]{V: v, Origin: OriginKept}
	}
}

// on is kept over off.
func on(earlier string, is bool) (bool, bool) { return true, earlier == onOff().show(true) && !is }

// more is kept over less.
func more(earlier string, is int32) (int32, bool) {
	was, err := strconv.ParseInt(earlier, 10, 32)
	return int32(was), err == nil && int32(was) > is
}

func (r *setting[T]) builtIn(env v1alpha1.Environment) T {
	switch env {
	case v1alpha1.EnvironmentProd:
		return r.prod
	case v1alpha1.EnvironmentStaging:
		return r.staging
	default:
		return r.dev
	}
}

func (r *setting[T]) effective(s *Settings) v1alpha1.EffectiveSetting {
	v := r.value(s)
	return v1alpha1.EffectiveSetting{Value: r.values.show(v.V), Origin: string(v.Origin)}
}

// fieldAt a path below the spec; nil where it is not set.
func fieldAt(spec map[string]any, path string) (any, error) {
	in := spec
	for at := 0; ; {
		key, _, more := strings.Cut(path[at:], ".")
		v := in[key]
		if !more || v == nil {
			return v, nil
		}
		at += len(key)
		object, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("spec.%s: must be an object, not %s", path[:at], typeName(v))
		}
		in, at = object, at+1
	}
}
