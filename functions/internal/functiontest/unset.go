package functiontest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// testFieldsComeAndGo sets each optional field of the schema, unsets it, and sets it to another
// value, in a claim that is ready. What AWS holds in the end is what it holds for a claim that had
// it so from the beginning, or the claim says why not: a refusal or a condition names the field.
// -short makes a tenth of the changes.
func testFieldsComeAndGo(t *testing.T, k Kind) {
	outcomes, tested, n := map[string]int{}, map[string]bool{}, 0
	for _, v := range k.Variants {
		ready := readyClaims{k, map[string]*ControlPlane{}}
		for _, c := range changesOf(t, k, v) {
			tested[c.path] = true
			if n++; testing.Short() && n%10 != 0 {
				continue
			}
			t.Run(v.Name+"/"+c.path+"/"+c.verb, func(t *testing.T) {
				outcome, complaint := ready.follow(t, c)
				outcomes[outcome]++
				_, lasting := k.Lasting[c.path]
				switch lasting = lasting && c.verb == "unset"; {
				case lasting && outcome != unexplained:
					t.Errorf("spec.%s: %s: it is no longer a lasting one", c.path, outcome)
				case !lasting && complaint != "":
					t.Errorf("spec.%s: %s: %s", c.path, outcome, complaint)
				}
			})
		}
	}
	optional := specOf(t, k.Name).optional()
	for _, path := range optional {
		_, inert := k.Inert[path]
		if !inert && !tested[path] && !slices.ContainsFunc(sortedKeys(tested), func(of string) bool { return strings.HasPrefix(of, path+".") }) {
			t.Errorf("spec.%s can come and go: it needs a value in a variant", path)
		}
	}
	t.Logf("%d optional fields, %d changes; by outcome: %v", len(optional), n, outcomes)
}

// readyClaims by their spec: most of the time goes into making them ready.
type readyClaims struct {
	Kind

	bySpec map[string]*ControlPlane
}

// of a spec, for the caller to change.
func (r readyClaims) of(t *testing.T, spec map[string]any) *ControlPlane {
	t.Helper()
	raw, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := r.bySpec[string(raw)]
	if !ok {
		p = r.New(t, "field", spec)
		p.Settle(t)
		r.bySpec[string(raw)] = p
	}
	return p.clone()
}

// A fieldChange of a claim.
type fieldChange struct {
	path, verb    string
	before, after map[string]any
}

// changesOf each optional field that a variant has, or has another value for.
func changesOf(t *testing.T, k Kind, v Variant) []fieldChange {
	t.Helper()
	var out []fieldChange
	both := func(path string, with, without map[string]any) {
		out = append(out, fieldChange{path, "unset", with, without}, fieldChange{path, "set", without, with})
	}
	optional := specOf(t, k.Name).optional()
	for _, path := range optional {
		if without := Without(v.Spec, path); !cmp.Equal(Clone(v.Spec), without) {
			both(path, v.Spec, without)
		}
	}
	for _, path := range sortedKeys(v.Other) {
		with := With(v.Spec, path, v.Other[path])
		out = append(out, fieldChange{path, "change", v.Spec, with}, fieldChange{path, "change back", with, v.Spec})
		if without := Without(with, path); slices.Contains(optional, path) && cmp.Equal(Clone(v.Spec), without) {
			both(path, with, without)
		}
	}
	return out
}

// Outcomes of a change.
const (
	asAlways    = "AWS holds what a new claim would have"
	refused     = "refused"
	explained   = "explained by a condition"
	unexplained = "AWS holds something else than for a new claim, and no condition says why"
	noSuchClaim = "no such claim"
)

// follow a change of a claim until nothing changes any more. The complaint is empty where AWS
// holds what it would for a claim that was so from the beginning, or the claim says why not.
func (r readyClaims) follow(t *testing.T, c fieldChange) (outcome, complaint string) {
	t.Helper()
	server := apiServerOf(t, r.Name)
	before, _ := r.Composite(t, "field", c.before)["spec"].(map[string]any)
	after, _ := r.Composite(t, "field", c.after)["spec"].(map[string]any)
	if server.refuses(t, nil, before) != "" || server.refuses(t, nil, after) != "" {
		return noSuchClaim, ""
	}
	if refusal := server.refuses(t, before, after); refusal != "" {
		return refused, unnamed(refusal, "")
	}
	p := r.of(t, c.before)
	p.XR["spec"] = after
	rsp, refusal := p.settle(t, nil)
	if refusal != "" {
		return refused, unnamed(refusal, "")
	}
	p.MarkReady() // What comes back does so when the provider looks again.
	rsp, refusal = p.settle(t, rsp)
	if refusal != "" {
		return refused, unnamed(refusal, "")
	}
	diff := cmp.Diff(r.of(t, c.after).holds(), p.holds())
	if diff == "" {
		return asAlways, ""
	}
	for _, condition := range rsp.GetConditions() {
		if unnamed(condition.GetMessage(), c.path) == "" {
			return explained, ""
		}
	}
	return unexplained, "-from the beginning, +after the change:\n" + diff
}

// unnamed is empty when a message names a field: that of a path, or one that it is in. A refusal
// may name another one, the one to change.
func unnamed(message, path string) string {
	for name := strings.ReplaceAll(path, "[]", ""); ; {
		if strings.Contains(message, "spec."+name) {
			return ""
		}
		i := strings.LastIndex(name, ".")
		if i < 0 {
			return fmt.Sprintf("it names no field: %q", message)
		}
		name = name[:i]
	}
}

// settle like Settle, after the last response; nil for none. A refusal ends it, and is returned.
func (p *ControlPlane) settle(t *testing.T, last *fnv1.RunFunctionResponse) (*fnv1.RunFunctionResponse, string) {
	t.Helper()
	for range maxReconciles {
		rsp := p.Reconcile(t)
		if m := Refusal(rsp); m != "" {
			return rsp, m
		}
		if last != nil && same(last, rsp) {
			return rsp, ""
		}
		p.MarkReady()
		last = rsp
	}
	t.Fatal("the function does not settle: its answer changes with each reconcile")
	return nil, ""
}

// holds is what AWS holds of each resource, and what the objects of other providers ask for.
func (p *ControlPlane) holds() map[string]any {
	out := make(map[string]any, len(p.composed))
	for name, o := range p.composed {
		if _, ofAWS := o.groupKind(); ofAWS {
			out[name] = o.provided.held
			continue
		}
		out[name] = o.fields["spec"]
	}
	return out
}

// optional are the paths of the fields that a claim may leave out, as leaves has them, and of
// the objects and lists among them.
func (s schema) optional() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		field := s.Properties[name]
		if !slices.Contains(s.Required, name) {
			out = append(out, name)
		}
		if field.Items != nil {
			name, field = name+"[]", *field.Items
		}
		for _, path := range field.optional() {
			out = append(out, name+"."+path)
		}
	}
	return out
}

// Without returns a deep copy of an object without one field, such as kms.enabled, of the first
// element that has it in a list. An object that is empty then goes too.
func Without(object map[string]any, path string) map[string]any {
	out := Clone(object)
	unset(out, strings.Split(path, "."))
	return out
}

// unset a field, and report whether it was there.
func unset(m map[string]any, path []string) bool {
	name, list := strings.CutSuffix(path[0], "[]")
	switch in := m[name].(type) {
	case nil:
		return false
	case []any:
		if list && len(path) > 1 {
			return slices.ContainsFunc(in, func(e any) bool {
				element, ok := e.(map[string]any)
				return ok && unset(element, path[1:])
			})
		}
	case map[string]any:
		if len(path) > 1 {
			done := unset(in, path[1:])
			if len(in) == 0 {
				delete(m, name)
			}
			return done
		}
	}
	delete(m, name)
	return true
}
