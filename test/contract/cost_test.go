package contract_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ausmart/platform/functions/cost/estimate"
)

// TestEveryKindHasACost fails on a composed kind that is neither priced nor free: a resource that no
// one has asked the price of. It also fails on what is said about a kind that nothing composes.
func TestEveryKindHasACost(t *testing.T) {
	t.Parallel()
	responses, err := goldens()
	if err != nil {
		t.Fatal(err)
	}
	composed := map[string]string{}
	for path, r := range responses {
		for _, resource := range r.Desired.Resources {
			composed[estimate.Kind(resource.Resource)] = path
		}
	}
	priced, free := estimate.Priced(), estimate.Free()
	for _, kind := range slices.Sorted(maps.Keys(composed)) {
		if _, isFree := free[kind]; !isFree && !slices.Contains(priced, kind) {
			t.Errorf("%s: %s has no rule in functions/cost/estimate and is not among the kinds that are free", composed[kind], kind)
		}
	}
	for _, kind := range slices.Concat(priced, slices.Sorted(maps.Keys(free))) {
		if _, is := composed[kind]; !is {
			t.Errorf("no golden response has a %s, which functions/cost/estimate knows", kind)
		}
	}
}

// TestReasonsOfFree fails on a kind that is free without a reason.
func TestReasonsOfFree(t *testing.T) {
	t.Parallel()
	for kind, reason := range estimate.Free() {
		if len(strings.Fields(reason)) < 3 {
			t.Errorf("%s is free: %q is no reason", kind, reason)
		}
	}
}
