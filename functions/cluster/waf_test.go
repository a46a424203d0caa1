package cluster

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// TestWAFRules reads what the firewall does with a request, as the WAF API has it.
func TestWAFRules(t *testing.T) {
	const common, inputs = "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"
	type group struct {
		Counts bool     // all rules of it
		Rules  []string // that count
	}
	type want struct {
		Limit  int
		Groups map[string]group
	}
	cases := map[string]struct {
		reason string
		waf    map[string]any
		want   want
	}{
		"Default": {
			reason: "A shopper of some two hundred pages in five minutes is let in, and both groups block.",
			want:   want{Limit: 2000, Groups: map[string]group{common: {}, inputs: {}}},
		},
		"Limit": {
			reason: "A claim may have another limit.",
			waf:    map[string]any{"rateLimit": 100},
			want:   want{Limit: 100, Groups: map[string]group{common: {}, inputs: {}}},
		},
		"Group": {
			reason: "A group that counts blocks nothing; the other one still does.",
			waf:    map[string]any{"ruleGroups": []any{map[string]any{"name": inputs, "count": true}}},
			want:   want{Limit: 2000, Groups: map[string]group{common: {}, inputs: {Counts: true}}},
		},
		"Rules": {
			reason: "Rules that count are listed in one order, so that the order in the claim means nothing.",
			waf:    map[string]any{"ruleGroups": []any{map[string]any{"name": common, "countRules": []any{"SizeRestrictions_BODY", "NoUserAgent_HEADER"}}}},
			want:   want{Limit: 2000, Groups: map[string]group{common: {Rules: []string{"NoUserAgent_HEADER", "SizeRestrictions_BODY"}}, inputs: {}}},
		},
		"Blocks": {
			reason: "A group that is listed without a change blocks.",
			waf:    map[string]any{"ruleGroups": []any{map[string]any{"name": common, "count": false}}},
			want:   want{Limit: 2000, Groups: map[string]group{common: {}, inputs: {}}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := kit().New(t, "waf", map[string]any{"environment": "staging", "waf": functiontest.Merge(map[string]any{}, tc.waf)})
			p.Settle(t)
			var rules []struct {
				Statement struct {
					RateBasedStatement        struct{ Limit int }
					ManagedRuleGroupStatement struct {
						Name                string
						RuleActionOverrides []struct {
							Name        string
							ActionToUse map[string]any
						}
					}
				}
				OverrideAction map[string]any
			}
			if err := json.Unmarshal([]byte(p.ForProvider("web-acl")["ruleJson"].(string)), &rules); err != nil {
				t.Fatal(err)
			}
			got := want{Groups: map[string]group{}}
			for _, r := range rules {
				got.Limit += r.Statement.RateBasedStatement.Limit
				managed := r.Statement.ManagedRuleGroupStatement
				if managed.Name == "" {
					continue
				}
				_, counts := r.OverrideAction["Count"]
				if _, none := r.OverrideAction["None"]; none == counts {
					t.Errorf("%s has two actions, or none: %v", managed.Name, r.OverrideAction)
				}
				g := group{Counts: counts}
				for _, o := range managed.RuleActionOverrides {
					if _, ok := o.ActionToUse["Count"]; ok {
						g.Rules = append(g.Rules, o.Name)
					}
				}
				got.Groups[managed.Name] = g
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestWAFLogs follows the firewall's logs: a group with a name that WAF accepts and an end to its
// retention, before anything is sent to it.
func TestWAFLogs(t *testing.T) {
	p := kit().New(t, "shop", map[string]any{"environment": "staging"})
	for range 2 { // The account is known, and the stage is not ready.
		p.Reconcile(t)
		p.MarkReady("role-cluster")
	}
	if p.Has(wafLoggingName) {
		t.Error("requests are logged to a group that does not exist")
	}
	p.Settle(t)
	got := p.ForProvider(wafLoggingName)
	want := map[string]any{
		"region": "ap-southeast-2", "resourceArnSelector": got["resourceArnSelector"],
		"logDestinationConfigs": []any{"arn:aws:logs:ap-southeast-2:123456789012:log-group:aws-waf-logs-shop"},
		"loggingFilter": map[string]any{"defaultBehavior": "DROP", "filter": []any{map[string]any{
			"behavior": "KEEP", "requirement": "MEETS_ANY",
			"condition": []any{
				map[string]any{"actionCondition": map[string]any{"action": "BLOCK"}}, map[string]any{"actionCondition": map[string]any{"action": "COUNT"}},
			},
		}}},
		"redactedFields": []any{
			map[string]any{"singleHeader": map[string]any{"name": "authorization"}}, map[string]any{"singleHeader": map[string]any{"name": "cookie"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if days := p.ForProvider(wafLogsName)["retentionInDays"]; days != 30.0 {
		t.Errorf("the firewall's logs are kept for %v days, want staging's 30", days)
	}
}

// TestWAFLogsStay switches the firewall off: its logs go when the claim asks for that.
func TestWAFLogsStay(t *testing.T) {
	const or = "; or annotate the claim with platform.ausmart.io/allow-removal: log-group-waf"
	functiontest.RunGuards(t, kit(), map[string]functiontest.Guard{
		"ByTeam": {
			Reason: "An EnvironmentConfig that switches firewalls off deletes no logs.",
			Config: map[string]any{"waf": true},
			Change: functiontest.Configure(nil),
			Fatal:  `refusing to delete Group "log-group-waf": waf is now as the platform has it, and the claim did not ask for that: to agree, set spec.waf.enabled in the claim` + or,
		},
		"ByClaim": {
			Reason: "A claim may delete the logs of its firewall.",
			Spec:   map[string]any{"waf": map[string]any{"enabled": true}},
			Change: functiontest.SetField("waf.enabled", false),
			Gone:   []string{"log-group-waf"},
		},
	})
}
