package functiontest

import (
	"maps"
	"math/rand/v2"
)

// Random makes claims from a seed, so that a failure can be had again.
type Random struct{ *rand.Rand }

// NewRandom returns the random numbers of a seed.
func NewRandom(seed int) Random {
	return Random{rand.New(rand.NewPCG(uint64(seed), 1))}
}

// One of the options.
func (r Random) One(options ...any) any { return options[r.IntN(len(options))] }

// Sometimes sets a field, in one case of two.
func (r Random) Sometimes(object map[string]any, field string, value any) {
	if r.IntN(2) == 0 {
		object[field] = value
	}
}

// Mix returns a spec with some of its fields as another random spec has them or has
// them not: each field in one case of n.
func (r Random) Mix(spec map[string]any, random func(Random) map[string]any, n int, fields ...string) map[string]any {
	out := maps.Clone(spec)
	for _, field := range fields {
		if r.IntN(n) != 0 {
			continue
		}
		if v, ok := random(r)[field]; ok {
			out[field] = v
		} else {
			delete(out, field)
		}
	}
	return out
}

// config is the data of an EnvironmentConfig, or nil for none: sometimes one of the
// options of each setting.
func (r Random) config(settings map[string][]any) map[string]any {
	if r.IntN(3) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, name := range sortedKeys(settings) {
		r.Sometimes(out, name, r.One(settings[name]...))
	}
	return out
}
