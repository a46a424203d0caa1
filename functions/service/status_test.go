package service

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestStatus follows a service behind a load balancer through what can happen to it.
func TestStatus(t *testing.T) {
	both := fnv1.Target_TARGET_COMPOSITE_AND_CLAIM
	condition := func(typ, reason, message string) *fnv1.Condition {
		c := &fnv1.Condition{Type: typ, Status: fnv1.Status_STATUS_CONDITION_TRUE, Reason: reason, Target: &both}
		if message != "" {
			c.Status, c.Message = fnv1.Status_STATUS_CONDITION_FALSE, &message
		}
		return c
	}
	p := kit().New(t, "shop", map[string]any{
		"namespace": "store", "ingress": map[string]any{}, "repository": true,
		"queues": []any{map[string]any{"name": "jobs", "maxReceiveCount": int64(5)}},
	})
	settings := map[string]any{
		"deletionProtection":  map[string]any{"value": "off", "origin": "built-in"},
		"iamPath":             map[string]any{"value": "/", "origin": "built-in"},
		"permissionsBoundary": map[string]any{"value": "none", "origin": "built-in"},
	}
	const balancer = "http://k8s-shop-0123456789.ap-southeast-2.elb.amazonaws.com"
	complete := map[string]any{
		"environment": "dev", "settings": settings, "url": balancer,
		"image": "ghcr.io/ausmart/shop:v0.1.0", "readyReplicas": 2.0,
		"roleArn":       "arn:aws:iam::123456789012:role/shop-x7k2p",
		"repositoryURL": "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com/shop-x7k2p",
		"queues":        map[string]any{"jobs": "https://sqs.ap-southeast-2.amazonaws.com/123456789012/shop-x7k2p-jobs"},
	}
	rolling := functiontest.Clone(complete)
	rolling["image"], rolling["readyReplicas"] = "ghcr.io/ausmart/shop:v0.2.0", 3.0
	rolling["waitingFor"] = "15 of 16 resources ready; waiting for deployment"
	denied := functiontest.Clone(complete)
	denied["waitingFor"] = "role-policy: the provider's AWS role may not do this (AccessDenied): give the role of the ProviderConfig the permission; it goes on by itself then"

	steps := []struct {
		reason     string
		do         func()
		status     map[string]any
		conditions []*fnv1.Condition
	}{
		{
			reason: "Nothing exists: nothing is made up, and what is applied later is counted.",
			do:     func() {},
			status: map[string]any{
				"environment": "dev", "settings": settings,
				"waitingFor": "0 of 16 resources ready; waiting for autoscaler, cluster-service, dead-letter-queue-jobs and 13 more",
			},
			conditions: []*fnv1.Condition{
				condition(kind+"Ready", "Creating", "0 of 16 resources ready; waiting for autoscaler, cluster-service, dead-letter-queue-jobs and 13 more"),
				condition(conditionWorkload, "Creating", "0 of 1 resources ready; waiting for deployment"),
			},
		},
		{
			reason:     "All is there.",
			do:         func() { p.Settle(t) },
			status:     complete,
			conditions: []*fnv1.Condition{condition(kind+"Ready", "Available", ""), condition(conditionWorkload, "Available", "")},
		},
		{
			reason: "A new version rolls out: the claim shows how far it is.",
			do: func() {
				set(p, "deployment", "ghcr.io/ausmart/shop:v0.2.0", map[string]any{"replicas": 3.0, "updatedReplicas": 1.0, "readyReplicas": 3.0})
				unready(p, "deployment")
			},
			status: rolling,
			conditions: []*fnv1.Condition{
				condition(kind+"Ready", "Creating", "15 of 16 resources ready; waiting for deployment"),
				condition(conditionWorkload, "Creating", "1 of 3 replicas run the newest version, 3 are ready"),
			},
		},
		{
			reason: "A change that AWS refuses is said first, though the workload runs.",
			do: func() {
				p.MarkReady()
				p.Get("role-policy")["status"].(map[string]any)["conditions"] = []any{
					map[string]any{"type": "Synced", "status": "False", "message": "update failed: operation error IAM: PutRolePolicy, api error AccessDenied: no"},
					map[string]any{"type": "Ready", "status": "True"},
				}
			},
			status:     denied,
			conditions: []*fnv1.Condition{condition(kind+"Ready", "Available", denied["waitingFor"].(string)), condition(conditionWorkload, "Available", "")},
		},
	}
	for _, step := range steps {
		step.do()
		rsp := p.Reconcile(t)
		if diff := cmp.Diff(step.status, functiontest.Status(rsp)); diff != "" {
			t.Fatalf("%s\nstatus: -want, +got:\n%s", step.reason, diff)
		}
		got := rsp.GetConditions()[len(rsp.GetConditions())-2:]
		// A ready service may have a problem to tell of.
		for i, c := range step.conditions {
			if c.GetReason() == "Available" {
				step.conditions[i].Status = fnv1.Status_STATUS_CONDITION_TRUE
			}
		}
		if diff := cmp.Diff(step.conditions, got, protocmp.Transform()); diff != "" {
			t.Fatalf("%s\nconditions: -want, +got:\n%s", step.reason, diff)
		}
	}
}

// set what the cluster says of a Deployment.
func set(p *functiontest.ControlPlane, name, image string, status map[string]any) {
	at := p.Get(name)["status"].(map[string]any)["atProvider"].(map[string]any)
	m := functiontest.With(at["manifest"].(map[string]any), "status", status)
	m["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)["image"] = image
	at["manifest"] = m
}

func unready(p *functiontest.ControlPlane, name string) {
	p.Get(name)["status"].(map[string]any)["conditions"] = []any{
		map[string]any{"type": "Synced", "status": "True"}, map[string]any{"type": "Ready", "status": "False"},
	}
}

// TestIngress looks at what the load balancer controller is told.
func TestIngress(t *testing.T) {
	const certificate = "arn:aws:acm:ap-southeast-2:111122223333:certificate/1"
	type told struct{ Group, Scheme, Listen, Redirect, WAF, URL string }
	cases := map[string]struct {
		reason  string
		env     string
		ingress map[string]any
		want    told
	}{
		"Nothing": {
			reason: "Without a host the service has a load balancer to itself.",
			env:    "au-dev", ingress: map[string]any{},
			want: told{"au-dev-plain-shop-shop", "internet-facing", `[{"HTTP":80}]`, "", "", "http://k8s-shop-0123456789.ap-southeast-2.elb.amazonaws.com"},
		},
		"Host": {
			reason: "Hosts share one.",
			env:    "au-dev", ingress: map[string]any{"host": "shop.example.com"},
			want: told{"au-dev-plain", "internet-facing", `[{"HTTP":80}]`, "", "", "http://shop.example.com"},
		},
		"TLS": {
			reason: "Those with TLS share another, which redirects and so listens on both ports; the firewall is in front of it.",
			env:    "au-prod", ingress: map[string]any{"host": "shop.example.com", "certificateArn": certificate},
			want: told{
				"au-prod", "internet-facing", `[{"HTTP":80},{"HTTPS":443}]`, "443",
				"arn:aws:wafv2:ap-southeast-2:123456789012:regional/webacl/au-prod-web/webacl-1ee79ef12fe074657", "https://shop.example.com",
			},
		},
		"Internal": {
			reason: "Inside and outside are never one.",
			env:    "au-dev", ingress: map[string]any{"host": "shop.example.com", "certificateArn": certificate, "internal": true},
			want: told{"au-dev-internal", "internal", `[{"HTTP":80},{"HTTPS":443}]`, "443", "", "https://shop.example.com"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().ControlPlaneIn(t, tc.env, kit().Composite(t, "shop", map[string]any{"clusterRef": map[string]any{"name": tc.env}, "ingress": tc.ingress}))
			s := functiontest.Status(p.Settle(t))
			a := p.ForProvider(ingressName)["manifest"].(map[string]any)["metadata"].(map[string]any)["annotations"].(map[string]any)
			text := func(name string) string { v, _ := a[alb+name].(string); return v }
			got := told{text("group.name"), text("scheme"), text("listen-ports"), text("ssl-redirect"), text("wafv2-acl-arn"), s["url"].(string)}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
