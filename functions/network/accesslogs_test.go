package network

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// TestAccessLogBucket reads who may write to the bucket of access logs, and with which key.
func TestAccessLogBucket(t *testing.T) {
	service := []string{"logdelivery.elasticloadbalancing.amazonaws.com"}
	cases := map[string]struct {
		reason string
		spec   map[string]any
		want   map[string][]string // who may write, by the kind of principal
	}{
		"OlderRegion": {
			reason: "A region from before 2022 has an account of ELB's own, too.",
			spec:   map[string]any{"region": "ap-southeast-2"},
			want:   map[string][]string{"Service": service, "AWS": {"arn:aws:iam::783225319266:root"}},
		},
		"NewerRegion": {
			reason: "A later one has not.",
			spec:   map[string]any{"region": "ap-southeast-4"},
			want:   map[string][]string{"Service": service},
		},
		"China": {
			reason: "The account is in the region's partition.",
			spec:   map[string]any{"region": "cn-north-1"},
			want:   map[string][]string{"Service": service, "AWS": {"arn:aws-cn:iam::638102146993:root"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "shop", functiontest.Merge(map[string]any{"environment": "prod", "availabilityZones": []any{"a", "b"}}, tc.spec))
			p.Settle(t)
			var d iampolicy.Document
			if err := json.Unmarshal([]byte(p.ForProvider("access-log-bucket-policy")["policy"].(string)), &d); err != nil {
				t.Fatal(err)
			}
			got := map[string][]string{}
			for _, s := range d.Statement {
				if s.Effect != iampolicy.Allow {
					continue
				}
				maps.Copy(got, s.Principal)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			rule := p.ForProvider("access-log-bucket-encryption")["rule"].([]any)[0].(map[string]any)
			if with := rule["applyServerSideEncryptionByDefault"].(map[string]any)["sseAlgorithm"]; with != "AES256" {
				t.Errorf("the bucket is encrypted with %v: load balancers write with S3's own keys only", with)
			}
		})
	}
}

// TestAccessLogBucketIsKnownOnceItTakesLogs follows its name in the status: a load balancer that
// is told too early is refused.
func TestAccessLogBucketIsKnownOnceItTakesLogs(t *testing.T) {
	p := kit().New(t, "shop", map[string]any{"accessLogs": map[string]any{"enabled": true}})
	p.Reconcile(t)
	p.MarkReady("vpc", "access-log-bucket")
	if name, ok := functiontest.Status(p.Reconcile(t))["accessLogBucket"]; ok {
		t.Errorf("status.accessLogBucket is %v, and no load balancer may write to it", name)
	}
	if name := functiontest.Status(p.Settle(t))["accessLogBucket"]; name != p.AtProvider("access-log-bucket")["id"] {
		t.Errorf("status.accessLogBucket is %v, want the bucket's name", name)
	}
	p.Set("accessLogs.enabled", false)
	off := p.Settle(t)
	if name, ok := functiontest.Status(off)["accessLogBucket"]; ok || !p.Has("access-log-bucket") {
		t.Errorf("switched off, the bucket stays and takes no logs: it is %v, and exists: %t", name, p.Has("access-log-bucket"))
	}
	const stays = "False OldLogsStay: spec.accessLogs needs no access-log-bucket any more, which stays for the logs in it: " +
		"to delete it, annotate the claim with platform.ausmart.io/allow-removal: access-log-bucket"
	if diff := cmp.Diff(stays, functiontest.ConditionText(off, conditionAccessLogs)); diff != "" {
		t.Errorf("and the claim says so: -want, +got:\n%s", diff)
	}
}
