package network

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// aws answers what the composition reads of AWS.
func aws(kind, name string, at map[string]any, id func(string) string) {
	switch kind {
	case "VPC":
		at["ownerId"] = "123456789012"
	case "EIP":
		at["publicIp"] = "203.0.113." + string('1'+rune(name[len(name)-1]-'a'))
	case "Role":
		path, ok := at["path"].(string)
		if !ok {
			path = "/"
		}
		at["arn"] = "arn:aws:iam::123456789012:role" + path + at["id"].(string)
	case "Route":
		if nat := selected(at, "natGatewayIdSelector"); nat != "" {
			at["natGatewayId"] = id(nat)
		}
	}
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
		"cidr":               "10.0.0.0/16",
		"availabilityZones":  []any{"a", "b", "c"},
	}
	maps.Copy(full, spec)
	return map[string]any{
		"apiVersion": "platform.ausmart.io/v1alpha1",
		"kind":       "XNetwork",
		"metadata":   map[string]any{"name": name, "uid": "5f2b7c1e-" + name},
		"spec":       full,
	}
}

// example is the composite of a claim in examples/.
func example(t testing.TB, name string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "examples", name, "network.yaml"))
	if err != nil {
		t.Fatalf("cannot read example: %v", err)
	}
	var claim struct {
		Metadata struct{ Name string }
		Spec     map[string]any
	}
	if err := yaml.Unmarshal(raw, &claim); err != nil {
		t.Fatalf("cannot parse example: %v", err)
	}
	return xr(claim.Metadata.Name, claim.Spec)
}

func plane(xr map[string]any) *simulation.Plane {
	return simulation.New(New(logging.NewNopLogger()), xr, aws)
}
