package network

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestZonesAreIndependent adds, removes and moves zones: no resource of another zone
// changes. Run it with -v to read what each change touches.
func TestZonesAreIndependent(t *testing.T) {
	cases := map[string]struct {
		reason string
		from   []any
		to     []any
		may    func(name string) bool
	}{
		"AddD": {
			reason: "A new zone brings resources of its own and changes no other.",
			from:   []any{"a", "b", "c"}, to: []any{"a", "b", "c", "d"},
			may: of("d"),
		},
		"RemoveB": {
			reason: "A zone that is removed removes its own resources only.",
			from:   []any{"a", "b", "c"}, to: []any{"a", "c"},
			may: of("b"),
		},
		"Reorder": {
			reason: "The order of zones means nothing.",
			from:   []any{"a", "b", "c"}, to: []any{"c", "a", "b"},
			may: func(string) bool { return false },
		},
		"AddBefore": {
			reason: "The only NAT gateway stays in its zone when a zone of an earlier letter is added.",
			from:   []any{"b", "c"}, to: []any{"a", "b", "c"},
			may: of("a"),
		},
	}
	for _, env := range []string{"dev", "prod"} {
		for name, tc := range cases {
			t.Run(env+name, func(t *testing.T) {
				p := kit().New(t, "zones", map[string]any{"environment": env, "region": "us-west-2", "availabilityZones": tc.from})
				before := p.Settle(t)
				p.Spec()["availabilityZones"] = tc.to
				after := p.Settle(t)

				for _, c := range functiontest.Changes(before, after) {
					t.Log(c)
					if _, resource, _ := strings.Cut(c, " "); !tc.may(resource) {
						t.Errorf("%s -> %s: %s: %s", tc.from, tc.to, tc.reason, c)
					}
				}
			})
		}
	}
}

// of reports whether a resource belongs to a zone.
func of(zone string) func(string) bool {
	return func(name string) bool {
		return strings.HasSuffix(name, "-"+zone) || strings.HasSuffix(name, "-"+zone+"-nat")
	}
}

// TestZonesAreIndependentOfEachOther is the property behind the cases above, for
// random claims and random changes of their zones.
func TestZonesAreIndependentOfEachOther(t *testing.T) {
	for seed, r := range kit().Randoms(t) {
		p := kit().New(t, "zones", randomSpec(r))
		before := p.Settle(t)
		from := p.Spec()["availabilityZones"].([]any)
		to := randomZones(r)
		p.Spec()["availabilityZones"] = to
		after := p.Settle(t)

		stay := func(name string) bool {
			return slices.ContainsFunc(from, func(z any) bool { return slices.Contains(to, z) && of(z.(string))(name) })
		}
		homeGone := len(withPrefix(before, "nat-")) == 1 && !maps.Equal(withPrefix(before, "nat-"), withPrefix(after, "nat-"))
		for _, c := range functiontest.Changes(before, after) {
			verb, name, _ := strings.Cut(c, " ")
			held := strings.TrimPrefix(name, "hold-of-") // What protects a resource goes where that goes.
			moved := homeGone && (strings.HasPrefix(held, "nat-") || strings.HasPrefix(held, "eip-") || strings.HasPrefix(held, "route-app-"))
			if stay(name) && !moved {
				t.Fatalf("seed %d: %v -> %v: %s, which is in a zone that stays", seed, from, to, c)
			}
			if verb == "update" && !stay(name) {
				t.Fatalf("seed %d: %v -> %v: %s, which belongs to no zone", seed, from, to, c)
			}
		}
	}
}

func withPrefix(rsp *fnv1.RunFunctionResponse, prefix string) map[string]bool {
	out := map[string]bool{}
	for name := range rsp.GetDesired().GetResources() {
		if strings.HasPrefix(name, prefix) {
			out[name] = true
		}
	}
	return out
}

// TestDevToProdAndBack changes the environment twice: the first NAT gateway and its address
// stay, nothing is replaced, and the other gateways drain before they are deleted.
func TestDevToProdAndBack(t *testing.T) {
	p := kit().NewExample(t, "au-dev")
	spec := p.Spec()
	dev := p.Settle(t)
	nat, eip := p.Get("nat-a")["metadata"], p.Get("eip-a")["metadata"]

	spec["environment"] = "prod"
	p.Reconcile(t)
	prod := p.Settle(t)
	if diff := cmp.Diff([]string{"nat-a", "nat-b", "nat-c"}, slices.Sorted(maps.Keys(withPrefix(prod, "nat-")))); diff != "" {
		t.Errorf("dev to prod: one NAT gateway for each zone: -want, +got:\n%s", diff)
	}
	for _, c := range functiontest.Changes(dev, prod) {
		t.Log("dev -> prod: " + c)
		if strings.HasPrefix(c, "delete ") {
			t.Errorf("dev to prod must delete nothing: %s", c)
		}
	}

	spec["environment"], spec["deletionProtection"] = "dev", false // What protects it stays otherwise.
	first := p.Reconcile(t)
	for _, name := range []string{"nat-b", "nat-c", "eip-b", "eip-c"} {
		if _, ok := first.GetDesired().GetResources()[name]; !ok {
			t.Errorf("prod to dev: %s is deleted while a route still leads to it", name)
		}
	}
	p.MarkReady()
	back := p.Settle(t)
	left := slices.DeleteFunc(functiontest.Changes(dev, back), func(c string) bool {
		return strings.HasPrefix(c, "create log-bucket") || strings.HasPrefix(c, "create access-log-bucket")
	})
	if len(left) > 0 {
		t.Errorf("dev to prod and back must end where it started, but for the buckets of prod's logs: %v", left)
	}
	if diff := cmp.Diff([]any{nat, eip}, []any{p.Get("nat-a")["metadata"], p.Get("eip-a")["metadata"]}); diff != "" {
		t.Errorf("the first NAT gateway and its address must stay the same objects: -want, +got:\n%s", diff)
	}
}

// TestOldestAddressStays goes back to one NAT gateway: the oldest one stays, whatever its
// letter.
func TestOldestAddressStays(t *testing.T) {
	p := kit().New(t, "oldest", map[string]any{"availabilityZones": []any{"b", "c"}})
	spec := p.Spec()
	p.Settle(t)
	spec["availabilityZones"] = []any{"a", "b", "c"}
	spec["natGateways"] = "PerZone"
	p.Settle(t)
	spec["natGateways"] = "Single"
	rsp := p.Settle(t)
	if diff := cmp.Diff(map[string]bool{"nat-b": true}, withPrefix(rsp, "nat-")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
