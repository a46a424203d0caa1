package service

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	appsv1 "k8s.io/api/apps/v1"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// rounds of each property. Every round is a random claim that is followed from
// nothing to ready; -short takes a quarter.
func rounds() int {
	if testing.Short() {
		return 15
	}
	return 60
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

// some of the names, in any order, as a list of references.
func (r random) some(names ...string) []any {
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	out := []any{}
	for _, n := range names[:r.IntN(len(names)+1)] {
		out = append(out, map[string]any{"name": n})
	}
	return out
}

func (r random) spec() map[string]any {
	s := map[string]any{
		"environment": r.one("dev", "staging", "prod"),
		"databases":   r.some("catalog", "orders", "checkout", "cart"),
		"queues":      r.some("jobs", "events", "mail"),
	}
	env := []any{map[string]any{"name": "LOG_LEVEL", "value": "debug"}}
	for _, q := range s["queues"].([]any) {
		name := q.(map[string]any)["name"].(string)
		q.(map[string]any)["maxReceiveCount"] = r.one(int64(3), int64(5))
		env = append(env, map[string]any{"name": strings.ToUpper(name), "from": map[string]any{"queue": name, "field": r.one("url", "arn", "name")}})
	}
	for _, d := range s["databases"].([]any) {
		name := d.(map[string]any)["name"].(string)
		env = append(env, map[string]any{"name": strings.ToUpper(name) + "_DB", "from": map[string]any{"database": name, "field": "arn"}})
	}
	r.sometimes(s, "env", env)
	r.sometimes(s, "namespace", "shop")
	r.sometimes(s, "replicas", map[string]any{"min": int64(1 + r.IntN(3)), "max": int64(4 + r.IntN(3)), "targetCPU": int64(50)})
	r.sometimes(s, "resources", map[string]any{"cpu": "250m", "memory": "1Gi"})
	r.sometimes(s, "ingress", map[string]any{"internal": r.one(true, false)})
	r.sometimes(s, "allowFrom", []any{"ui", "checkout"})
	r.sometimes(s, "spot", r.one(true, false))
	r.sometimes(s, "repository", true)
	r.sometimes(s, "tags", map[string]any{"team": r.one("store", "search")})
	return s
}

func reconcile(t testing.TB, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := p.Reconcile(t.Context())
	if err != nil {
		t.Fatalf("cannot reconcile: %v", err)
	}
	return rsp
}

// settle reconciles until everything is ready and nothing changes.
func settle(t testing.TB, p *simulation.Plane) *fnv1.RunFunctionResponse {
	t.Helper()
	var last *fnv1.RunFunctionResponse
	for range 12 {
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

func deployment(t testing.TB, p *simulation.Plane) appsv1.Deployment {
	t.Helper()
	return manifest[appsv1.Deployment](t, p, deploymentName)
}

// TestAnswersTheSame runs the function twice on what it made itself.
func TestAnswersTheSame(t *testing.T) {
	marshal := proto.MarshalOptions{Deterministic: true}
	for seed := range rounds() {
		p := dev(t, xr("same", newRandom(seed).spec()))
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

// TestReadyInAnyOrder makes resources ready one by one in random order: none ever
// goes, more come, and the condition turns true once, at the end.
func TestReadyInAnyOrder(t *testing.T) {
	for seed := range rounds() / 5 {
		r := newRandom(seed)
		p := dev(t, xr("order", r.spec()))
		reconcile(t, p)
		was := false
		for step := 0; ; step++ {
			before := p.Names()
			waiting := slices.DeleteFunc(slices.Clone(before), func(n string) bool { return ready(p, n) })
			if len(waiting) == 0 {
				break
			}
			p.Provide(waiting[r.IntN(len(waiting))])
			is := serviceReady(reconcile(t, p))
			for _, name := range before {
				if p.Get(name) == nil {
					t.Fatalf("seed %d, step %d: %s is gone", seed, step, name)
				}
			}
			if was && !is {
				t.Fatalf("seed %d, step %d: ServiceReady went back", seed, step)
			}
			was = is
		}
		if !serviceReady(reconcile(t, p)) {
			t.Fatalf("seed %d: all is ready, and ServiceReady is not", seed)
		}
	}
}

// TestNothingFlaps takes readiness away from one resource after another, and the
// answers of their providers with it: the function asks for what it asked before.
func TestNothingFlaps(t *testing.T) {
	p := plane(t, "au-prod", example(t, "au-prod", "orders"))
	settle(t, p)
	before := specs(reconcile(t, p))
	for _, name := range p.Names() {
		p.Provide()
		p.Fail(name, "throttled")
		if diff := cmp.Diff(before, specs(reconcile(t, p))); diff != "" {
			t.Errorf("%s is in trouble: -want, +got:\n%s", name, diff)
		}
	}
	for _, name := range []string{"queue-events", "dead-letter-queue-events", "pod-identity", "role", "deployment"} {
		p.Provide()
		p.Get(name)["status"] = map[string]any{}
		rsp := reconcile(t, p)
		for _, kept := range []string{"deployment", "queue-events", "dead-letter-queue-events"} {
			if diff := cmp.Diff(before[kept], specs(rsp)[kept]); diff != "" {
				t.Errorf("%s lost its status, and %s changes: -want, +got:\n%s", name, kept, diff)
			}
		}
	}
}

// specs of what the function wants.
func specs(rsp *fnv1.RunFunctionResponse) map[string]any {
	out := map[string]any{}
	for name, r := range rsp.GetDesired().GetResources() {
		out[name] = r.GetResource().AsMap()
	}
	return out
}

func ready(p *simulation.Plane, name string) bool {
	status, _ := p.Get(name)["status"].(map[string]any)
	return status["conditions"] != nil
}

func serviceReady(rsp *fnv1.RunFunctionResponse) bool {
	for _, c := range rsp.GetConditions() {
		if c.GetType() == conditionReady {
			return c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE
		}
	}
	return false
}

// full has every field of a claim's spec.
func full() map[string]any {
	return map[string]any{
		"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "one",
		"clusterRef": map[string]any{"name": "au-dev"}, "namespace": "shop", "image": "shop/full:v1", "port": int64(8080),
		"replicas":    map[string]any{"min": int64(2), "max": int64(4), "targetCPU": int64(60)},
		"resources":   map[string]any{"cpu": "100m", "memory": "128Mi"},
		"databases":   []any{map[string]any{"name": "orders"}},
		"queues":      []any{map[string]any{"name": "jobs", "maxReceiveCount": int64(5)}},
		"env":         []any{map[string]any{"name": "A", "value": "1"}, map[string]any{"name": "B", "from": map[string]any{"database": "orders", "field": "endpoint"}}},
		"ingress":     map[string]any{"host": "shop.example.com", "certificateArn": "arn:aws:acm:ap-southeast-2:111122223333:certificate/1", "internal": false},
		"allowFrom":   []any{"ui"},
		"spot":        false,
		"repository":  true,
		"probes":      map[string]any{"live": "/livez", "ready": "/readyz"},
		"metricsPath": "/metrics",
		"tags":        map[string]any{"team": "store"},
		"iamPath":     "/one/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/one",
	}
}

// TestEveryFieldMatters changes each leaf of a claim's spec and expects another
// answer: a field that does nothing is a bug.
func TestEveryFieldMatters(t *testing.T) {
	list := func(m ...map[string]any) []any {
		var out []any
		for _, e := range m {
			out = append(out, e)
		}
		return out
	}
	other := map[string]any{
		"environment": "prod", "region": "us-west-2", "providerConfigName": "two",
		"clusterRef.name": "other", "namespace": "store", "image": "shop/full:v2", "port": int64(9090),
		"replicas.min": int64(3), "replicas.max": int64(5), "replicas.targetCPU": int64(70),
		"resources.cpu": "200m", "resources.memory": "256Mi",
		"databases":    list(map[string]any{"name": "orders"}, map[string]any{"name": "cart"}),
		"queues":       list(map[string]any{"name": "jobs", "maxReceiveCount": int64(9)}),
		"env":          list(map[string]any{"name": "A", "value": "2"}, map[string]any{"name": "B", "from": map[string]any{"database": "orders", "field": "endpoint"}}),
		"ingress.host": "other.example.com", "ingress.certificateArn": "arn:aws:acm:ap-southeast-2:111122223333:certificate/2", "ingress.internal": true,
		"allowFrom": []any{"cart"}, "spot": true, "repository": false,
		"probes.live": "/alive", "probes.ready": "/ready", "metricsPath": "/prometheus", "tags.team": "search",
		"iamPath": "/two/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/two",
	}
	answer := func(spec map[string]any) map[string]any {
		p := dev(t, xr("leaf", spec))
		p.Required["XCluster/other"] = with(p.Required["XCluster/au-dev"], "status.clusterName", "other")
		return specs(settle(t, p))
	}
	before := answer(full())
	for field, value := range other {
		t.Run(field, func(t *testing.T) {
			if cmp.Equal(before, answer(with(full(), field, value))) {
				t.Errorf("spec.%s does nothing", field)
			}
		})
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(other)), leaves("", full())); diff != "" {
		t.Errorf("every field has a case: -cases, +fields:\n%s", diff)
	}
}

// TestFullIsFull fails when a field of the schema is missing above.
func TestFullIsFull(t *testing.T) {
	var d struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema struct {
						Properties struct {
							Spec struct {
								Properties map[string]any `json:"properties"`
							} `json:"spec"`
						} `json:"properties"`
					} `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	read(t, "../../apis/services/definition.yaml", &d)
	schema := d.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties.Spec.Properties
	if diff := cmp.Diff(slices.Sorted(maps.Keys(schema)), slices.Sorted(maps.Keys(full()))); diff != "" {
		t.Errorf("fields: -schema, +full:\n%s", diff)
	}
}

// with returns a deep copy of a spec with one leaf changed.
func with(spec map[string]any, path string, value any) map[string]any {
	v, err := structpb.NewValue(value)
	if err != nil {
		panic(err)
	}
	out := clone(spec)
	m := out
	keys := strings.Split(path, ".")
	for _, k := range keys[:len(keys)-1] {
		m = m[k].(map[string]any)
	}
	m[keys[len(keys)-1]] = v.AsInterface()
	return out
}

// leaves of a spec, sorted; lists are leaves.
func leaves(prefix string, v map[string]any) []string {
	var out []string
	for k, v := range v {
		if m, ok := v.(map[string]any); ok {
			out = append(out, leaves(prefix+k+".", m)...)
			continue
		}
		out = append(out, prefix+k)
	}
	slices.Sort(out)
	return out
}

// changed are the paths at which two answers differ.
func changed(prefix string, a, b any) []string {
	ma, oka := a.(map[string]any)
	mb, okb := b.(map[string]any)
	la, isa := a.([]any)
	lb, isb := b.([]any)
	var out []string
	switch {
	case oka && okb:
		keys := maps.Clone(ma)
		maps.Copy(keys, mb)
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			out = append(out, changed(prefix+"."+k, ma[k], mb[k])...)
		}
	case isa && isb && len(la) == len(lb):
		for i := range la {
			out = append(out, changed(prefix+"[]", la[i], lb[i])...)
		}
	case !cmp.Equal(a, b):
		out = append(out, strings.TrimPrefix(prefix, "."))
	}
	return out
}

// TestImageChangesOneField rolls out another version: one field of one resource.
func TestImageChangesOneField(t *testing.T) {
	for _, name := range store() {
		p := plane(t, "au-prod", example(t, "au-prod", name))
		before := specs(settle(t, p))
		p.XR["spec"].(map[string]any)["image"] = "ghcr.io/ausmart/" + name + ":v0.2.0"
		after := specs(settle(t, p))
		want := []string{"deployment.spec.forProvider.manifest.spec.template.spec.containers[].image"}
		if diff := cmp.Diff(want, changed("", before, after)); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", name, diff)
		}
	}
}
