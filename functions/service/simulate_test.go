package service

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/function-sdk-go/logging"

	"github.com/ausmart/platform/functions/internal/simulation"
)

// store are the services of the examples.
func store() []string { return []string{"cart", "catalog", "checkout", "orders", "ui"} }

// provider answers what the composition reads of AWS and of the cluster.
func provider(kind, _ string, at map[string]any, _ func(string) string) {
	switch kind {
	case "Role":
		path, ok := at["path"].(string)
		if !ok {
			path = "/"
		}
		at["arn"] = "arn:aws:iam::123456789012:role" + path + at["id"].(string)
	case "PodIdentityAssociation":
		at["associationId"] = "a-" + strings.TrimPrefix(at["id"].(string), "podidentityassociation-")
	case "Queue":
		name, region := at["name"].(string), at["region"].(string)
		at["arn"] = "arn:aws:sqs:" + region + ":123456789012:" + name
		at["url"] = "https://sqs." + region + ".amazonaws.com/123456789012/" + name
	case "Repository":
		at["repositoryUrl"] = "123456789012.dkr.ecr." + at["region"].(string) + ".amazonaws.com/" + at["id"].(string)
	case "Object":
		at["manifest"] = live(clone(at["manifest"].(map[string]any)))
	}
}

// live is an object as it looks once its controllers are done with it.
func live(manifest map[string]any) map[string]any {
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
	return manifest
}

// clone is a deep copy.
func clone(m map[string]any) map[string]any {
	s, err := structpb.NewStruct(m)
	if err != nil {
		panic(err)
	}
	return s.AsMap()
}

// xr makes a composite of a claim's spec, with the defaults of its schema.
func xr(name string, spec map[string]any) map[string]any {
	full := map[string]any{
		"environment":        "dev",
		"region":             "ap-southeast-2",
		"providerConfigName": "default",
		"clusterRef":         map[string]any{"name": "au-dev"},
		"image":              "ghcr.io/ausmart/" + name + ":v0.1.0",
		"port":               int64(8080),
		"metricsPath":        "/metrics",
	}
	maps.Copy(full, spec)
	return map[string]any{
		"apiVersion": "platform.ausmart.io/v1alpha1",
		"kind":       "XService",
		"metadata": map[string]any{
			"name": name + "-x7k2p", "uid": "5f2b7c1e-" + name,
			"labels": map[string]any{"crossplane.io/claim-name": name, "crossplane.io/claim-namespace": "ausmart"},
		},
		"spec": full,
	}
}

// example is the composite of a service in examples/.
func example(t testing.TB, env, name string) map[string]any {
	t.Helper()
	var claim struct {
		Metadata struct{ Namespace string }
		Spec     map[string]any
	}
	read(t, filepath.Join("..", "..", "examples", env, "services", name+".yaml"), &claim)
	x := xr(name, claim.Spec)
	x["metadata"].(map[string]any)["labels"].(map[string]any)["crossplane.io/claim-namespace"] = claim.Metadata.Namespace
	for _, list := range []string{"queues"} {
		entries, _ := x["spec"].(map[string]any)[list].([]any)
		for _, e := range entries {
			q := e.(map[string]any)
			if q["maxReceiveCount"] == nil {
				q["maxReceiveCount"] = int64(5)
			}
		}
	}
	return x
}

func read(t testing.TB, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("cannot read: %v", err)
	}
	if err := yaml.Unmarshal(raw, into); err != nil {
		t.Fatalf("cannot parse %s: %v", file, err)
	}
}

// plane has the cluster and the databases of an environment as their own functions
// tell of them in their golden answers.
func plane(t testing.TB, env string, xr map[string]any) *simulation.Plane {
	t.Helper()
	p := simulation.New(New(logging.NewNopLogger()), xr, provider)
	found, ok := surroundings.Load(env)
	if !ok {
		found = surrounding(t, env)
		surroundings.Store(env, found)
	}
	for key, r := range found.(map[string]map[string]any) {
		p.Required[key] = clone(r)
	}
	return p
}

// surroundings of each environment; to read them takes longer than most tests.
var surroundings sync.Map

func surrounding(t testing.TB, env string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{
		"XCluster/" + env: composite(t, "cluster", env, "06-all-ready", env, "cluster.yaml"),
	}
	for _, name := range []string{"cart", "catalog", "checkout", "orders"} {
		out["XDatabase/"+name] = composite(t, "database", env+"-"+name, "02-all-ready", name, filepath.Join("databases", name+".yaml"))
	}
	return out
}

// composite of another claim: what its function says of it last, and what its
// example asks for.
func composite(t testing.TB, kind, folder, last, name, claim string) map[string]any {
	t.Helper()
	xr, err := simulation.Composite(filepath.Join("..", kind, "testdata", folder, last, "response.yaml"), name)
	if err != nil {
		t.Fatal(err)
	}
	var asked struct{ Spec map[string]any }
	read(t, filepath.Join("..", "..", "examples", strings.TrimSuffix(folder, "-"+name), claim), &asked)
	xr["spec"] = asked.Spec
	return xr
}

// dev is a plane of a service in au-dev.
func dev(t testing.TB, xr map[string]any) *simulation.Plane {
	t.Helper()
	return plane(t, "au-dev", xr)
}
