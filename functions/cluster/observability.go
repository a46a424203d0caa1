package cluster

import (
	"path"

	ampv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/amp/v1beta1"
	ampv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/amp/v1beta2"
	logsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/cloudwatchlogs/v1beta1"

	"github.com/ausmart/platform/functions/cluster/telemetry"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
)

const (
	prometheusName  = "prometheus"
	spansPolicyName = "log-policy-spans"

	// spans is the log group that X-Ray writes to once Transaction Search is on, and
	// signals the one for what it derives of them
	// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search-getting-started.html,
	// read 2026-11-29).
	spans   = "aws/spans"
	signals = "/aws/application-signals/data"

	// workspaceNameMax is Prometheus'; Grafana takes 255 (CreateWorkspace APIs, read
	// 2026-11-29).
	workspaceNameMax = 100

	// spansPolicyMax is the platform's own limit for the name of the policy.
	spansPolicyMax = 64
)

// A logGroup that the collectors write to, by its name in the composition and in AWS.
type logGroup struct{ name, inAWS string }

func (c *cluster) logGroups() []logGroup {
	var out []logGroup
	for _, group := range telemetry.LogGroups(c.eksName()) {
		name := "log-group-" + path.Base(group)
		out = append(out, logGroup{name, c.NameInAWS(name, group)})
	}
	return out
}

func (c *cluster) logGroupNames() []string {
	var names []string
	for _, g := range c.logGroups() {
		names = append(names, g.name)
	}
	return names
}

// A collector of telemetry.
type collector struct {
	role       string
	pods       identity
	statements []iampolicy.Statement
}

// collectors, each with the rights for what it sends and no more.
func (c *cluster) collectors() []collector {
	all := []collector{
		{"role-telemetry-traces", identity{telemetry.Namespace, telemetry.Gateway}, c.traceStatements()},
		{"role-telemetry-logs", identity{telemetry.LogsNamespace, telemetry.Logs}, c.logStatements()},
	}
	if c.metricsOn() {
		all = append(all, collector{"role-telemetry-metrics", identity{telemetry.Namespace, telemetry.Metrics}, c.metricStatements()})
	}
	return all
}

// beforeCollectors are the log groups and rights that a collector starts with.
func (c *cluster) beforeCollectors() []string {
	before := c.logGroupNames()
	for _, k := range c.collectors() {
		before = append(before, associationName(k.role), composition.RolePolicyName(k.role))
	}
	return before
}

// addObservability adds what traces, logs and metrics are sent to, and the rights to
// send and read them.
func (c *cluster) addObservability() error {
	if !c.observabilityOn() {
		return nil
	}
	for _, g := range c.logGroups() {
		c.AddLogGroup(g.name, g.inAWS, desired.In(controllers))
	}
	c.addSpans()
	if c.grafanaOn() {
		c.addGrafana()
	}
	for _, k := range c.collectors() {
		c.addPodRole(role{name: k.role, description: "Collector of cluster " + c.Name, stage: addons, statements: k.statements}, k.pods)
	}
	if !c.metricsOn() {
		return nil
	}
	return c.addPrometheus()
}

// addPrometheus adds the workspace of the metrics, and its rules.
func (c *cluster) addPrometheus() error {
	c.Desired.Add(prometheusName, &ampv1beta2.Workspace{
		Spec: ampv1beta2.WorkspaceSpec{ForProvider: ampv1beta2.WorkspaceParameters{
			Region: &c.spec.Region,
			Alias:  new(c.fit("", workspaceNameMax)),
			Tags:   c.Tags(prometheusName),
		}},
	}, desired.In(controllers))
	all, err := telemetry.RuleNamespaces()
	if err != nil {
		return err
	}
	for _, r := range all {
		name := "rules-" + r.Name
		c.Desired.Add(name, &ampv1beta1.RuleGroupNamespace{
			ObjectMeta: c.Named(name, r.Name),
			Spec: ampv1beta1.RuleGroupNamespaceSpec{ForProvider: ampv1beta1.RuleGroupNamespaceParameters{
				Region:              &c.spec.Region,
				WorkspaceIDSelector: desired.Selector(prometheusName),
				Data:                new(r.Data),
				Tags:                c.Tags(name),
			}},
		}, desired.In(controllers))
	}
	return nil
}

// addSpans lets X-Ray write spans to their log groups, which are AWS's own to make:
// no name that starts with aws/ is ours to choose (CreateLogGroup API, read
// 2026-11-29). An account has room for ten such policies, and so for ten clusters with
// observability (PutResourcePolicy API, read 2026-11-29).
func (c *cluster) addSpans() {
	if c.Account == "" {
		c.Desired.Pending(spansPolicyName, desired.In(controllers))
		return
	}
	c.Desired.Add(spansPolicyName, &logsv1beta1.ResourcePolicy{
		ObjectMeta: c.Named(spansPolicyName, c.fit("-spans", spansPolicyMax)),
		Spec: logsv1beta1.ResourcePolicySpec{ForProvider: logsv1beta1.ResourcePolicyParameters{
			Region: &c.spec.Region,
			PolicyDocument: new(iampolicy.JSON(iampolicy.Statement{
				Sid: "XRayWritesSpans", Effect: iampolicy.Allow, Principal: iampolicy.Service("xray.amazonaws.com"),
				Action:    []string{"logs:PutLogEvents"},
				Resource:  []string{c.ARN("logs", "log-group:"+spans+":*"), c.ARN("logs", "log-group:"+signals+":*")},
				Condition: c.OnBehalfOf("xray", "*"),
			})),
		}},
	}, desired.In(controllers))
}

// metricStatements let a collector send metrics to this cluster's workspace.
func (c *cluster) metricStatements() []iampolicy.Statement {
	if c.state.workspaceARN == "" {
		return nil
	}
	return []iampolicy.Statement{{Sid: "SendMetrics", Effect: iampolicy.Allow, Action: []string{"aps:RemoteWrite"}, Resource: []string{c.state.workspaceARN}}}
}

// logStatements let a collector write to this cluster's log groups.
func (c *cluster) logStatements() []iampolicy.Statement {
	if c.Account == "" {
		return nil
	}
	var groups []string
	for _, g := range c.logGroups() {
		group := c.ARN("logs", "log-group:"+g.inAWS)
		groups = append(groups, group, group+":*")
	}
	return []iampolicy.Statement{{
		Sid: "SendLogs", Effect: iampolicy.Allow, Resource: groups,
		Action: []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
	}}
}

// traceStatements let a collector send traces. Of AWSXRayDaemonWriteAccess, without
// the sampling rules, which it does not ask for.
func (c *cluster) traceStatements() []iampolicy.Statement {
	return []iampolicy.Statement{{
		Sid: "SendTraces", Effect: iampolicy.Allow, Resource: []string{"*"}, Condition: c.inRegion(),
		Action: []string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"},
	}}
}
