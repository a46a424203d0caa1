package network

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// rounds of each property. Every round is a random claim that is followed from
// nothing to ready, several function calls; -short takes a quarter.
func rounds() int {
	if testing.Short() {
		return 50
	}
	return 200
}

// random makes specs from a seed, so that a failure can be had again.
type random struct{ *rand.Rand }

func newRandom(seed int) random { return random{rand.New(rand.NewPCG(uint64(seed), 1))} }

func (r random) one(options ...any) any { return options[r.IntN(len(options))] }

func (r random) sometimes(spec map[string]any, field string, value any) {
	if r.IntN(2) == 0 {
		spec[field] = value
	}
}

func (r random) zones() []any {
	letters := []any{"a", "b", "c", "d", "e", "f"}
	r.Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
	return letters[:2+r.IntN(5)]
}

func (r random) spec() map[string]any {
	s := map[string]any{
		"environment":       r.one("dev", "staging", "prod"),
		"region":            "us-east-1", // The one region with all six zones.
		"cidr":              r.one("10.0.0.0/16", "10.1.0.0/18", "172.16.8.0/21", "192.168.0.0/20"),
		"availabilityZones": r.zones(),
	}
	r.sometimes(s, "natGateways", r.one("None", "Single", "PerZone"))
	r.sometimes(s, "vpcEndpoints", map[string]any{"enabled": r.one(true, false), "additionalServices": r.one([]any{}, []any{"kms"}, []any{"ssm", "sqs"})})
	r.sometimes(s, "flowLogs", map[string]any{"enabled": r.one(true, false), "retentionDays": r.one(int64(1), int64(365))})
	r.sometimes(s, "kms", map[string]any{"enabled": r.one(true, false)})
	r.sometimes(s, "tags", map[string]any{"team": r.one("store", "search")})
	r.sometimes(s, "permissionsBoundary", r.one("arn:aws:iam::111122223333:policy/one", "arn:aws:iam::111122223333:policy/two"))
	return s
}

// config is the data of an EnvironmentConfig, or nil for none.
func (r random) config() map[string]any {
	if r.IntN(3) == 0 {
		return nil
	}
	c := map[string]any{}
	r.sometimes(c, "kms", r.one(true, false))
	r.sometimes(c, "natGateways", r.one("None", "Single", "PerZone"))
	r.sometimes(c, "flowLogs", r.one(true, false))
	r.sometimes(c, "vpcEndpoints", r.one(true, false))
	r.sometimes(c, "retentionDays", r.one(int64(7), int64(400)))
	r.sometimes(c, "deletionProtection", r.one(true, false))
	return c
}

// configure sets the EnvironmentConfig of every environment.
func configure(p *simulation.Plane, data map[string]any) {
	for _, env := range []string{"dev", "staging", "prod"} {
		delete(p.Required, "EnvironmentConfig/"+env)
		if data != nil {
			p.Required["EnvironmentConfig/"+env] = map[string]any{
				"apiVersion": "apiextensions.crossplane.io/v1beta1", "kind": "EnvironmentConfig",
				"metadata": map[string]any{"name": env}, "data": data,
			}
		}
	}
}

func reconcile(t *testing.T, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := p.Reconcile(t.Context())
	if err != nil {
		t.Fatalf("cannot reconcile: %v", err)
	}
	return rsp
}

// settle reconciles until everything is ready and nothing changes.
func settle(t *testing.T, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	var last *fnv1.RunFunctionResponse
	for range 10 {
		rsp := reconcile(t, p)
		if m := simulation.Fatal(rsp); m != "" {
			t.Fatalf("unexpected fatal result: %s", m)
		}
		if last != nil && proto.Equal(last, rsp) {
			return rsp
		}
		p.Provide()
		last = rsp
	}
	t.Fatal("the function does not settle: its answer changes with each reconcile")
	return nil
}

func names(rsp *fnv1.RunFunctionResponse) []string {
	return slices.Sorted(maps.Keys(rsp.GetDesired().GetResources()))
}

// TestZonesAreIndependent proves that a zone added, removed or moved changes
// nothing in another zone. Run with -v to read what each change touches.
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
			reason: "A zone takes its own resources with it and no other.",
			from:   []any{"a", "b", "c"}, to: []any{"a", "c"},
			may: of("b"),
		},
		"Reorder": {
			reason: "The order of zones means nothing.",
			from:   []any{"a", "b", "c"}, to: []any{"c", "a", "b"},
			may: func(string) bool { return false },
		},
		"AddBefore": {
			reason: "A zone whose letter comes first does not take the only NAT gateway away.",
			from:   []any{"b", "c"}, to: []any{"a", "b", "c"},
			may: of("a"),
		},
	}
	for _, env := range []string{"dev", "prod"} {
		for name, tc := range cases {
			t.Run(env+name, func(t *testing.T) {
				p := plane(xr("zones", map[string]any{"environment": env, "region": "us-west-2", "availabilityZones": tc.from}))
				before := settle(t, p).GetDesired().GetResources()
				p.XR["spec"].(map[string]any)["availabilityZones"] = tc.to
				after := settle(t, p).GetDesired().GetResources()

				for _, c := range changes(before, after) {
					t.Log(c)
					if _, resource, _ := strings.Cut(c, " "); !tc.may(resource) {
						t.Errorf("%s -> %s: %s: %s", tc.from, tc.to, tc.reason, c)
					}
				}
			})
		}
	}
}

// of says whether a resource belongs to a zone.
func of(zone string) func(string) bool {
	return func(name string) bool {
		return strings.HasSuffix(name, "-"+zone) || strings.HasSuffix(name, "-"+zone+"-nat")
	}
}

// changes between two sets of resources, each as "verb name".
func changes(before, after map[string]*fnv1.Resource) []string {
	var out []string
	for name := range before {
		if _, ok := after[name]; !ok {
			out = append(out, "delete "+name)
		} else if !proto.Equal(before[name], after[name]) {
			out = append(out, "update "+name)
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			out = append(out, "create "+name)
		}
	}
	slices.Sort(out)
	return out
}

// TestZonesAreIndependentOfEachOther is the property behind the cases above, for
// random claims and random changes of their zones.
func TestZonesAreIndependentOfEachOther(t *testing.T) {
	for seed := range rounds() {
		r := newRandom(seed)
		p := plane(xr("zones", r.spec()))
		before := settle(t, p).GetDesired().GetResources()
		from := p.XR["spec"].(map[string]any)["availabilityZones"].([]any)
		to := r.zones()
		p.XR["spec"].(map[string]any)["availabilityZones"] = to
		after := settle(t, p).GetDesired().GetResources()

		stay := func(name string) bool {
			return slices.ContainsFunc(from, func(z any) bool { return slices.Contains(to, z) && of(z.(string))(name) })
		}
		homeGone := len(withPrefix(before, "nat-")) == 1 && !maps.Equal(withPrefix(before, "nat-"), withPrefix(after, "nat-"))
		for _, c := range changes(before, after) {
			verb, name, _ := strings.Cut(c, " ")
			moved := homeGone && (strings.HasPrefix(name, "nat-") || strings.HasPrefix(name, "eip-") || strings.HasPrefix(name, "route-app-"))
			if stay(name) && !moved {
				t.Fatalf("seed %d: %v -> %v: %s, which is in a zone that stays", seed, from, to, c)
			}
			if verb == "update" && !stay(name) {
				t.Fatalf("seed %d: %v -> %v: %s, which belongs to no zone", seed, from, to, c)
			}
		}
	}
}

func withPrefix(resources map[string]*fnv1.Resource, prefix string) map[string]bool {
	out := map[string]bool{}
	for name := range resources {
		if strings.HasPrefix(name, prefix) {
			out[name] = true
		}
	}
	return out
}

// TestDevToProdAndBack follows a network through its environments: the first NAT
// gateway and its address stay, nothing is replaced, and what leaves drains.
func TestDevToProdAndBack(t *testing.T) {
	p := plane(example(t, "au-dev"))
	spec := p.XR["spec"].(map[string]any)
	dev := settle(t, p)
	nat, eip := p.Get("nat-a")["metadata"], p.Get("eip-a")["metadata"]

	spec["environment"] = "prod"
	reconcile(t, p)
	prod := settle(t, p)
	if diff := cmp.Diff([]string{"nat-a", "nat-b", "nat-c"}, slices.Sorted(maps.Keys(withPrefix(prod.GetDesired().GetResources(), "nat-")))); diff != "" {
		t.Errorf("dev to prod: one NAT gateway for each zone: -want, +got:\n%s", diff)
	}
	for _, c := range changes(dev.GetDesired().GetResources(), prod.GetDesired().GetResources()) {
		t.Log("dev -> prod: " + c)
		if strings.HasPrefix(c, "delete ") {
			t.Errorf("dev to prod must delete nothing: %s", c)
		}
	}

	spec["environment"] = "dev"
	first := reconcile(t, p)
	for _, name := range []string{"nat-b", "nat-c", "eip-b", "eip-c"} {
		if _, ok := first.GetDesired().GetResources()[name]; !ok {
			t.Errorf("prod to dev: %s went while a route still led to it", name)
		}
	}
	p.Provide()
	back := settle(t, p)
	if diff := cmp.Diff(dev.GetDesired().GetResources(), back.GetDesired().GetResources(), protocmp.Transform()); diff != "" {
		t.Errorf("dev to prod and back must end where it began: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]any{nat, eip}, []any{p.Get("nat-a")["metadata"], p.Get("eip-a")["metadata"]}); diff != "" {
		t.Errorf("the first NAT gateway and its address must stay the same objects: -want, +got:\n%s", diff)
	}
}

// TestOldestAddressStays proves that a network that goes back to one NAT gateway
// keeps the one that it began with, whatever its letter.
func TestOldestAddressStays(t *testing.T) {
	p := plane(xr("oldest", map[string]any{"availabilityZones": []any{"b", "c"}}))
	spec := p.XR["spec"].(map[string]any)
	settle(t, p)
	spec["availabilityZones"] = []any{"a", "b", "c"}
	spec["natGateways"] = "PerZone"
	settle(t, p)
	spec["natGateways"] = "Single"
	rsp := settle(t, p)
	if diff := cmp.Diff(map[string]bool{"nat-b": true}, withPrefix(rsp.GetDesired().GetResources(), "nat-")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// TestAnswersTheSame runs the function twice on what it made itself.
func TestAnswersTheSame(t *testing.T) {
	marshal := proto.MarshalOptions{Deterministic: true}
	for seed := range rounds() {
		r := newRandom(seed)
		p := plane(xr("same", r.spec()))
		configure(p, r.config())
		settle(t, p)
		var answers [2][]byte
		for i := range answers {
			rsp, err := p.Run(t.Context())
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if answers[i], err = marshal.Marshal(rsp); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		if !slices.Equal(answers[0], answers[1]) {
			t.Fatalf("seed %d: two runs on the same request differ", seed)
		}
	}
}

// TestNeverDropsWhatHoldsState changes claim and EnvironmentConfig at random and
// compares what leaves with what the claim's change can account for.
func TestNeverDropsWhatHoldsState(t *testing.T) {
	refused := 0
	for seed := range rounds() {
		r := newRandom(seed)
		before := r.spec()
		p := plane(xr("state", before))
		configure(p, r.config())
		settle(t, p)
		held := p.Names()

		after := maps.Clone(before)
		for _, field := range []string{"environment", "natGateways", "kms", "flowLogs"} {
			if r.IntN(4) == 0 {
				delete(after, field)
				if v, ok := r.spec()[field]; ok || field == "environment" {
					after[field] = v
				}
			}
		}
		if r.IntN(3) == 0 {
			after["availabilityZones"] = r.zones()
		}
		p.XR["spec"] = xr("state", after)["spec"]
		configure(p, r.config())

		for range 4 {
			rsp := reconcile(t, p)
			if simulation.Fatal(rsp) != "" {
				refused++
				break
			}
			p.Provide()
		}
		for _, name := range held {
			if slices.Contains(p.Names(), name) || accounted(name, before, after) {
				continue
			}
			t.Fatalf("seed %d: %s is gone, and the claim did not ask for that:\nbefore %v\nafter %v", seed, name, before, after)
		}
	}
	if refused == 0 {
		t.Error("no round was refused: the property was not put to the test")
	}
	t.Logf("%d of %d changes were refused", refused, rounds())
}

// accounted says whether a change of the claim explains that a resource is gone.
func accounted(name string, before, after map[string]any) bool {
	changed := func(fields ...string) bool {
		return slices.ContainsFunc(fields, func(f string) bool { return !cmp.Equal(before[f], after[f]) })
	}
	switch {
	case name == "vpc" || name == "log-bucket":
		return false
	case name == "key-s3":
		return changed("kms", "environment") || after["kms"] != nil
	case name == "flow-log-group":
		return changed("flowLogs", "environment") || after["flowLogs"] != nil
	case strings.HasPrefix(name, "subnet-"):
		return changed("availabilityZones")
	case strings.HasPrefix(name, "eip-"):
		return changed("availabilityZones", "natGateways", "environment") || after["natGateways"] != nil
	default:
		return true // Holds no state.
	}
}

// TestReadyInAnyOrder makes resources ready one by one in random order: none is
// ever left out, and the condition turns true once, at the end.
func TestReadyInAnyOrder(t *testing.T) {
	for seed := range rounds() / 25 {
		r := newRandom(seed)
		p := plane(xr("order", r.spec()))
		want := names(reconcile(t, p))
		order := slices.Clone(want)
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for i, name := range order {
			p.Provide(name)
			rsp := reconcile(t, p)
			if diff := cmp.Diff(want, names(rsp)); diff != "" {
				t.Fatalf("seed %d, after %s: -want, +got:\n%s", seed, name, diff)
			}
			if got, last := ready(rsp), i == len(order)-1; got != last {
				t.Fatalf("seed %d: %d of %d resources ready: NetworkReady is %t", seed, i+1, len(order), got)
			}
		}
	}
}

func ready(rsp *fnv1.RunFunctionResponse) bool {
	for _, c := range rsp.GetConditions() {
		if c.GetType() == conditionReady {
			return c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE
		}
	}
	return false
}

// TestEveryFieldMatters changes each leaf of a claim's spec and expects another
// answer: a field that does nothing is a bug.
func TestEveryFieldMatters(t *testing.T) {
	full := map[string]any{
		"environment": "dev", "region": "us-west-2", "providerConfigName": "one", "cidr": "10.0.0.0/16",
		"availabilityZones": []any{"a", "b"},
		"natGateways":       "Single",
		"vpcEndpoints":      map[string]any{"enabled": false, "additionalServices": []any{"kms"}},
		"flowLogs":          map[string]any{"enabled": true, "retentionDays": int64(7)},
		"iamPath":           "/one/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/one",
		"kms":  map[string]any{"enabled": false},
		"tags": map[string]any{"team": "store"},
	}
	explicit := maps.Clone(full)
	explicit["subnets"] = map[string]any{
		"public": map[string]any{"a": "10.0.1.0/24", "b": "10.0.2.0/24"},
		"app":    map[string]any{"a": "10.0.10.0/24", "b": "10.0.11.0/24"},
		"data":   map[string]any{"a": "10.0.20.0/24", "b": "10.0.21.0/24"},
	}
	cases := map[string]struct {
		base  map[string]any
		field string
		value any
	}{
		"Environment":        {full, "environment", "prod"},
		"Region":             {full, "region", "us-east-1"},
		"ProviderConfigName": {full, "providerConfigName", "two"},
		"CIDR":               {full, "cidr", "10.2.0.0/16"},
		"AvailabilityZones":  {full, "availabilityZones", []any{"a", "c"}},
		"NATGateways":        {full, "natGateways", "None"},
		"EndpointsEnabled":   {full, "vpcEndpoints.enabled", true},
		"AdditionalServices": {full, "vpcEndpoints.additionalServices", []any{"ssm"}},
		"FlowLogsEnabled":    {full, "flowLogs.enabled", false},
		"RetentionDays":      {full, "flowLogs.retentionDays", int64(14)},
		"KMSEnabled":         {full, "kms.enabled", true},
		"Tags":               {full, "tags.team", "search"},
		"IAMPath":            {full, "iamPath", "/two/"},
		"Boundary":           {full, "permissionsBoundary", "arn:aws:iam::111122223333:policy/two"},
		"SubnetsPublic":      {explicit, "subnets.public.a", "10.0.3.0/24"},
		"SubnetsApp":         {explicit, "subnets.app.b", "10.0.13.0/24"},
		"SubnetsData":        {explicit, "subnets.data.b", "10.0.23.0/24"},
	}
	tested := map[string]bool{}
	for name, tc := range cases {
		tested[tc.field] = true
		t.Run(name, func(t *testing.T) {
			before := reconcile(t, plane(xr("leaf", tc.base)))
			after := reconcile(t, plane(xr("leaf", with(tc.base, tc.field, tc.value))))
			if m := simulation.Fatal(before) + simulation.Fatal(after); m != "" {
				t.Fatalf("unexpected fatal result: %s", m)
			}
			if len(changes(before.GetDesired().GetResources(), after.GetDesired().GetResources())) == 0 {
				t.Errorf("spec.%s does nothing", tc.field)
			}
		})
	}
	for _, leaf := range append(leaves("", full), leaves("", explicit)...) {
		if leaf = strings.TrimSuffix(strings.TrimSuffix(leaf, ".a"), ".b"); !slices.ContainsFunc(slices.Collect(maps.Keys(tested)), func(f string) bool { return strings.HasPrefix(f, leaf) }) {
			t.Errorf("spec.%s has no case", leaf)
		}
	}
}

// with returns a deep copy of a spec with one leaf changed.
func with(spec map[string]any, path string, value any) map[string]any {
	s, err := structpb.NewStruct(spec)
	if err != nil {
		panic(fmt.Sprintf("cannot copy spec: %v", err))
	}
	out := s.AsMap()
	m := out
	keys := strings.Split(path, ".")
	for _, k := range keys[:len(keys)-1] {
		m = m[k].(map[string]any)
	}
	m[keys[len(keys)-1]] = value
	return out
}

func leaves(prefix string, v map[string]any) []string {
	var out []string
	for k, v := range v {
		if m, ok := v.(map[string]any); ok {
			out = append(out, leaves(prefix+k+".", m)...)
			continue
		}
		out = append(out, prefix+k)
	}
	return out
}
