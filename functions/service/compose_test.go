package service

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestWaits removes what a service needs of other claims, before it exists and after.
func TestWaits(t *testing.T) {
	drop := func(key, field string) func(*functiontest.ControlPlane) {
		return func(p *functiontest.ControlPlane) {
			r := functiontest.Clone(p.Required(key))
			delete(r["status"].(map[string]any), field)
			p.Require(key, r)
		}
	}
	claim := func(name string) func() *functiontest.ControlPlane {
		return func() *functiontest.ControlPlane { return kit().NewExample(t, "au-prod/"+name) }
	}
	functiontest.RunMissing(t, map[string]functiontest.Missing{
		"NoCluster": {
			Reason: "The cluster does not exist.",
			Claim:  claim("orders"), Change: func(p *functiontest.ControlPlane) { p.Require("XCluster/au-prod", nil) },
			WaitingFor: `waiting for Cluster "au-prod" (spec.clusterRef): there is none in this namespace; apply it, or correct the name`,
		},
		"NoDatabase": {
			Reason: "The database does not exist.",
			Claim:  claim("orders"), Change: func(p *functiontest.ControlPlane) { p.Require("XDatabase/orders", nil) },
			WaitingFor: `waiting for Database "orders" (spec.databases): there is none in this namespace; apply it, or correct the name`,
		},
		"NoProviderConfig": {
			Reason: "The platform cannot reach the cluster yet.",
			Claim:  claim("orders"), Change: drop("XCluster/au-prod", "kubernetesProviderConfig"),
			WaitingFor: `waiting for Cluster "au-prod" (spec.clusterRef): its status has no kubernetesProviderConfig yet`,
		},
		"NoClusterName": {
			Reason: "The cluster has no name in AWS yet.",
			Claim:  claim("orders"), Change: drop("XCluster/au-prod", "clusterName"),
			WaitingFor: `waiting for Cluster "au-prod" (spec.clusterRef): its status has no clusterName yet`,
		},
		"NoRange": {
			Reason: "The network policies need the VPC's range, in which the databases are.",
			Claim:  claim("orders"), Change: drop("XCluster/au-prod", "vpcCidr"),
			WaitingFor: `waiting for Cluster "au-prod" (spec.clusterRef): its status has no vpcCidr yet`,
		},
		"NoPublicRange": {
			Reason: "The network policies of a service behind a load balancer need the public ranges.",
			Claim:  claim("ui"), Change: drop("XCluster/au-prod", "publicCidrs"),
			WaitingFor: `waiting for Cluster "au-prod" (spec.clusterRef): its status has no publicCidrs yet`,
		},
		"NoSecret": {
			Reason: "The pods need the database's login.",
			Claim:  claim("orders"), Change: drop("XDatabase/orders", "secretArn"),
			WaitingFor: `waiting for Database "orders" (spec.databases): its status has no secretArn yet`,
		},
		"NoEndpoint": {
			Reason: "The pods need the database's address.",
			Claim:  claim("checkout"), Change: drop("XDatabase/checkout", "endpoint"),
			WaitingFor: `waiting for Database "checkout" (spec.databases): its status has no endpoint yet`,
		},
		"NoPort": {
			Reason: "The pods need the database's port.",
			Claim:  claim("catalog"), Change: drop("XDatabase/catalog", "port"),
			WaitingFor: `waiting for Database "catalog" (spec.databases): its status has no port yet`,
		},
		"NoTable": {
			Reason: "The pods need the table's name.",
			Claim:  claim("cart"), Change: drop("XDatabase/cart", "tableName"),
			WaitingFor: `waiting for Database "cart" (spec.databases): its status has no tableName yet`,
		},
	})
}

// TestQueueLater adds a queue to a running service: the Deployment stays as it is until
// the queue has an address.
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
		t.Error("EKS gives a role to new pods only: the template must name the association")
	}
}

// TestRefuses has claims that the schema does not refuse, and composites without a claim.
func TestRefuses(t *testing.T) {
	from := func(field, database string) map[string]any {
		return map[string]any{
			"databases": []any{map[string]any{"name": "orders"}, map[string]any{"name": "cart"}, map[string]any{"name": "checkout"}},
			"env":       []any{map[string]any{"name": "X", "from": map[string]any{"database": database, "field": field}}},
		}
	}
	certificate := func(arn string) map[string]any {
		return map[string]any{"ingress": map[string]any{"host": "shop.example.com", "certificateArn": arn}}
	}
	const remedy = ": see kubectl explain app.spec.env.from.field"
	cases := map[string]struct {
		reason string
		name   string
		spec   map[string]any
		change functiontest.Change
		want   string
	}{
		"Dots": {
			reason: "A claim may have dots in its name, a Service of Kubernetes may not.", name: "shop.v2",
			want: `metadata.name: "shop.v2" cannot be the name of a service in Kubernetes: create the claim under a name of lower-case letters, digits and -, that starts with a letter and has 63 characters at most`,
		},
		"Digit": {
			reason: "A Service of Kubernetes may not start with a digit.", name: "2shop",
			want: `metadata.name: "2shop" cannot be the name of a service in Kubernetes: create the claim under a name of lower-case letters, digits and -, that starts with a letter and has 63 characters at most`,
		},
		"System": {
			reason: "The Pod Security Standard of services would forbid the cluster's own pods.", name: "shop", spec: map[string]any{"namespace": "kube-system"},
			want: "spec.namespace: kube-system belongs to the cluster: choose another namespace for the service",
		},
		"SystemByName": {
			reason: "The rule holds for the claim's name too, which is the default.", name: "observability",
			want: "spec.namespace: observability belongs to the cluster: choose another namespace for the service",
		},
		"Logs": {
			reason: "The collector of logs needs a namespace that is not restricted.", name: "shop", spec: map[string]any{"namespace": "observability-logs"},
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
		"NoDatabaseName": {
			reason: "The variable would be empty.", name: "shop", spec: from("databaseName", "orders"),
			change: func(p *functiontest.ControlPlane) {
				p.Require("XDatabase/orders", functiontest.With(p.Required("XDatabase/orders"), "status.databaseName", nil))
			},
			want: `spec.env X: Database "orders" names no database: write the name of one that the service makes itself into its value, ` +
				"or use a new Database that has a databaseName, which cannot be added later",
		},
		"CertificateElsewhere": {
			reason: "A load balancer takes certificates of its own region only.", name: "shop", spec: certificate("arn:aws:acm:us-east-1:111122223333:certificate/1"),
			want: "spec.ingress.certificateArn: arn:aws:acm:us-east-1:111122223333:certificate/1 is not in ap-southeast-2, where the load balancer is: " +
				"request or import a certificate there, whose ARN starts with arn:aws:acm:ap-southeast-2:",
		},
		"CertificateOfAnotherPartition": {
			reason: "Partitions share nothing.", name: "shop", spec: certificate("arn:aws-cn:acm:ap-southeast-2:111122223333:certificate/1"),
			want: "spec.ingress.certificateArn: arn:aws-cn:acm:ap-southeast-2:111122223333:certificate/1 is not in ap-southeast-2, where the load balancer is: " +
				"request or import a certificate there, whose ARN starts with arn:aws:acm:ap-southeast-2:",
		},
		"CertificateOfAnotherService": {
			reason: "A composite without a schema could name anything.", name: "shop", spec: certificate("arn:aws:iam::111122223333:server-certificate/shop"),
			want: "spec.ingress.certificateArn: arn:aws:iam::111122223333:server-certificate/shop is not in ap-southeast-2, where the load balancer is: " +
				"request or import a certificate there, whose ARN starts with arn:aws:acm:ap-southeast-2:",
		},
		"Stranger": {
			reason: "A composite without a schema could name any database.", name: "shop",
			spec: map[string]any{"env": []any{map[string]any{"name": "X", "from": map[string]any{"database": "other", "field": "port"}}}},
			want: "spec.env X: from must name an entry of spec.databases or spec.queues",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, tc.name, tc.spec)
			if tc.change != nil {
				tc.change(p)
			}
			if diff := cmp.Diff(tc.want, functiontest.Refusal(p.Reconcile(t))); diff != "" {
				t.Errorf("%s\nrefusal: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEnvironment has a variable from every field of every engine.
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

// TestNoEmptyVariable takes one field of a database's status after another away. Either the
// service waits for it, or no variable is empty but those that may be.
func TestNoEmptyVariable(t *testing.T) {
	status := v1alpha1.DatabaseStatus{
		Endpoint: "host", ReaderEndpoint: "reader", Port: 1, ARN: "arn:aws:x:y:1:db:name", SecretARN: "arn:secret",
		TableName: "table", DatabaseName: "shop", Username: "app", UserARN: "arn:user", TLS: true,
	}
	mayBeEmpty := map[v1alpha1.EnvField]string{
		v1alpha1.EnvFieldDatabaseName: "the claim of the service is refused",
		v1alpha1.EnvFieldUser:         "an open Redis has no user",
	}
	for _, engine := range []v1alpha1.DatabaseEngine{v1alpha1.EngineMySQL, v1alpha1.EnginePostgres, v1alpha1.EngineRedis, v1alpha1.EngineDynamoDB} {
		for i := range reflect.TypeFor[v1alpha1.DatabaseStatus]().NumField() {
			d := database{name: "db", engine: engine, status: status}
			reflect.ValueOf(&d.status).Elem().Field(i).SetZero()
			if slices.ContainsFunc(d.required(), func(f statusField) bool { return f.value == "" }) {
				continue
			}
			for field, value := range d.env() {
				if value == "" && (mayBeEmpty[field] == "" || d.status.TLS && field == v1alpha1.EnvFieldUser) {
					t.Errorf("%s without status.%s: %s is empty", engine, reflect.TypeFor[v1alpha1.DatabaseStatus]().Field(i).Name, field)
				}
			}
		}
	}
}

// TestValuesArriveAsWritten expands values as the kubelet does, with a variable before and one
// behind the value.
func TestValuesArriveAsWritten(t *testing.T) {
	values := []string{"pa$$word", "$(A)-x", "$(PORT)", "$(LATER)", "$", "$$", "$$$", "$(", "$)", "a$b", "$$(A)", "$$$(A)", "$(A", "100$", "{{.x}} ${A} %A%"}
	r := functiontest.NewRandom(1)
	for range 500 {
		var b strings.Builder
		for range r.IntN(8) {
			b.WriteString(r.One("$", "$", "(", ")", "A", "PORT").(string))
		}
		values = append(values, b.String())
	}
	for i := 0; i < len(values); i += 50 { // A claim has 64 variables at most.
		env := []any{map[string]any{"name": "A", "value": "expanded"}}
		want := map[string]string{}
		for j, v := range values[i:min(i+50, len(values))] {
			env = append(env, map[string]any{"name": fmt.Sprintf("V%d", j), "value": v})
			want[fmt.Sprintf("V%d", j)] = v
		}
		p := kit().New(t, "dollar", map[string]any{"env": append(env, map[string]any{"name": "LATER", "value": "x"})})
		p.Settle(t)
		known, got := map[string]string{}, map[string]string{}
		for _, v := range deployment(t, p).Spec.Template.Spec.Containers[0].Env {
			known[v.Name] = expand(v.Value, known)
			if strings.HasPrefix(v.Name, "V") {
				got[v.Name] = known[v.Name]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("what the container gets: -written, +got:\n%s", diff)
		}
	}
}

// expand a value as Kubernetes does: $(NAME) is a variable that is known already, $$ is $, and
// every other $ is itself (k8s.io/kubernetes/third_party/forked/golang/expansion).
func expand(value string, known map[string]string) string {
	return regexp.MustCompile(`\$\$|\$\([^)]*\)`).ReplaceAllStringFunc(value, func(found string) string {
		if found == "$$" {
			return "$"
		}
		if v, ok := known[strings.TrimSuffix(strings.TrimPrefix(found, "$("), ")")]; ok {
			return v
		}
		return found
	})
}

// TestPlatformVariables checks the variables that every container gets.
func TestPlatformVariables(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   map[string]any
		change func(p *functiontest.ControlPlane)
		want   map[string]string
	}{
		"Plain": {
			reason: "The port, and the address for traces.",
			want: map[string]string{
				"PORT": "8080", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://adot-collector.observability:4318",
				"OTEL_RESOURCE_ATTRIBUTES": "service.namespace=vars,deployment.environment.name=dev",
			},
		},
		"NoCollector": {
			reason: "A cluster without collectors gets no traces.",
			change: func(p *functiontest.ControlPlane) {
				p.Require("XCluster/au-dev", functiontest.With(p.Required("XCluster/au-dev"), "spec", map[string]any{"observability": map[string]any{"enabled": false}}))
			},
			want: map[string]string{"PORT": "8080"},
		},
		"Overridden": {
			reason: "The claim overrides the platform.",
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
			t.Errorf("%s is set twice", v.Name)
		}
		got[v.Name] = v.Value
	}
	return got
}
