// Package functiontest is the test kit of the composition functions: a control plane
// in memory, and the tests that every function must pass. A function's own tests say
// what is special to its kind.
//
// It reads examples/, the XRDs in apis/ and the goldens of the kinds, and runs in the
// folder of a kind's tests. It opens no connection.
package functiontest

import (
	"flag"
	"iter"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// A Kind of claim, and what its tests must be told.
type Kind struct {
	// Name of the claim's kind, such as Network.
	Name string

	// Function that composes it.
	Function fnv1.FunctionRunnerServiceServer

	// Metadata of the composite of a claim. The namespace is empty where there is no
	// claim, only a composite.
	Metadata func(name, namespace string) map[string]any

	// Complete the spec of a claim with what it must say and the schema has no default
	// for.
	Complete func(name string, spec map[string]any)

	// AWS answers what the model of AWS cannot know; nil for nothing.
	AWS AWS

	// References are the kinds whose composites the function asks for.
	References []string

	// Typical examples are measured, and held to the functions specification.
	Typical []string

	// Placed examples are put into every place, and so are the claims that they name.
	Placed []string

	// Protected examples are in production and hold state.
	Protected []string

	// Sensitive are specs of claims that leave every setting to their environment: each setting
	// changes something of one of them.
	Sensitive []map[string]any

	// Small are specs of claims that compose little, for tests that break each of its
	// resources in turn.
	Small []map[string]any

	// Seeds are the examples that fuzzing starts with.
	Seeds []string

	// Corpora are the fuzz targets that have a corpus in testdata/fuzz.
	Corpora []string

	// Goldens are the steps of each example from nothing to ready.
	Goldens []Step

	// Unrecorded examples have no goldens.
	Unrecorded []string

	// Configured is whether goldens in prod have the EnvironmentConfig of the examples.
	Configured bool

	// Variants of a claim that have every field of the schema between them.
	Variants []Variant

	// Inert fields of the schema change no resource; each has the reason.
	Inert map[string]string

	// Lasting fields keep in AWS what a claim that drops them said, without a word; each has
	// the reason.
	Lasting map[string]string

	// Random spec that the schema accepts.
	Random func(r Random) map[string]any

	// Settings of EnvironmentConfigs, and values to try.
	Settings map[string][]any

	// Change a random spec; nil for another random one.
	Change func(r Random, spec map[string]any) map[string]any

	// Stateful and Stateless are the kinds of resources, by whether their loss is a
	// loss of state. A kind in neither fails.
	Stateful, Stateless []string

	// Removes reports whether a change of the claim is why a stateful resource went.
	Removes func(resource string, before, after map[string]any) bool

	// Orders are the rounds in which resources become ready one by one. Each is as many
	// calls of the function as the claim has resources.
	Orders int

	// Rounds of each other property. Every round is a random claim that is followed from
	// nothing to ready, many calls of the function; -short does a tenth, and -rounds a multiple.
	Rounds int
}

// Run all tests that every function must pass.
func Run(t *testing.T, k Kind) {
	t.Helper()
	defer collectLess()()
	for name, test := range map[string]func(*testing.T, Kind){
		"Golden":            testGolden,
		"Specification":     testSpecification,
		"RandomClaims":      testRandomClaims,
		"ReadyInAnyOrder":   testReadyInAnyOrder,
		"Trouble":           testTrouble,
		"EveryFieldMatters": testEveryFieldMatters,
		"FieldsComeAndGo":   testFieldsComeAndGo,
		"Forgotten":         testForgotten,
		"Tags":              testTags,
		"Names":             testNames,
		"Corpus":            testCorpus,
		"Messages":          testMessages,
		"Partitions":        testPartitions,
		"Placement":         testPlacement,
		"References":        testReferences,
		"Protection":        testProtection,
		"SettingsMatter":    testSettingsMatter,
	} {
		t.Run(name, func(t *testing.T) { test(t, k) })
	}
}

var factor = flag.Int("rounds", 1, "how many times as many random claims as each commit tests") //nolint:gochecknoglobals // A flag.

// Randoms are the rounds of a property: random numbers by their seed.
func (k Kind) Randoms(t testing.TB) iter.Seq2[int, Random] {
	t.Helper()
	return randoms(k.Rounds)
}

func randoms(rounds int) iter.Seq2[int, Random] {
	rounds *= *factor
	if testing.Short() {
		rounds = max(rounds/10, 2)
	}
	return func(yield func(int, Random) bool) {
		defer collectLess()()
		for seed := range rounds {
			if !yield(seed, NewRandom(seed)) {
				return
			}
		}
	}
}

// collectLess garbage until the function that it returns is called. Claims by the hundred
// are garbage at once: this saves a quarter of the time, for some tens of megabytes.
func collectLess() func() {
	before := debug.SetGCPercent(400)
	return func() { debug.SetGCPercent(before) }
}

// Composite of a claim with this spec, with the defaults of its schema. It may be of another
// environment than the examples that it names.
func (k Kind) Composite(t testing.TB, name string, spec map[string]any) map[string]any {
	t.Helper()
	if _, ok := specOf(t, k.Name).Properties["allowCrossEnvironment"]; ok && spec["engine"] != "dynamodb" {
		spec = Clone(spec)
		SetDefault(spec, "allowCrossEnvironment", true)
	}
	return k.composite(t, name, spec)
}

func (k Kind) composite(t testing.TB, name string, spec map[string]any) map[string]any {
	t.Helper()
	full := Clone(spec)
	k.Complete(name, full)
	specOf(t, k.Name).setDefaults(full)
	return map[string]any{
		"apiVersion": "platform.ausmart.io/v1alpha1",
		"kind":       "X" + k.Name,
		"metadata":   k.Metadata(name, ""),
		"spec":       full,
	}
}

// Example is the composite of an example: an environment such as au-dev, or an
// environment and a name, such as au-prod/orders.
func (k Kind) Example(t testing.TB, name string) map[string]any {
	t.Helper()
	var claim claimFile
	read(t, filepath.Join(root, example(name).file(k.Name)), &claim)
	xr := k.composite(t, claim.Metadata.Name, claim.Spec)
	xr["metadata"] = k.Metadata(claim.Metadata.Name, claim.Metadata.Namespace)
	return xr
}

// ControlPlane with a composite and the ready composites of the examples: those of
// every environment, and where names repeat those of one: au-dev's.
func (k Kind) ControlPlane(t testing.TB, xr map[string]any) *ControlPlane {
	t.Helper()
	return k.ControlPlaneIn(t, "au-dev", xr)
}

// ControlPlaneIn is a ControlPlane with the composites of another environment.
func (k Kind) ControlPlaneIn(t testing.TB, environment string, xr map[string]any) *ControlPlane {
	t.Helper()
	p := NewControlPlane(k.Function, xr, func(apiVersion, kind, name string, at map[string]any, id func(string) string) {
		answer(apiVersion, kind, at, id)
		if k.AWS != nil {
			k.AWS(apiVersion, kind, name, at, id)
		}
	})
	for _, kind := range k.References {
		for _, e := range examples(t, kind) {
			if strings.Contains(string(e), "/") && e.environment() != environment {
				continue
			}
			p.required["X"+kind+"/"+e.claim()] = composite(t, kind, e)
		}
	}
	return p
}

// Held are the resources that exist and hold state. They are found by the kinds that
// the test names, so that a kind that the function forgets to protect is missed.
func (k Kind) Held(p *ControlPlane) []string {
	return slices.DeleteFunc(p.Names(), func(name string) bool { return !slices.Contains(k.Stateful, p.Kind(name)) })
}

// NewExample is a control plane with an example and what is in its environment.
func (k Kind) NewExample(t testing.TB, name string) *ControlPlane {
	t.Helper()
	return k.ControlPlaneIn(t, example(name).environment(), k.Example(t, name))
}

// New is a control plane with a claim of this spec.
func (k Kind) New(t testing.TB, name string, spec map[string]any) *ControlPlane {
	t.Helper()
	return k.ControlPlane(t, k.Composite(t, name, spec))
}
