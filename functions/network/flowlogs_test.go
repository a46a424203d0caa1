package network

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

// TestFlowLogsMove follows the flow logs from one destination to the other and back: what records
// stays until its successor does, and a claim that says nothing moves nothing.
func TestFlowLogsMove(t *testing.T) {
	const (
		policies = "log-bucket-policy"
		old      = "False OldLogsStay: spec.flowLogs needs no "
		remedy   = " any more, which stays for the logs in it: to delete it, annotate the claim with platform.ausmart.io/allow-removal: "
	)
	logs := func(p *functiontest.ControlPlane) []string {
		return slices.DeleteFunc(p.Names(), func(name string) bool {
			return !slices.Contains([]string{"flow-log", "flow-log-group", "flow-log-role", "flow-log-s3", "log-bucket"}, name)
		})
	}
	p := kit().New(t, "moves", map[string]any{"flowLogs": map[string]any{"enabled": true, "destination": "CloudWatchLogs"}})
	p.Settle(t)
	group := []string{"flow-log", "flow-log-group", "flow-log-role"}
	both := []string{"flow-log", "flow-log-group", "flow-log-role", "flow-log-s3", "log-bucket"}
	for _, step := range []struct {
		reason      string
		destination any // nil for none
		until       func()
		want        []string
		condition   string
	}{
		{
			"A claim that no longer says where stays where it is.", nil, func() { p.Settle(t) }, group,
			"True AsClaimed: spec.flowLogs.destination is left out, and the flow log that exists goes on to CloudWatchLogs",
		},
		{"The old flow log records until the new one does.", "S3", func() {
			for range 2 {
				p.Reconcile(t)
				p.MarkReady("log-bucket", policies, "log-bucket-encryption")
			}
			p.Reconcile(t)
		}, both, old + "flow-log-group" + remedy + "flow-log-group"},
		{"Then it goes with its role, and its group stays for the logs in it.", "S3", func() { p.Settle(t) }, []string{"flow-log-group", "flow-log-s3", "log-bucket"}, old + "flow-log-group" + remedy + "flow-log-group"},
		{"Without a word they stay in the bucket.", nil, func() { p.Settle(t) }, []string{"flow-log-group", "flow-log-s3", "log-bucket"}, old + "flow-log-group" + remedy + "flow-log-group"},
		{"Back again the bucket stays.", "CloudWatchLogs", func() { p.Settle(t) }, []string{"flow-log", "flow-log-group", "flow-log-role", "log-bucket"}, old + "log-bucket" + remedy + "log-bucket"},
	} {
		spec := map[string]any{"enabled": true}
		if step.destination != nil {
			spec["destination"] = step.destination
		}
		p.Spec()["flowLogs"] = spec
		step.until()
		if diff := cmp.Diff(step.want, logs(p)); diff != "" {
			t.Fatalf("%s\n-want, +got:\n%s", step.reason, diff)
		}
		if diff := cmp.Diff(step.condition, functiontest.ConditionText(p.Reconcile(t), conditionFlowLogs)); diff != "" {
			t.Errorf("%s\ncondition: -want, +got:\n%s", step.reason, diff)
		}
	}
}

// TestFlowLogRole has what AWS asks of the role: five actions, and a trust for this account's flow
// logs only. Until the account is known there is no role.
func TestFlowLogRole(t *testing.T) {
	p := kit().New(t, "shop", map[string]any{"flowLogs": map[string]any{"enabled": true, "destination": "CloudWatchLogs"}})
	p.Reconcile(t)
	if p.Has("flow-log-role") {
		t.Error("there is a role that any account's flow logs may assume")
	}
	p.Settle(t)
	var policy iampolicy.Document
	if err := json.Unmarshal([]byte(p.ForProvider("flow-log-role-policy")["policy"].(string)), &policy); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, s := range policy.Statement {
		for _, action := range s.Action {
			got[action] = true
		}
	}
	want := []string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("actions: -want, +got:\n%s", diff)
	}
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["vpc-flow-logs.amazonaws.com"]},"Action":["sts:AssumeRole"],` +
		`"Condition":{"ArnLike":{"aws:SourceArn":["arn:aws:ec2:ap-southeast-2:123456789012:vpc-flow-log/*"]},"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}`
	if diff := cmp.Diff(trust, p.ForProvider("flow-log-role")["assumeRolePolicy"]); diff != "" {
		t.Errorf("trust: -want, +got:\n%s", diff)
	}
}
