package cluster

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestDevAndProd lists all differences between a cluster in dev and the same one in prod,
// by the setting that makes the difference. The tag that names the environment is left out.
func TestDevAndProd(t *testing.T) {
	of := func(environment string) *fnv1.RunFunctionResponse {
		return kit().New(t, "same", map[string]any{"environment": environment}).Settle(t)
	}
	const key = "arn:aws:kms:ap-southeast-2:123456789012:key/key-81c0ec17db5d62050"
	want := []string{
		// KMS keys.
		"+ key-eks",
		"+ key-eks-alias",
		"+ usage-cluster-of-key-eks",
		`cluster spec.forProvider.encryptionConfig.provider.keyArn: none -> "` + key + `"`,
		`cluster spec.forProvider.encryptionConfig.resources: none -> ["secrets"]`,
		// WAF on the ALB.
		"+ web-acl", "+ web-acl-logging", "+ log-group-waf",
		"+ usage-web-acl-logging-of-web-acl", "+ usage-web-acl-logging-of-log-group-waf",
		// Replicas.
		"object-deployment-adot-collector spec.forProvider.manifest.spec.replicas: 1 -> 2",
		"release-aws-load-balancer-controller spec.forProvider.values.replicaCount: 1 -> 2",
		"release-karpenter spec.forProvider.values.replicas: 1 -> 2",
		"release-metrics-server spec.forProvider.values.podDisruptionBudget.enabled: false -> true",
		"release-metrics-server spec.forProvider.values.replicas: 1 -> 2",
		// Retention of logs and traces.
		"log-group-application spec.forProvider.retentionInDays: 14 -> 90",
		"log-group-control-plane spec.forProvider.retentionInDays: 14 -> 90",
		"log-group-platform spec.forProvider.retentionInDays: 14 -> 90",
		// The image of Karpenter's nodes.
		"object-node-class spec.forProvider.manifest.spec.amiSelectorTerms: [{\"alias\":\"al2023@latest\"}] -> [{\"alias\":\"al2023@v20260930\"}]",
		// Deletion protection.
		"cluster spec.forProvider.deletionProtection: false -> true",
		"+ hold-xcluster", // And hold-cluster, where there is a claim.
		"+ hold-of-cluster", "+ hold-of-grafana", "+ hold-of-key-eks", "+ hold-of-log-group-application", "+ hold-of-log-group-control-plane",
		"+ hold-of-log-group-platform", "+ hold-of-log-group-waf", "+ hold-of-prometheus",
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, functiontest.Differences(of("dev"), of("prod"))); diff != "" {
		t.Errorf("dev and prod: -want, +got:\n%s", diff)
	}
}

// TestDevToProd changes the environment of a cluster that is ready: no resource is deleted.
func TestDevToProd(t *testing.T) {
	p := kit().New(t, "moves", map[string]any{"environment": "dev"})
	before := p.Settle(t)
	p.Set("environment", "prod")
	p.Reconcile(t)
	p.MarkReady()
	after := p.Settle(t)
	for _, c := range functiontest.Changes(before, after) {
		t.Log(c)
		if strings.HasPrefix(c, "delete ") {
			t.Errorf("dev to prod must delete nothing: %s", c)
		}
	}
}

// TestPartsAreOn has a claim that sets something else of a part than whether it is on.
func TestPartsAreOn(t *testing.T) {
	p := kit().New(t, "parts", map[string]any{
		"karpenter": map[string]any{"spot": map[string]any{"cpu": 10}}, "observability": map[string]any{"retentionDays": 7},
	})
	p.Settle(t)
	for _, name := range []string{"release-karpenter", "prometheus"} {
		if !p.Has(name) {
			t.Errorf("the claim does not switch it off, and there is no %s", name)
		}
	}
}
