package database

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// rounds of each property. Every round is a random claim that is followed from
// nothing to ready, several function calls; -short takes a quarter.
func rounds() int {
	if testing.Short() {
		return 15
	}
	return 60
}

// random makes specs from a seed, so that a failure can be had again.
type random struct{ *rand.Rand }

func newRandom(seed int) random { return random{rand.New(rand.NewPCG(uint64(seed), 4))} }

func (r random) one(options ...any) any { return options[r.IntN(len(options))] }

func (r random) sometimes(spec map[string]any, field string, value any) {
	if r.IntN(2) == 0 {
		spec[field] = value
	}
}

// spec of a claim that the schema accepts.
func (r random) spec() map[string]any {
	s := map[string]any{"environment": r.one("dev", "staging", "prod"), "engine": r.one("mysql", "postgres", "redis", "dynamodb")}
	r.sometimes(s, "backupRetentionDays", r.one(int64(0), int64(1), int64(35)))
	r.sometimes(s, "deletionProtection", r.one(true, false))
	r.sometimes(s, "kms", map[string]any{"enabled": r.one(true, false)})
	r.sometimes(s, "tags", map[string]any{"team": r.one("store", "search")})
	if s["engine"] == "dynamodb" {
		s["table"] = r.table()
		return s
	}
	r.sometimes(s, "multiAZ", r.one(true, false))
	r.sometimes(s, "finalSnapshot", r.one(true, false))
	r.sometimes(s, "applyImmediately", r.one(true, false))
	r.sometimes(s, "size", r.one("micro", "small", "medium", "large", "xlarge"))
	r.sometimes(s, "version", map[any]any{
		"mysql": r.one("8.0", "8.4", "8.4.5"), "postgres": r.one("15", "17", "17.4"), "redis": r.one("7.0", "7.1"),
	}[s["engine"]])
	if s["engine"] != "redis" {
		r.sometimes(s, "storageGiB", r.one(int64(20), int64(400)))
		r.sometimes(s, "databaseName", r.one("shop", "orders"))
	}
	return s
}

func (r random) table() map[string]any {
	key := func(name string) map[string]any {
		return map[string]any{"name": name, "type": r.one("string", "number", "binary")}
	}
	t := map[string]any{"partitionKey": key("id")}
	r.sometimes(t, "sortKey", key("at"))
	r.sometimes(t, "ttlAttribute", "expires")
	r.sometimes(t, "indexes", []any{
		map[string]any{"name": "by_b", "partitionKey": key("b")},
		map[string]any{"name": "by_a", "partitionKey": key("a"), "sortKey": key("c")},
	})
	return t
}

// config is the data of an EnvironmentConfig, or nil for none.
func (r random) config() map[string]any {
	if r.IntN(3) == 0 {
		return nil
	}
	c := map[string]any{}
	for _, field := range []string{"kms", "multiAZ", "deletionProtection", "finalSnapshot", "applyImmediately"} {
		r.sometimes(c, field, r.one(true, false))
	}
	r.sometimes(c, "retentionDays", r.one(int64(7), int64(400)))
	r.sometimes(c, "backupRetentionDays", r.one(int64(0), int64(14)))
	return c
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

// TestOrderMeansNothing deals the indexes of a table in another order.
func TestOrderMeansNothing(t *testing.T) {
	index := func(name string) any {
		return map[string]any{"name": name, "partitionKey": map[string]any{"name": name + "Key"}}
	}
	all := []any{index("one"), index("two"), index("three")}
	var first *fnv1.RunFunctionResponse
	for seed := range 6 {
		dealt := slices.Clone(all)
		newRandom(seed).Shuffle(len(dealt), func(i, j int) { dealt[i], dealt[j] = dealt[j], dealt[i] })
		p := plane(t, xr("order", map[string]any{"engine": "dynamodb", "table": map[string]any{"partitionKey": map[string]any{"name": "id"}, "indexes": dealt}}))
		rsp := settle(t, p)
		if first == nil {
			first = rsp
		}
		if !proto.Equal(first, rsp) {
			t.Fatalf("the order of indexes changes the answer: %v", dealt)
		}
	}
}

// TestReadyInAnyOrder makes resources ready one by one in random order, also those
// that come while it does: none is ever left out again, and a condition that has
// become true stays true.
func TestReadyInAnyOrder(t *testing.T) {
	for seed := range rounds() {
		r := newRandom(seed)
		p := plane(t, xr("order", r.spec()))
		configure(p, r.config())
		rsp := reconcile(t, p)
		ready := map[string]bool{}
		was := conditions(rsp)
		for len(ready) < len(p.Names()) {
			left := slices.DeleteFunc(p.Names(), func(name string) bool { return ready[name] })
			name := left[r.IntN(len(left))]
			ready[name] = true
			before := names(rsp)
			p.Provide(name)
			rsp = reconcile(t, p)
			if m := simulation.Fatal(rsp); m != "" {
				t.Fatalf("seed %d, after %s: unexpected fatal result: %s", seed, name, m)
			}
			for _, old := range before {
				if _, ok := rsp.GetDesired().GetResources()[old]; !ok {
					t.Fatalf("seed %d: %s went after %s became ready", seed, old, name)
				}
			}
			is := conditions(rsp)
			for typ, yes := range was {
				if yes && !is[typ] {
					t.Fatalf("seed %d: %s went back to False after %s became ready", seed, typ, name)
				}
			}
			was = is
			if done := len(ready) == len(p.Names()); is[conditionReady] != done {
				t.Fatalf("seed %d: %d of %d resources ready: DatabaseReady is %t", seed, len(ready), len(p.Names()), is[conditionReady])
			}
		}
		if !slices.Contains(names(rsp), primaryOf(p)) {
			t.Fatalf("seed %d: everything is ready, and there is no database", seed)
		}
	}
}

func conditions(rsp *fnv1.RunFunctionResponse) map[string]bool {
	out := map[string]bool{}
	for _, c := range rsp.GetConditions() {
		out[c.GetType()] = c.GetStatus() == fnv1.Status_STATUS_CONDITION_TRUE
	}
	return out
}

// TestChangesLoseNothing changes a database that is ready into another random
// claim of its engine: either it is refused whole, or nothing that holds state
// goes.
func TestChangesLoseNothing(t *testing.T) {
	refused := 0
	for seed := range rounds() {
		r := newRandom(seed)
		p := plane(t, xr("change", r.spec()))
		configure(p, r.config())
		settle(t, p)
		held := holding(p)
		after := r.spec()
		for after["engine"] != spec(p)["engine"] {
			after = r.spec()
		}
		p.XR["spec"] = xr("change", after)["spec"]
		configure(p, r.config())
		for range 4 {
			if m := simulation.Fatal(reconcile(t, p)); m != "" {
				refused++
				break
			}
			p.Provide()
		}
		for _, name := range held {
			if p.Get(name) == nil {
				t.Fatalf("seed %d: %s is gone", seed, name)
			}
		}
	}
	if refused == 0 || refused == rounds() {
		t.Errorf("%d of %d changes were refused: the property needs both", refused, rounds())
	}
}

// holding are the resources that exist and hold state. They are found by their
// names, so that a kind that the function forgets to protect is missed.
func holding(p *simulation.Plane) []string {
	return slices.DeleteFunc(p.Names(), func(name string) bool {
		return !slices.Contains([]string{"instance", "replication-group", "table", "key-database"}, name) && !strings.HasPrefix(name, "log-group-")
	})
}

// TestEveryFieldMatters changes each leaf of a claim's spec and expects another
// answer: a field that does nothing is a bug.
func TestEveryFieldMatters(t *testing.T) {
	shared := map[string]any{
		"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "one",
		"backupRetentionDays": int64(7), "deletionProtection": false, "kms": map[string]any{"enabled": false},
		"tags": map[string]any{"team": "store"},
	}
	with := func(more map[string]any) map[string]any {
		out := maps.Clone(shared)
		maps.Copy(out, more)
		return out
	}
	networked := map[string]any{
		"networkRef": map[string]any{"name": "au-dev"}, "multiAZ": false, "finalSnapshot": false, "applyImmediately": true,
	}
	rds := with(networked)
	maps.Copy(rds, map[string]any{"engine": "mysql", "version": "8.4", "allowMajorVersionUpgrade": false, "storageGiB": int64(20), "maxStorageGiB": int64(100), "databaseName": "shop"})
	redis := with(networked)
	maps.Copy(redis, map[string]any{"engine": "redis", "version": "7.0"})
	table := with(map[string]any{"engine": "dynamodb", "table": map[string]any{
		"partitionKey": map[string]any{"name": "id", "type": "string"}, "sortKey": map[string]any{"name": "at", "type": "string"}, "ttlAttribute": "gone",
		"indexes": []any{map[string]any{"name": "by_a", "partitionKey": map[string]any{"name": "a"}}},
	}})
	other := map[string]any{
		"environment": "prod", "region": "us-west-2", "providerConfigName": "two", "backupRetentionDays": int64(8),
		"deletionProtection": true, "kms.enabled": true, "tags.team": "search", "networkRef.name": "au-prod", "multiAZ": true,
		"finalSnapshot": true, "applyImmediately": false, "engine": "postgres", "version": "8.0", "allowMajorVersionUpgrade": true,
		"storageGiB": int64(21), "maxStorageGiB": int64(101), "databaseName": "store",
		"size": "large", "instanceClass": "db.m7g.large",
		"table.partitionKey.name": "key", "table.partitionKey.type": "number", "table.sortKey.name": "when", "table.sortKey.type": "number",
		"table.ttlAttribute": "expires", "table.indexes": []any{map[string]any{"name": "by_a", "partitionKey": map[string]any{"name": "b"}}},
	}
	for engine, base := range map[string]map[string]any{"mysql": rds, "redis": redis, "dynamodb": table} {
		fields := leaves("", base)
		if engine != "dynamodb" {
			fields = append(fields, "size", "instanceClass")
		}
		for _, field := range fields {
			value := other[field]
			switch {
			case engine == "redis" && field == "instanceClass":
				value = "cache.m7g.large"
			case engine == "redis" && field == "version":
				value = "7.1"
			case field == "engine" && engine != "mysql":
				continue // Another engine is another shape of the claim.
			}
			t.Run(engine+"/"+field, func(t *testing.T) {
				if value == nil {
					t.Fatalf("spec.%s has no other value to try", field)
				}
				before := settle(t, plane(t, xr("leaf", base)))
				after := settle(t, plane(t, xr("leaf", set(base, field, value))))
				if len(changes(before.GetDesired().GetResources(), after.GetDesired().GetResources())) == 0 {
					t.Errorf("spec.%s does nothing", field)
				}
			})
		}
	}
}

// set returns a deep copy of a spec with one leaf changed.
func set(spec map[string]any, path string, value any) map[string]any {
	s, err := structpb.NewStruct(spec)
	if err != nil {
		panic("cannot copy spec: " + err.Error())
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
	slices.Sort(out)
	return out
}

// TestWaitsForItsNetwork has a network that is missing, and then one that lacks
// what a database needs of it.
func TestWaitsForItsNetwork(t *testing.T) {
	lacks := func(path string) func(p *simulation.Plane) {
		return func(p *simulation.Plane) {
			n := p.Required["XNetwork/au-dev"]
			status := set(n["status"].(map[string]any), path, nil)
			p.Required["XNetwork/au-dev"] = map[string]any{"apiVersion": n["apiVersion"], "kind": n["kind"], "metadata": n["metadata"], "status": status}
		}
	}
	cases := map[string]struct {
		reason string
		change func(p *simulation.Plane)
		want   string
	}{
		"None": {
			"A network may come later than its database.",
			func(p *simulation.Plane) { delete(p.Required, "XNetwork/au-dev") },
			`waiting for Network "au-dev" (spec.networkRef): there is none in this namespace; apply it, or correct the name`,
		},
		"VPC":     {"A group needs a VPC.", lacks("vpcId"), `waiting for Network "au-dev" (spec.networkRef): it has no VPC yet`},
		"Subnets": {"A database needs subnets.", lacks("subnets.data"), `waiting for Network "au-dev" (spec.networkRef): it has no data subnets in two zones yet`},
		"Nodes":   {"Without the nodes' group nobody is let in.", lacks("securityGroups.node"), `waiting for Network "au-dev" (spec.networkRef): it has no security group for nodes yet`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			fresh := plane(t, xr("wait", map[string]any{"engine": "mysql"}))
			tc.change(fresh)
			rsp := reconcile(t, fresh)
			if diff := cmp.Diff([]any{tc.want, 0}, []any{status(rsp)["waitingFor"], len(names(rsp))}); diff != "" {
				t.Errorf("%s\nwhat is awaited, and how many resources there are: -want, +got:\n%s", tc.reason, diff)
			}

			ready := plane(t, xr("wait", map[string]any{"engine": "mysql"}))
			before := names(settle(t, ready))
			tc.change(ready)
			rsp = reconcile(t, ready)
			if diff := cmp.Diff([]any{tc.want, before}, []any{status(rsp)["waitingFor"], names(rsp)}); diff != "" {
				t.Errorf("%s\nwhat is awaited, and what stays: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// status that a response writes.
func status(rsp *fnv1.RunFunctionResponse) map[string]any {
	s, _ := rsp.GetDesired().GetComposite().GetResource().AsMap()["status"].(map[string]any)
	return s
}
