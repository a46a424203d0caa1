package cluster

import (
	"cmp"

	"k8s.io/utils/ptr"

	wafv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/wafv2/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	webACLName = "web-acl"

	// rateWindow in seconds that requests of one address are counted in: one of the four
	// that AWS has (RateBasedStatement API, read 2026-11-29).
	rateWindow = 300

	// tooMany is the status of an answer to too many requests (RFC 6585), and
	// tooManyBody its text.
	tooMany     = 429
	tooManyBody = "too-many-requests"

	// defaultRateLimit of a claim that leaves it out.
	defaultRateLimit = 100

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
	VendorName string
	Name       string
}

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

type wafOverrideAction struct{ None struct{} }

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
}

// wafRules count an address's requests first, so that what is refused for its
// content counts too. The groups are AWS's baseline
// (docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html,
// read 2026-11-29).
func (c *cluster) wafRules() string {
	limit := cmp.Or(ptr.Deref(c.spec.WAF, v1alpha1.WAF{}).RateLimit, defaultRateLimit)
	rules := []wafRule{{
		Name: "rate-limit", Priority: 0, VisibilityConfig: visible("rate-limit"),
		Statement: wafStatement{RateBasedStatement: &wafRate{Limit: limit, EvaluationWindowSec: rateWindow, AggregateKeyType: "IP"}},
		Action:    &wafAction{Block: wafBlock{CustomResponse: wafResponse{ResponseCode: tooMany, CustomResponseBodyKey: tooManyBody}}},
	}}
	for i, name := range []string{"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"} {
		rules = append(rules, wafRule{
			Name: name, Priority: i + 1, VisibilityConfig: visible(name),
			Statement:      wafStatement{ManagedRuleGroupStatement: &wafManagedGroup{VendorName: "AWS", Name: name}},
			OverrideAction: &wafOverrideAction{},
		})
	}
	return composition.JSON(rules)
}
