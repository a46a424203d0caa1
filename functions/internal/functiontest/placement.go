package functiontest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Compared fields are not made of anything: they are compared with the claims that the claim
// names, which testPlacement does.
func Compared(fields ...string) map[string]string {
	out := make(map[string]string, len(fields))
	for _, f := range fields {
		out[f] = "only compared with the claims that the claim names"
	}
	return out
}

// place of a claim; an empty field is not said. The first region and the first account are those
// that earlier schemas stored in a claim that said none.
type place struct{ region, account, network, environment string }

const (
	storedRegion  = "ap-southeast-2"
	storedAccount = "default"
)

// A namedClaim is a claim that the example names, and its place.
type namedClaim struct {
	kind, name, field string
	place

	// inVPC reports whether it names a Network.
	inVPC bool

	// decided reports whether its status has the place, and not its spec.
	decided bool
}

// A situation is a row of the matrix: what a claim says, and what the claims that it names have.
type situation struct {
	claim         place
	named         []namedClaim
	allow, exists bool
}

// testPlacement goes through all pairs of a claim with a claim that it names, by region, account,
// VPC and environment: each said, stored by an earlier schema, or not said; before anything
// exists, and when everything does.
func testPlacement(t *testing.T, k Kind) {
	for _, e := range k.Placed {
		t.Run(e, func(t *testing.T) {
			empty := k.NewExample(t, e)
			refs := namedBy(empty)
			full := map[string]*ControlPlane{}
			for _, env := range environments() {
				full[env] = k.NewExample(t, e)
				at := place{storedRegion, storedAccount, "main", env}
				situation{claim: at, named: agreeing(refs, at)}.set(full[env])
				full[env].Settle(t)
			}
			rows, refused := 0, 0
			for s := range situations(refs) {
				rows++
				p := empty
				if s.exists {
					p = full[s.claim.environment]
				}
				if !s.check(t, p) {
					refused++
				}
			}
			if rows == 0 || refused == 0 || refused == rows {
				t.Errorf("%d of %d rows are refused: the matrix needs both", refused, rows)
			}
			t.Logf("%d rows, of which %d are refused", rows, refused)
		})
	}
}

// namedBy are the claims that the claim names, in its order.
func namedBy(p *ControlPlane) []namedClaim {
	var out []namedClaim
	add := func(kind, field string, refs ...any) {
		for _, r := range refs {
			if r, ok := r.(map[string]any); ok {
				n := namedClaim{kind: kind, field: field, name: r["name"].(string)}
				n.inVPC = child(p.Required("X"+kind+"/"+n.name), "spec")["networkRef"] != nil
				out = append(out, n)
			}
		}
	}
	spec := p.Spec()
	databases, _ := spec["databases"].([]any)
	add("Network", "spec.networkRef", spec["networkRef"])
	add("Cluster", "spec.clusterRef", spec["clusterRef"])
	add("Database", "spec.databases", databases...)
	return out
}

// agreeing claims are all in one place.
func agreeing(refs []namedClaim, at place) []namedClaim {
	out := slices.Clone(refs)
	for i := range out {
		out[i].place = at
	}
	return out
}

// situations yields the matrix. Each claim that is named differs in turn; the others agree with
// the claim.
func situations(refs []namedClaim) func(yield func(situation) bool) {
	return func(yield func(situation) bool) {
		for claim := range places([]string{"", storedRegion, "us-east-1"}, []string{"", storedAccount, "other"}, []string{""}) {
			for _, exists := range []bool{false, true} {
				if len(refs) == 0 && !yield(situation{claim: claim, exists: exists}) {
					return
				}
			}
			agreed := place{cmp.Or(claim.region, storedRegion), cmp.Or(claim.account, storedAccount), "main", claim.environment}
			for i := range refs {
				networks := []string{"main"}
				if refs[i].inVPC {
					networks = append(networks, "elsewhere")
				}
				for at := range places([]string{storedRegion, "us-east-1"}, []string{storedAccount, "other"}, networks) {
					for bits := range 8 {
						s := situation{claim: claim, named: agreeing(refs, agreed), allow: bits&1 > 0, exists: bits&2 > 0}
						s.named[i].place, s.named[i].decided = at, bits&4 > 0
						if !yield(s) {
							return
						}
					}
				}
			}
		}
	}
}

func environments() []string { return []string{"dev", "prod"} }

// places yields all of these regions, accounts and VPCs, in dev and in prod.
func places(regions, accounts, networks []string) func(yield func(place) bool) {
	return func(yield func(place) bool) {
		for _, region := range regions {
			for _, account := range accounts {
				for _, network := range networks {
					for _, environment := range environments() {
						if !yield(place{region, account, network, environment}) {
							return
						}
					}
				}
			}
		}
	}
}

// set the claim and the claims that it names.
func (s situation) set(p *ControlPlane) {
	spec := p.Spec()
	for field, value := range map[string]string{"region": s.claim.region, "providerConfigName": s.claim.account, "environment": s.claim.environment} {
		say(spec, field, value)
	}
	spec["allowCrossEnvironment"] = s.allow
	for _, n := range s.named {
		xr := p.Required("X" + n.kind + "/" + n.name)
		spec, status := child(xr, "spec"), child(xr, "status")
		said, decided := n.place, place{}
		if n.decided {
			said, decided = place{}, n.place
		}
		say(spec, "region", said.region)
		say(spec, "providerConfigName", said.account)
		say(status, "region", decided.region)
		say(status, "providerConfigName", decided.account)
		spec["environment"] = n.environment
		if n.inVPC {
			spec["networkRef"] = map[string]any{"name": n.network}
		}
	}
}

// say a value in a field, or nothing.
func say(object map[string]any, field, value string) {
	delete(object, field)
	if value != "" {
		object[field] = value
	}
}

// want is the place in effect, or the field that a refusal names with both values.
func (s situation) want() (in place, refusal []string) {
	in = place{cmp.Or(s.claim.region, storedRegion), cmp.Or(s.claim.account, storedAccount), "", s.claim.environment}
	if len(s.named) > 0 {
		home := s.named[0].place
		in = place{cmp.Or(s.claim.region, home.region), cmp.Or(s.claim.account, home.account), home.network, s.claim.environment}
	}
	differ := func(field string, of func(place) string) {
		for _, n := range s.named {
			if refusal == nil && of(n.place) != of(in) {
				refusal = []string{cmp.Or(field, n.field), of(in), of(n.place)}
			}
		}
	}
	if s.exists && in.region != storedRegion {
		return in, []string{"spec.region", storedRegion, in.region}
	}
	differ("spec.region", func(p place) string { return p.region })
	if refusal == nil && s.exists && len(s.named) == 0 && in.account != storedAccount {
		return in, []string{"spec.providerConfigName", storedAccount, in.account}
	}
	differ("spec.providerConfigName", func(p place) string { return p.account })
	for _, n := range s.named {
		if refusal == nil && n.inVPC && n.network != in.network {
			refusal = []string{n.field, in.network, n.network}
		}
	}
	if !s.allow {
		differ("spec.environment", func(p place) string { return p.environment })
	}
	return in, refusal
}

// check what the function answers, and report whether it composed.
func (s situation) check(t *testing.T, p *ControlPlane) bool {
	t.Helper()
	s.set(p)
	in, refusal := s.want()
	rsp := run(t, p)
	message := Refusal(rsp)
	if refusal != nil {
		message, _, _ = strings.Cut(message, "\n")
		for i, part := range refusal {
			if !strings.Contains(message, part) || (i == 0 && !strings.HasPrefix(message, part+": ")) {
				t.Fatalf("%+v\nrefused with %q, which must name %q", s, message, refusal)
			}
		}
		return false
	}
	if message != "" {
		t.Fatalf("%+v\nunexpected refusal: %s", s, message)
	}
	status := Status(rsp)
	if diff := gocmp.Diff([]any{in.region, in.account}, []any{status["region"], status["providerConfigName"]}); diff != "" {
		t.Fatalf("%+v\nplace in the status: -want, +got:\n%s", s, diff)
	}
	s.checkResources(t, rsp, in)
	s.checkCondition(t, rsp)
	return true
}

// checkResources are all in the place.
func (s situation) checkResources(t *testing.T, rsp *fnv1.RunFunctionResponse, in place) {
	t.Helper()
	regional := 0
	for name, r := range rsp.GetDesired().GetResources() {
		spec, _ := r.GetResource().AsMap()["spec"].(map[string]any)
		region, ok := child(spec, "forProvider")["region"]
		if !ok {
			continue
		}
		regional++
		if account := child(spec, "providerConfigRef")["name"]; region != in.region || account != in.account {
			t.Fatalf("%+v\n%s is in %v with %v, want %+v", s, name, region, account, in)
		}
	}
	if regional == 0 {
		t.Fatalf("%+v\nno resource has a region", s)
	}
}

// checkCondition shows both environments where they differ.
func (s situation) checkCondition(t *testing.T, rsp *fnv1.RunFunctionResponse) {
	t.Helper()
	for _, n := range s.named {
		if n.environment == s.claim.environment {
			continue
		}
		want := fmt.Sprintf(`is %s, but %s %q (%s) is %s`, s.claim.environment, n.kind, n.name, n.field, n.environment)
		if !slices.ContainsFunc(rsp.GetConditions(), func(c *fnv1.Condition) bool {
			return c.GetType() == "ReferencesMatch" && c.GetReason() == "CrossEnvironment" && strings.Contains(c.GetMessage(), want)
		}) {
			t.Fatalf("%+v\nno condition shows %q", s, want)
		}
	}
}
