package cluster

import (
	"cmp"
	"slices"

	"k8s.io/utils/ptr"

	wafv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/wafv2/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	webACLName     = "web-acl"
	wafLogsName    = "log-group-waf"
	wafLoggingName = "web-acl-logging"

	// wafLogs is how the name of a log group starts that WAF writes to
	// (docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html, read 2026-11-30).
	wafLogs = "aws-waf-logs-"

	// rateWindow in seconds that requests of one address are counted in: one of the four
	// that AWS has (RateBasedStatement API, read 2026-11-29).
	rateWindow = 300

	// tooMany is the status of an answer to too many requests (RFC 6585), and
	// tooManyBody its text.
	tooMany     = 429
	tooManyBody = "too-many-requests"

	// defaultRateLimit of a claim that leaves it out.
	defaultRateLimit = 2000

	// webACLMax is the longest name of a web ACL, and of a metric (CreateWebACL API, read
	// 2026-11-29).
	webACLMax = 128
)

// A wafRule in the form of the WAF API, which the provider takes as text. The fields have
// the API's own names.
type wafRule struct {
	Name             string
	Priority         int
	Statement        wafStatement
	Action           *wafAction         `json:",omitempty"`
	OverrideAction   *wafOverrideAction `json:",omitempty"`
	VisibilityConfig wafVisibility
}

type wafStatement struct {
	ManagedRuleGroupStatement *wafManagedGroup `json:",omitempty"`
	RateBasedStatement        *wafRate         `json:",omitempty"`
}

type wafManagedGroup struct {
	VendorName          string
	Name                v1alpha1.WAFRuleGroupName
	RuleActionOverrides []wafRuleOverride `json:",omitempty"`
}

// A wafRuleOverride makes one rule of a group count.
type wafRuleOverride struct {
	Name        string
	ActionToUse wafCount
}

type wafCount struct{ Count struct{} }

type wafRate struct {
	Limit               int32
	EvaluationWindowSec int
	AggregateKeyType    string
}

type wafAction struct{ Block wafBlock }

type wafBlock struct{ CustomResponse wafResponse }

type wafResponse struct {
	ResponseCode          int
	CustomResponseBodyKey string
}

// A wafOverrideAction leaves a group as it is (None), or makes all of it count.
type wafOverrideAction struct {
	None  *struct{} `json:",omitempty"`
	Count *struct{} `json:",omitempty"`
}

type wafVisibility struct {
	SampledRequestsEnabled   bool
	CloudWatchMetricsEnabled bool
	MetricName               string
}

func visible(metric string) wafVisibility {
	return wafVisibility{SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: metric}
}

// addWAF adds the firewall of the cluster's load balancers.
func (c *cluster) addWAF() {
	if !c.Settings.WAF.V {
		return
	}
	c.Desired.Add(webACLName, &wafv1beta1.WebACL{
		Spec: wafv1beta1.WebACLSpec{ForProvider: wafv1beta1.WebACLParameters{
			Region:        &c.spec.Region,
			Name:          new(c.fit("-web", webACLMax)),
			Description:   new("Load balancers of cluster " + c.Name),
			Scope:         new("REGIONAL"),
			DefaultAction: &wafv1beta1.DefaultActionParameters{Allow: &wafv1beta1.AllowParameters{}},
			RuleJSON:      new(c.wafRules()),
			CustomResponseBody: []wafv1beta1.WebACLCustomResponseBodyParameters{{
				Key: new(tooManyBody), ContentType: new("TEXT_PLAIN"), Content: new("Too many requests: wait five minutes.\n"),
			}},
			VisibilityConfig: &wafv1beta1.WebACLVisibilityConfigParameters{
				CloudwatchMetricsEnabled: new(true), SampledRequestsEnabled: new(true), MetricName: new(c.fit("-web", webACLMax)),
			},
			Tags: c.Tags(webACLName),
		}},
	}, desired.In(controllers))
	c.addWAFLogs()
}

// addWAFLogs logs the requests that a rule blocks or counts, without what logs a shopper in.
func (c *cluster) addWAFLogs() {
	group := c.AddLogGroup(wafLogsName, wafLogs+c.eksName(), desired.In(controllers))
	order := []desired.Order{desired.In(controllers), desired.After(webACLName, wafLogsName)}
	if c.Account == "" {
		c.Desired.Pending(wafLoggingName, order...)
		return
	}
	keep := wafv1beta1.FilterParameters{Behavior: new("KEEP"), Requirement: new("MEETS_ANY")}
	for _, action := range []string{"BLOCK", "COUNT"} {
		keep.Condition = append(keep.Condition, wafv1beta1.ConditionParameters{ActionCondition: &wafv1beta1.ActionConditionParameters{Action: &action}})
	}
	var redacted []wafv1beta1.RedactedFieldsParameters
	for _, header := range []string{"authorization", "cookie"} {
		redacted = append(redacted, wafv1beta1.RedactedFieldsParameters{SingleHeader: &wafv1beta1.SingleHeaderParameters{Name: &header}})
	}
	destination := c.ARN("logs", "log-group:"+group)
	c.Desired.Add(wafLoggingName, &wafv1beta1.WebACLLoggingConfiguration{
		Spec: wafv1beta1.WebACLLoggingConfigurationSpec{ForProvider: wafv1beta1.WebACLLoggingConfigurationParameters{
			Region:                &c.spec.Region,
			ResourceArnSelector:   desired.Selector(webACLName),
			LogDestinationConfigs: []*string{&destination},
			LoggingFilter:         &wafv1beta1.LoggingFilterParameters{DefaultBehavior: new("DROP"), Filter: []wafv1beta1.FilterParameters{keep}},
			RedactedFields:        redacted,
		}},
	}, order...)
}

// wafRules count an address's requests first, so that what is refused for its
// content counts too. The groups are AWS's baseline
// (docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html,
// read 2026-11-29).
func (c *cluster) wafRules() string {
	waf := ptr.Deref(c.spec.WAF, v1alpha1.WAF{})
	limit := cmp.Or(waf.RateLimit, defaultRateLimit)
	rules := []wafRule{{
		Name: "rate-limit", Priority: 0, VisibilityConfig: visible("rate-limit"),
		Statement: wafStatement{RateBasedStatement: &wafRate{Limit: limit, EvaluationWindowSec: rateWindow, AggregateKeyType: "IP"}},
		Action:    &wafAction{Block: wafBlock{CustomResponse: wafResponse{ResponseCode: tooMany, CustomResponseBodyKey: tooManyBody}}},
	}}
	for i, name := range []v1alpha1.WAFRuleGroupName{v1alpha1.WAFCommonRules, v1alpha1.WAFKnownBadInputs} {
		group, action := managedGroup(name, waf.RuleGroups)
		rules = append(rules, wafRule{
			Name: string(name), Priority: i + 1, VisibilityConfig: visible(string(name)),
			Statement:      wafStatement{ManagedRuleGroupStatement: &group},
			OverrideAction: &action,
		})
	}
	return composition.JSON(rules)
}

// managedGroup of that name, with what the claim changes of it.
func managedGroup(name v1alpha1.WAFRuleGroupName, changes []v1alpha1.WAFRuleGroup) (wafManagedGroup, wafOverrideAction) {
	group, action := wafManagedGroup{VendorName: "AWS", Name: name}, wafOverrideAction{None: &struct{}{}}
	for _, change := range changes {
		if change.Name != name {
			continue
		}
		if ptr.Deref(change.Count, false) {
			action = wafOverrideAction{Count: &struct{}{}}
		}
		for _, rule := range slices.Sorted(slices.Values(change.CountRules)) {
			group.RuleActionOverrides = append(group.RuleActionOverrides, wafRuleOverride{Name: rule})
		}
	}
	return group, action
}
