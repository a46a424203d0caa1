package service

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestWaits takes away what a service cannot do without, before it exists and after.
func TestWaits(t *testing.T) {
	drop := func(key, field string) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) {
			r := functiontest.Clone(p.Required(key))
			delete(r["status"].(map[string]any), field)
			p.Require(key, r)
		}
	}
	cases := map[string]struct {
		reason  string
		service string
		change  func(p *functiontest.ControlPlane)
		want    string
	}{
		"NoCluster": {
			reason: "A cluster that nobody applied.", service: "orders",
			change: func(p *functiontest.ControlPlane) { p.Require("XCluster/au-prod", nil) },
			want:   `waiting for Cluster "au-prod" (spec.clusterRef): there is none in this namespace; apply it, or correct the name`,
		},
		"NoDatabase": {
			reason: "Nor a database.", service: "orders",
			change: func(p *functiontest.ControlPlane) { p.Require("XDatabase/orders", nil) },
			want:   `waiting for Database "orders" (spec.databases): there is none in this namespace; apply it, or correct the name`,
		},
		"NoProviderConfig": {
			reason: "A cluster that cannot be reached yet.", service: "orders", change: drop("XCluster/au-prod", "kubernetesProviderConfig"),
			want: `waiting for Cluster "au-prod" (spec.clusterRef): its status has no kubernetesProviderConfig yet`,
		},
		"NoClusterName": {
			reason: "Or has no name.", service: "orders", change: drop("XCluster/au-prod", "clusterName"),
			want: `waiting for Cluster "au-prod" (spec.clusterRef): its status has no clusterName yet`,
		},
		"NoRange": {
			reason: "Without the VPC's range nobody knows where databases are.", service: "orders", change: drop("XCluster/au-prod", "vpcCidr"),
			want: `waiting for Cluster "au-prod" (spec.clusterRef): its status has no vpcCidr yet`,
		},
		"NoPublicRange": {
			reason: "Nor where load balancers are, for a service behind one.", service: "ui", change: drop("XCluster/au-prod", "publicCidrs"),
			want: `waiting for Cluster "au-prod" (spec.clusterRef): its status has no publicCidrs yet`,
		},
		"NoSecret": {
			reason: "A database without its login is of no use.", service: "orders", change: drop("XDatabase/orders", "secretArn"),
			want: `waiting for Database "orders" (spec.databases): its status has no secretArn yet`,
		},
		"NoEndpoint": {
			reason: "Nor without an address.", service: "checkout", change: drop("XDatabase/checkout", "endpoint"),
			want: `waiting for Database "checkout" (spec.databases): its status has no endpoint yet`,
		},
		"NoPort": {
			reason: "Nor without a port.", service: "catalog", change: drop("XDatabase/catalog", "port"),
			want: `waiting for Database "catalog" (spec.databases): its status has no port yet`,
		},
		"NoTable": {
			reason: "Nor without a table.", service: "cart", change: drop("XDatabase/cart", "tableName"),
			want: `waiting for Database "cart" (spec.databases): its status has no tableName yet`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			fresh := kit().NewExample(t, "au-prod/"+tc.service)
			tc.change(fresh)
			if diff := cmp.Diff(tc.want, functiontest.Status(fresh.Reconcile(t))["waitingFor"]); diff != "" {
				t.Errorf("%s\nwaitingFor: -want, +got:\n%s", tc.reason, diff)
			}
			if n := fresh.Names(); len(n) > 0 {
				t.Errorf("%s\nmade all the same: %v", tc.reason, n)
			}

			running := kit().NewExample(t, "au-prod/"+tc.service)
			running.Settle(t)
			before := map[string]any{}
			for _, n := range running.Names() {
				before[n] = running.Get(n)["spec"]
			}
			tc.change(running)
			got := functiontest.Status(running.Reconcile(t))
			if diff := cmp.Diff(tc.want, got["waitingFor"]); diff != "" {
				t.Errorf("%s\nwaitingFor while it runs: -want, +got:\n%s", tc.reason, diff)
			}
			after := map[string]any{}
			for _, n := range running.Names() {
				after[n] = running.Get(n)["spec"]
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%s\nwhat runs must stay as it is: -want, +got:\n%s", tc.reason, diff)
			}
			if got["readyReplicas"] != 2.0 {
				t.Errorf("%s\nthe status forgot what runs: %v", tc.reason, got)
			}
		})
	}
}

// TestQueueLater gives a running service a queue: what runs stays as it is until the
// queue has an address.
func TestQueueLater(t *testing.T) {
	p := kit().New(t, "later", map[string]any{"env": []any{map[string]any{"name": "A", "value": "1"}}})
	p.Settle(t)
	before := p.Get(deploymentName)["spec"]
	if _, ok := deployment(t, p).Spec.Template.Annotations[associationAnnotation]; ok {
		t.Error("a service without a role has no association")
	}
	p.XR["spec"] = functiontest.With(functiontest.With(p.Spec(), "queues", []any{map[string]any{"name": "jobs", "maxReceiveCount": int64(5)}}), "env", []any{map[string]any{"name": "QUEUE", "from": map[string]any{"queue": "jobs", "field": "url"}}})
	p.Reconcile(t)
	if diff := cmp.Diff(before, p.Get(deploymentName)["spec"]); diff != "" {
		t.Errorf("the Deployment before the queue exists: -want, +got:\n%s", diff)
	}
	p.Settle(t)
	d := deployment(t, p)
	last := d.Spec.Template.Spec.Containers[0].Env[len(d.Spec.Template.Spec.Containers[0].Env)-1]
	if last.Value != "https://sqs.ap-southeast-2.amazonaws.com/123456789012/later-x7k2p-jobs" {
		t.Errorf("the Deployment once the queue exists: %v", last)
	}
	if !strings.HasPrefix(d.Spec.Template.Annotations[associationAnnotation], "a-") {
		t.Error("pods that are older than their role never get it: the template must name the association")
	}
}

// TestRefuses has claims that their schema lets through, or that have none.
func TestRefuses(t *testing.T) {
	from := func(field, database string) map[string]any {
		return map[string]any{
			"databases": []any{map[string]any{"name": "orders"}, map[string]any{"name": "cart"}, map[string]any{"name": "checkout"}},
			"env":       []any{map[string]any{"name": "X", "from": map[string]any{"database": database, "field": field}}},
		}
	}
	const remedy = ": see kubectl explain app.spec.env.from.field"
	cases := map[string]struct {
		reason string
		name   string
		spec   map[string]any
		want   string
	}{
		"Dots": {
			reason: "A claim may have dots in its name, a Service of Kubernetes may not.", name: "shop.v2",
			want: `metadata.name: "shop.v2" cannot be the name of a service in Kubernetes: create the claim under a name of lower-case letters, digits and -, that begins with a letter and has 63 characters at most`,
		},
		"Digit": {
			reason: "Nor may it begin with a digit.", name: "2shop",
			want: `metadata.name: "2shop" cannot be the name of a service in Kubernetes: create the claim under a name of lower-case letters, digits and -, that begins with a letter and has 63 characters at most`,
		},
		"System": {
			reason: "The cluster's own pods would be forbidden.", name: "shop", spec: map[string]any{"namespace": "kube-system"},
			want: "spec.namespace: kube-system belongs to the cluster: choose another namespace for the service",
		},
		"SystemByName": {
			reason: "Also where the claim's name is taken.", name: "observability",
			want: "spec.namespace: observability belongs to the cluster: choose another namespace for the service",
		},
		"Logs": {
			reason: "The namespace of the collector of logs must not become one of restricted pods.", name: "shop", spec: map[string]any{"namespace": "observability-logs"},
			want: "spec.namespace: observability-logs belongs to the cluster: choose another namespace for the service",
		},
		"PostgresURL": {
			reason: "A URL of PostgreSQL would hold a password.", name: "shop", spec: from("url", "orders"),
			want: `spec.env X: database "orders" is postgres, which has no url` + remedy,
		},
		"RedisSecret": {
			reason: "A Redis has no secret.", name: "shop", spec: from("secretFile", "checkout"),
			want: `spec.env X: database "checkout" is redis, which has no secretFile` + remedy,
		},
		"TablePort": {
			reason: "A table has no port.", name: "shop", spec: from("port", "cart"),
			want: `spec.env X: database "cart" is dynamodb, which has no port` + remedy,
		},
		"Stranger": {
			reason: "A composite without a schema could name any database.", name: "shop",
			spec: map[string]any{"env": []any{map[string]any{"name": "X", "from": map[string]any{"database": "other", "field": "port"}}}},
			want: "spec.env X: from must name an entry of spec.databases or spec.queues",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, functiontest.Fatal(kit().New(t, tc.name, tc.spec).Reconcile(t))); diff != "" {
				t.Errorf("%s\nfatal result: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEnvironment takes every field of every engine.
func TestEnvironment(t *testing.T) {
	cases := map[string]struct {
		env      string
		database string
		fields   []string
		want     map[string]string
	}{
		"MySQL": {
			env: "au-prod", database: "catalog",
			want: map[string]string{
				"arn": "arn:aws:rds:ap-southeast-2:123456789012:db:catalog-x7k2p", "name": "catalog-x7k2p",
				"endpoint": "catalog-x7k2p.c1a2b3.ap-southeast-2.rds.amazonaws.com", "readerEndpoint": "catalog-x7k2p.c1a2b3.ap-southeast-2.rds.amazonaws.com",
				"port": "3306", "databaseName": "catalog",
				"secretFile": "/mnt/secrets/catalog.json", "usernameFile": "/mnt/secrets/catalog.username", "passwordFile": "/mnt/secrets/catalog.password",
			},
		},
		"GuardedRedis": {
			env: "au-prod", database: "checkout",
			want: map[string]string{
				"arn": "arn:aws:elasticache:ap-southeast-2:123456789012:replicationgroup:checkout-x7k2p", "name": "checkout-x7k2p", "user": "checkout-x7k2p-app",
				"endpoint": "master.checkout-x7k2p.c1a2b3.ap-southeast-2.cache.amazonaws.com", "readerEndpoint": "replica.checkout-x7k2p.c1a2b3.ap-southeast-2.cache.amazonaws.com", "port": "6379",
				"url": "rediss://master.checkout-x7k2p.c1a2b3.ap-southeast-2.cache.amazonaws.com:6379", "readerURL": "rediss://replica.checkout-x7k2p.c1a2b3.ap-southeast-2.cache.amazonaws.com:6379",
			},
		},
		"OpenRedis": {
			env: "au-dev", database: "checkout",
			want: map[string]string{
				"user": "", "readerEndpoint": "replica.checkout-x7k2p.c1a2b3.ap-southeast-2.cache.amazonaws.com",
				"url": "redis://master.checkout-x7k2p.c1a2b3.ap-southeast-2.cache.amazonaws.com:6379", "readerURL": "redis://replica.checkout-x7k2p.c1a2b3.ap-southeast-2.cache.amazonaws.com:6379",
			},
		},
		"Table": {
			env: "au-dev", database: "cart",
			want: map[string]string{"arn": "arn:aws:dynamodb:ap-southeast-2:123456789012:table/cart-x7k2p", "name": "cart-x7k2p", "tableName": "cart-x7k2p"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var env []any
			for field := range tc.want {
				env = append(env, map[string]any{"name": field, "from": map[string]any{"database": tc.database, "field": field}})
			}
			p := kit().ControlPlaneIn(t, tc.env, kit().Composite(t, "env", map[string]any{"clusterRef": map[string]any{"name": tc.env}, "databases": []any{map[string]any{"name": tc.database}}, "env": env}))
			p.Settle(t)
			got := variables(t, p)
			for _, ours := range []string{"PORT", "AWS_REGION", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_RESOURCE_ATTRIBUTES"} {
				delete(got, ours)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
		})
	}
}

// TestPlatformVariables says what a container knows without asking.
func TestPlatformVariables(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   map[string]any
		change func(p *functiontest.ControlPlane)
		want   map[string]string
	}{
		"Plain": {
			reason: "Its port, and where traces go.",
			want: map[string]string{
				"PORT": "8080", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://adot-collector.observability:4318",
				"OTEL_RESOURCE_ATTRIBUTES": "service.namespace=vars,deployment.environment.name=dev",
			},
		},
		"NoCollector": {
			reason: "Where nobody takes traces none are sent.",
			change: func(p *functiontest.ControlPlane) {
				p.Require("XCluster/au-dev", functiontest.With(p.Required("XCluster/au-dev"), "spec", map[string]any{"observability": map[string]any{"enabled": false}}))
			},
			want: map[string]string{"PORT": "8080"},
		},
		"Overridden": {
			reason: "The claim's word counts.",
			spec:   map[string]any{"env": []any{map[string]any{"name": "PORT", "value": "1"}, map[string]any{"name": "OTEL_RESOURCE_ATTRIBUTES", "value": ""}}},
			want:   map[string]string{"PORT": "1", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://adot-collector.observability:4318", "OTEL_RESOURCE_ATTRIBUTES": ""},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "vars", tc.spec)
			if tc.change != nil {
				tc.change(p)
			}
			p.Settle(t)
			if diff := cmp.Diff(tc.want, variables(t, p)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func variables(t *testing.T, p *functiontest.ControlPlane) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, v := range deployment(t, p).Spec.Template.Spec.Containers[0].Env {
		if _, twice := got[v.Name]; twice {
			t.Errorf("%s is there twice", v.Name)
		}
		got[v.Name] = v.Value
	}
	return got
}
