package cluster

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/functions/internal/simulation"
)

const account = "123456789012"

// aws answers what the composition reads of AWS.
func aws(kind, name string, at map[string]any, _ func(string) string) {
	region, _ := at["region"].(string)
	id, _ := at["id"].(string)
	arn := func(service, resource string) string {
		return strings.Join([]string{"arn", "aws", service, region, account, resource}, ":")
	}
	switch kind {
	case "Role":
		at["arn"] = "arn:aws:iam::" + account + ":role" + iamPath(at) + id
	case "InstanceProfile":
		at["arn"] = "arn:aws:iam::" + account + ":instance-profile" + iamPath(at) + id
	case "Key":
		at["arn"] = arn("kms", "key/"+id)
	case "Cluster":
		at["arn"] = arn("eks", "cluster/"+id)
		at["endpoint"] = "https://" + id + ".gr7." + region + ".eks.amazonaws.com"
		at["status"] = "ACTIVE"
	case "LaunchTemplate":
		at["latestVersion"] = float64(1)
	case "Queue":
		at["arn"] = arn("sqs", at["name"].(string))
		at["url"] = "https://sqs." + region + ".amazonaws.com/" + account + "/" + at["name"].(string)
	case "WebACL":
		at["arn"] = arn("wafv2", "regional/webacl/"+at["name"].(string)+"/"+id)
	case "Workspace":
		if name == prometheusName {
			at["arn"] = arn("aps", "workspace/"+id)
			at["prometheusEndpoint"] = "https://aps-workspaces." + region + ".amazonaws.com/workspaces/" + id + "/"
			return
		}
		at["endpoint"] = id + ".grafana-workspace." + region + ".amazonaws.com"
	}
}

// iamPath that AWS puts a role at.
func iamPath(at map[string]any) string {
	if path, ok := at["path"].(string); ok {
		return path
	}
	return "/"
}

// xr makes a composite of a claim's spec, with the defaults of its schema.
func xr(name string, spec map[string]any) map[string]any {
	full := map[string]any{
		"environment":        "dev",
		"region":             "ap-southeast-2",
		"providerConfigName": "default",
		"version":            "1.35",
		"networkRef":         map[string]any{"name": "au-dev"},
	}
	maps.Copy(full, spec)
	return map[string]any{
		"apiVersion": "platform.ausmart.io/v1alpha1",
		"kind":       "XCluster",
		"metadata":   map[string]any{"name": name, "uid": "7c1e5f2b-" + name},
		"spec":       full,
	}
}

// example is the composite of a claim in examples/.
func example(t testing.TB, name string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "examples", name, "cluster.yaml"))
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
	out["metadata"].(map[string]any)["labels"] = map[string]any{"crossplane.io/claim-name": claim.Metadata.Name, "crossplane.io/claim-namespace": claim.Metadata.Namespace}
	return out
}

// plane has the composite and the ready networks of the examples.
func plane(t testing.TB, xr map[string]any) *simulation.Plane {
	t.Helper()
	p := simulation.New(New(logging.NewNopLogger()), xr, aws)
	found, err := networks()
	if err != nil {
		t.Fatal(err)
	}
	for name, composite := range found {
		p.Required["XNetwork/"+name] = runtime.DeepCopyJSON(composite)
	}
	return p
}

// networks of the examples, once they are ready. To parse them takes longer than
// to compose a cluster.
var networks = sync.OnceValues(func() (map[string]map[string]any, error) {
	out := map[string]map[string]any{}
	for _, name := range []string{"au-dev", "au-prod", "us-prod"} {
		composite, err := simulation.Composite(filepath.Join("..", "network", "testdata", name, "02-all-ready", "response.yaml"), name)
		if err != nil {
			return nil, err
		}
		out[name] = composite
	}
	return out, nil
})
