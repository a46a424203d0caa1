package cluster

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// rounds of each property. Every round is a random claim that is followed from
// nothing to ready, many function calls; -short takes a tenth.
func rounds() int {
	if testing.Short() {
		return 2
	}
	return 24
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

func (r random) spec() map[string]any {
	s := map[string]any{
		"environment": r.one("dev", "staging", "prod"),
		"version":     r.one("1.34", "1.35"),
	}
	r.sometimes(s, "endpoint", map[string]any{"publicCIDRs": []any{"203.0.113.0/24"}, "privateCIDRs": []any{"172.16.0.0/16"}})
	r.sometimes(s, "nodes", map[string]any{"instanceTypes": r.one([]any{"t3.large"}, []any{"m7g.large", "t4g.large"}), "min": int64(2), "max": int64(4), "desired": int64(2)})
	r.sometimes(s, "karpenter", map[string]any{"enabled": r.one(true, false), "spot": map[string]any{"cpu": int64(8)}})
	r.sometimes(s, "access", []any{map[string]any{"principalArn": "arn:aws:iam::111122223333:role/shop", "role": "edit", "namespaces": []any{"shop"}}})
	r.sometimes(s, "observability", map[string]any{"enabled": r.one(true, false), "retentionDays": int64(7)})
	r.sometimes(s, "waf", map[string]any{"enabled": r.one(true, false), "rateLimit": int64(500)})
	r.sometimes(s, "kms", map[string]any{"enabled": r.one(true, false)})
	r.sometimes(s, "deletionProtection", r.one(true, false))
	r.sometimes(s, "dns", map[string]any{"hostedZoneIDs": []any{"Z1"}})
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
	for _, field := range []string{"kms", "waf", "multiAZ", "deletionProtection", "publicAPI"} {
		r.sometimes(c, field, r.one(true, false))
	}
	r.sometimes(c, "retentionDays", r.one(int64(7), int64(400)))
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
	for range 20 {
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

// TestReadyInAnyOrder makes resources ready one by one in random order, also those
// that come while it does: none is ever left out, each condition and the stage only
// go forward, and the cluster is ready when everything is that counts, and not before.
func TestReadyInAnyOrder(t *testing.T) {
	for seed := range max(rounds()/8, 1) { // Each is as many calls as the cluster has resources.
		r := newRandom(seed)
		p := plane(t, xr("order", r.spec()))
		configure(p, r.config())
		provided := map[string]bool{}
		before := map[string]bool{}
		last := progressOf{}
		for step := 0; ; step++ {
			observed := p.Names()
			rsp := reconcile(t, p)
			for name := range before {
				if _, ok := rsp.GetDesired().GetResources()[name]; !ok {
					t.Fatalf("seed %d, step %d: %s is left out", seed, step, name)
				}
			}
			for name := range rsp.GetDesired().GetResources() {
				before[name] = true
			}
			now := readProgress(t, rsp)
			if back := now.behind(last); back != "" {
				t.Fatalf("seed %d, step %d: %s went back", seed, step, back)
			}
			last = now
			waiting := slices.DeleteFunc(p.Names(), func(name string) bool { return provided[name] })
			done := !slices.ContainsFunc(waiting, func(name string) bool {
				switch p.Get(name)["kind"] {
				case "ProviderConfig": // It has no conditions: to be there is to be ready.
					return !slices.Contains(observed, name)
				case "Usage", "ClusterUsage": // They matter when the cluster goes.
					return false
				default:
					return true
				}
			})
			if now.ready[conditionReady] != done || now.over() != done {
				t.Fatalf("seed %d, step %d: not ready are %v, and the cluster is at %+v", seed, step, waiting, now)
			}
			if len(waiting) == 0 {
				break
			}
			name := waiting[r.IntN(len(waiting))]
			p.Provide(name)
			provided[name] = true
		}
	}
}

// progressOf a cluster as a person sees it.
type progressOf struct {
	stage int
	ready map[string]bool
}

func readProgress(t *testing.T, rsp *fnv1.RunFunctionResponse) progressOf {
	t.Helper()
	out := progressOf{stage: len(stages()) + 1, ready: map[string]bool{}}
	if text, _ := status(rsp)["waitingFor"].(string); text != "" {
		rest, ok := strings.CutPrefix(text, "stage ")
		n, err := strconv.Atoi(strings.SplitN(rest, " ", 2)[0])
		if !ok || err != nil {
			t.Fatalf("waitingFor names no stage: %q", text)
		}
		out.stage = n
	}
	for _, c := range rsp.GetConditions() {
		out.ready[c.GetType()] = c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE
	}
	return out
}

// over says that no stage is awaited any more.
func (p progressOf) over() bool { return p.stage > len(stages()) }

// behind says what is less than it was before.
func (p progressOf) behind(before progressOf) string {
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

// TestNothingGoesWhenTroubleComes takes readiness away again, from anything, at
// any time: everything that exists stays.
func TestNothingGoesWhenTroubleComes(t *testing.T) {
	for seed := range rounds() {
		r := newRandom(seed)
		p := plane(t, xr("trouble", r.spec()))
		for range r.IntN(9) {
			reconcile(t, p)
			p.Provide()
		}
		reconcile(t, p)
		before := p.Names()
		for range 3 {
			p.Fail(before[r.IntN(len(before))], "ThrottlingException: slow down")
		}
		reconcile(t, p)
		if diff := cmp.Diff(before, slices.DeleteFunc(p.Names(), func(n string) bool { return !slices.Contains(before, n) })); diff != "" {
			t.Fatalf("seed %d: -before, +after:\n%s", seed, diff)
		}
	}
}

// TestAnswersTheSame runs the function twice on what it made itself.
func TestAnswersTheSame(t *testing.T) {
	marshal := proto.MarshalOptions{Deterministic: true}
	for seed := range rounds() {
		r := newRandom(seed)
		p := plane(t, xr("same", r.spec()))
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

// TestNeverDropsWhatHoldsState changes claim and EnvironmentConfig at random, and
// compares what leaves with what the claim's change can account for.
func TestNeverDropsWhatHoldsState(t *testing.T) {
	refused := 0
	for seed := range rounds() {
		r := newRandom(seed)
		before := r.spec()
		p := plane(t, xr("state", before))
		configure(p, r.config())
		settle(t, p)
		held := holding(p)

		after := maps.Clone(before)
		for _, field := range []string{"environment", "kms", "waf", "observability", "karpenter"} {
			if r.IntN(3) == 0 {
				delete(after, field)
				if v, ok := r.spec()[field]; ok || field == "environment" {
					after[field] = v
				}
			}
		}
		if after["environment"] == nil {
			after["environment"] = before["environment"]
		}
		p.XR["spec"] = xr("state", after)["spec"]
		configure(p, r.config())
		for range 4 {
			if simulation.Fatal(reconcile(t, p)) != "" {
				refused++
				break
			}
			p.Provide()
		}
		observability, _ := after["observability"].(map[string]any)
		off := observability["enabled"] == false
		for _, name := range held {
			if p.Get(name) == nil && (!off || name == clusterName || name == keyName || name == clusterLogsName) {
				t.Fatalf("seed %d: %s is gone, and the claim did not ask for that:\nbefore %v\nafter %v", seed, name, before, after)
			}
		}
	}
	if refused == 0 && !testing.Short() {
		t.Error("no round was refused: the property was not put to the test")
	}
	t.Logf("%d of %d changes were refused", refused, rounds())
}

// holding are the resources that exist and hold state. They are found by their
// names, so that a kind that the function forgets to protect is missed.
func holding(p *simulation.Plane) []string {
	return slices.DeleteFunc(p.Names(), func(name string) bool {
		return !slices.Contains([]string{clusterName, keyName, prometheusName, grafanaName}, name) && !strings.HasPrefix(name, "log-group-")
	})
}

// TestEveryFieldMatters changes each leaf of a claim's spec and expects other
// resources: a field that does nothing is a bug.
func TestEveryFieldMatters(t *testing.T) {
	full := map[string]any{
		"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "one", "version": "1.34",
		"networkRef":         map[string]any{"name": "au-dev"},
		"endpoint":           map[string]any{"publicCIDRs": []any{"203.0.113.0/24"}, "privateCIDRs": []any{"172.16.0.0/16"}},
		"nodes":              map[string]any{"instanceTypes": []any{"t3.large"}, "min": int64(2), "max": int64(5), "desired": int64(3), "diskGiB": int64(30)},
		"karpenter":          map[string]any{"enabled": true, "onDemand": map[string]any{"cpu": int64(8), "memoryGiB": int64(32)}, "spot": map[string]any{"cpu": int64(8), "memoryGiB": int64(32)}},
		"addons":             map[string]any{"vpc-cni": "v1.20.1-eksbuild.1", "kube-proxy": "v1.33.1-eksbuild.1", "coredns": "v1.12.1-eksbuild.1", "eks-pod-identity-agent": "v1.3.8-eksbuild.1", "aws-ebs-csi-driver": "v1.48.0-eksbuild.1"},
		"access":             []any{map[string]any{"principalArn": "arn:aws:iam::111122223333:role/shop", "role": "edit", "namespaces": []any{"shop"}}},
		"observability":      map[string]any{"enabled": true, "retentionDays": int64(7)},
		"waf":                map[string]any{"enabled": true, "rateLimit": int64(500)},
		"kms":                map[string]any{"enabled": false},
		"deletionProtection": false,
		"dns":                map[string]any{"hostedZoneIDs": []any{"Z1"}},
		"tags":               map[string]any{"team": "store"},
		"iamPath":            "/one/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/one",
	}
	entry := func(principal, role string, namespaces ...any) []any {
		return []any{map[string]any{"principalArn": principal, "role": role, "namespaces": namespaces}}
	}
	cases := map[string]struct {
		field string
		value any
	}{
		"Environment":          {"environment", "prod"},
		"Region":               {"region", "us-west-2"},
		"ProviderConfigName":   {"providerConfigName", "two"},
		"Version":              {"version", "1.35"},
		"NetworkRef":           {"networkRef.name", "au-prod"},
		"PublicCIDRs":          {"endpoint.publicCIDRs", []any{"198.51.100.0/24"}},
		"PrivateCIDRs":         {"endpoint.privateCIDRs", []any{"172.17.0.0/16"}},
		"InstanceTypes":        {"nodes.instanceTypes", []any{"t3.xlarge"}},
		"Min":                  {"nodes.min", int64(1)},
		"Max":                  {"nodes.max", int64(6)},
		"Desired":              {"nodes.desired", int64(2)},
		"DiskGiB":              {"nodes.diskGiB", int64(40)},
		"KarpenterEnabled":     {"karpenter.enabled", false},
		"OnDemandCPU":          {"karpenter.onDemand.cpu", int64(16)},
		"OnDemandMemory":       {"karpenter.onDemand.memoryGiB", int64(64)},
		"SpotCPU":              {"karpenter.spot.cpu", int64(16)},
		"SpotMemory":           {"karpenter.spot.memoryGiB", int64(64)},
		"AddonCNI":             {"addons.vpc-cni", "v1.20.2-eksbuild.1"},
		"AddonProxy":           {"addons.kube-proxy", "v1.33.2-eksbuild.1"},
		"AddonDNS":             {"addons.coredns", "v1.12.2-eksbuild.1"},
		"AddonPodIdentity":     {"addons.eks-pod-identity-agent", "v1.3.9-eksbuild.1"},
		"AddonEBS":             {"addons.aws-ebs-csi-driver", "v1.49.0-eksbuild.1"},
		"AccessPrincipal":      {"access", entry("arn:aws:iam::111122223333:role/other", "edit", "shop")},
		"AccessRole":           {"access", entry("arn:aws:iam::111122223333:role/shop", "view", "shop")},
		"AccessNamespaces":     {"access", entry("arn:aws:iam::111122223333:role/shop", "edit", "other")},
		"AccessClusterWide":    {"access", entry("arn:aws:iam::111122223333:role/shop", "edit")},
		"ObservabilityEnabled": {"observability.enabled", false},
		"ObservabilityDays":    {"observability.retentionDays", int64(14)},
		"WAFEnabled":           {"waf.enabled", false},
		"RateLimit":            {"waf.rateLimit", int64(600)},
		"KMS":                  {"kms.enabled", true},
		"DeletionProtection":   {"deletionProtection", true},
		"HostedZones":          {"dns.hostedZoneIDs", []any{"Z2"}},
		"Tags":                 {"tags.team", "search"},
		"IAMPath":              {"iamPath", "/two/"},
		"Boundary":             {"permissionsBoundary", "arn:aws:iam::111122223333:policy/two"},
	}
	before := settle(t, plane(t, xr("leaf", full)))
	tested := map[string]bool{}
	for name, tc := range cases {
		tested[tc.field] = true
		t.Run(name, func(t *testing.T) {
			after := settle(t, plane(t, xr("leaf", with(full, tc.field, tc.value))))
			if len(changes(before.GetDesired().GetResources(), after.GetDesired().GetResources())) == 0 {
				t.Errorf("spec.%s does nothing", tc.field)
			}
		})
	}
	for _, leaf := range leaves("", full) {
		if !tested[leaf] {
			t.Errorf("spec.%s has no case", leaf)
		}
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
		child, ok := m[k].(map[string]any)
		if !ok {
			child = map[string]any{}
			m[k] = child
		}
		m = child
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
