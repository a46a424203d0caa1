package service

import (
	"slices"
	"strings"
	"testing"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func TestService(t *testing.T) { functiontest.Run(t, kit()) }

func FuzzRunFunction(f *testing.F) { functiontest.FuzzRunFunction(f, kit()) }

func BenchmarkRunFunction(b *testing.B) { functiontest.Benchmark(b, kit()) }

// kit is what the test kit must know of services.
func kit() functiontest.Kind {
	return functiontest.Kind{
		Name: "Service", Function: New(logging.NewNopLogger()),
		Metadata: functiontest.ClaimMetadata,
		Complete: func(name string, spec map[string]any) {
			functiontest.SetDefault(spec, "environment", "dev")
			functiontest.SetDefault(spec, "clusterRef", map[string]any{"name": "au-dev"})
			functiontest.SetDefault(spec, "image", "ghcr.io/ausmart/"+name+":v0.1.0")
		},
		AWS:        live,
		References: []string{"Cluster", "Database"},
		Placed:     []string{"au-prod/orders", "au-prod/cart"},
		Protected:  []string{"au-prod/orders"},
		Sensitive:  []map[string]any{{"queues": refs("jobs"), "ingress": map[string]any{}}},
		Typical:    []string{"au-prod/orders"}, Seeds: []string{"au-dev/orders", "au-dev/ui"},
		Small: []map[string]any{{
			"environment": "prod", "databases": refs("orders"), "queues": refs("jobs"),
			"env": []any{map[string]any{"name": "B", "from": map[string]any{"database": "orders", "field": "endpoint"}}},
		}},
		Corpora: []string{"FuzzRunFunction", "FuzzClaim"},
		Goldens: []functiontest.Step{
			{Folder: "00-fresh", Reason: "Nothing exists yet: what AWS makes is desired, and the namespace."},
			{Folder: "01-namespace-and-role-ready", Reason: "The namespace is there and the role has its association: what surrounds the pods is desired, the pods are not."},
			{Folder: "02-guarded", Reason: "Policies, account and secrets are there: now the pods may start."},
			{Folder: "03-all-ready", Reason: "Everything is ready: the status is complete and nothing is pending."},
		},
		Configured: true,
		Unrecorded: []string{"us-prod/cart", "us-prod/catalog", "us-prod/checkout", "us-prod/orders"}, // They are au-prod's, in another region.
		Variants:   variants(),
		Inert:      functiontest.Compared("region", "providerConfigName", "allowCrossEnvironment"),
		Random:     randomSpec, Rounds: 60, Orders: 12,
		Removes: func(name string, _, after map[string]any) bool {
			if name == "repository" {
				return after["repository"] != true
			}
			queue := name[strings.LastIndex(name, "-")+1:]
			return !slices.ContainsFunc(after["queues"].([]any), func(q any) bool { return q.(map[string]any)["name"] == queue })
		},
		Stateful:  []string{"Queue", "Repository"},
		Stateless: []string{"ClusterUsage", "LifecyclePolicy", "Object", "PodIdentityAssociation", "Role", "RolePolicy", "Usage"},
	}
}

// live objects have the status that their controllers write in the end.
func live(_, kind, _ string, at map[string]any, _ func(string) string) {
	if kind != "Object" {
		return
	}
	manifest := functiontest.Clone(at["manifest"].(map[string]any))
	switch manifest["kind"] {
	case "Deployment":
		manifest["status"] = map[string]any{
			"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2,
		}
	case "Ingress":
		manifest["status"] = map[string]any{"loadBalancer": map[string]any{"ingress": []any{
			map[string]any{"hostname": "k8s-shop-0123456789.ap-southeast-2.elb.amazonaws.com"},
		}}}
	}
	at["manifest"] = manifest
}

// store are the services of the examples.
func store() []string { return []string{"cart", "catalog", "checkout", "orders", "ui"} }

// refs to what has a name.
func refs(names ...string) []any {
	out := []any{}
	for _, n := range names {
		out = append(out, map[string]any{"name": n})
	}
	return out
}

// full has nearly every field of a claim's spec.
func full() map[string]any {
	return map[string]any{
		"environment": "dev",
		"clusterRef":  map[string]any{"name": "au-dev"}, "namespace": "shop", "image": "shop/full:v1", "port": 8080,
		"replicas":   map[string]any{"min": 2, "max": 4, "targetCPU": 60},
		"resources":  map[string]any{"cpu": "100m", "memory": "128Mi"},
		"databases":  refs("orders"),
		"queues":     []any{map[string]any{"name": "jobs", "maxReceiveCount": 5}},
		"env":        []any{map[string]any{"name": "A", "value": "1"}, map[string]any{"name": "B", "from": map[string]any{"database": "orders", "field": "endpoint"}}},
		"ingress":    map[string]any{"host": "shop.example.com", "certificateArn": "arn:aws:acm:ap-southeast-2:111122223333:certificate/1", "internal": false, "inboundCIDRs": []any{"203.0.113.0/24"}, "hiddenPaths": []any{"/actuator"}},
		"allowFrom":  []any{"ui"},
		"spot":       false,
		"repository": true, "deletionProtection": false,
		"probes":      map[string]any{"live": "/livez", "ready": "/readyz"},
		"metricsPath": "/metrics",
		"tags":        map[string]any{"team": "store"},
		"iamPath":     "/one/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/one",
	}
}

func variants() []functiontest.Variant {
	from := func(kind, name, field string) []any {
		return []any{map[string]any{"name": "A", "from": map[string]any{kind: name, "field": field}}}
	}
	return []functiontest.Variant{
		{Name: "full", Spec: full(), Other: map[string]any{
			"environment": "prod", "namespace": "store", "image": "shop/full:v2", "port": 9090,
			"replicas.min": 3, "replicas.max": 5, "replicas.targetCPU": 70, "resources.cpu": "200m", "resources.memory": "256Mi",
			"queues[].name": "mail", "queues[].maxReceiveCount": 9, "env[].name": "C", "env[].value": "2", "env[].from.field": "port",
			"ingress.host": "other.example.com", "ingress.certificateArn": "arn:aws:acm:ap-southeast-2:111122223333:certificate/2", "ingress.internal": true, "ingress.inboundCIDRs": []any{"198.51.100.0/24"}, "ingress.hiddenPaths": []any{"/chaos"},
			"allowFrom": []any{"cart"}, "spot": true, "repository": false, "deletionProtection": true,
			"probes.live": "/alive", "probes.ready": "/ready", "metricsPath": "/prometheus", "tags.team": "search",
			"iamPath": "/two/", "permissionsBoundary": "arn:aws:iam::111122223333:policy/two",
		}},
		{Name: "cluster", Spec: map[string]any{"queues": refs("jobs")}, Other: map[string]any{"clusterRef.name": "au-prod"}},
		{
			Name:  "database",
			Spec:  map[string]any{"databases": refs("catalog", "orders"), "env": from("database", "orders", "endpoint")},
			Other: map[string]any{"databases[].name": "cart", "env[].from.database": "catalog"},
		},
		{
			Name:  "queue",
			Spec:  map[string]any{"queues": refs("jobs", "mail"), "env": from("queue", "jobs", "url")},
			Other: map[string]any{"env[].from.queue": "mail"},
		},
	}
}

func randomSpec(r functiontest.Random) map[string]any {
	some := func(names ...string) []any {
		r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		return refs(names[:r.IntN(len(names)+1)]...)
	}
	s := map[string]any{
		"environment": r.One("dev", "staging", "prod"),
		"databases":   some("catalog", "orders", "checkout", "cart"),
		"queues":      some("jobs", "events", "mail"),
	}
	env := []any{map[string]any{"name": "LOG_LEVEL", "value": "debug"}}
	for _, q := range s["queues"].([]any) {
		name := q.(map[string]any)["name"].(string)
		q.(map[string]any)["maxReceiveCount"] = r.One(3, 5)
		env = append(env, map[string]any{"name": strings.ToUpper(name), "from": map[string]any{"queue": name, "field": r.One("url", "arn", "name")}})
	}
	for _, d := range s["databases"].([]any) {
		name := d.(map[string]any)["name"].(string)
		env = append(env, map[string]any{"name": strings.ToUpper(name) + "_DB", "from": map[string]any{"database": name, "field": "arn"}})
	}
	r.Sometimes(s, "env", env)
	r.Sometimes(s, "namespace", "shop")
	r.Sometimes(s, "replicas", map[string]any{"min": 1 + r.IntN(3), "max": 4 + r.IntN(3), "targetCPU": 50})
	r.Sometimes(s, "resources", map[string]any{"cpu": "250m", "memory": "1Gi"})
	r.Sometimes(s, "ingress", map[string]any{"internal": r.One(true, false)})
	r.Sometimes(s, "allowFrom", []any{"ui", "checkout"})
	r.Sometimes(s, "spot", r.One(true, false))
	r.Sometimes(s, "repository", true)
	r.Sometimes(s, "tags", map[string]any{"team": r.One("store", "search")})
	return s
}
