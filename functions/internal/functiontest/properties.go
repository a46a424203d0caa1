package functiontest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// testRandomClaims follows random claims from nothing to ready. There the function
// answers the same request in the same words. Then the claim and its EnvironmentConfig
// change: refused or not, what holds state stays, unless the claim asks for its removal.
func testRandomClaims(t *testing.T, k Kind) {
	refused, rounds := 0, 0
	for seed, r := range k.Randoms(t) {
		rounds++
		before := k.Random(r)
		p := k.New(t, "random", before)
		p.Configure(r.config(k.Settings))
		if diff := compareBytes(t, p.Settle(t), run(t, p)); diff != "" {
			t.Fatalf("seed %d: two answers to the same request: -first, +second:\n%s", seed, diff)
		}

		held := k.Held(p)
		after := k.change(r, before)
		p.XR["spec"] = k.Composite(t, "random", after)["spec"]
		p.Configure(r.config(k.Settings))
		last := p.Reconcile(t)
		if Refusal(last) != "" {
			refused++
		}
		for range 3 {
			p.MarkReady()
			rsp := p.Reconcile(t)
			if same(last, rsp) { // From now on everything repeats.
				break
			}
			last = rsp
		}
		for _, name := range held {
			if !p.Has(name) && (k.Removes == nil || !k.Removes(name, before, after)) {
				t.Fatalf("seed %d: %s is gone, and the claim did not ask for that:\nbefore %v\nafter %v", seed, name, before, after)
			}
		}
	}
	if (refused == 0 || refused == rounds) && !testing.Short() {
		t.Errorf("%d of %d changes were refused: the property needs both", refused, rounds)
	}
	t.Logf("%d of %d changes were refused", refused, rounds)
}

func (k Kind) change(r Random, spec map[string]any) map[string]any {
	if k.Change == nil {
		return k.Random(r)
	}
	return k.Change(r, spec)
}

// run is an answer that is not applied.
func run(t *testing.T, p *ControlPlane) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := p.Run(t.Context())
	if err != nil {
		t.Fatalf("cannot run the function: %v", err)
	}
	return rsp
}

func compareBytes(t *testing.T, a, b *fnv1.RunFunctionResponse) string {
	t.Helper()
	var raw [2][]byte
	for i, rsp := range []*fnv1.RunFunctionResponse{a, b} {
		var err error
		if raw[i], err = (proto.MarshalOptions{Deterministic: true}).Marshal(rsp); err != nil {
			t.Fatalf("cannot marshal response: %v", err)
		}
	}
	if slices.Equal(raw[0], raw[1]) {
		return ""
	}
	return fmt.Sprintf("%q\n%q", raw[0], raw[1])
}

// testReadyInAnyOrder makes resources ready one by one in random order, also those
// that come meanwhile: none goes again, conditions and stages only go forward, and the
// claim is ready when everything is that counts, and not before.
func testReadyInAnyOrder(t *testing.T, k Kind) {
	for seed, r := range randoms(k.Orders) {
		p := k.New(t, "order", k.Random(r))
		p.Configure(r.config(k.Settings))
		ready, last := map[string]bool{}, progress{}
		for step := 0; ; step++ {
			observed := p.Names()
			rsp := p.Reconcile(t)
			if m := Refusal(rsp); m != "" {
				t.Fatalf("seed %d, step %d: unexpected refusal: %s", seed, step, m)
			}
			for _, name := range observed {
				if !p.Has(name) {
					t.Fatalf("seed %d, step %d: %s is gone", seed, step, name)
				}
			}
			now := progressOf(rsp)
			if back := now.behind(last); back != "" {
				t.Fatalf("seed %d, step %d: %s went back", seed, step, back)
			}
			last = now
			pending := slices.DeleteFunc(p.Names(), func(name string) bool { return ready[name] })
			done := !slices.ContainsFunc(pending, func(name string) bool { return counts(p, name, observed) })
			if now.ready[k.Name+"Ready"] != done || (now.waitingFor == "") != done {
				t.Fatalf("seed %d, step %d: not ready are %v, and the claim is at %+v", seed, step, pending, now)
			}
			if len(pending) == 0 {
				break
			}
			name := pending[r.IntN(len(pending))]
			p.MarkReady(name)
			ready[name] = true
		}
	}
}

// counts reports whether a claim is not ready while a resource is not.
func counts(p *ControlPlane, name string, observed []string) bool {
	if p.Kind(name) == "ProviderConfig" { // It has no conditions: where it exists it is ready.
		return !slices.Contains(observed, name)
	}
	return p.Kind(name) != "Usage" && p.Kind(name) != "ClusterUsage" // No one waits for them.
}

// progress of a claim as a person sees it.
type progress struct {
	stage      int
	waitingFor string
	ready      map[string]bool
}

func progressOf(rsp *fnv1.RunFunctionResponse) progress {
	out := progress{ready: Conditions(rsp)}
	out.waitingFor, _ = Status(rsp)["waitingFor"].(string)
	if n, _ := fmt.Sscanf(out.waitingFor, "stage %d ", &out.stage); n == 0 {
		out.stage = 1 << 10 // The last one, or the only one.
	}
	return out
}

// behind names what is less than it was before.
func (p progress) behind(before progress) string {
	if p.stage < before.stage {
		return fmt.Sprintf("the stage, from %d to %d,", before.stage, p.stage)
	}
	for typ, was := range before.ready {
		if was && !p.ready[typ] {
			return typ
		}
	}
	return ""
}

// testTrouble takes readiness away again, from anything, at any time: everything that
// exists stays, and the claim is not refused.
func testTrouble(t *testing.T, k Kind) {
	for seed, r := range randoms(24) {
		p := k.New(t, "trouble", k.Random(r))
		for range r.IntN(9) {
			p.Reconcile(t)
			p.MarkReady()
		}
		p.Reconcile(t)
		before := p.Names()
		for range 3 {
			p.Fail(before[r.IntN(len(before))], "ThrottlingException: slow down")
		}
		if m := Refusal(p.Reconcile(t)); m != "" { // It would keep everything too.
			t.Fatalf("seed %d: unexpected refusal: %s", seed, m)
		}
		if diff := cmp.Diff(before, slices.DeleteFunc(p.Names(), func(n string) bool { return !slices.Contains(before, n) })); diff != "" {
			t.Fatalf("seed %d: -before, +after:\n%s", seed, diff)
		}
	}
}
