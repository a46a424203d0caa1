package service

import (
	"strings"
	"testing"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// FuzzClaim sends specs with any values, and observed states in which any of the
// claim's resources are ready: none that exists is ever left out, and the Deployment
// never has replicas.
func FuzzClaim(f *testing.F) {
	f.Add("dev", "store", "ghcr.io/ausmart/ui:v1", "orders,cart", "jobs", "endpoint", "100m", "128Mi", int64(8080), uint8(0), uint64(0))
	f.Add("prod", "", "shop@sha256:00", "checkout", "events,mail", "url", "2", "4Gi", int64(9090), uint8(255), ^uint64(0))
	f.Add("staging", "kube-system", "", "catalog,orders,checkout,cart", "", "secretFile", "lots", "", int64(-1), uint8(85), uint64(1)<<20-1)
	f.Fuzz(func(t *testing.T, env, namespace, image, databases, queues, field, cpu, memory string, port int64, flags uint8, exist uint64) {
		p := kit().New(t, "fuzz", fuzzedSpec(env, namespace, image, databases, queues, field, cpu, memory, port, flags))
		rsp := functiontest.FuzzedSteps(t, p, exist)
		if functiontest.Refusal(rsp) == "" && p.Has(deploymentName) && deployment(t, p).Spec.Replicas != nil {
			t.Fatal("a Deployment under an autoscaler must not have replicas")
		}
	})
}

func fuzzedSpec(env, namespace, image, databases, queues, field, cpu, memory string, port int64, flags uint8) map[string]any {
	entries := func(names string) []any {
		out, listed := []any{}, map[string]bool{}
		for n := range strings.SplitSeq(names, ",") {
			if n != "" && !listed[n] { // The schema refuses two of one name.
				out = append(out, map[string]any{"name": n})
			}
			listed[n] = true
		}
		return out
	}
	spec := map[string]any{"environment": env, "image": image, "port": port, "databases": entries(databases), "queues": entries(queues)}
	first := func(names string) string { n, _, _ := strings.Cut(names, ","); return n }
	functiontest.Optional(flags,
		func() { spec["namespace"] = namespace },
		func() { spec["resources"] = map[string]any{"cpu": cpu, "memory": memory} },
		func() {
			spec["env"] = []any{map[string]any{"name": "A", "from": map[string]any{"database": first(databases), "field": field}}}
		},
		func() {
			spec["env"] = []any{map[string]any{"name": "A", "from": map[string]any{"queue": first(queues), "field": field}}}
		},
		func() { spec["ingress"] = map[string]any{"host": namespace, "internal": port%2 == 0} },
		func() { spec["allowFrom"] = []any{namespace, field} },
		func() { spec["spot"], spec["repository"] = true, true },
		func() { spec["tags"] = map[string]any{field: image} },
	)
	return spec
}
