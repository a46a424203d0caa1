package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// TestDevAndProd lists every difference between the same cluster in dev and in
// prod. Each belongs to a row of the table of environments: keys, firewall,
// redundancy, retention, deletion protection, the public API.
func TestDevAndProd(t *testing.T) {
	of := func(environment string) *simulation.Plane {
		p := plane(t, xr("same", map[string]any{"environment": environment}))
		settle(t, p)
		return p
	}
	dev, prod := of("dev"), of("prod")
	want := []string{
		// KMS keys.
		"only prod: key-eks",
		"only prod: key-eks-alias",
		"only prod: usage-cluster-of-key-eks",
		"cluster encryptionConfig: <nil> -> [map[provider:[map[keyArn:arn:aws:kms:ap-southeast-2:123456789012:key/" + id(prod, keyName) + "]] resources:[secrets]]]",
		// WAF on the ALB.
		"only prod: web-acl",
		// Replicas.
		"object-deployment-adot-collector manifest.spec.replicas: 1 -> 2",
		"release-aws-load-balancer-controller values.replicaCount: 1 -> 2",
		"release-karpenter values.replicas: 1 -> 2",
		"release-metrics-server values.podDisruptionBudget.enabled: false -> true",
		"release-metrics-server values.replicas: 1 -> 2",
		// Retention of logs and traces.
		"log-group-application retentionInDays: 14 -> 90",
		"log-group-control-plane retentionInDays: 14 -> 90",
		"log-group-platform retentionInDays: 14 -> 90",
		// Deletion protection.
		"cluster deletionProtection: false -> true",
		"only prod: hold-xcluster", // And hold-cluster, where there is a claim.
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, differences(dev, prod)); diff != "" {
		t.Errorf("dev and prod: -want, +got:\n%s", diff)
	}
}

func id(p *simulation.Plane, name string) string {
	at, _ := p.Get(name)["status"].(map[string]any)["atProvider"].(map[string]any)
	s, _ := at["id"].(string)
	return s
}

// differences between two clusters of the same name, without the tag that says
// the environment.
func differences(a, b *simulation.Plane) []string {
	var out []string
	for _, name := range b.Names() {
		if a.Get(name) == nil {
			out = append(out, "only prod: "+name)
		}
	}
	for _, name := range a.Names() {
		if b.Get(name) == nil {
			out = append(out, "only dev: "+name)
			continue
		}
		out = append(out, unlike(name+" ", forProvider(a, name), forProvider(b, name))...)
	}
	slices.Sort(out)
	return out
}

func unlike(path string, a, b any) []string {
	x, isMap := a.(map[string]any)
	y, isMapToo := b.(map[string]any)
	if !isMap || !isMapToo {
		if text := fmt.Sprintf("%s: %v -> %v", path, a, b); !cmp.Equal(a, b) && !onlyEnvironment(a, b) {
			return []string{text}
		}
		return nil
	}
	keys := map[string]bool{}
	for k := range x {
		keys[k] = true
	}
	for k := range y {
		keys[k] = true
	}
	var out []string
	for k := range keys {
		if k == "ausmart.io/environment" {
			continue
		}
		sep := "."
		if strings.HasSuffix(path, " ") {
			sep = ""
		}
		out = append(out, unlike(path+sep+k, x[k], y[k])...)
	}
	return out
}

// onlyEnvironment says whether two values differ in the environment's tag alone,
// wherever that stands.
func onlyEnvironment(a, b any) bool {
	scrub := func(v any) string {
		return strings.NewReplacer("environment:dev", "", "environment:prod", "", `environment":"dev"`, "", `environment":"prod"`, "").Replace(fmt.Sprint(v))
	}
	return scrub(a) == scrub(b)
}

// TestDevToProd changes the environment of a cluster that is ready: nothing goes,
// and nothing is made anew.
func TestDevToProd(t *testing.T) {
	p := plane(t, xr("moves", map[string]any{"environment": "dev"}))
	before := settle(t, p).GetDesired().GetResources()
	p.XR["spec"] = with(p.XR["spec"].(map[string]any), "environment", "prod")
	reconcile(t, p)
	p.Provide()
	after := settle(t, p).GetDesired().GetResources()
	for _, c := range changes(before, after) {
		t.Log(c)
		if strings.HasPrefix(c, "delete ") {
			t.Errorf("dev to prod must delete nothing: %s", c)
		}
	}
}
