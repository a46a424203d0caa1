package database

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/functions/internal/simulation"
)

const account = "123456789012"

// aws answers what the composition reads of AWS. What runs is the newest minor
// version of what was asked for.
func aws(kind, _ string, at map[string]any, id func(string) string) {
	region, _ := at["region"].(string)
	self, _ := at["id"].(string)
	arn := func(service, resource string) string {
		return strings.Join([]string{"arn", "aws", service, region, account, resource}, ":")
	}
	switch kind {
	case "Key":
		at["arn"] = arn("kms", "key/"+self)
	case "User":
		at["arn"] = arn("elasticache", "user:"+self)
	case "Table":
		at["arn"] = arn("dynamodb", "table/"+self)
	case "Instance":
		name, _ := at["identifier"].(string)
		at["arn"] = arn("rds", "db:"+name)
		at["address"] = name + ".c1a2b3." + region + ".rds.amazonaws.com"
		at["engineVersionActual"] = newest(at)
		at["parameterGroupName"] = id(selected(at, "parameterGroupNameSelector"))
		at["masterUserSecret"] = []any{map[string]any{"secretArn": arn("secretsmanager", "secret:rds!db-"+name), "secretStatus": "active"}}
	case "ReplicationGroup":
		at["arn"] = arn("elasticache", "replicationgroup:"+self)
		at["primaryEndpointAddress"] = "master." + self + ".c1a2b3." + region + ".cache.amazonaws.com"
		at["readerEndpointAddress"] = "replica." + self + ".c1a2b3." + region + ".cache.amazonaws.com"
		at["engineVersionActual"] = newest(at)
	}
}

// newest version of those that a request allows.
func newest(at map[string]any) string {
	asked, _ := at["engineVersion"].(string)
	parts := map[any]int{"postgres": 2}[at["engine"]]
	if parts == 0 {
		parts = 3
	}
	for strings.Count(asked, ".") < parts-1 {
		asked += ".6"
	}
	return asked
}

// selected is the name of the resource that a selector finds.
func selected(at map[string]any, field string) string {
	sel, _ := at[field].(map[string]any)
	labels, _ := sel["matchLabels"].(map[string]any)
	name, _ := labels["platform.ausmart.io/resource"].(string)
	return name
}

// xr makes a composite of a claim's spec, with the defaults of its schema.
func xr(name string, spec map[string]any) map[string]any {
	full := map[string]any{
		"environment":        "dev",
		"region":             "ap-southeast-2",
		"providerConfigName": "default",
	}
	maps.Copy(full, spec)
	if full["engine"] != "dynamodb" && full["networkRef"] == nil {
		full["networkRef"] = map[string]any{"name": "au-dev"}
	}
	return map[string]any{
		"apiVersion": "platform.ausmart.io/v1alpha1",
		"kind":       "XDatabase",
		"metadata": map[string]any{
			"name": name + "-x7k2p", "uid": "5f2b7c1e-" + name,
			"labels": map[string]any{"crossplane.io/claim-name": name, "crossplane.io/claim-namespace": "ausmart"},
		},
		"spec": full,
	}
}

// examples are the claims in examples/, by environment.
func examples() map[string][]string {
	return map[string][]string{
		"au-dev":  {"catalog", "orders", "checkout", "cart"},
		"au-prod": {"catalog", "orders", "checkout", "cart"},
		"us-prod": {"catalog", "orders", "checkout", "cart"},
	}
}

// example is the composite of a claim in examples/.
func example(t testing.TB, environment, name string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "examples", environment, "databases", name+".yaml"))
	if err != nil {
		t.Fatalf("cannot read example: %v", err)
	}
	var claim struct {
		Metadata struct{ Name, Namespace string }
		Spec     map[string]any
	}
	if err := yaml.Unmarshal(raw, &claim); err != nil {
		t.Fatalf("cannot parse example: %v", err)
	}
	out := xr(claim.Metadata.Name, claim.Spec)
	out["metadata"].(map[string]any)["labels"].(map[string]any)["crossplane.io/claim-namespace"] = claim.Metadata.Namespace
	return out
}

// plane has the networks of the examples, as the Network function left them.
func plane(t testing.TB, xr map[string]any) *simulation.Plane {
	t.Helper()
	p := simulation.New(New(logging.NewNopLogger()), xr, aws)
	all, err := networks()
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(p.Required, all)
	return p
}

// networks of the examples. Nobody may change them; to parse them takes longer
// than a whole test.
var networks = sync.OnceValues(func() (map[string]map[string]any, error) {
	out := map[string]map[string]any{}
	for name := range examples() {
		n, err := simulation.Composite(filepath.Join("..", "network", "testdata", name, "02-all-ready", "response.yaml"), name)
		if err != nil {
			return nil, err
		}
		out["XNetwork/"+name] = n
	}
	return out, nil
})

// primaryOf is the resource that is the database itself.
func primaryOf(p *simulation.Plane) string {
	switch p.XR["spec"].(map[string]any)["engine"] {
	case "dynamodb":
		return "table"
	case "redis":
		return "replication-group"
	default:
		return "instance"
	}
}

func spec(p *simulation.Plane) map[string]any { return p.XR["spec"].(map[string]any) }

func forProvider(p *simulation.Plane, name string) map[string]any {
	spec, _ := p.Get(name)["spec"].(map[string]any)
	fp, _ := spec["forProvider"].(map[string]any)
	return fp
}
