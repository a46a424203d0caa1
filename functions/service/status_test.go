package service

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestStatus follows a service behind a load balancer through what can happen to it.
func TestStatus(t *testing.T) {
	p := kit().New(t, "shop", map[string]any{
		"namespace": "store", "ingress": map[string]any{}, "repository": true,
		"queues": []any{map[string]any{"name": "jobs", "maxReceiveCount": int64(5)}},
	})
	settings := kit().BuiltIn(t, "dev")
	const balancer = "http://k8s-shop-0123456789.ap-southeast-2.elb.amazonaws.com"
	complete := map[string]any{
		"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "dev", "settings": settings, "url": balancer,
		"image": "ghcr.io/ausmart/shop:v0.1.0", "readyReplicas": 2.0,
		"roleArn":       "arn:aws:iam::123456789012:role/shop-x7k2p",
		"repositoryURL": "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/shop-x7k2p",
		"queues":        map[string]any{"jobs": "https://sqs.ap-southeast-2.amazonaws.com/123456789012/shop-x7k2p-jobs"},
	}
	rolling := functiontest.Clone(complete)
	rolling["image"], rolling["readyReplicas"] = "ghcr.io/ausmart/shop:v0.2.0", 3.0
	rolling["waitingFor"] = "15 of 16 resources ready; waiting for deployment"
	const pending = "0 of 16 resources ready; waiting for autoscaler, cluster-service, dead-letter-queue-jobs and 13 more"
	stalled := functiontest.Clone(rolling)
	stalled["waitingFor"] = `deployment: the new version does not run: ReplicaSet "shop-1" has timed out progressing; ` +
		"see why with: kubectl -n store describe pods -l platform.ausmart.io/service=shop,platform.ausmart.io/team=ausmart"
	denied := functiontest.Clone(complete)
	denied["waitingFor"] = "role-policy: the provider's AWS role may not do this (AccessDenied): give the role of the ProviderConfig the permission, or change the policy in which AWS names an explicit deny; it goes on by itself then. AWS says: no"

	is := func(status map[string]any) func() map[string]any { return func() map[string]any { return status } }
	functiontest.FollowStatus(t, p, []functiontest.Moment{
		{
			Reason: "Nothing exists: the status has the settings, and counts what is applied later.",
			Status: is(map[string]any{"environment": "dev", "region": "ap-southeast-2", "providerConfigName": "dev", "settings": settings, "waitingFor": pending}),
			Conditions: map[string]string{
				"ServiceReady": "False Creating: " + pending, "WorkloadReady": "False Creating: 0 of 1 resources ready; waiting for deployment",
			},
		},
		{
			Reason:     "Everything exists.",
			Do:         func() { p.Settle(t) },
			Status:     is(complete),
			Conditions: map[string]string{"ServiceReady": "True Available", "WorkloadReady": "True Available"},
		},
		{
			Reason: "A new version rolls out: the claim shows how many replicas run it.",
			Do: func() {
				set(p, "deployment", "ghcr.io/ausmart/shop:v0.2.0", map[string]any{"replicas": 3.0, "updatedReplicas": 1.0, "readyReplicas": 3.0})
				unready(p, "deployment")
			},
			Status: is(rolling),
			Conditions: map[string]string{
				"ServiceReady":  "False Creating: 15 of 16 resources ready; waiting for deployment",
				"WorkloadReady": "False Creating: 1 of 3 replicas run the newest version, 3 are ready",
			},
		},
		{
			Reason: "The new version does not start: the claim shows what the Deployment says.",
			Do: func() {
				set(p, "deployment", "ghcr.io/ausmart/shop:v0.2.0", map[string]any{"replicas": 4.0, "updatedReplicas": 1.0, "readyReplicas": 3.0, "conditions": []any{
					map[string]any{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": `ReplicaSet "shop-1" has timed out progressing.`},
				}})
				unready(p, "deployment")
			},
			Status: is(stalled),
			Conditions: map[string]string{
				"ServiceReady":  "False RolloutFailed: " + stalled["waitingFor"].(string),
				"WorkloadReady": "False RolloutFailed: " + stalled["waitingFor"].(string),
			},
		},
		{
			Reason: "A claim whose change AWS refuses is not ready, though the workload runs.",
			Do: func() {
				p.MarkReady()
				p.Get("role-policy")["status"].(map[string]any)["conditions"] = []any{
					map[string]any{"type": "Synced", "status": "False", "message": "update failed: operation error IAM: PutRolePolicy, api error AccessDenied: no"},
					map[string]any{"type": "Ready", "status": "True"},
				}
			},
			Status:     is(denied),
			Conditions: map[string]string{"ServiceReady": "False PermissionDenied: " + denied["waitingFor"].(string), "WorkloadReady": "True Available"},
		},
	})
}

// set what the cluster says of a Deployment.
func set(p *functiontest.ControlPlane, name, image string, status map[string]any) {
	at := p.AtProvider(name)
	m := functiontest.With(at["manifest"].(map[string]any), "status", status)
	m["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)["image"] = image
	at["manifest"] = m
}

func unready(p *functiontest.ControlPlane, name string) {
	p.Get(name)["status"].(map[string]any)["conditions"] = []any{
		map[string]any{"type": "Synced", "status": "True"}, map[string]any{"type": "Ready", "status": "False"},
	}
}

// TestOwnLoadBalancer has services without a host, each of which has a load balancer to itself.
func TestOwnLoadBalancer(t *testing.T) {
	claim := func(name, namespace string) *functiontest.ControlPlane {
		p := kit().New(t, name, map[string]any{"namespace": namespace, "ingress": map[string]any{"internal": false}})
		p.Settle(t)
		return p
	}
	annotated := func(p *functiontest.ControlPlane) map[string]any {
		return p.ForProvider(ingressName)["manifest"].(map[string]any)["metadata"].(map[string]any)["annotations"].(map[string]any)
	}
	const group = alb + "group.name"
	one, other := claim("web", "shop-api"), claim("api-web", "shop")
	if annotated(one)[group] == annotated(other)[group] {
		t.Errorf("two services share the load balancer %v", annotated(one)[group])
	}

	const former = "au-dev-plain-shop-api-web"
	annotated(one)[group] = former
	one.Settle(t)
	if got := annotated(one)[group]; got != former {
		t.Errorf("a load balancer that exists would be replaced: its group becomes %v", got)
	}
	one.Set("ingress.host", "shop.example.com")
	one.Settle(t)
	if got := annotated(one)[group]; got != "au-dev-plain" {
		t.Errorf("with a host the service shares a load balancer: its group is %v", got)
	}
}

// TestIngress checks the annotations for the load balancer controller.
func TestIngress(t *testing.T) {
	const certificate = "arn:aws:acm:ap-southeast-2:111122223333:certificate/1"
	type annotations struct{ Group, Scheme, Listen, Redirect, WAF, Inbound, URL string }
	cases := map[string]struct {
		reason  string
		env     string
		ingress map[string]any
		want    annotations
	}{
		"Nothing": {
			reason: "Without a host the service has a load balancer to itself; in dev only the VPC reaches it.",
			env:    "au-dev", ingress: map[string]any{},
			want: annotations{"au-dev-internal-plain-shop-shop-66533b4f", "internal", `[{"HTTP":80}]`, "", "", "", "http://k8s-shop-0123456789.ap-southeast-2.elb.amazonaws.com"},
		},
		"Host": {
			reason: "Hosts share one.",
			env:    "au-dev", ingress: map[string]any{"host": "shop.example.com", "internal": false},
			want: annotations{"au-dev-plain", "internet-facing", `[{"HTTP":80}]`, "", "", "", "http://shop.example.com"},
		},
		"Inbound": {
			reason: "Those with the same ranges share one, in whichever order the claims have them.",
			env:    "au-dev", ingress: map[string]any{"host": "shop.example.com", "internal": false, "inboundCIDRs": []any{"203.0.113.0/24", "198.51.100.0/24"}},
			want: annotations{"au-dev-plain-b679b185", "internet-facing", `[{"HTTP":80}]`, "", "", "198.51.100.0/24,203.0.113.0/24", "http://shop.example.com"},
		},
		"TLS": {
			reason: "Those with TLS share another, which redirects and so listens on both ports; the firewall is in front of it.",
			env:    "au-prod", ingress: map[string]any{"host": "shop.example.com", "certificateArn": certificate},
			want: annotations{
				"au-prod", "internet-facing", `[{"HTTP":80},{"HTTPS":443}]`, "443",
				"arn:aws:wafv2:ap-southeast-2:123456789012:regional/webacl/au-prod-web/webacl-1ee79ef12fe074657", "", "https://shop.example.com",
			},
		},
		"Internal": {
			reason: "Inside and outside are never one.",
			env:    "au-dev", ingress: map[string]any{"host": "shop.example.com", "certificateArn": certificate, "internal": true},
			want: annotations{"au-dev-internal", "internal", `[{"HTTP":80},{"HTTPS":443}]`, "443", "", "", "https://shop.example.com"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().ControlPlaneIn(t, tc.env, kit().Composite(t, "shop", map[string]any{
				"environment": strings.TrimPrefix(tc.env, "au-"), "clusterRef": map[string]any{"name": tc.env}, "ingress": tc.ingress,
			}))
			s := functiontest.Status(p.Settle(t))
			a := p.ForProvider(ingressName)["manifest"].(map[string]any)["metadata"].(map[string]any)["annotations"].(map[string]any)
			text := func(name string) string { v, _ := a[alb+name].(string); return v }
			got := annotations{text("group.name"), text("scheme"), text("listen-ports"), text("ssl-redirect"), text("wafv2-acl-arn"), text("inbound-cidrs"), s["url"].(string)}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestHiddenPaths checks the rules of the load balancer: what is hidden comes before what is not.
func TestHiddenPaths(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   map[string]any
		want   []string
		fatal  string
	}{
		"Metrics": {
			reason: "The metrics are always hidden, wherever they are.",
			spec:   map[string]any{"metricsPath": "/actuator/prometheus/", "ingress": map[string]any{}},
			want:   []string{"/actuator/prometheus: not-found use-annotation", "/: shop http"},
		},
		"Listed": {
			reason: "The claim lists others, in any order; each is there once.",
			spec:   map[string]any{"ingress": map[string]any{"hiddenPaths": []any{"/utility", "/metrics", "/chaos"}}},
			want:   []string{"/chaos: not-found use-annotation", "/metrics: not-found use-annotation", "/utility: not-found use-annotation", "/: shop http"},
		},
		"Root": {
			reason: "To hide / would hide everything.",
			spec:   map[string]any{"metricsPath": "/", "ingress": map[string]any{}},
			fatal:  `spec.metricsPath: the load balancer cannot hide "/" from outside: choose a path of its own without special characters, such as /metrics`,
		},
		"Wildcard": {
			reason: "A wildcard would hide other paths.",
			spec:   map[string]any{"metricsPath": "/m*", "ingress": map[string]any{}},
			fatal:  `spec.metricsPath: the load balancer cannot hide "/m*" from outside: choose a path of its own without special characters, such as /metrics`,
		},
		"NoIngress": {
			reason: "Without an ingress there is nothing to hide it from.",
			spec:   map[string]any{"metricsPath": "/"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "shop", tc.spec)
			if diff := cmp.Diff(tc.fatal, functiontest.Refusal(p.Reconcile(t))); diff != "" {
				t.Errorf("%s\nrefusal: -want, +got:\n%s", tc.reason, diff)
			}
			if tc.want == nil {
				return
			}
			p.MarkReady()
			p.Settle(t)
			if diff := cmp.Diff(tc.want, routes(t, p)); diff != "" {
				t.Errorf("%s\npaths of the ingress: -want, +got:\n%s", tc.reason, diff)
			}
			answer := `{"type":"fixed-response","fixedResponseConfig":{"contentType":"text/plain","statusCode":"404","messageBody":"Not found"}}`
			if diff := cmp.Diff(answer, ingress(t, p).Annotations[alb+"actions.not-found"]); diff != "" {
				t.Errorf("%s\naction: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// routes of the ingress, in the order of its rules.
func routes(t *testing.T, p *functiontest.ControlPlane) []string {
	t.Helper()
	var out []string
	for _, path := range ingress(t, p).Spec.Rules[0].HTTP.Paths {
		out = append(out, path.Path+": "+path.Backend.Service.Name+" "+path.Backend.Service.Port.Name)
	}
	return out
}

func ingress(t *testing.T, p *functiontest.ControlPlane) networkingv1.Ingress {
	t.Helper()
	var out networkingv1.Ingress
	manifest := p.ForProvider(ingressName)["manifest"].(map[string]any)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(manifest, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAccessLogs names the bucket of the cluster's network to the load balancer, and says so where
// there is none.
func TestAccessLogs(t *testing.T) {
	for env, want := range map[string]string{
		"au-dev":  "access_logs.s3.enabled=false",
		"au-prod": "access_logs.s3.enabled=true,access_logs.s3.bucket=au-prod-access-logs-8f41ffd183",
	} {
		p := kit().ControlPlaneIn(t, env, kit().Composite(t, "shop", map[string]any{"clusterRef": map[string]any{"name": env}, "ingress": map[string]any{}}))
		p.Settle(t)
		a := p.ForProvider(ingressName)["manifest"].(map[string]any)["metadata"].(map[string]any)["annotations"].(map[string]any)
		if got, _ := a[alb+"load-balancer-attributes"].(string); !strings.HasSuffix(got, ","+want) {
			t.Errorf("%s: the load balancer has %s, want %s", env, got, want)
		}
	}
}
