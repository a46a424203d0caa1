package functiontest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root of the repository, from the folder of a kind, where its tests run.
var root = filepath.Join("..", "..") //nolint:gochecknoglobals // A constant.

// A claimFile in examples/.
type claimFile struct {
	Metadata struct{ Name, Namespace string }
	Spec     map[string]any
}

// An example is a claim in examples/: an environment such as au-dev, where a kind has
// one claim in each, or else an environment and a name such as au-prod/orders.
type example string

func (e example) environment() string {
	env, _, _ := strings.Cut(string(e), "/")
	return env
}

// claim's name.
func (e example) claim() string {
	env, name, ok := strings.Cut(string(e), "/")
	if !ok {
		return env
	}
	return name
}

// folder of the example's goldens.
func (e example) folder() string { return strings.ReplaceAll(string(e), "/", "-") }

// file of a kind, from the root of the repository.
func (e example) file(kind string) string {
	kind = strings.ToLower(kind)
	if env, name, ok := strings.Cut(string(e), "/"); ok {
		return filepath.Join("examples", env, kind+"s", name+".yaml")
	}
	return filepath.Join("examples", string(e), kind+".yaml")
}

// Examples of a kind, all that are there.
func examples(t testing.TB, kind string) []example {
	t.Helper()
	var out []example
	kind = strings.ToLower(kind)
	for _, pattern := range []string{kind + ".yaml", filepath.Join(kind+"s", "*.yaml")} {
		found, err := filepath.Glob(filepath.Join(root, "examples", "*", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			dir, name := filepath.Split(file)
			if name == kind+".yaml" {
				out = append(out, example(filepath.Base(dir)))
				continue
			}
			out = append(out, example(filepath.Base(filepath.Dir(filepath.Clean(dir)))+"/"+strings.TrimSuffix(name, ".yaml")))
		}
	}
	return out
}

// composites that were read, by kind and example: to parse one takes longer than to
// compose from it. No one may change them; a control plane copies what a test asks for.
var composites sync.Map //nolint:gochecknoglobals // A cache of files.

// composite of another claim as Crossplane finds it once it is ready: the one that the
// last golden response of its function describes, with the spec of its example.
func composite(t testing.TB, kind string, e example) *object {
	t.Helper()
	key := kind + "/" + string(e)
	if o, ok := composites.Load(key); ok {
		return o.(*object)
	}
	golden := filepath.Join(root, "functions", strings.ToLower(kind), "testdata", e.folder())
	folders, err := os.ReadDir(golden)
	if err != nil {
		t.Fatalf("cannot read goldens: %v", err)
	}
	var rsp, xr map[string]any
	read(t, filepath.Join(golden, folders[len(folders)-1].Name(), "response.yaml"), &rsp)
	xr = child(child(child(rsp, "desired"), "composite"), "resource")
	xr["metadata"] = map[string]any{
		"name":   e.claim() + "-x7k2p",
		"labels": map[string]any{"crossplane.io/claim-name": e.claim(), "crossplane.io/claim-namespace": "default"},
	}
	child(xr, "status")["conditions"] = []any{map[string]any{
		"type": "Ready", "status": "True", "reason": "Available", "lastTransitionTime": "2026-11-01T00:00:00Z",
	}}
	var claim claimFile
	read(t, filepath.Join(root, e.file(kind)), &claim)
	xr["spec"] = claim.Spec
	o := &object{fields: xr}
	if _, err := o.onWire(); err != nil {
		t.Fatalf("cannot convert %s: %v", key, err)
	}
	composites.Store(key, o)
	return o
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
